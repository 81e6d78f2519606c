"""POST /v1/obligations/{id}/evidence: a file is announced, and may supersede another."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.asking import problem_of, rows_of
from tests.api.test_upload import FIRST, SECOND, announced
from tests.given import TOURISTS, TRAINING, Service


async def test_a_new_version_supersedes_and_the_old_one_stays(service: Service) -> None:
    old = await service.police.upload(TRAINING, FIRST)

    new = await service.police.upload(TRAINING, SECOND, supersedes=old["id"])

    assert new["supersedes"] == old["id"]
    assert (await service.police.get(f"/v1/evidence/{old['id']}")).json() == old
    assert (await service.police.standing(TRAINING))["evidence_count"] == 2


async def test_a_version_has_one_successor(service: Service) -> None:
    old = await service.police.upload(TRAINING, FIRST)
    await announced(service, SECOND, supersedes=old["id"])

    response = await service.police.announce(TRAINING, SECOND, supersedes=old["id"])

    problem_of(response, 409, "already-superseded")


async def test_only_evidence_of_the_same_body_and_obligation_can_be_superseded(service: Service) -> None:
    elsewhere = (await service.police.announce(TOURISTS, FIRST)).json()["id"]
    of_culture = (await service.culture.announce(TOURISTS, FIRST)).json()["id"]

    for obligation, earlier in ((TRAINING, elsewhere), (TOURISTS, of_culture), (TRAINING, str(UUID(int=0)))):
        response = await service.police.announce(obligation, SECOND, supersedes=earlier)
        problem = problem_of(response, 422, "superseded-unknown")
        assert [fault["pointer"] for fault in problem["errors"]] == ["/supersedes"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("file_name", "../bao-cao.pdf"),
        ("file_name", "/etc/passwd.pdf"),
        ("file_name", "C:\\bao-cao.pdf"),
        ("file_name", ".pdf"),
        ("file_name", "bao-cao\u202efdp.pdf"),
        ("file_name", "bao\u0000cao.pdf"),
        ("file_name", "bao-cao\n.pdf"),
        *(
            ("file_name", f"{device}.pdf")
            for device in ("CON", "nul", "Aux", "PRN.1", "com1", "LPT9", "COM¹", "ＣＯＮ")
        ),
        ("file_name", " bao-cao.pdf"),
        ("file_name", "bao-cao.pdf "),
        ("file_name", "bao-cao.pdf."),
        ("file_name", "bao-cao.docx"),
        ("file_name", "bao-cao.pdf.exe"),
        ("file_name", "bao-cao"),
        ("file_name", "a" * 252 + ".pdf"),
        ("media_type", "application/zip"),
        ("media_type", "image/svg+xml"),
        ("media_type", "application/vnd.ms-word.document.macroEnabled.12"),
        ("media_type", "image/png"),
        ("size", 0),
        ("size", -1),
        ("size", 2**31),
        ("size", "10"),
        ("size", 1.5),
        ("sha256", "x"),
        ("sha256", "A" * 64),
        ("supersedes", "no-id"),
        ("url", "https://example.org"),
    ],
)
async def test_a_file_that_is_announced_wrongly_is_refused(service: Service, field: str, value: Any) -> None:
    before = await rows_of(service)

    response = await service.police.announce(TRAINING, FIRST, **{field: value})

    problem_of(response, 422, "malformed-content")
    assert await rows_of(service) == before


async def test_the_name_of_a_file_is_looked_through_for_personal_data(service: Service) -> None:
    for name in ("ho-so-chau-Nguyễn-Thị-Lan.pdf", "CCCD_092211000123.pdf"):
        problem = problem_of(await service.police.announce(TRAINING, FIRST, file_name=name), 422, "personal-data-found")
        assert [fault["pointer"] for fault in problem["errors"]] == ["/file_name"]


async def test_a_file_that_is_too_large_is_refused_when_it_is_announced(service: Service) -> None:
    problem_of(await service.police.announce(TRAINING, FIRST, size=50 * 2**20 + 1), 413, "content-too-large")

    assert (await service.police.announce(TRAINING, FIRST, size=50 * 2**20)).status_code == 201
