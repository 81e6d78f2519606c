"""The guide: the Markdown of docs/ as pages, the same words offline as in the repository.

Pages link to each other by relative addresses, so that they also work behind a path prefix.  A link to a file of the
repository leads nowhere here, and is plain text.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from itertools import pairwise
from posixpath import basename, dirname, join, normpath, relpath

from fastapi import APIRouter, FastAPI
from fastapi.responses import HTMLResponse
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.domain.errors import NotFound
from app.settings import ROOT
from app.web.html import page

DOCS = ROOT / "docs"
_ELSEWHERE = re.compile(r"[a-z]+:|#")

router = APIRouter(include_in_schema=False)


@router.get("/docs/guide")
async def contents() -> HTMLResponse:
    """Show what the guide holds."""
    return page(*_rendered(files()[""]))


@router.get("/docs/guide/{name:path}")
async def guide(name: str) -> HTMLResponse:
    """Show a page of the guide."""
    if not name or name not in files():
        raise NotFound
    return page(*_rendered(files()[name]))


def install(app: FastAPI) -> None:
    """Serve the guide."""
    app.include_router(router)


@cache
def files() -> Mapping[str, str]:
    """Return each page's file by its name, such as `concepts`; a folder's README has the name of the folder."""
    found = (path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    return {_name_of(file): file for file in found}


def slug(heading: str) -> str:
    """Return the anchor of a heading, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _name_of(file: str) -> str:
    return file.removesuffix(".md").removesuffix("README").removesuffix("/")


@cache
def _rendered(file: str) -> tuple[str, str]:
    """Return a page's title and its HTML."""
    markdown = _markdown()
    tokens = markdown.parse((DOCS / file).read_text("utf-8"))
    for token in _all(tokens):
        # A table's alignment is an attribute of style, which browsers are told to refuse.
        token.attrs.pop("style", None)
        if token.type == "link_open":
            _lead(token, file)
    _anchor(tokens)
    back = f'<p><a href="{_from(file, "README.md")}">Guide</a></p>' if _name_of(file) else ""
    return tokens[1].content, back + markdown.renderer.render(tokens, markdown.options, {})


def _markdown() -> MarkdownIt:
    """Read Markdown with tables, and pictures as what they are called; HTML, notes for whoever writes, is left out."""
    markdown = MarkdownIt("commonmark").enable("table")
    for kind in ("html_block", "html_inline"):
        markdown.add_render_rule(kind, lambda *_: "")
    markdown.add_render_rule("image", _called)
    return markdown


def _called(_: object, tokens: list[Token], at: int, *__: object) -> str:
    return f"<i>{escape(tokens[at].content)}</i>"


def _all(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _anchor(tokens: list[Token]) -> None:
    for heading, words in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrs["id"] = slug(words.content)


def _lead(link: Token, file: str) -> None:
    """Let a link lead to the page that it means; one to another file of the repository leads nowhere."""
    href = str(link.attrs["href"])
    if _ELSEWHERE.match(href):
        return
    path, hash_, anchor = href.partition("#")
    meant = normpath(join(dirname(file), path))
    if meant in files().values():
        link.attrs["href"] = f"{_from(file, meant)}{hash_}{anchor}"
    else:
        del link.attrs["href"]


def _from(file: str, other: str) -> str:
    """Return the address of a page as seen from another one."""
    here, there = (f"/docs/guide/{_name_of(one)}".removesuffix("/") for one in (file, other))
    return join(relpath(dirname(there), dirname(here)), basename(there))
