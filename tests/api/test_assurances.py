"""A coordinator who is sure passes what looks like a child's name, with a reason that stays with the act."""

from typing import Any

import pytest

from tests.api.asking import problem_of, rows_of
from tests.api.test_paper_reports import annulled, entered, line
from tests.given import FIRST, LINK, PLAN, TOURISTS, TRAINING, Service, item

NAME = "Cháu Nguyễn Thị Lan"
NUMBER = "Cháu Nguyễn Thị Lan, mẹ 0912345678"
SURE: dict[str, Any] = {"not_personal": True, "not_personal_reason": "Tên một vở kịch tuyên truyền."}
PAPER: dict[str, Any] = {"received_on": "2026-11-20", "document_number": "9/BC-CATP"}
WHY: dict[str, Any] = {"reason": NAME, **SURE}


async def reasons(service: Service, name: str = "coordinator") -> dict[str, Any]:
    """Return what is said in the history of an obligation beside each kind of act."""
    acts = await getattr(service, name).history(TOURISTS)
    return {one["act"]: one["not_personal_reason"] for one in acts}


async def test_a_coordinator_who_is_sure_passes_a_name_with_a_reason_that_the_history_shows(service: Service) -> None:
    coordinator = service.coordinator
    inside = {**LINK, "title": NAME, **SURE, "classification": "restricted"}
    answers = [
        await coordinator.report(TOURISTS, summary=NAME, evidence=[inside], **SURE, **PAPER),
        await coordinator.attach(TOURISTS, title=NAME, issuer=NAME, **SURE, **PAPER),
        await coordinator.review(TOURISTS, "returned", NAME, **SURE),
    ]
    evidence = answers[1].json()["id"]
    answers += [
        await coordinator.post(f"/v1/evidence/{evidence}/withdrawal", WHY),
        await coordinator.post(f"/v1/evidence/{evidence}/erasure", WHY | {"legal_basis": "Luật 91/2025/QH15"}),
        await coordinator.annul(TOURISTS, answers[0].json()["update"]["id"], NAME, **SURE),
        await coordinator.post(f"/v1/plans/{PLAN}/cycles/{FIRST}/closing", WHY),
    ]

    assert [one.text for one in answers if one.status_code != 201] == []
    why = SURE["not_personal_reason"]
    said = dict.fromkeys(("update", "evidence", "review", "withdrawal", "erasure", "annulment"), why)
    assert await reasons(service) == await reasons(service, "auditor") == said
    assert {one["not_personal_reason"] for one in await service.culture.history(TOURISTS)} == {why}


async def test_each_part_of_a_paper_and_each_item_speaks_for_itself(service: Service) -> None:
    paper = await entered(service, line("3.6", summary=NAME, **SURE), line("3.5"))
    item = {"obligation": str(TOURISTS), "outcome": "returned", "reason": NAME}

    results = (await service.coordinator.judge("reviews", item, item | SURE)).json()["results"]
    await annulled(service, paper["paper_report"]["id"], **WHY)

    assert [one["status"] for one in results] == [422, 201]
    assert await reasons(service) == {"update": SURE["not_personal_reason"], "evidence": None} | dict.fromkeys(
        ("review", "annulment"), SURE["not_personal_reason"]
    )


async def test_nobody_else_can_be_sure(service: Service) -> None:
    evidence = (await service.police.attach(TRAINING)).json()["id"]
    before = await rows_of(service)
    answers = [
        await service.police.report(TRAINING, summary=NAME, **SURE),
        await service.police.report(TRAINING, evidence=[{**LINK, "title": NAME, **SURE}]),
        await service.police.attach(TRAINING, **SURE),
        await service.police.post(f"/v1/evidence/{evidence}/withdrawal", WHY),
    ]

    for answer in answers:
        problem_of(answer, 403, "assurance-not-yours")
    assert await rows_of(service) == before
    many = await service.police.bulk(item(TRAINING, **SURE), item(TOURISTS))
    assert [one["status"] for one in many.json()["results"]] == [403, 201]


@pytest.mark.parametrize(
    "sent", [{"summary": NUMBER, **SURE}, {"summary": NAME}, {"summary": NAME} | SURE | {"not_personal": False}]
)
async def test_a_number_passes_for_nobody(service: Service, sent: dict[str, Any]) -> None:
    answer = await service.coordinator.report(TRAINING, **sent, **PAPER)

    assert answer.status_code == 422
    assert NAME not in answer.text
