"""Hostile bodies: always a problem of the caller's, which repeats nothing, and nothing is written."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.asking import problem_of, rows_of
from tests.api.hostile import DEPTH, JSON_VALUES, MARKER, refused, spoiled
from tests.given import DOCUMENT, INVESTIGATION, LINK, PLAN, Service

UPDATE = {
    "state": "in_progress",
    "percent": 40,
    "summary": "Đang triển khai.",
    "occurred_on": "2026-11-20",
    "measurements": [{"target": "3.2-a", "value": 90}],
    "late_reason": "Chờ hướng dẫn.",
    "evidence": [LINK, DOCUMENT],
}
PAPER = {"received_on": "2026-11-20", "document_number": "9/BC-CATP"}
WRITES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "updates": ("police", f"/v1/obligations/{INVESTIGATION}/updates", UPDATE),
    "paper": ("coordinator", f"/v1/obligations/{INVESTIGATION}/updates", {**UPDATE, **PAPER}),
    "document": ("police", f"/v1/obligations/{INVESTIGATION}/evidence", DOCUMENT),
    "link": ("coordinator", f"/v1/obligations/{INVESTIGATION}/evidence", {**LINK, **PAPER}),
    "cycles": ("coordinator", f"/v1/plans/{PLAN}/cycles", {"code": "2027"}),
}
LIMIT = 1024 * 1024
every_write = pytest.mark.parametrize(("name", "path", "body"), WRITES.values(), ids=WRITES)


@every_write
async def test_the_bodies_that_are_spoiled_below_are_good(
    service: Service, name: str, path: str, body: dict[str, Any]
) -> None:
    response = await getattr(service, name).post(path, body)

    assert response.status_code == 201, response.text


@every_write
@pytest.mark.parametrize("value", JSON_VALUES.values(), ids=JSON_VALUES)
async def test_what_is_spoiled_is_refused(
    lived_in: Service, name: str, path: str, body: dict[str, Any], value: str
) -> None:
    before = await rows_of(lived_in)

    for content in (value.encode(), *spoiled(body, value)):
        refused(await getattr(lived_in, name).send(path, content))

    assert await rows_of(lived_in) == before


@every_write
async def test_an_unknown_field_is_refused_and_not_repeated(
    lived_in: Service, name: str, path: str, body: dict[str, Any]
) -> None:
    before = await rows_of(lived_in)

    for field in (MARKER, f"\0{MARKER}", f"{MARKER}/~", "a" * 9_000 + MARKER, "\ud800" + MARKER, "__proto__" + MARKER):
        response = await getattr(lived_in, name).send(path, json.dumps({**body, field: 1}).encode())
        problem_of(response, 422, "malformed-content")
        refused(response)

    assert await rows_of(lived_in) == before


@pytest.mark.parametrize(
    "content",
    [
        b" ",
        b"{",
        MARKER.encode(),
        f'{{"{MARKER}'.encode(),
        b'"\xff\xfe"',
        b'{"summary": "\xed\xa0\x80 ' + MARKER.encode() + b'"}',
        b'{"summary": "a\0b"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        "{}".encode("utf-32"),
        b"\0" * 100,
        b"{}{}",
        b'{"state": "completed",}',
        b"{'state': 'completed'}",
        b'{"state": "completed", "state": "in_progress"}',
        b'{"percent": +1}',
        b'{"percent": 01}',
        b'{"percent": 0x10}',
        b"[" * DEPTH,
        b"[" * LIMIT,
        b"9" * LIMIT,
    ],
)
async def test_what_is_not_json_of_one_meaning_is_unreadable(lived_in: Service, content: bytes) -> None:
    for name, path, _ in WRITES.values():
        response = await getattr(lived_in, name).send(path, content)
        problem_of(response, 400, "unreadable-request")
        refused(response)


async def test_nothing_is_no_body(lived_in: Service) -> None:
    for name, path, _ in WRITES.values():
        problem_of(await getattr(lived_in, name).send(path, b""), 422, "malformed-content")


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/problem+json",
        f"text/{MARKER}",
        "application/json, text/plain",
    ],
)
async def test_another_media_type_is_refused(lived_in: Service, media_type: str) -> None:
    before = await rows_of(lived_in)

    for name, path, body in WRITES.values():
        content, headers = json.dumps(body).encode(), {"Content-Type": media_type}
        response = await getattr(lived_in, name).send(path, content, headers=headers)
        problem_of(response, 415, "unsupported-media-type")
        refused(response)

    assert await rows_of(lived_in) == before


async def test_a_body_of_more_than_a_mebibyte_is_too_large(lived_in: Service) -> None:
    before = await rows_of(lived_in)

    for name, path, body in WRITES.values():
        for content in (padded(body, LIMIT + 1), MARKER.encode() * LIMIT):
            response = await getattr(lived_in, name).send(path, content)
            problem_of(response, 413, "content-too-large")
            refused(response)

    assert await rows_of(lived_in) == before


async def test_a_body_that_does_not_say_how_long_it_is_is_too_large_all_the_same(lived_in: Service) -> None:
    before = await rows_of(lived_in)

    for name, path, body in WRITES.values():
        headers = {"Authorization": f"Bearer {getattr(lived_in, name).token()}", "Content-Type": "application/json"}
        response = await lived_in.http.post(path, content=in_pieces(padded(body, LIMIT + 1)), headers=headers)
        problem_of(response, 413, "content-too-large")

    assert await rows_of(lived_in) == before


async def test_a_body_of_a_mebibyte_is_not_too_large(service: Service) -> None:
    name, path, body = WRITES["updates"]

    response = await getattr(service, name).send(path, padded(body, LIMIT))

    assert response.status_code == 201


def padded(body: dict[str, Any], size: int) -> bytes:
    """Spell a body in exactly so many bytes."""
    return json.dumps(body).encode().ljust(size)


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    """Send content piece by piece, so that its size is not known before it ends."""
    for start in range(0, len(content), 65_536):
        yield content[start : start + 65_536]


async def test_whoever_shows_no_token_is_told_nothing_else(lived_in: Service) -> None:
    before = await rows_of(lived_in)

    for _, path, body in WRITES.values():
        problem_of(await lived_in.http.post(path, json=body), 401, "not-authenticated")
        for content in spoiled(body, f'"{MARKER}"'):
            response = await lived_in.http.post(path, content=content, headers={"Content-Type": "application/json"})
            problem_of(response, 401, "not-authenticated")

    assert await rows_of(lived_in) == before


async def test_whoever_owns_nothing_here_is_told_nothing_else(lived_in: Service) -> None:
    before = await rows_of(lived_in)

    for act, body in (("updates", UPDATE), ("evidence", DOCUMENT), ("evidence", LINK)):
        response = await lived_in.health.post(f"/v1/obligations/{INVESTIGATION}/{act}", body)
        problem_of(response, 404, "not-found")

    assert await rows_of(lived_in) == before


@pytest.mark.parametrize("value", ["12", "-1", "1e999999999", "0x10", "1_0", "９０", "NaN", "", " ", MARKER])
async def test_a_measurement_in_text_is_no_way_around_the_rules_for_numbers(lived_in: Service, value: str) -> None:
    response = await lived_in.police.report(INVESTIGATION, measurements=[{"target": "3.2-a", "value": value}])

    assert problem_of(response, 422, "malformed-content")["errors"] == [
        {"pointer": "/measurements/0/value", "detail": "must be a number"}
    ]


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("12.123456", 201),
        ("123456789012.123456", 422),
        ("90.000001", 201),
        ("9.0e1", 201),
        ("0.1", 201),
        ("90.0000001", 422),
        ("90.00000000000000000000000000001", 422),
        ("1234567890123.123456", 422),
        ("1e13", 422),
    ],
)
async def test_a_measurement_is_kept_exactly_or_refused(service: Service, written: str, status: int) -> None:
    body = json.dumps({**UPDATE, "measurements": [{"target": "3.2-a", "value": "@"}]}).replace('"@"', written)

    response = await service.police.send(WRITES["updates"][1], body.encode())

    assert response.status_code == status, response.text


async def test_a_huge_number_of_small_things_is_refused(lived_in: Service) -> None:
    for many in (
        {"evidence": [LINK] * 21},
        {"measurements": [{"target": f"3.2-{n}", "value": 1} for n in range(51)]},
        {"measurements": [{MARKER: MARKER}] * 5_000},
        {f"{MARKER}{n}": n for n in range(5_000)},
    ):
        response = await lived_in.police.report(INVESTIGATION, **many)
        problem_of(response, 422, "malformed-content")
        refused(response)
        assert len(response.content) < 20_000


@pytest.mark.parametrize("end", [b"", b"\\", b'"', b"]"], ids=["nothing", "backslash", "quote", "bracket"])
async def test_half_a_mebibyte_of_escapes_is_looked_through_once(lived_in: Service, end: bytes) -> None:
    """Whoever looked again from each of them would not be done in hours."""
    content = b"[" * 17 + b'"' + b'\\"' * 250_000 + end

    response = await lived_in.http.post("/v1/updates", content=content, headers={"Content-Type": "application/json"})

    problem_of(response, 400, "unreadable-request")
