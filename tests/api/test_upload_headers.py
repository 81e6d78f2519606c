"""PUT /v1/evidence/{id}/content: what its headers say."""

import base64
import hashlib

import pytest

from tests.api.asking import problem_of
from tests.api.test_upload import FIRST, SECOND, announced
from tests.given import Service


@pytest.mark.parametrize(
    ("header", "status", "kind"),
    [
        ("sha-256=:{}:", 200, None),
        ("sha-512=:eA==:, sha-256=:{}:", 200, None),
        ("sha-256=:eA==:", 400, "unreadable-request"),
        ("sha-512=:eA==:", 400, "unreadable-request"),
        ("sha-256={}", 400, "unreadable-request"),
        ("nonsense", 400, "unreadable-request"),
    ],
)
async def test_a_digest_in_the_header_is_read_as_rfc_9530_spells_it(
    service: Service, header: str, status: int, kind: str | None
) -> None:
    spelled = header.format(base64.b64encode(hashlib.sha256(FIRST).digest()).decode())

    response = await service.police.put(await announced(service), FIRST, headers={"Repr-Digest": spelled})

    assert response.status_code == status
    assert kind is None or problem_of(response, status, kind)


async def test_a_digest_in_the_header_that_is_another_ones_is_refused(service: Service) -> None:
    other = base64.b64encode(hashlib.sha256(SECOND).digest()).decode()

    response = await service.police.put(await announced(service), FIRST, headers={"Repr-Digest": f"sha-256=:{other}:"})

    problem_of(response, 422, "content-differs")


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"Content-Type": "text/html"}, 415, "unsupported-media-type"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415, "unsupported-media-type"),
        ({"Content-Encoding": "gzip"}, 415, "unsupported-media-type"),
        ({"Content-Range": "bytes 0-9/20"}, 400, "unreadable-request"),
    ],
)
async def test_only_the_whole_raw_bytes_are_taken(
    service: Service, headers: dict[str, str], status: int, kind: str
) -> None:
    problem_of(await service.police.put(await announced(service), FIRST, headers=headers), status, kind)


async def test_bytes_need_no_content_type(service: Service) -> None:
    response = await service.police.put(
        await announced(service), FIRST, headers={"Content-Type": "application/octet-stream"}
    )

    assert response.status_code == 200
