"""POST /v1/plans/{plan}/cycles/{cycle}/deadlines: the deadline of a whole cycle, before it starts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.asking import listed, problem_of, rows_of, status_of
from tests.given import DOCUMENT, PLAN, TODAY, Caller, Service, obligation

CYCLES = f"/v1/plans/{PLAN}/cycles"
NEXT = obligation("3.4", "cong-an", "2027")


async def move(who: Caller, day: str, cycle: str = "2027", **more: Any) -> Any:
    """Move the deadline of a cycle to before a day."""
    sent = {"due_before_on": day, "reason": "Theo công văn của UBND thành phố.", **more}
    return await who.post(f"{CYCLES}/{cycle}/deadlines", sent)


@pytest.fixture
async def opened(service: Service) -> Service:
    """Open the cycle of the next year, which starts on 15/12/2026."""
    assert (await service.coordinator.post(CYCLES, {"code": "2027"})).status_code == 201
    return service


async def test_the_default_deadline_of_a_cycle_moves_before_the_cycle_starts(opened: Service) -> None:
    response = await move(opened.coordinator, "2028-01-10", document_number="99/UBND-KGVX")

    assert response.status_code == 201
    cycle = response.json()
    assert (cycle["due_before"], cycle["last_day_on_time"]) == ("2028-01-09T17:00:00Z", "2028-01-09")
    assert (cycle["original_due_before"], cycle["confirmed"]) == ("2027-12-16T17:00:00Z", True)
    assert cycle["basis"] == "Theo công văn của UBND thành phố."
    assert [act["document_number"] for act in cycle["deadlines"]] == ["99/UBND-KGVX"]
    assert (await opened.integrator.get(f"{CYCLES}/2027")).json() == cycle


async def test_every_obligation_of_the_cycle_follows_and_counts_its_version_up(opened: Service) -> None:
    await move(opened.coordinator, "2028-01-10")

    owed = await listed(opened.coordinator, cycle="2027")

    assert {(one["due_before"], one["original_due_before"], one["version"]) for one in owed} == {
        ("2028-01-09T17:00:00Z", "2027-12-16T17:00:00Z", 2)
    }
    assert len(owed) == 296
    [act] = await opened.police.history(NEXT)
    assert (act["act"], act["due_before"]) == ("cycle_deadline", "2028-01-09T17:00:00Z")
    assert [cycle["due_before"] for cycle in (await status_of(opened.integrator, cycle="2027"))["cycles"]] == [
        "2028-01-09T17:00:00Z"
    ]


async def test_each_day_has_the_deadline_of_that_day(opened: Service) -> None:
    opened.clock.now = TODAY + timedelta(days=1)
    await move(opened.coordinator, "2028-01-10")

    before = await opened.police.standing(NEXT, as_of=TODAY.isoformat())
    since = await opened.police.standing(NEXT)

    assert (before["due_before"], since["due_before"]) == ("2027-12-16T17:00:00Z", "2028-01-09T17:00:00Z")
    earlier = (await opened.integrator.get(f"{CYCLES}/2027", as_of=TODAY.isoformat())).json()
    assert (earlier["due_before"], earlier["deadlines"], earlier["confirmed"]) == ("2027-12-16T17:00:00Z", [], False)


async def test_lateness_follows_the_moved_deadline(opened: Service) -> None:
    await move(opened.coordinator, "2028-01-10")

    assert (await opened.police.standing(NEXT, as_of="2028-01-09"))["status"] == "not_started"
    assert (await opened.police.standing(NEXT, as_of="2028-01-10"))["days_overdue"] == 1
    opened.clock.now = datetime(2028, 1, 9, 16, tzinfo=UTC)
    reported = await opened.police.report(NEXT, evidence=[DOCUMENT])
    assert reported.json()["obligation"]["status"] == "completed_on_time"


async def test_an_extension_stands_above_the_deadline_of_the_cycle(opened: Service) -> None:
    await opened.coordinator.extend(NEXT, "2028-03-01")
    await move(opened.coordinator, "2028-01-10")

    standing = await opened.police.standing(NEXT)

    assert (standing["due_before"], standing["original_due_before"]) == ("2028-02-29T17:00:00Z", "2027-12-16T17:00:00Z")


async def test_a_deadline_that_moved_for_the_cycle_and_then_for_one_obligation(opened: Service) -> None:
    await move(opened.coordinator, "2028-01-10")
    opened.clock.now = TODAY + timedelta(days=2)
    await opened.coordinator.extend(NEXT, "2028-02-01")

    moved = [
        (await opened.police.standing(NEXT, as_of=at.isoformat()))["due_before"]
        for at in (TODAY - timedelta(seconds=1), TODAY, TODAY + timedelta(days=2))
    ]

    assert moved == ["2027-12-16T17:00:00Z", "2028-01-09T17:00:00Z", "2028-01-31T17:00:00Z"]


async def test_a_cycle_that_has_started_keeps_its_deadline(service: Service) -> None:
    before = await rows_of(service)

    problem_of(await move(service.coordinator, "2027-01-10", "2026"), 409, "cycle-started")

    assert await rows_of(service) == before


async def test_a_cycle_starts_with_the_first_instant_of_its_first_day(opened: Service) -> None:
    opened.clock.now = datetime(2026, 12, 14, 16, 59, 59, tzinfo=UTC)
    assert (await move(opened.coordinator, "2028-01-10")).status_code == 201

    opened.clock.now = datetime(2026, 12, 14, 17, tzinfo=UTC)
    problem_of(await move(opened.coordinator, "2028-01-11"), 409, "cycle-started")


async def test_a_deadline_that_stays_can_be_confirmed_at_any_time(service: Service) -> None:
    response = await move(service.coordinator, "2026-12-17", "2026")

    assert response.status_code == 201
    assert (response.json()["due_before"], response.json()["confirmed"]) == ("2026-12-16T17:00:00Z", True)


@pytest.mark.parametrize("day", ["2027-12-14", "2026-12-15", "1900-01-01"])
async def test_a_cycle_is_due_after_its_period(opened: Service, day: str) -> None:
    problem = problem_of(await move(opened.coordinator, day), 422, "deadline-within-period")

    assert [fault["pointer"] for fault in problem["errors"]] == ["/due_before_on"]


async def test_a_cycle_that_nobody_opened_has_no_deadline(service: Service) -> None:
    problem_of(await move(service.coordinator, "2028-01-10"), 404, "not-found")
    problem_of(await service.coordinator.get(f"{CYCLES}/2027"), 404, "not-found")


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_moves_the_deadline_of_a_cycle(opened: Service, name: str) -> None:
    problem_of(await move(getattr(opened, name), "2028-01-10"), 403, "not-allowed")


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"due_before_on": "soon"}, {"colour": "red"}])
async def test_a_deadline_that_cannot_be_read_is_refused(opened: Service, wrong: dict[str, Any]) -> None:
    sent = {"due_before_on": "2028-01-10", "reason": "Vì", **wrong}

    problem_of(await opened.coordinator.post(f"{CYCLES}/2027/deadlines", sent), 422, "malformed-content")
