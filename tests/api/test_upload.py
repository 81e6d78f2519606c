"""PUT /v1/evidence/{id}/content: the bytes of a file that was announced."""

import asyncio
import base64
import errno
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app import models
from app.models.evidence import EvidenceKind
from app.settings import Settings
from app.stores.parts import Part
from tests.api.asking import problem_of, rows_of
from tests.files import pdf, sha256
from tests.given import FILE, LINK, TODAY, TOURISTS, TRAINING, Service, act_of

FIRST, SECOND = pdf("Thứ nhất"), pdf("Thứ hai, dài hơn")
PATH = f"/v1/obligations/{TRAINING}/evidence"


@pytest.fixture
def folder(service: Service) -> Path:
    """Give the folder in which the service keeps files."""
    settings: Settings = service.app.state.settings
    return settings.evidence_dir


def kept(folder: Path) -> list[bytes]:
    """Return what is kept, whole."""
    return [path.read_bytes() for path in (folder / "files").glob("*/*")]


def with_limits(service: Service, **limits: Any) -> None:
    """Serve with other limits."""
    service.app.state.settings = service.app.state.settings.model_copy(update=limits)


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


async def test_a_paper_files_bytes_count_as_received_with_the_paper(service: Service) -> None:
    paper = {"received_on": "2021-06-14", "document_number": "212/BC-CATP"}

    shown = (await service.coordinator.upload(TRAINING, FIRST, **paper))["content"]

    assert shown["received_at"] == "2021-06-14T16:59:59.999999Z"


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


@pytest.mark.parametrize("sent", [FIRST[:-1], FIRST + b"x", b"", b"x" * len(FIRST)])
async def test_bytes_that_were_not_announced_are_refused(service: Service, folder: Path, sent: bytes) -> None:
    evidence, files = await announced(service, sha256=sha256(FIRST)), len(kept(folder))
    before = await rows_of(service)

    problem_of(await service.police.put(evidence, sent), 422, "content-differs")

    assert (await rows_of(service), len(kept(folder))) == (before, files)
    assert list((folder / "parts").iterdir()) == []


async def test_a_stream_without_a_length_is_cut_at_what_was_announced(service: Service) -> None:
    evidence, sent = await announced(service), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield b"x" * 65536

    response = await service.police.put(evidence, endless())

    problem_of(response, 422, "content-differs")
    assert sent <= 4 * 65536


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


async def test_a_quota_of_an_obligation_is_not_exceeded(service: Service) -> None:
    with_limits(service, obligation_quota_mib=1)
    large = pdf("Lớn", size=700_000)
    await service.police.upload(TOURISTS, large)

    evidence = (await service.culture.announce(TOURISTS, large)).json()["id"]
    problem_of(await service.culture.put(evidence, large), 409, "quota-reached")

    await service.police.upload(TRAINING, large)


async def test_a_quota_of_a_client_is_not_exceeded(service: Service) -> None:
    with_limits(service, client_quota_mib=1)
    large = pdf("Lớn", size=700_000)
    await service.police.upload(TOURISTS, large)

    problem_of(await service.police.put(await announced(service, large), large), 409, "quota-reached")

    await service.culture.upload(TOURISTS, large)


async def test_a_sender_that_falls_silent_is_cut_off(service: Service, folder: Path) -> None:
    with_limits(service, upload_patience=0.05)

    async def silent() -> AsyncIterator[bytes]:
        yield FIRST[:10]
        await asyncio.Event().wait()

    problem_of(await service.police.put(await announced(service), silent()), 408, "upload-too-slow")
    assert list((folder / "parts").iterdir()) == []


async def test_a_sender_that_drips_is_cut_off(service: Service) -> None:
    with_limits(service, upload_patience=0.05, upload_rate=1_000_000)
    content = pdf(size=10_000)

    async def drip() -> AsyncIterator[bytes]:
        for place in range(0, len(content), 100):
            yield content[place : place + 100]
            await asyncio.sleep(0.01)

    problem_of(await service.police.put(await announced(service, content), drip()), 408, "upload-too-slow")


async def test_a_full_disk_is_told_and_leaves_nothing(
    service: Service, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = await announced(service)
    before = await rows_of(service)

    def full(_part: Part, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Part, "write", full)
        response = await service.police.put(evidence, FIRST)

    problem_of(response, 507, "storage-full")
    assert await rows_of(service) == before
    assert list((folder / "parts").iterdir()) == []
    assert (await service.police.put(evidence, FIRST)).status_code == 200


async def test_two_that_send_the_same_bytes_at_once_get_the_same_answer(own_service: Service) -> None:
    evidence = (await own_service.police.announce(TRAINING, FIRST)).json()["id"]

    answers = await asyncio.gather(*(own_service.police.put(evidence, FIRST) for _ in range(4)))

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["content"]["recorded_at"] for answer in answers}) == 1


async def test_the_history_shows_a_file_with_its_content(service: Service) -> None:
    evidence = await service.police.upload(TRAINING, FIRST)

    (act,) = (await service.police.get(f"/v1/obligations/{TRAINING}/history")).json()["items"]

    assert act == evidence | {"act": "evidence"}
    assert act["kind"] == EvidenceKind.FILE
