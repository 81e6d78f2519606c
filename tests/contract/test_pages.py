"""What people read is true as far as a machine can tell: links lead somewhere, files exist, promises have tests."""

import ast
import re
from functools import cache

import pytest

from app.domain.errors import kinds
from app.settings import ROOT, Settings
from app.web.guide import slug
from app.web.problems.catalogue import STATUS
from tests.contract.document import OPERATIONS
from tests.pages import PAGES, links_of, prose_of, text_of

PROMISE = re.compile(r"\b(?:never|always|nobody)\b", re.IGNORECASE)
WRITTEN_APART = {"docs/personal-data.md", "docs/files.md"}
"""Pages whose sentences are held by tests that they name in their own way."""


@cache
def known_tests() -> frozenset[str]:
    """Return the name of every test."""
    trees = (ast.parse(path.read_text("utf-8")) for path in ROOT.glob("tests/**/test_*.py"))
    found = (node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(node.name for node in found)


def anchors(page: str) -> set[str]:
    return {slug(heading) for heading in re.findall(r"^#+ (.+)$", prose_of(page), re.MULTILINE)}


def said(page: str) -> list[str]:
    """Part a page into what stands by itself: paragraphs, points of a list, lines of a table."""
    return re.split(r"\n\s*\n|\n(?=\s*- |\s*\d+\. |\|)", prose_of(page))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for path, anchor in links_of(page):
        assert path.exists(), path
        assert not anchor or anchor in anchors(path.resolve().relative_to(ROOT.resolve()).as_posix()), (path, anchor)


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"`((?:app|bench|docs|embedded_postgres|migrations|seeds|tests)/[\w./-]*)`", prose_of(page))

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_checklists_name_files() -> None:
    lists = [page for page in PAGES if page.startswith("docs/contributing/")]

    assert len(lists) == 10
    for page in lists:
        assert re.search(r"`(?:app|tests|migrations|docs)/", text_of(page)), page


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_exists(page: str) -> None:
    assert set(re.findall(r"\btest_\w+(?!\w*\.py)", "".join(re.findall("<!--.*?-->", text_of(page))))) <= known_tests()


@pytest.mark.parametrize("page", [page for page in PAGES if page not in WRITTEN_APART])
def test_every_sentence_that_promises_names_its_test(page: str) -> None:
    promising = [one for one in said(page) if PROMISE.search(re.sub("<!--.*?-->|\\*never\\*.*", "", one))]

    assert [one for one in promising if not re.search("<!-- test_", one)] == []


@pytest.mark.parametrize("page", PAGES)
def test_no_comment_takes_text_with_it(page: str) -> None:
    """A line that begins with a comment is HTML to its end, which is left out where the guide is served."""
    assert re.findall(r"^ *<!--.*?--> *\S", prose_of(page), re.MULTILINE) == []


def test_readme_is_short() -> None:
    assert len(text_of("README.md").splitlines()) <= 150


def test_every_setting_is_explained() -> None:
    explained = text_of("docs/operating.md")
    names = {str(field.validation_alias) for field in Settings.model_fields.values() if field.validation_alias}

    assert [name for name in names if name.isupper() and f"`{name}`" not in explained] == []


def test_integrators_are_told_what_each_status_asks_of_them() -> None:
    told = {int(code) for line in re.findall(r"^\| ([\d, ]+) \|", text_of("docs/integrating.md"), re.MULTILINE)
            for code in line.split(", ")}  # fmt: skip

    assert told == {STATUS[kind] for kind in kinds()}
    assert {int(code) for one in OPERATIONS for code in one.answers if int(code) >= 400} <= told
