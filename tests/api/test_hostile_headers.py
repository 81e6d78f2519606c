"""Hostile headers: refused, and nothing is repeated or written; what is only odd breaks nothing."""

import httpx
import pytest

from app.web.middleware.headers import SINGLE
from tests.api.asking import problem_of, rows_of
from tests.api.hostile import MARKER, refused
from tests.given import TRAINING, Service

UPDATE = {"state": "in_progress", "summary": "Đang triển khai."}
Sent = list[tuple[str, bytes]]
HEADERS: dict[str, Sent] = {
    "a broken key": [("idempotency-key", b"\xff" + MARKER.encode())],
    "a huge key": [("idempotency-key", MARKER.encode() * 500)],
    "no version": [("if-match", MARKER.encode())],
    "a huge version": [("if-match", b'"' + b"9" * 5_000 + b'"')],
    "a version in another script": [("if-match", b'"\xb2"')],
    "several versions": [("if-match", b'"1", "2"')],
    "a broken token": [("authorization", b"Bearer \xff\xfe" + MARKER.encode())],
    "a huge token": [("authorization", b"Bearer " + MARKER.encode() * 2_000)],
    "a token that is deep": [("authorization", b"Bearer " + b"W1tb" * 1_000 + b".e30.e30")],
    "a broken media type": [("content-type", b"\xff" + MARKER.encode())],
    "an encoding that we do not know": [("content-encoding", MARKER.encode())],
    "a compressed body": [("content-encoding", b"gzip")],
}


async def with_headers(service: Service, sent: Sent) -> httpx.Response:
    """Post a good update with headers that take the place of the good ones."""
    path, police = f"/v1/obligations/{TRAINING}/updates", service.police
    request = service.http.build_request("POST", path, json=UPDATE)
    names = {name for name, _ in sent}
    good = [(b"authorization", f"Bearer {police.token()}".encode()), *request.headers.raw]
    kept = [(name, value) for name, value in good if name.decode().lower() not in names]
    request.headers = httpx.Headers([*kept, *((name.encode(), value) for name, value in sent)])
    return await service.http.send(request)


async def test_the_headers_that_are_replaced_below_are_good(service: Service) -> None:
    assert (await with_headers(service, [])).status_code == 201


@pytest.mark.parametrize("sent", HEADERS.values(), ids=HEADERS)
async def test_a_hostile_header_is_refused(lived_in: Service, sent: Sent) -> None:
    before = await rows_of(lived_in)

    refused(await with_headers(lived_in, sent))

    assert await rows_of(lived_in) == before


async def test_a_head_of_more_than_32_kib_is_too_large(lived_in: Service) -> None:
    for sent in ([("x-a", MARKER.encode() * 4_000)], [(f"x-{n}", b"1" * 60) for n in range(600)]):
        response = await with_headers(lived_in, sent)

        problem_of(response, 413, "content-too-large")
        refused(response)


@pytest.mark.parametrize("name", sorted(name.decode() for name in SINGLE))
async def test_a_header_that_may_come_once_comes_once(lived_in: Service, name: str) -> None:
    before = await rows_of(lived_in)

    response = await with_headers(lived_in, [(name, b"1"), (name, b"2")])

    problem_of(response, 400, "unreadable-request")
    assert await rows_of(lived_in) == before


@pytest.mark.parametrize(
    "sent",
    [
        [("accept-language", b"\xff" + MARKER.encode() + b";q=\xff," * 1_000)],
        [("accept-language", b"vi;q=1e999, en;q=nan")],
        [("accept-language", b"vi"), ("accept-language", b"en")],
        [("accept", MARKER.encode())],
        [("cookie", MARKER.encode() * 500)],
        [("x-request-id", MARKER.encode() + b"\xff")],
        [("if-none-match", b'"' + MARKER.encode() * 2_000)],
        [("range", b"bytes=0-" + MARKER.encode())],
        [("x-forwarded-host", MARKER.encode()), ("forwarded", b"host=" + MARKER.encode())],
        [("x-http-method-override", b"DELETE")],
        [("content-encoding", b"identity")],
        [("content-type", b"Application/JSON ;charset=utf-16")],
        [("content-type", b'application/json; charset="' + MARKER.encode())],
        [("expect", MARKER.encode())],
    ],
)
async def test_a_header_that_is_only_odd_breaks_nothing(service: Service, sent: Sent) -> None:
    response = await with_headers(service, sent)

    assert response.status_code == 201
    assert MARKER not in f"{response.headers} {response.text}"
