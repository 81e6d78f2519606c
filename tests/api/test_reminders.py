"""GET /v1/reminders: what owners should be reminded of, read from the standing at any instant."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.database.engine import Database
from tests.api.asking import problem_of
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Caller, Service, obligation
from tests.statements import statements_on

REMINDERS = "/v1/reminders"
LISTS = ("due_soon", "overdue", "awaited", "returned", "awaiting_review")
LAST_DAY = datetime(2026, 12, 16, 3, tzinfo=UTC)


async def reminders(who: Caller, **asked: Any) -> dict[str, dict[str, Any]]:
    """Return the reminders by owner."""
    response = await who.get(REMINDERS, **asked)
    assert response.status_code == 200, response.text
    return {one["owner"]["code"]: one for one in response.json()["items"]}


def counts(reminded: dict[str, Any]) -> dict[str, int]:
    """Count what is in each list, leaving out the empty ones."""
    return {name: len(reminded[name]) for name in LISTS if reminded[name]}


async def test_what_is_late_is_grouped_by_owner(service: Service) -> None:
    found = await reminders(service.coordinator, cycle=FIRST)

    assert len(found) == 30
    assert counts(found["cong-an"]) == {"overdue": 10}
    assert counts(found["vksnd"]) == {"awaited": 5}
    assert sum(len(one["overdue"]) for one in found.values()) == 220
    assert sum(len(one["awaited"]) for one in found.values()) == 32
    first = found["cong-an"]["overdue"][0]
    assert (first["status"], first["days_past"], first["days_left"]) == ("overdue", 1989, 0)


@pytest.mark.parametrize(("within_days", "soon"), [(21, 0), (22, 11), (366, 11)])
async def test_what_is_due_within_some_days_counts_from_today(service: Service, within_days: int, soon: int) -> None:
    found = await reminders(service.coordinator, cycle="2026", owner="cong-an", within_days=within_days)

    assert sum(len(one["due_soon"]) for one in found.values()) == soon
    assert all(item["days_left"] == 22 for one in found.values() for item in one["due_soon"])


async def test_on_its_last_day_a_duty_is_due_today_and_the_day_after_it_is_late(service: Service) -> None:
    asked = {"cycle": "2026", "owner": "cong-an", "within_days": 0}

    before = await reminders(service.coordinator, as_of=(LAST_DAY - timedelta(days=1)).isoformat(), **asked)
    today = await reminders(service.coordinator, as_of=LAST_DAY.isoformat(), **asked)
    after = await reminders(service.coordinator, as_of=(LAST_DAY + timedelta(days=1)).isoformat(), **asked)

    assert before == {}
    assert (counts(today["cong-an"]), today["cong-an"]["due_soon"][0]["days_left"]) == ({"due_soon": 11}, 0)
    assert (counts(after["cong-an"]), after["cong-an"]["overdue"][0]["days_past"]) == ({"overdue": 11}, 1)


async def test_what_was_returned_and_what_waits_for_a_review_are_named(service: Service) -> None:
    returned, waiting = obligation("3.4", "cong-an", "2026"), obligation("3.5", "cong-an", "2026")
    for one in (returned, waiting):
        await service.police.report(one, evidence=[DOCUMENT])
    await service.coordinator.review(returned, "returned")

    found = (await reminders(service.coordinator, cycle="2026", within_days=0))["cong-an"]

    assert counts(found) == {"returned": 1, "awaiting_review": 1}
    assert (found["returned"][0]["obligation"], found["awaiting_review"][0]["obligation"]) == (
        str(returned),
        str(waiting),
    )
    await service.police.report(returned)
    again = (await reminders(service.coordinator, cycle="2026", within_days=0))["cong-an"]
    assert counts(again) == {"awaiting_review": 2}


async def test_what_was_returned_late_is_overdue_as_well(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.coordinator.review(TRAINING, "returned")

    found = (await reminders(service.coordinator, cycle=FIRST))["cong-an"]

    assert str(TRAINING) in [item["obligation"] for item in found["overdue"]]
    assert [item["obligation"] for item in found["returned"]] == [str(TRAINING)]


async def test_what_was_returned_and_then_done_in_another_cycle_is_in_no_list(service: Service) -> None:
    first, this_year = obligation("G.1", "cong-an"), obligation("G.1", "cong-an", "2026")
    await service.police.report(first)
    await service.coordinator.review(first, "returned")
    before = (await reminders(service.coordinator, cycle=FIRST))["cong-an"]
    service.clock.now = TODAY + timedelta(hours=1)
    await service.police.report(this_year, evidence=[DOCUMENT])

    after = (await reminders(service.coordinator, cycle=FIRST))["cong-an"]

    assert [item["obligation"] for item in before["returned"]] == [str(first)]
    assert counts(after) == {"overdue": 9}


async def test_what_is_done_or_does_not_arise_is_in_no_list(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.coordinator.review(TRAINING, "accepted")
    await service.police.report(obligation("3.7", "cong-an"), "not_applicable")
    await service.coordinator.review(obligation("3.7", "cong-an"), "accepted")

    assert counts((await reminders(service.coordinator, cycle=FIRST))["cong-an"]) == {"overdue": 8}


async def test_a_reporter_is_reminded_of_its_own_and_of_what_it_helps_with(service: Service) -> None:
    assert set(await reminders(service.court)) == {"tand"}
    helped = {"so-ldtbxh", "cong-an", "bao-can-tho", "dai-ptth"}
    assert set(await reminders(service.health)) == {"so-y-te"} | helped
    assert set(await reminders(service.culture)) == {"so-vhttdl", "ban-dan-toc"} | helped
    assert set(await reminders(service.integrator, plan=PLAN, owner="tand")) == {"tand"}
    problem_of(await service.admin.get(REMINDERS), 403, "not-allowed")


async def test_reminders_need_no_job_that_ran(service: Service) -> None:
    found = await reminders(service.coordinator, cycle="2026", as_of="2030-01-01")

    assert sum(len(one["overdue"]) for one in found.values()) == 260
    assert (await service.coordinator.get(REMINDERS)).json()["as_of"] == "2026-11-24T03:00:00Z"


@pytest.mark.parametrize("days", [-1, 367, "soon", 1.5])
async def test_days_are_a_small_number(service: Service, days: Any) -> None:
    problem_of(await service.coordinator.get(REMINDERS, within_days=days), 422, "malformed-content")


@pytest.mark.parametrize("as_of", ["1900-01-01", "2200-12-31", TODAY.isoformat()])
async def test_any_instant_that_can_be_asked_about_is_answered(service: Service, as_of: str) -> None:
    response = await service.coordinator.get(REMINDERS, as_of=as_of, within_days=366)

    assert response.status_code == 200


async def test_all_reminders_take_one_statement_once_it_is_known_who_asks(lived_in: Service) -> None:
    database: Database = lived_in.app.state.database

    with statements_on(database) as told:
        await reminders(lived_in.coordinator)

    assert len(told) <= 4
