"""Whoever reads Vietnamese is refused in Vietnamese: no answer to hostile input holds an English word but for names."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from app.domain.errors import kinds
from app.domain.sentences import UNKNOWN, catalogue
from tests.api.hostile import JSON_VALUES, filled, operations, spoiled
from tests.api.test_hostile_bodies import WRITES
from tests.contract.document import DOCUMENT
from tests.given import PLAN, TRAINING, Service

VIETNAMESE = {"Accept-Language": "vi"}
LETTERS = re.compile(r"[^\W\d_]+")
SYLLABLES = {"a", "an", "do", "in", "to", "so", "or", "no", "hay", "hai", "may", "can", "ban", "them", "the", "i"}
"""Words that either language has, and single letters."""
TERMS = {"http", "https", "json", "utf", "rfc", "uuid", "url", "ascii", "unicode", "etag", "sha", "byte", "base", "nul"}
TERMS |= {
    "macro",
    "virus",
    "null",
    "z",
    "cases",
    "sealed",
    "webhook",
    "pdf",
    "con",
    "qđ",
    "ubnd",
    "nq",
    "tw",
    "kh",
    "ttg",
    "client_credentials",
}
"""What offices call so in Vietnamese, too."""


def _names(part: Any) -> Iterator[str]:
    """Find what the document names: fields, parameters and choices."""
    if isinstance(part, dict):
        yield from part.get("properties", {})
        yield from (one for one in part.get("enum", ()) if isinstance(one, str))
        yield from [part["name"]] if isinstance(part.get("name"), str) else []
        for inner in part.values():
            yield from _names(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _names(inner)


NAMES = sorted({*_names(DOCUMENT), "Repr-Digest", "If-Match", "client_credentials"}, key=len, reverse=True)
NAMED = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, NAMES))})(?![\w-])|\w+_\w+|'[^']*'|`[^`]*`")
EVERY = catalogue.OURS | catalogue.GUARDED | catalogue.WHOLE | catalogue.LIBRARY
ENGLISH = {
    word.lower()
    for sentence in [*(kind.__doc__ or "" for kind in kinds()), *(re.sub(r"{\w+}", "", one) for one in EVERY)]
    for word in LETTERS.findall(sentence)
} - (SYLLABLES | TERMS)
"""The words of all that is said in English."""


def english_in(text: str) -> set[str]:
    """Find the English words in a text, beside names."""
    return {word.lower() for word in LETTERS.findall(NAMED.sub(" ", text))} & ENGLISH


def told_by(response: httpx.Response) -> list[str]:
    """Return the sentences of a problem."""
    problem = response.json()
    faults = [fault["detail"] for fault in problem.get("errors", ())]
    return [problem["title"], *([problem["detail"]] if "detail" in problem else []), *faults]


def told_in_vietnamese(response: httpx.Response) -> int:
    """Count the sentences of a refusal, none of which may hold English."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    assert response.headers["content-language"] == "vi"
    told = told_by(response)
    for text in told:
        assert text != UNKNOWN
        assert english_in(text) == set(), text
    return len(told)


def test_english_words_are_found() -> None:
    assert english_in("must not be blank") >= {"must", "not", "be"}
    assert english_in("Input should be a valid integer") >= {"input", "should", "valid", "integer"}
    assert english_in("percent phải khớp với kết quả thực hiện (state)") == set()


@pytest.mark.parametrize("words", [*(kind.title_vi for kind in kinds()), *EVERY.values()])
def test_what_is_said_in_vietnamese_holds_no_english(words: str) -> None:
    assert english_in(re.sub(r"{\w+}", "", words)) == set()


@pytest.mark.parametrize(("name", "path", "body"), WRITES.values(), ids=WRITES)
async def test_hostile_bodies_are_refused_in_vietnamese(
    lived_in: Service, name: str, path: str, body: dict[str, Any]
) -> None:
    told = 0

    for value in [*JSON_VALUES.values(), '""', '" "', "-5", "1000", '"2021-02-30"', '"0912345678"', '"MẬT"', "[]"]:
        for content in spoiled(body, value):
            response = await getattr(lived_in, name).send(path, content, headers=VIETNAMESE)
            told += told_in_vietnamese(response) if response.status_code >= 400 else 0

    assert told > 40


@pytest.mark.parametrize("method", ["get", "post"])
async def test_hostile_parameters_are_refused_in_vietnamese(service: Service, method: str) -> None:
    refused = 0

    for path, operation in operations(service.app, method).items():
        queries = [one["name"] for one in operation.get("parameters", ()) if one.get("in") == "query"]
        for query in [
            {"unheard_of": "1"},
            *({name: value} for name in queries for value in ("", "x y", "-1", "9" * 30)),
        ]:
            response = await service.coordinator.service.http.request(
                method, filled(path), params=query, headers=service.coordinator._with_token(VIETNAMESE)
            )
            if response.status_code >= 400 and response.headers["content-type"] == "application/problem+json":
                refused += told_in_vietnamese(response)

    assert refused > 20


async def test_what_an_act_is_refused_for_is_told_in_vietnamese(service: Service) -> None:
    late = await service.police.report(TRAINING, "completed", percent=40, headers=VIETNAMESE)
    paper = await service.police.report(TRAINING, "in_progress", received_on="2026-11-20", headers=VIETNAMESE)
    target = await service.police.report(
        TRAINING, "in_progress", measurements=[{"target": "x", "value": 1}], headers=VIETNAMESE
    )
    unreadable = await service.coordinator.send(f"/v1/plans/{PLAN}/cycles", b"\xff", headers=VIETNAMESE)

    assert told_by(late)[-1] == "percent phải khớp với kết quả thực hiện (state)"
    assert told_by(paper)[-1] == "chỉ dành cho cơ quan đầu mối"
    assert told_by(target)[-1] == "không phải là chỉ tiêu của nhiệm vụ này"
    for response in (late, paper, target, unreadable):
        assert told_in_vietnamese(response) > 1


async def test_an_item_of_many_is_refused_in_vietnamese(service: Service) -> None:
    response = await service.police.bulk({"obligation": str(TRAINING), "state": "done"}, {}, headers=VIETNAMESE)

    for result in response.json()["results"]:
        for text in (result["problem"]["title"], *(fault["detail"] for fault in result["problem"]["errors"])):
            assert english_in(text) == set(), text
