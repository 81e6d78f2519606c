"""Cycles that open by themselves on the first day of their period, and those that are missing."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.database.engine import SYSTEM
from app.jobs.cycle_opening import open_due
from app.models import Duty, Obligation
from app.models.base import table
from embedded_postgres import Address
from tests.api.asking import listed, rows_of, status_of
from tests.conftest import as_owner
from tests.given import FIRST, PLAN, TODAY, Service, obligation

CYCLES = f"/v1/plans/{PLAN}/cycles"
TURN = datetime(2026, 12, 14, 17, tzinfo=UTC)
"""The first instant of 15/12/2026 in Cần Thơ, on which the period of 2027 begins."""
MOMENT = timedelta(microseconds=1)
CONSOLIDATION = obligation("R.3", "so-ldtbxh", "2027")


def name_of(service: Service) -> str:
    """Name the database that a service keeps for itself."""
    return str(service.app.state.database.engine.url.database)


async def codes(service: Service, **params: Any) -> list[str]:
    """Return the codes of the open cycles."""
    return [cycle["code"] for cycle in (await service.integrator.get(CYCLES, **params)).json()["items"]]


async def test_the_next_annual_cycle_opens_on_the_first_day_of_its_period_and_is_told_of_once(service: Service) -> None:
    service.clock.now = TURN - MOMENT
    await service.jobs.open_cycles()
    before = await codes(service)
    service.clock.now = TURN
    await service.jobs.open_cycles()
    opened = await rows_of(service)
    await service.jobs.open_cycles()

    assert await rows_of(service) == opened
    assert (await codes(service), "2027" in before) == ([*before, "2027"], False)
    assert len(await listed(service.coordinator, cycle="2027")) == 296
    told = [(event["type"], event["cycle"]) for event in await service.events()]
    assert told.count(("cycle.opened", "2027")) == 1


async def test_two_processes_open_a_cycle_once(own_service: Service) -> None:
    database = own_service.app.state.database

    async def one() -> list[str]:
        async with database.writing(SYSTEM) as connection:
            return await open_due(connection, now=TURN)

    done = await asyncio.gather(*(one() for _ in range(4)))
    again = await one()

    assert sorted(code for codes in done for code in codes) == ["2027"]
    assert again == []
    async with database.reading(SYSTEM) as connection:
        found = await connection.execute(text("SELECT count(*) FROM event WHERE type = 'cycle.opened'"))
        assert found.scalar_one() - 7 in (0, 1)
        owed = select(table(Obligation).c.id).where(table(Obligation).c.updated_at == TURN)
        assert len((await connection.execute(owed)).all()) == 296


async def test_years_that_nobody_opened_are_opened_together(service: Service) -> None:
    service.clock.now = datetime(2028, 12, 15, 3, tzinfo=UTC)

    await service.jobs.open_cycles()

    assert (await codes(service))[-3:] == ["2027", "2028", "2029"]


async def test_a_cycle_is_missing_from_the_first_instant_of_its_period_until_it_is_opened(service: Service) -> None:
    service.clock.now = TURN - MOMENT
    before = await status_of(service.integrator)
    ahead = await status_of(service.integrator, as_of="2027-06-01")
    service.clock.now = TURN
    missing = await status_of(service.integrator)
    back = await status_of(service.integrator, as_of=(TURN - MOMENT).isoformat())
    await service.jobs.open_cycles()
    after = await status_of(service.integrator)

    assert (before["missing_cycles"], ahead["missing_cycles"]) == ([], [])
    assert (missing["missing_cycles"], missing["as_of"]) == (["2027"], "2026-12-14T17:00:00Z")
    assert (back["missing_cycles"], after["missing_cycles"]) == ([], [])


async def test_the_document_is_asked_for_again_when_a_cycle_begins_to_be_missing(service: Service) -> None:
    service.clock.now = TURN - timedelta(seconds=2)

    response = await service.integrator.get(f"/v1/plans/{PLAN}/status")

    assert "max-age=2" in response.headers["cache-control"]


async def test_a_cycle_that_was_opened_later_was_not_there_before(own_service: Service) -> None:
    coordinator = own_service.coordinator
    known_before = datetime.now(UTC).isoformat()
    await coordinator.post(CYCLES, {"code": "2027"})
    known_after = datetime.now(UTC).isoformat()
    later = obligation("3.4", "cong-an", "2027")

    before = await status_of(own_service.integrator, as_of="2027-01-01", known_at=known_before)
    after = await status_of(own_service.integrator, as_of="2027-01-01", known_at=known_after)

    assert "2027" not in [cycle["cycle"] for cycle in before["cycles"]]
    assert "2027" in [cycle["cycle"] for cycle in after["cycles"]]
    assert "2027" not in await codes(own_service, known_at=known_before)
    assert await listed(coordinator, cycle="2027", known_at=known_before) == []
    assert len(await listed(coordinator, cycle="2027", known_at=known_after)) == 296
    for path in (f"/v1/obligations/{later}", f"{CYCLES}/2027"):
        assert (await coordinator.get(path, known_at=known_before)).status_code == 404
        assert (await coordinator.get(path, known_at=known_after)).status_code == 200


async def test_before_anything_was_known_every_cycle_that_should_have_been_open_is_missing(
    own_service: Service, address: Address
) -> None:
    async with as_owner(address, name_of(own_service)) as owner:
        for entered in ("cycle SET recorded_at", "obligation SET recorded_at", "standing_facts SET known_from"):
            await owner.execute(text(f"UPDATE {entered} = :on"), {"on": TODAY})

    document = await status_of(own_service.integrator, as_of="2022-03-01", known_at="2021-12-20")

    assert (document["cycles"], document["missing_cycles"]) == ([], ["2021", "2021-06-15", "2022"])


@pytest.fixture
async def resting(own_service: Service) -> Service:
    """Open 2027, in which the consolidated report rests on the reports of the others."""
    assert (await own_service.coordinator.post(CYCLES, {"code": "2027"})).status_code == 201
    return own_service


async def test_what_rests_on_the_others_is_due_five_working_days_after_them(resting: Service) -> None:
    others = await resting.coordinator.standing(obligation("3.4", "cong-an", "2027"))
    consolidated = await resting.coordinator.standing(CONSOLIDATION)

    assert others["last_day_on_time"] == "2027-12-16"  # A Thursday.
    assert (consolidated["last_day_on_time"], consolidated["original_due_before"]) == (
        "2027-12-23",
        "2027-12-23T17:00:00Z",
    )


async def test_another_number_of_days_holds_in_cycles_that_are_opened_from_then_on(
    own_service: Service, address: Address
) -> None:
    async with as_owner(address, name_of(own_service)) as owner:
        duties = table(Duty)
        await owner.execute(duties.update().where(duties.c.code == "R.3").values(due_after_others_days=7))
    assert (await own_service.coordinator.post(CYCLES, {"code": "2027"})).status_code == 201

    earlier = await own_service.coordinator.standing(obligation("R.3", "so-ldtbxh", FIRST))
    later = await own_service.coordinator.standing(CONSOLIDATION)

    assert (earlier["last_day_on_time"], later["last_day_on_time"]) == ("2021-06-21", "2027-12-27")


async def test_it_moves_with_the_deadline_of_its_cycle_and_with_nobodys_extension(resting: Service) -> None:
    await resting.coordinator.extend(obligation("3.4", "cong-an", "2027"), "2028-03-01")
    unmoved = await resting.coordinator.standing(CONSOLIDATION)
    letter = {"due_before_on": "2028-01-11", "reason": "Theo công văn.", "document_number": "80/UBND-KGVX"}
    await resting.coordinator.post(f"{CYCLES}/2027/deadlines", letter)
    moved = await resting.coordinator.standing(CONSOLIDATION)
    replayed = await resting.coordinator.standing(CONSOLIDATION, known_at=datetime.now(UTC).isoformat())

    assert unmoved["last_day_on_time"] == "2027-12-23"
    # Monday 10/1/2028 is the others' last day; the fifth working day after it is Monday 17/1.
    assert (moved["last_day_on_time"], moved["original_due_before"]) == ("2028-01-17", "2027-12-23T17:00:00Z")
    assert replayed["due_before"] == moved["due_before"]


async def test_its_own_deadline_is_told_of_when_it_passes(resting: Service) -> None:
    resting.clock.now = datetime(2027, 12, 20, tzinfo=UTC)
    await resting.jobs.watch()
    head = 0
    while page := await resting.events(head):
        head = page[-1]["seq"]
    resting.clock.now = datetime(2027, 12, 24, tzinfo=UTC)
    document = await status_of(resting.integrator)
    await resting.jobs.watch()

    told = [(event["type"], event["obligation"]) for event in await resting.events(head)]
    assert document["as_of"] == "2027-12-23T17:00:00Z"
    assert told == [("obligation.became_overdue", str(CONSOLIDATION))]
