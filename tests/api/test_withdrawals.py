"""POST /v1/evidence/{id}/withdrawal."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.api.asking import problem_of, rows_of
from tests.given import DOCUMENT, LINK, TODAY, TOURISTS, TRAINING, Caller, Service

ON_PAPER: dict[str, Any] = {"received_on": "2026-11-20", "document_number": "9/BC-CATP"}


async def attached(who: Caller, obligation_id: UUID = TRAINING, **fields: Any) -> str:
    """Attach a document and return its id."""
    response = await who.attach(obligation_id, **fields)
    assert response.status_code == 201
    evidence_id: str = response.json()["id"]
    return evidence_id


async def test_who_posted_an_evidence_withdraws_it(service: Service) -> None:
    await service.police.report(TRAINING)
    evidence = await attached(service.police)

    response = await service.police.withdraw(evidence, "Nhầm văn bản.")

    assert response.status_code == 201
    withdrawal, standing = response.json()["withdrawal"], response.json()["obligation"]
    assert (withdrawal["evidence"], withdrawal["reason"]) == (evidence, "Nhầm văn bản.")
    assert (standing["status"], standing["missing"], standing["evidence_count"]) == ("overdue", ["evidence"], 0)
    assert standing["version"] == 4
    assert (await service.police.get(f"/v1/evidence/{evidence}")).json()["withdrawn_at"] == "2026-11-24T03:00:00Z"
    assert [act["act"] for act in await service.police.history(TRAINING)] == ["update", "evidence", "withdrawal"]


async def test_a_withdrawal_changes_nothing_before_it(service: Service) -> None:
    reported = (await service.police.report(TRAINING, evidence=[DOCUMENT])).json()["update"]
    service.clock.now = TODAY + timedelta(days=1)
    await service.police.withdraw(reported["evidence"][0]["id"])

    before = await service.police.standing(TRAINING, as_of="2026-11-24T12:00:00Z")
    since = await service.police.standing(TRAINING)

    assert (before["status"], since["status"]) == ("completed_late", "overdue")


async def test_with_what_is_left_the_later_proof_counts(service: Service) -> None:
    first = await attached(service.police)
    await service.police.report(TRAINING)
    service.clock.now = TODAY + timedelta(days=1)
    await service.police.attach(TRAINING)

    response = await service.police.withdraw(first)

    standing = response.json()["obligation"]
    assert (standing["completed_at"], standing["evidence_count"]) == ("2026-11-25T03:00:00Z", 1)


async def test_a_withdrawal_takes_no_acceptance_back(service: Service) -> None:
    reported = (await service.police.report(TRAINING, evidence=[LINK])).json()["update"]
    await service.coordinator.review(TRAINING, "accepted")

    response = await service.police.withdraw(reported["evidence"][0]["id"])

    assert response.json()["obligation"]["status"] == "completed_late"


async def test_an_evidence_is_withdrawn_once(service: Service) -> None:
    evidence = await attached(service.police)
    await service.police.withdraw(evidence)
    before = await rows_of(service)

    problem_of(await service.police.withdraw(evidence), 409, "already-withdrawn")

    assert await rows_of(service) == before


async def test_a_partner_withdraws_its_own_and_nobody_elses(service: Service) -> None:
    theirs = await attached(service.police, TOURISTS)
    own = await attached(service.culture, TOURISTS, classification="restricted")

    problem_of(await service.culture.withdraw(theirs), 403, "evidence-not-yours")
    problem_of(await service.police.withdraw(own), 403, "evidence-not-yours")
    assert (await service.culture.withdraw(own)).status_code == 201


async def test_what_came_on_paper_is_withdrawn_by_a_coordinator(service: Service) -> None:
    paper = await attached(service.coordinator, **ON_PAPER)
    posted = await attached(service.police)

    problem_of(await service.police.withdraw(paper), 403, "evidence-not-yours")
    problem_of(await service.coordinator.withdraw(posted), 403, "evidence-not-yours")
    assert (await service.coordinator.withdraw(paper)).status_code == 201


async def test_evidence_that_one_may_not_know_cannot_be_withdrawn(service: Service) -> None:
    hidden = await attached(service.police, TOURISTS, classification="restricted")

    problem_of(await service.court.withdraw(hidden), 404, "not-found")
    problem_of(await service.culture.withdraw(hidden), 404, "not-found")
    problem_of(await service.police.withdraw(str(UUID(int=0))), 404, "not-found")
    problem_of(await service.integrator.withdraw(hidden), 403, "not-allowed")


async def test_a_withdrawal_needs_a_reason(service: Service) -> None:
    evidence = await attached(service.police)

    problem_of(await service.police.withdraw(evidence, " "), 422, "malformed-content")
