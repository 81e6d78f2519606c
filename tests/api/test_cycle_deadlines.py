"""POST /v1/plans/{plan}/cycles/{cycle}/deadlines: letters that move the deadline of a whole cycle."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.asking import listed, problem_of, status_of
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Caller, Service, obligation

CYCLES = f"/v1/plans/{PLAN}/cycles"
NUMBER = "99/UBND-KGVX"
NEXT = obligation("3.4", "cong-an", "2027")


async def move(who: Caller, day: str, cycle: str = "2027", **more: Any) -> Any:
    """Move the deadline of a cycle to before a day."""
    sent = {"due_before_on": day, "reason": "Theo công văn của UBND thành phố.", "document_number": NUMBER, **more}
    return await who.post(f"{CYCLES}/{cycle}/deadlines", sent)


@pytest.fixture
async def opened(service: Service) -> Service:
    """Open the cycle of the next year, which starts on 15/12/2026."""
    assert (await service.coordinator.post(CYCLES, {"code": "2027"})).status_code == 201
    return service


async def test_the_default_deadline_of_a_cycle_moves_before_the_cycle_starts(opened: Service) -> None:
    response = await move(opened.coordinator, "2028-01-10")

    assert response.status_code == 201
    cycle = response.json()
    assert (cycle["due_before"], cycle["last_day_on_time"]) == ("2028-01-09T17:00:00Z", "2028-01-09")
    assert (cycle["original_due_before"], cycle["confirmed"]) == ("2027-12-16T17:00:00Z", True)
    assert cycle["basis"] == {
        "vi": f"Văn bản số {NUMBER} ngày 24/11/2026: Theo công văn của UBND thành phố.",
        "en": f"Letter {NUMBER} of 2026-11-24: Theo công văn của UBND thành phố.",
    }
    assert [act["document_number"] for act in cycle["deadlines"]] == [NUMBER]
    assert (await opened.integrator.get(f"{CYCLES}/2027")).json() == cycle


async def test_every_obligation_of_the_cycle_follows_and_counts_its_version_up(opened: Service) -> None:
    await move(opened.coordinator, "2028-01-10")

    owed = await listed(opened.coordinator, cycle="2027")

    assert {(one["due_before"], one["original_due_before"], one["version"]) for one in owed} == {
        ("2028-01-09T17:00:00Z", "2027-12-16T17:00:00Z", 2),
        ("2028-01-14T17:00:00Z", "2027-12-23T17:00:00Z", 2),
    }
    assert [one["duty"]["code"] for one in owed if one["due_before"] > "2028-01-10"] == ["R.3"]
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


async def test_the_later_of_the_cycles_deadline_and_the_extension_is_in_force(opened: Service) -> None:
    await opened.coordinator.extend(NEXT, "2028-01-10")

    await move(opened.coordinator, "2028-03-01")

    assert (await opened.police.standing(NEXT))["due_before"] == "2028-02-29T17:00:00Z"
    explanation = (await opened.integrator.get(f"/v1/obligations/{NEXT}/explanation")).json()
    assert explanation["calendar"]["moved_by"] == "cycle_deadline"


async def test_a_cycle_that_has_begun_is_due_earlier_or_later_by_a_letter(service: Service) -> None:
    service.clock.now = datetime(2026, 11, 1, 2, tzinfo=UTC)
    earlier = await move(service.coordinator, "2026-11-20", "2026")
    later = await move(service.coordinator, "2026-12-25", "2026")

    assert (earlier.status_code, earlier.json()["due_before"]) == (201, "2026-11-19T17:00:00Z")
    assert (later.status_code, later.json()["due_before"]) == (201, "2026-12-24T17:00:00Z")


@pytest.mark.parametrize(("day", "kind"), [("2026-11-24", "deadline-not-after"), ("2026-11-25", None)])
async def test_an_earlier_deadline_comes_after_today_and_makes_nobody_late_at_once(
    service: Service, day: str, kind: str | None
) -> None:
    response = await move(service.coordinator, day, "2026", decided_on="2026-11-01")

    assert response.status_code == 201 if kind is None else problem_of(response, 422, kind)
    late = await listed(service.coordinator, cycle="2026", past_due=True)
    assert late == []


@pytest.mark.parametrize(
    ("decided_on", "kind"),
    [
        ("2021-05-30", "letter-date-impossible"),
        ("2021-06-13", None),
        ("2021-06-14", None),
        ("2021-06-15", "letter-decided-too-late"),
        ("2026-11-25", "letter-date-impossible"),
    ],
)
async def test_a_letter_moves_a_deadline_that_had_not_passed(
    service: Service, decided_on: str, kind: str | None
) -> None:
    response = await move(service.coordinator, "2021-07-01", FIRST, decided_on=decided_on)

    if kind:
        problem_of(response, 422, kind)
        return
    act = response.json()["deadlines"][0]
    assert (act["decided_on"], act["received_at"]) == (decided_on, f"{decided_on}T16:59:59.999999Z")
    assert (await service.police.standing(TRAINING, as_of="2021-06-20"))["status"] == "not_started"
    assert (await service.police.standing(TRAINING, as_of="2021-07-01"))["status"] == "overdue"


async def test_of_two_letters_the_one_decided_last_is_in_force(service: Service) -> None:
    await move(service.coordinator, "2026-12-25", "2026", decided_on="2026-11-20")
    response = await move(service.coordinator, "2027-01-31", "2026", decided_on="2026-11-10")

    assert response.json()["due_before"] == "2026-12-24T17:00:00Z"
    then = (await service.integrator.get(f"{CYCLES}/2026", as_of="2026-11-15")).json()
    assert then["due_before"] == "2027-01-30T17:00:00Z"


async def test_a_letter_on_a_whole_cycle_has_a_number(service: Service) -> None:
    problem_of(await move(service.coordinator, "2027-01-10", "2026", document_number=None), 422, "malformed-content")


async def test_a_deadline_that_stays_can_be_confirmed_at_any_time(service: Service) -> None:
    response = await move(service.coordinator, "2026-12-17", "2026")

    assert response.status_code == 201
    assert (response.json()["due_before"], response.json()["confirmed"]) == ("2026-12-16T17:00:00Z", True)


async def test_a_cycle_that_nobody_opened_has_no_deadline(service: Service) -> None:
    problem_of(await move(service.coordinator, "2028-01-10"), 404, "not-found")
    problem_of(await service.coordinator.get(f"{CYCLES}/2027"), 404, "not-found")


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_moves_the_deadline_of_a_cycle(opened: Service, name: str) -> None:
    problem_of(await move(getattr(opened, name), "2028-01-10"), 403, "not-allowed")


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"due_before_on": "soon"}, {"colour": "red"}])
async def test_a_deadline_that_cannot_be_read_is_refused(opened: Service, wrong: dict[str, Any]) -> None:
    sent = {"due_before_on": "2028-01-10", "reason": "Vì", "document_number": NUMBER, **wrong}

    problem_of(await opened.coordinator.post(f"{CYCLES}/2027/deadlines", sent), 422, "malformed-content")
