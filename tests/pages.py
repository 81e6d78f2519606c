"""What people read: every page of Markdown in the repository, and what stands in one."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from textwrap import dedent

from app.settings import ROOT

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "app/**/*.md", "docs/**/*.md", "seeds/**/*.md")
    for path in ROOT.glob(pattern)
)
_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def text_of(page: str) -> str:
    """Return a page as it is written."""
    return (ROOT / page).read_text("utf-8")


def prose_of(page: str) -> str:
    """Return a page without its code."""
    return _FENCE.sub("", text_of(page))


def blocks(page: str, kind: str) -> list[str]:
    """Return a page's code blocks of a kind."""
    return [dedent(code) for named, code in _FENCE.findall(text_of(page)) if named == kind]


def blocks_with_answers(page: str) -> Iterator[tuple[str, str]]:
    """Yield a page's Python, block by block, each with what the page says that it prints."""
    found = [*_FENCE.findall(text_of(page)), ("", "")]
    for (kind, code), (next_kind, printed) in pairwise(found):
        if kind == "python":
            yield code, printed if next_kind == "text" else ""


def links_of(page: str) -> Iterator[tuple[Path, str]]:
    """Yield the file and the anchor that each relative link of a page leads to."""
    for href in re.findall(r"\]\(([^)\s]+)\)", prose_of(page)):
        if not re.match(r"[a-z]+:", href):
            path, _, anchor = href.partition("#")
            yield (ROOT / page).parent / path if path else ROOT / page, anchor
