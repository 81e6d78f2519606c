"""The day of a deadline and the days after it: what is in time, what is late, and what ends it: completion alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.asking import ids
from tests.given import DOCUMENT, FIRST, TODAY, TRAINING, Service, obligation

THIS_YEAR = obligation("3.4", "cong-an", "2026")
DEADLINE = datetime(2026, 12, 16, 17, tzinfo=UTC)
"""The 17th of December begins in Cần Thơ, and the 16th was the last day on time."""
MOMENT = timedelta(microseconds=1)
IN_TIME = [DEADLINE - timedelta(days=1), DEADLINE - timedelta(hours=12), DEADLINE - MOMENT]


async def assert_overdue(service: Service, days: int) -> None:
    """See that a duty is overdue wherever it is shown."""
    shown = await service.police.standing(TRAINING)
    assert (shown["status"], shown["days_overdue"], shown["completed_at"]) == ("overdue", days, None)
    for asked in ({"status": "overdue"}, {"past_due": True}):
        assert str(TRAINING) in await ids(service.coordinator, cycle=FIRST, owner="cong-an", **asked)


async def test_nothing_but_completion_ends_overdue(service: Service) -> None:
    police, coordinator = service.police, service.coordinator
    await assert_overdue(service, 1989)

    await police.report(TRAINING, "in_progress", percent=99)
    await assert_overdue(service, 1989)
    attached = (await police.attach(TRAINING)).json()["id"]
    await assert_overdue(service, 1989)
    await police.ask_for(TRAINING, "2027-01-15")
    await coordinator.refuse(TRAINING)
    await assert_overdue(service, 1989)
    service.clock.now = TODAY + timedelta(days=1)
    await police.report(TRAINING)
    assert (await police.standing(TRAINING))["status"] == "completed_late"
    await police.withdraw(attached)
    await assert_overdue(service, 1990)
    await police.attach(TRAINING)
    assert (await police.standing(TRAINING))["status"] == "completed_late"
    await coordinator.review(TRAINING, "returned")
    await assert_overdue(service, 1990)
    await police.report(TRAINING, "not_started")
    await assert_overdue(service, 1990)


async def test_what_was_in_time_is_late_once_its_proof_is_replaced_after_the_deadline(service: Service) -> None:
    reported = (await service.police.report(THIS_YEAR, evidence=[DOCUMENT])).json()
    service.clock.now = DEADLINE
    await service.police.withdraw(reported["update"]["evidence"][0]["id"])
    without = await service.police.standing(THIS_YEAR)

    await service.police.attach(THIS_YEAR)

    replaced = await service.police.standing(THIS_YEAR)
    assert (reported["obligation"]["status"], without["status"]) == ("completed_on_time", "overdue")
    assert (replaced["status"], replaced["completed_at"]) == ("completed_late", "2026-12-16T17:00:00Z")


@pytest.mark.parametrize("now", IN_TIME)
async def test_on_the_day_of_the_deadline_nothing_is_late(service: Service, now: datetime) -> None:
    service.clock.now = now
    before = await service.police.standing(THIS_YEAR)

    response = await service.police.report(THIS_YEAR, evidence=[DOCUMENT])

    assert (before["status"], before["days_overdue"]) == ("not_started", 0)
    assert response.json()["obligation"]["status"] == "completed_on_time"
    assert await ids(service.police, cycle="2026", past_due=True) == []


async def test_the_first_instant_after_that_day_is_late(service: Service) -> None:
    service.clock.now = DEADLINE
    before = await service.police.standing(THIS_YEAR)

    response = await service.police.report(THIS_YEAR, evidence=[DOCUMENT])

    assert (before["status"], before["days_overdue"]) == ("overdue", 1)
    assert response.json()["obligation"]["status"] == "completed_late"


async def test_paper_that_comes_in_on_the_day_of_the_deadline_is_in_time_whenever_it_is_entered(
    service: Service,
) -> None:
    paper = {"received_on": "2026-12-16", "document_number": "9/BC-CATP"}
    told = []
    for duty, now in (("3.4", IN_TIME[1]), ("3.5", DEADLINE + timedelta(days=30))):
        service.clock.now = now
        entered = await service.coordinator.report(obligation(duty, "cong-an", "2026"), evidence=[DOCUMENT], **paper)
        told.append((entered.json()["obligation"]["status"], entered.json()["obligation"]["completed_at"]))

    assert told == [
        ("completed_on_time", "2026-12-16T05:00:00Z"),
        ("completed_on_time", "2026-12-16T16:59:59.999999Z"),
    ]


@pytest.mark.parametrize(
    ("before", "days"),
    [
        ("2027-01-01", {"2026-12-31": 0, "2027-01-01": 1, "2027-01-31": 31, "2027-02-01": 32}),
        ("2027-02-01", {"2027-01-31": 0, "2027-02-01": 1, "2027-02-28": 28, "2027-03-01": 29}),
        ("2027-03-01", {"2027-02-28": 0, "2027-03-01": 1, "2028-02-29": 366}),
        ("2028-03-01", {"2028-02-28": 0, "2028-02-29": 0, "2028-03-01": 1, "2029-02-28": 365}),
    ],
)
async def test_days_are_counted_over_the_ends_of_months_and_years(
    service: Service, before: str, days: dict[str, int]
) -> None:
    await service.coordinator.extend(THIS_YEAR, before)

    shown: dict[str, Any] = {day: await service.police.standing(THIS_YEAR, as_of=day) for day in days}

    assert {day: one["days_overdue"] for day, one in shown.items()} == days
    assert {day: one["status"] == "overdue" for day, one in shown.items()} == {day: n > 0 for day, n in days.items()}
