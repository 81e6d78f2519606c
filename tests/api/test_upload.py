"""PUT /v1/evidence/{id}/content: the bytes of a file that was announced."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import models
from app.models.evidence import EvidenceKind
from tests.api.asking import problem_of, rows_of
from tests.files import pdf, sha256
from tests.given import FILE, LINK, TODAY, TOURISTS, TRAINING, Service, act_of

FIRST, SECOND = pdf("Thứ nhất"), pdf("Thứ hai, dài hơn")
PATH = f"/v1/obligations/{TRAINING}/evidence"


def kept(folder: Path) -> list[bytes]:
    """Return what is kept, whole."""
    return [path.read_bytes() for path in (folder / "files").glob("*/*")]


async def announced(service: Service, content: bytes = FIRST, **fields: Any) -> str:
    """Announce a file of the police's and return its id."""
    response = await service.police.announce(TRAINING, content, **fields)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def test_a_file_is_announced_and_then_sent(service: Service, folder: Path) -> None:
    evidence = (await service.police.announce(TRAINING, FIRST, sha256=sha256(FIRST))).json()
    assert {name: evidence[name] for name in FILE} == FILE
    assert (evidence["size"], evidence["sha256"], evidence["content"]) == (len(FIRST), sha256(FIRST), None)
    service.clock.now += timedelta(minutes=5)

    response = await service.police.put(evidence["id"], FIRST)

    assert response.status_code == 200
    content = response.json()["content"]
    assert (content["size"], content["sha256"]) == (len(FIRST), sha256(FIRST))
    assert content["received_at"] == "2026-11-24T03:05:00Z"
    assert response.json() | {"content": None} == evidence
    assert FIRST in kept(folder)
    assert list((folder / "parts").iterdir()) == []


async def test_a_file_is_kept_under_a_name_that_is_not_the_callers(service: Service, folder: Path) -> None:
    content = pdf("Tên riêng")

    await service.police.upload(TRAINING, content)

    (path,) = [path for path in (folder / "files").glob("*/*") if path.read_bytes() == content]
    assert path.name.startswith(sha256(content))
    assert "bien-ban" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_file_whose_bytes_have_not_arrived_proves_nothing(service: Service) -> None:
    await service.police.report(TRAINING)
    evidence = await announced(service)

    shown = await service.police.standing(TRAINING)
    assert (shown["status"], shown["missing"], shown["evidence_count"]) == ("overdue", ["evidence"], 0)

    service.clock.now += timedelta(minutes=5)
    await service.police.put(evidence, FIRST)

    shown = await service.police.standing(TRAINING)
    assert (shown["status"], shown["missing"], shown["evidence_count"]) == ("completed_late", [], 1)
    assert shown["completed_at"] == "2026-11-24T03:05:00Z"


async def test_a_file_proves_from_the_instant_at_which_all_of_it_was_there(service: Service) -> None:
    await service.police.report(TRAINING)
    evidence = await announced(service)
    service.clock.now += timedelta(minutes=5)
    await service.police.put(evidence, FIRST)
    service.clock.now += timedelta(minutes=5)

    before, after = [
        await service.police.standing(TRAINING, as_of=f"2026-11-24T03:{minute}Z") for minute in ("04:59", "05:00")
    ]

    assert (before["missing"], before["evidence_count"]) == (["evidence"], 0)
    assert (after["missing"], after["evidence_count"]) == ([], 1)


async def test_bytes_that_come_while_the_clock_runs_count_from_the_end(service: Service) -> None:
    evidence = await announced(service)

    async def slowly() -> AsyncIterator[bytes]:
        yield FIRST[:100]
        service.clock.now += timedelta(hours=1)
        yield FIRST[100:]

    response = await service.police.put(evidence, slowly())

    assert response.json()["content"]["received_at"] == "2026-11-24T04:00:00Z"


async def test_a_withdrawn_file_proves_nothing_from_that_instant_on(service: Service) -> None:
    await service.police.report(TRAINING)
    evidence = await service.police.upload(TRAINING, FIRST)
    withdrawn_at = TODAY + timedelta(minutes=5)
    await act_of(
        service.police,
        models.Withdrawal,
        TRAINING,
        at=withdrawn_at,
        evidence_id=UUID(evidence["id"]),
        reason="Đính kèm nhầm tệp.",
    )
    service.clock.now += timedelta(minutes=10)

    before = await service.police.standing(TRAINING, as_of="2026-11-24T03:04:59Z")
    after = await service.police.standing(TRAINING)

    assert (before["missing"], before["evidence_count"]) == ([], 1)
    assert (after["missing"], after["evidence_count"]) == (["evidence"], 0)


async def test_what_comes_for_a_withdrawn_file_is_refused(service: Service) -> None:
    evidence = await announced(service)
    await act_of(service.police, models.Withdrawal, TRAINING, evidence_id=UUID(evidence), reason="Nhầm.")

    problem_of(await service.police.put(evidence, FIRST), 409, "evidence-ended")


async def test_an_upload_counts_the_obligations_version_up(service: Service) -> None:
    evidence = await announced(service)
    before = (await service.police.standing(TRAINING))["version"]

    await service.police.put(evidence, FIRST)

    assert (await service.police.standing(TRAINING))["version"] == before + 1


async def test_the_same_bytes_again_give_the_same_answer_and_change_nothing(service: Service, folder: Path) -> None:
    evidence = await announced(service)
    first = await service.police.put(evidence, FIRST)
    before, files = await rows_of(service), len(kept(folder))
    service.clock.now += timedelta(hours=1)

    again = await service.police.put(evidence, FIRST)

    assert (again.status_code, again.json()) == (200, first.json())
    assert (await rows_of(service), len(kept(folder))) == (before, files)


async def test_other_bytes_for_the_same_file_are_refused(service: Service) -> None:
    one, other = pdf("Một", size=3000), pdf("Hai", size=3000)
    evidence = await announced(service, one)
    await service.police.put(evidence, one)

    problem_of(await service.police.put(evidence, other), 409, "content-already-there")

    shown = (await service.police.get(f"/v1/evidence/{evidence}")).json()
    assert shown["content"]["sha256"] == sha256(one)


async def test_a_paper_files_bytes_count_as_received_with_the_paper(service: Service) -> None:
    paper = {"received_on": "2021-06-14", "document_number": "212/BC-CATP"}

    shown = (await service.coordinator.upload(TRAINING, FIRST, **paper))["content"]

    assert shown["received_at"] == "2021-06-14T16:59:59.999999Z"


@pytest.mark.parametrize("sent", [FIRST[:-1], FIRST + b"x", b"", b"x" * len(FIRST)])
async def test_bytes_that_were_not_announced_are_refused(service: Service, folder: Path, sent: bytes) -> None:
    evidence, files = await announced(service, sha256=sha256(FIRST)), len(kept(folder))
    before = await rows_of(service)

    problem_of(await service.police.put(evidence, sent), 422, "content-differs")

    assert (await rows_of(service), len(kept(folder))) == (before, files)
    assert list((folder / "parts").iterdir()) == []


async def test_only_a_file_has_bytes(service: Service) -> None:
    link = (await service.police.post(PATH, LINK)).json()["id"]

    problem_of(await service.police.put(link, FIRST), 409, "evidence-has-no-bytes")


@pytest.mark.parametrize("name", ["health", "culture", "coordinator"])
async def test_nobody_sends_the_bytes_of_anothers_file(service: Service, name: str) -> None:
    evidence = await announced(service)
    before = await rows_of(service)

    problem_of(await getattr(service, name).put(evidence, FIRST), 404, "not-found")

    assert await rows_of(service) == before


@pytest.mark.parametrize("name", ["integrator", "admin"])
async def test_who_attaches_nothing_sends_no_bytes(service: Service, name: str) -> None:
    problem_of(await getattr(service, name).put(await announced(service), FIRST), 403, "not-allowed")


async def test_a_partner_sends_the_bytes_of_its_own_file_and_the_owner_does_not(service: Service) -> None:
    evidence = (await service.culture.announce(TOURISTS, FIRST)).json()["id"]

    problem_of(await service.police.put(evidence, FIRST), 404, "not-found")
    assert (await service.culture.put(evidence, FIRST)).status_code == 200


async def test_two_that_send_the_same_bytes_at_once_get_the_same_answer(own_service: Service) -> None:
    evidence = (await own_service.police.announce(TRAINING, FIRST)).json()["id"]

    answers = await asyncio.gather(*(own_service.police.put(evidence, FIRST) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["content"]["recorded_at"] for answer in answers}) == 1


async def test_the_history_shows_a_file_with_its_content(service: Service) -> None:
    evidence = await service.police.upload(TRAINING, FIRST)

    (act,) = (await service.police.get(f"/v1/obligations/{TRAINING}/history")).json()["items"]

    unsaid = dict.fromkeys(("annulled", "why", "reopened_by", "not_personal_reason", "client_name"))
    counts = {"counts": True, **unsaid}
    assert act == evidence | {"act": "evidence"} | counts
    assert act["kind"] == EvidenceKind.FILE


async def test_bytes_that_come_after_an_acceptance_move_nothing(service: Service) -> None:
    await service.police.report(TRAINING)
    evidence = await announced(service)
    service.clock.now += timedelta(minutes=5)
    await service.coordinator.review(TRAINING, "accepted", waives=["evidence"])
    before = await service.police.standing(TRAINING)
    service.clock.now += timedelta(minutes=5)

    await service.police.put(evidence, FIRST)

    after = await service.police.standing(TRAINING)
    assert before["completed_at"] == after["completed_at"] == "2026-11-24T03:00:00Z"
    assert (before["evidence_count"], after["evidence_count"]) == (0, 1)
