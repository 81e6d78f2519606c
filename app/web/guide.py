"""The guide: the Markdown of docs/ as pages, the same words offline as in the repository.

Pages link to each other by relative addresses, so that they also work behind a path prefix.  A link to a file of the
repository leads nowhere here, and is plain text.
"""

import re
from collections.abc import Iterable
from functools import cache
from posixpath import dirname, join, normpath, relpath

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.errors import NotFound
from app.settings import ROOT
from app.web.html import page

DOCS = ROOT / "docs"
FIRST = "README"
"""What is served at the guide's own address."""
_ELSEWHERE = re.compile(r"[a-z]+:|#")

router = APIRouter(include_in_schema=False)


@router.get("/docs/guide")
async def contents() -> HTMLResponse:
    """Show what the guide holds."""
    return _rendered(FIRST)


@router.get("/docs/guide/{name:path}")
async def guide(name: str) -> HTMLResponse:
    """Show a page of the guide."""
    if name not in names() - {FIRST}:
        raise NotFound
    return _rendered(name)


def install(app: FastAPI) -> None:
    """Serve the guide."""
    app.include_router(router)


@cache
def names() -> frozenset[str]:
    """Return the names of all pages, such as `concepts` and `decisions/one-rule-twice`."""
    return frozenset(path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md"))


def slug(heading: str) -> str:
    """Return the anchor of a heading, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def _rendered(name: str) -> HTMLResponse:
    markdown = _markdown()
    tokens = markdown.parse((DOCS / f"{name}.md").read_text("utf-8"))
    for token in _all(tokens):
        # A table's alignment is an attribute of style, which browsers are told to refuse.
        token.attrs.pop("style", None)
        if token.type == "link_open":
            _lead(token, name)
    _anchor(tokens)
    back = "" if name == FIRST else f'<p><a href="{_from(name, FIRST)}">Guide</a></p>'
    return page(tokens[1].content, back + markdown.renderer.render(tokens, markdown.options, {}))


def _markdown() -> MarkdownIt:
    """Read Markdown with tables; HTML in it, which is notes for whoever writes, is left out."""
    markdown = MarkdownIt("commonmark").enable("table")
    for kind in ("html_block", "html_inline"):
        markdown.add_render_rule(kind, lambda *_: "")
    return markdown


def _all(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _anchor(tokens: list[Token]) -> None:
    for heading, words in zip(tokens, tokens[1:], strict=False):
        if heading.type == "heading_open":
            heading.attrs["id"] = slug(words.content)


def _lead(link: Token, name: str) -> None:
    """Let a link lead to the page that it means; one to another file of the repository leads nowhere."""
    href = str(link.attrs["href"])
    if _ELSEWHERE.match(href):
        return
    path, hash_, anchor = href.partition("#")
    meant = normpath(join(dirname(name), path)).removesuffix(".md")
    if path.endswith(".md") and meant in names():
        link.attrs["href"] = f"{_from(name, meant)}{hash_}{anchor}"
    else:
        del link.attrs["href"]


def _from(name: str, other: str) -> str:
    """Return the address of a page as seen from another one."""
    return relpath(_address(other), dirname(_address(name)))


def _address(name: str) -> str:
    return "/docs/guide" if name == FIRST else f"/docs/guide/{name}"
