"""Hostile bodies: always a problem of the caller's, which repeats nothing, and nothing is written."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
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
async def test_a_spoiled_part_is_refused(
    service: Service, name: str, path: str, body: dict[str, Any], value: str
) -> None:
    before = await rows_of(service)

    for content in spoiled(body, value):
        refused(await getattr(service, name).send(path, content))

    assert await rows_of(service) == before


@every_write
@pytest.mark.parametrize("value", JSON_VALUES.values(), ids=JSON_VALUES)
async def test_a_spoiled_body_is_refused(
    service: Service, name: str, path: str, body: dict[str, Any], value: str
) -> None:
    refused(await getattr(service, name).send(path, value.encode()))


@every_write
async def test_an_unknown_field_is_refused_and_not_repeated(
    service: Service, name: str, path: str, body: dict[str, Any]
) -> None:
    before = await rows_of(service)

    for field in (MARKER, f"\0{MARKER}", f"{MARKER}/~", "a" * 9_000 + MARKER, "\ud800" + MARKER, "__proto__" + MARKER):
        status = refused(await getattr(service, name).send(path, json.dumps({**body, field: 1}).encode()))
        assert status == 422

    assert await rows_of(service) == before


@every_write
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" ",
        b"{",
        MARKER.encode(),
        f'{{"{MARKER}'.encode(),
        b'"\xff\xfe"',
        b'{"summary": "\xed\xa0\x80 ' + MARKER.encode() + b'"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b"\0" * 100,
        b"{}{}",
        b'{"state": "completed",}',
        b"[" * DEPTH,
    ],
)
async def test_what_is_not_json_is_unreadable(
    service: Service, name: str, path: str, body: dict[str, Any], content: bytes
) -> None:
    status = refused(await getattr(service, name).send(path, content))

    assert status in {400, 422}


@every_write
@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        f"text/{MARKER}",
        "application/json, text/plain",
    ],
)
async def test_another_media_type_is_refused(
    service: Service, name: str, path: str, body: dict[str, Any], media_type: str
) -> None:
    before = await rows_of(service)

    response = await getattr(service, name).send(
        path, json.dumps(body).encode(), headers={"Content-Type": media_type}
    )

    assert refused(response) == 415
    problem_of(response, 415, "unsupported-media-type")
    assert await rows_of(service) == before


@every_write
async def test_a_body_of_more_than_a_mebibyte_is_too_large(
    service: Service, name: str, path: str, body: dict[str, Any]
) -> None:
    before = await rows_of(service)

    response = await getattr(service, name).send(path, padded(body, LIMIT + 1))

    assert refused(response) == 413
    problem_of(response, 413, "content-too-large")
    assert await rows_of(service) == before


@every_write
async def test_a_body_that_does_not_say_how_long_it_is_is_too_large_all_the_same(
    service: Service, name: str, path: str, body: dict[str, Any]
) -> None:
    content, before = padded(body, LIMIT + 1), await rows_of(service)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    headers = {"Authorization": f"Bearer {getattr(service, name).token()}", "Content-Type": "application/json"}
    response = await service.http.post(path, content=pieces(), headers=headers)

    problem_of(response, 413, "content-too-large")
    assert await rows_of(service) == before


async def test_a_body_of_a_mebibyte_is_not_too_large(service: Service) -> None:
    name, path, body = WRITES["updates"]

    response = await getattr(service, name).send(path, padded(body, LIMIT))

    assert response.status_code == 201


def padded(body: dict[str, Any], size: int) -> bytes:
    """Spell a body in exactly so many bytes."""
    return json.dumps(body).encode().ljust(size)


@pytest.mark.parametrize("value", ["12", "-1", "1e999999999", "0x10", "1_0", "９０", "NaN", "", " ", MARKER])
async def test_a_measurement_in_text_is_no_way_around_the_rules_for_numbers(service: Service, value: str) -> None:
    response = await service.police.report(INVESTIGATION, measurements=[{"target": "3.2-a", "value": value}])

    refused(response)


async def test_a_huge_number_of_small_things_is_refused(service: Service) -> None:
    for many in (
        {"evidence": [LINK] * 21},
        {"measurements": [{"target": f"3.2-{n}", "value": 1} for n in range(51)]},
        {"measurements": [{MARKER: MARKER}] * 5_000},
    ):
        response = await service.police.report(INVESTIGATION, **many)
        assert refused(response) == 422
        assert len(response.content) < 20_000


TOKEN = "/v1/oauth/token"
FORMS: dict[str, bytes] = {
    "NUL": f"grant_type=client_credentials&client_id=%00{MARKER}&client_secret=%00{MARKER}".encode(),
    "lone surrogate": b"grant_type=client_credentials&client_id=%ED%A0%80&client_secret=%ED%A0%80",
    "no UTF-8": b"grant_type=client_credentials&client_id=\xff\xfe&client_secret=%FF%FE",
    "huge": f"grant_type=client_credentials&client_id={MARKER * 9_000}&client_secret={MARKER * 9_000}".encode(),
    "twice": f"grant_type=client_credentials&grant_type={MARKER}".encode(),
    "another grant": f"grant_type={MARKER}".encode(),
    "very many": b"&".join([b"a=1"] * 5_000),
    "nothing": b"",
    "no form": MARKER.encode(),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
async def test_a_hostile_form_gets_no_token(service: Service, content: bytes) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    refused(await service.http.post(TOKEN, content=content, headers=headers))


@pytest.mark.parametrize("charset", ["utf-8", "unicode_escape", "undefined", "idna", "utf-7", "utf-16", "hex", MARKER])
async def test_a_hostile_multipart_form_gets_no_token(service: Service, charset: str) -> None:
    fields = {"grant_type": "client_credentials", "client_id": MARKER, "client_secret": "\\ud800\\x00"}
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items())
    headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}

    refused(await service.http.post(TOKEN, content=f"{parts}--x--\r\n".encode(), headers=headers))


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}])
async def test_a_token_is_asked_for_in_a_form(service: Service, headers: dict[str, str]) -> None:
    response = await service.http.post(TOKEN, content=b'{"grant_type": "client_credentials"}', headers=headers)

    assert refused(response) == 415


async def test_a_file_is_no_secret(service: Service) -> None:
    request = httpx.Request(
        "POST",
        f"http://service{TOKEN}",
        data={"grant_type": "client_credentials"},
        files={"client_secret": (MARKER, MARKER.encode())},
    )

    refused(await service.http.send(request))


async def test_a_form_of_more_than_a_mebibyte_is_too_large(service: Service) -> None:
    response = await service.http.post(TOKEN, data={"grant_type": MARKER * 200_000})

    assert refused(response) == 413
