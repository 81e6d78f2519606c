"""POST /v1/obligations/{id}/condition-decisions: *sau khi có hướng dẫn*, *nếu có*."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.asking import problem_of, rows_of, status_of
from tests.given import FIRST, PLAN, TRAINING, Caller, Service, obligation

GUIDED = obligation("3.7", "cong-an")
"""Owed once there is guidance: its condition covers the whole duty."""
THIS_YEAR = obligation("3.7", "cong-an", "2026")


async def declare(who: Caller, one: UUID, from_on: str, *, met: bool = True, headers: Any = None, **more: Any) -> Any:
    """Decide whether the condition is met from a day on."""
    sent = {"met": met, "from_on": from_on, "reason": "Bộ đã có hướng dẫn.", **more}
    return await who.post(f"/v1/obligations/{one}/condition-decisions", sent, headers=headers)


async def test_a_duty_is_owed_from_the_day_on_which_its_condition_is_met(service: Service) -> None:
    await service.police.report(THIS_YEAR, "not_applicable", summary="Chưa có hướng dẫn.")

    response = await declare(service.coordinator, THIS_YEAR, "2026-11-24", document_number="88/BCA-C02")

    assert response.status_code == 201
    decision, standing = response.json()["decision"], response.json()["obligation"]
    assert (decision["met"], decision["received_at"]) == (True, "2026-11-23T17:00:00Z")
    assert (standing["status"], standing["claim"], standing["missing"]) == (
        *("not_started", None),
        ["report", "evidence"],
    )
    assert standing["version"] == 3
    acts = await service.police.history(THIS_YEAR)
    assert [act["act"] for act in acts] == ["condition_decision", "update"]
    unsaid = dict.fromkeys(("annulled", "why", "reopened_by", "not_personal_reason", "client_name"))
    counts = {"counts": True, **unsaid}
    assert acts[0] == {"act": "condition_decision"} | counts | decision


@pytest.mark.parametrize(
    ("from_on", "since"), [("2021-06-12", "overdue"), ("2021-06-13", "overdue"), ("2021-06-14", "not_applicable")]
)
async def test_a_condition_bars_what_is_due_after_its_day_and_changes_nothing_else(
    service: Service, from_on: str, since: str
) -> None:
    paper = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
    await service.coordinator.report(GUIDED, "not_applicable", **paper)
    await declare(service.coordinator, GUIDED, from_on)

    for as_of, status in (("2021-06-11", "not_applicable"), ("2021-06-15", since), ("2026-11-24", since)):
        assert (await service.police.standing(GUIDED, as_of=as_of))["status"] == status


async def test_a_condition_can_be_declared_met_from_a_day_to_come(service: Service) -> None:
    await service.police.report(THIS_YEAR, "not_applicable")

    response = await declare(service.coordinator, THIS_YEAR, "2026-12-01")

    assert response.json()["obligation"]["status"] == "not_applicable"
    assert (await service.police.standing(THIS_YEAR, as_of="2026-11-30"))["status"] == "not_applicable"
    assert (await service.police.standing(THIS_YEAR, as_of="2026-12-01"))["status"] == "not_started"
    assert (await service.police.standing(THIS_YEAR, as_of="2026-12-17"))["status"] == "overdue"


async def test_the_status_document_changes_on_the_day_that_was_declared(service: Service) -> None:
    await service.police.report(THIS_YEAR, "not_applicable")
    await declare(service.coordinator, THIS_YEAR, "2026-12-01")
    before = await service.integrator.get(f"/v1/plans/{PLAN}/status")
    service.clock.now = service.clock.now.replace(month=12, day=2)

    after = await service.integrator.get(f"/v1/plans/{PLAN}/status", headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.json()["as_of"] == "2026-11-30T17:00:00Z"
    assert after.json()["cycles"][-1]["totals"]["not_applicable"] == 0


async def test_once_the_condition_is_met_nobody_can_claim_that_nothing_arises(service: Service) -> None:
    await declare(service.coordinator, THIS_YEAR, "2026-11-20")
    before = await rows_of(service)

    problem_of(await service.police.report(THIS_YEAR, "not_applicable"), 409, "condition-met")

    assert await rows_of(service) == before
    assert (await service.police.report(THIS_YEAR, "in_progress")).status_code == 201


async def test_a_paper_that_came_before_the_condition_was_met_may_say_that_nothing_arose(service: Service) -> None:
    await declare(service.coordinator, THIS_YEAR, "2026-11-20")

    early = {"received_on": "2026-11-19", "document_number": "9/BC-CATP"}
    entered = await service.coordinator.report(THIS_YEAR, "not_applicable", **early)
    late = {"received_on": "2026-11-20", "document_number": "9/BC-CATP"}

    assert (entered.status_code, entered.json()["obligation"]["status"]) == (201, "not_started")
    problem_of(await service.coordinator.report(THIS_YEAR, "not_applicable", **late), 409, "condition-met")


async def test_a_decision_that_was_wrong_is_corrected_by_another_for_the_same_day(service: Service) -> None:
    await service.police.report(THIS_YEAR, "not_applicable")
    await declare(service.coordinator, THIS_YEAR, "2026-11-24")

    corrected = await declare(service.coordinator, THIS_YEAR, "2026-11-24", met=False)

    assert corrected.json()["obligation"]["status"] == "not_applicable"
    assert [act["met"] for act in await service.police.history(THIS_YEAR) if act["act"] == "condition_decision"] == [
        True,
        False,
    ]


@pytest.mark.parametrize("then", [("2027-01-05", True), ("2026-12-16", True), ("2027-01-05", False)])
async def test_a_decision_that_comes_too_late_to_change_anything_leaves_an_earlier_one_as_it_is(
    service: Service, then: tuple[str, bool]
) -> None:
    await service.police.report(THIS_YEAR, "not_applicable")
    await declare(service.coordinator, THIS_YEAR, "2026-12-01")
    service.clock.now = service.clock.now.replace(month=12, day=20)

    again = await declare(service.coordinator, THIS_YEAR, then[0], met=then[1])

    assert again.json()["obligation"]["status"] == "overdue"
    for as_of in ("2026-12-20", "2027-01-06"):
        assert (await service.police.standing(THIS_YEAR, as_of=as_of))["status"] == "overdue"


async def test_of_two_days_the_condition_is_met_from_the_one_that_is_early_enough(service: Service) -> None:
    await service.police.report(THIS_YEAR, "not_applicable")
    await declare(service.coordinator, THIS_YEAR, "2026-12-16")
    assert (await service.police.standing(THIS_YEAR, as_of="2026-12-17"))["status"] == "not_applicable"

    await declare(service.coordinator, THIS_YEAR, "2026-12-15")

    assert (await service.police.standing(THIS_YEAR, as_of="2026-12-17"))["status"] == "overdue"


async def test_a_declaration_touches_no_other_claim(service: Service) -> None:
    await service.police.report(GUIDED, "in_progress")

    response = await declare(service.coordinator, GUIDED, "2026-11-24")

    assert response.json()["obligation"]["claim"]["state"] == "in_progress"
    assert (await status_of(service.integrator, cycle=FIRST))["cycles"][0]["totals"]["overdue"] == 220


@pytest.mark.parametrize("duty", ["3.4", "10.1", "15.1"])
async def test_only_a_condition_on_the_whole_duty_is_decided(service: Service, duty: str) -> None:
    owner = {"3.4": "cong-an", "10.1": "so-khdt", "15.1": "tand"}[duty]

    problem_of(await declare(service.coordinator, obligation(duty, owner), "2026-11-24"), 422, "condition-not-whole")


async def test_a_decision_answers_the_version_that_was_read(service: Service) -> None:
    seen = (await service.coordinator.get(f"/v1/obligations/{GUIDED}")).headers["etag"]
    await service.police.report(GUIDED, "in_progress")

    stale = await declare(service.coordinator, GUIDED, "2026-11-24", headers={"If-Match": seen})

    problem_of(stale, 412, "stale-version")


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_decides_on_conditions(service: Service, name: str) -> None:
    problem_of(await declare(getattr(service, name), GUIDED, "2026-11-24"), 403, "not-allowed")


@pytest.mark.parametrize("more", [{"met": "maybe"}, {"from_on": "2026-13-01"}, {"reason": ""}, {"colour": "red"}])
async def test_a_decision_that_cannot_be_read_is_refused(service: Service, more: dict[str, Any]) -> None:
    sent = {"met": True, "from_on": "2026-11-24", "reason": "Đã có.", **more}

    response = await service.coordinator.post(f"/v1/obligations/{TRAINING}/condition-decisions", sent)

    problem_of(response, 422, "malformed-content")
