"""Sentences about fields in Vietnamese: each that our code or a library can say has one, and it is Vietnamese."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from pydantic_core._pydantic_core import list_all_errors

from app.domain.errors import kinds
from app.domain.personal_data.findings import Finding, Kind
from app.domain.sentences import UNKNOWN, catalogue, in_vietnamese
from app.settings import ROOT
from app.web.problems.faults import _OURS, _SENTENCES

KINDS = {kind.__name__ for kind in kinds()}
SAYS = {"Fault": 1, "Wrong": 0, **dict.fromkeys(KINDS, 0)}
"""Calls that say a sentence, and which of their arguments it is."""
WRITTEN = ("must be a calendar date such as 2021-06-14", "must be an RFC 3339 instant such as 2021-06-14T17:00:00Z")
OF_PYTHON = re.compile(
    "argument|callable|complex|fraction|frozen|recursion|missing_sentinel|ellipsis|default_factory|json_type"
    "|_past|_future|timezone_|time_type|time_delta"
)
"""Errors of pydantic's about what no request of ours has: functions, other numbers, spans of time."""


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        if path.parent.name != "imports":
            yield path, ast.parse(path.read_text())


def _said() -> Iterator[tuple[str, str]]:
    """Find each sentence in our code, with 7 for what is filled in."""
    for path, module in _modules():
        named = {
            target.id: node.value
            for node in ast.walk(module)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and (place := SAYS.get(_name(node.func))) is not None:
                for argument in node.args[place : place + 1]:
                    yield from ((f"{path.name}:{node.lineno}", text) for text in _texts(argument, named))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts(node: ast.expr, named: dict[str, ast.expr]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(one.value if isinstance(one, ast.Constant) else "7" for one in values)  # type: ignore[misc]
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_texts(body, named), *_texts(orelse, named))
        case ast.Name(id=name) if name in named and not isinstance(named[name], ast.Name):
            yield from _texts(named[name], named)


SAID = {text: place for place, text in _said() if text != "must be 7"}
"""Sentences and where they stand; how days and instants are written ends one of them, and stands with the others."""


def test_the_walk_finds_the_sentences_of_the_code() -> None:
    assert {"is needed", "must be at most 7 bytes", "must not be blank", "A file is sent whole."} <= set(SAID)
    assert len(SAID) > 50


@pytest.mark.parametrize("sentence", [*SAID, *_SENTENCES.values(), *WRITTEN], ids=lambda sentence: sentence[:40])
def test_each_sentence_of_our_code_has_a_vietnamese_one(sentence: str) -> None:
    assert in_vietnamese(sentence) != UNKNOWN, SAID.get(sentence)


@pytest.mark.parametrize("sentence", [str(Finding(kind, 4, 9)) for kind in Kind])
def test_what_texts_may_not_hold_is_said_in_vietnamese(sentence: str) -> None:
    assert in_vietnamese(sentence) != UNKNOWN


def test_each_thing_that_is_found_in_a_text_is_said_with_its_place() -> None:
    told = in_vietnamese("holds a phone number (characters 12 to 21); holds a number plate (characters 30 to 38)")

    assert told == "chứa số điện thoại (ký tự 12–21); chứa biển số xe (ký tự 30–38)"


@pytest.mark.parametrize(
    "error",
    [
        one
        for one in list_all_errors()
        if _OURS.issuperset(one["example_context"] or {}) and one["type"] not in _SENTENCES
        if not OF_PYTHON.search(one["type"])
    ],
    ids=lambda error: error["type"],
)
def test_each_sentence_of_pydantic_about_a_request_has_a_vietnamese_one(error: dict[str, str]) -> None:
    templates = [error["message_template_python"], error.get("message_template_json", "")]

    for template, ending in product(filter(None, templates), ("", "s")):
        assert in_vietnamese(re.sub(r"{\w+}", "'7'", template.replace("{expected_plural}", ending))) != UNKNOWN


def test_a_sentence_that_nobody_knows_is_not_said_in_english() -> None:
    assert in_vietnamese("must be painted blue") == UNKNOWN
    assert in_vietnamese("is needed; must be painted blue") == UNKNOWN


def test_what_a_sentence_fills_in_is_taken_over_and_no_more() -> None:
    every = catalogue.OURS | catalogue.GUARDED | catalogue.WHOLE | catalogue.LIBRARY

    for english, vietnamese in every.items():
        assert set(re.findall(r"{(\w+)}", vietnamese)) <= set(re.findall(r"{(\w+)}", english)), english
