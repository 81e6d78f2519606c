"""What else knows of paper reports: seals, erasures, exports, the store of files, what an owner reads and annuls."""

from pathlib import Path
from typing import Any

import pytest

from app.domain.acts import ActKind
from app.stores import LocalStore, Parts
from embedded_postgres import Address
from tests.api.asking import problem_of
from tests.api.test_closing import close, tamper, verified
from tests.api.test_erasure import WHY
from tests.api.test_exports import HISTORY, lines, table
from tests.api.test_paper_reports import annulled, entered, line
from tests.api.test_tidying import tidied
from tests.files import pdf
from tests.given import FIRST, PLAN, TRAINING, Service, obligation

SCAN = pdf("Bản chụp báo cáo")


@pytest.fixture
def folder(service: Service, tmp_path: Path) -> Path:
    """Give the service a store of its own for one test."""
    service.app.state.store, service.app.state.parts = LocalStore(tmp_path / "files"), Parts(tmp_path / "parts")
    return tmp_path / "files"


def kept(folder: Path) -> list[bytes]:
    """Return what is kept, whole."""
    return [path.read_bytes() for path in folder.glob("*/*")]


async def scanned(service: Service, *items: dict[str, Any]) -> dict[str, Any]:
    """Enter a paper and send its scan; return the answer to the first."""
    answer = await entered(service, *items)
    path, kind = f"/v1/paper-reports/{answer['paper_report']['id']}/content", {"Content-Type": "application/pdf"}
    sent = await service.coordinator.send(path, SCAN, method="PUT", headers=kind)
    assert sent.status_code == 200, sent.text
    return answer


def evidence_of(answer: dict[str, Any]) -> list[str]:
    """Return the ids of the evidence that a paper is."""
    return [one["id"] for item in answer["items"] for one in item["update"]["evidence"]]


@pytest.mark.parametrize(
    ("of", "change"),
    [
        ("paper_report", "UPDATE paper_report SET number = '213/BC-CATP'"),
        ("paper_report", "UPDATE paper_report SET received_on = '2021-06-12'"),
        ("progress_update", "UPDATE progress_update SET paper_report_id = NULL"),
        ("evidence_content", "UPDATE evidence_content SET media_type = 'image/png'"),
    ],
)
async def test_a_seal_tells_what_was_changed_of_a_paper(
    own_service: Service, address: Address, of: str, change: str
) -> None:
    await scanned(own_service, line(), line("3.1"))
    assert (await close(own_service.coordinator)).status_code == 201
    assert [verdict.differences for verdict in await verified(own_service, address)] == [[]]

    await tamper(own_service, address, of, change)

    [verdict] = await verified(own_service, address)
    assert sorted(one.partition(" (")[0] for one in verdict.differences) == ["3.1 cong-an", "3.4 cong-an"]


async def test_a_seal_stands_when_a_paper_is_taken_back_under_it(own_service: Service, address: Address) -> None:
    paper_id = (await scanned(own_service, line(), line("3.1")))["paper_report"]["id"]
    assert (await close(own_service.coordinator)).status_code == 201

    await annulled(own_service, paper_id, reopened_by="31/UBND-KGVX")

    assert [verdict.differences for verdict in await verified(own_service, address)] == [[]]


async def test_what_is_erased_of_one_line_is_erased_of_all(service: Service, folder: Path) -> None:
    service.clock.catch_up()
    key = {"Idempotency-Key": "paper-1"}
    sent = {
        "plan": PLAN, "body": "cong-an", "number": "212/BC-CATP", "issued_on": "2021-06-10",
        "received_on": "2021-06-11", "classification": "internal", "issuer": "Phòng Tham mưu",
        "items": [line(), line("3.1")],
    }  # fmt: skip
    answer = (await service.coordinator.post("/v1/paper-reports", sent, headers=key)).json()
    path = f"/v1/paper-reports/{answer['paper_report']['id']}/content"
    scan = {"method": "PUT", "headers": {"Content-Type": "application/pdf"}}
    await service.coordinator.send(path, SCAN, **scan)  # type: ignore[arg-type]
    first, second = evidence_of(answer)
    assert kept(folder) == [SCAN]

    erased = await service.coordinator.post(f"/v1/evidence/{first}/erasure", WHY)

    assert erased.status_code == 201
    assert kept(folder) == []
    for one in (first, second):
        shown = (await service.police.get(f"/v1/evidence/{one}")).json()
        assert (shown["title"], shown["issuer"], shown["erased_at"] is None) == (None, None, False)
        problem_of(await service.police.get(f"/v1/evidence/{one}/content"), 410, "evidence-erased")
    again = await service.coordinator.post("/v1/paper-reports", sent, headers=key)
    assert (again.headers["idempotent-replayed"], "Phòng Tham mưu" in again.text) == ("true", False)
    problem_of(await service.coordinator.send(path, SCAN, **scan), 410, "evidence-erased")  # type: ignore[arg-type]
    problem_of(await service.coordinator.post(f"/v1/evidence/{second}/erasure", WHY), 410, "evidence-erased")


async def test_a_scan_is_kept_once_and_tidying_up_leaves_it(service: Service, folder: Path) -> None:
    await scanned(service, line(), line("3.1"), line("3.6"))

    removed = await tidied(service)

    assert (removed.files, kept(folder)) == (0, [SCAN])


async def test_a_paper_that_was_taken_back_takes_no_scan(service: Service) -> None:
    paper_id = (await entered(service))["paper_report"]["id"]
    await annulled(service, paper_id)

    path, kind = f"/v1/paper-reports/{paper_id}/content", {"Content-Type": "application/pdf"}
    refused = await service.coordinator.send(path, SCAN, method="PUT", headers=kind)

    problem_of(refused, 409, "already-annulled")


@pytest.mark.parametrize(
    ("content", "kind", "status", "problem"),
    [
        (SCAN, "text/html", 415, "unsupported-media-type"),
        (b"%PDF-1.4 no such thing", "application/pdf", 422, "file-refused"),
        (SCAN, "image/png", 422, "file-refused"),
    ],
)
async def test_a_scan_is_what_it_is_said_to_be(
    service: Service, content: bytes, kind: str, status: int, problem: str
) -> None:
    paper_id = (await entered(service))["paper_report"]["id"]

    path = f"/v1/paper-reports/{paper_id}/content"
    refused = await service.coordinator.send(path, content, method="PUT", headers={"Content-Type": kind})

    problem_of(refused, status, problem)


async def test_the_bytes_of_a_document_without_a_scan_have_not_come(service: Service) -> None:
    (evidence,) = evidence_of(await entered(service))

    problem_of(await service.police.get(f"/v1/evidence/{evidence}/content"), 404, "content-not-arrived")
    problem_of(await service.coordinator.put(evidence, SCAN), 409, "evidence-has-no-bytes")


async def test_the_history_that_is_exported_names_the_paper_and_strikes_through_what_fell_with_it(
    service: Service,
) -> None:
    paper_id = (await entered(service, line(), line("3.1")))["paper_report"]["id"]
    await annulled(service, paper_id)
    asked = {"owner": "cong-an", "cycle": FIRST}

    rows = table(await service.coordinator.get(HISTORY, format="csv", **asked))
    acts = [one["act"] for one in lines(await service.police.get(HISTORY, format="ndjson", **asked))]

    assert {row["paper_report"] for row in rows if row["act"] in {"update", "evidence"}} == {paper_id}
    assert [act["counts"] for act in acts if act["act"] != "annulment"] == [False] * 4
    told = [(act["kind"], act["annuls"]) for act in acts if act["act"] == "annulment"]
    assert told == [(ActKind.PAPER_REPORT, paper_id)] * 2


async def test_an_owner_reads_why_a_paper_of_its_own_was_taken_back_and_cannot_bring_it_back(service: Service) -> None:
    answer = await entered(service, line(), line("4.1", owner="so-y-te"))
    update = answer["items"][0]["update"]["id"]
    whole = (await annulled(service, answer["paper_report"]["id"]))["annulments"][0]["id"]

    mine = await service.police.history(TRAINING)
    theirs = await service.health.history(obligation("4.1", "so-y-te"))

    for history in (mine, theirs):
        assert [act["act"] for act in history] == ["update", "evidence", "annulment"]
        assert {act["annulled"]["id"] for act in history if act["annulled"]} == {whole}
    for act in (whole, update):
        refused = await service.police.annul(TRAINING, act)
        assert refused.status_code in {403, 409, 422}, refused.text
    assert (await service.coordinator.standing(TRAINING))["status"] == "overdue"
