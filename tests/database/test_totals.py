"""Totals: at every level they sum to what is owed, and the levels add up."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.clients import NewClient
from app.database.engine import SYSTEM, Database
from app.domain.access import Caller, Role
from app.domain.completion import Force, Status
from app.domain.totals import By, completion_rate, due_completion_rate, roll_up
from app.queries.status_document import cycles_at
from app.schemas.base import TotalsOut
from app.schemas.status import BodyStatus, CycleStatus, MemberStatus
from app.standing.filters import Filters, within
from app.standing.moment import Moment
from app.standing.rule import standings
from tests.given import FIRST, PLAN, TODAY
from tests.histories import (
    ALONE,
    DUE_2021,
    DUE_FIRST,
    ONCE,
    Act,
    Subject,
    record,
    undone,
)
from tests.strategies import INSTANTS, histories

INTEGRATOR = Caller(client_id=UUID(int=0), role=Role.INTEGRATOR)
MEMBERS = (
    Subject(duty="16.1", owner="thanh-doan", due_before=DUE_FIRST, force=Force.REQUESTED),
    Subject(duty="16.1", owner="hoi-lhpn", due_before=DUE_FIRST, force=Force.REQUESTED),
    Subject(duty="18.1", owner="ubnd-ninh-kieu", due_before=DUE_FIRST),
    Subject(duty="18.1", owner="ubnd-o-mon", due_before=DUE_2021, cycle="2021"),
)
Level = CycleStatus | BodyStatus | MemberStatus
LEVELS = ["cycle", "body_no", "owner_code", "status"]
CYCLES = [FIRST, "2021", "2022"]
"""Those in which random histories happen."""


async def document(
    connection: AsyncConnection, moment: Moment, *, cycle: str | None = None, body: str | None = None
) -> list[CycleStatus]:
    """Put the status document's cycles together, as the API does."""
    wanted = Filters(plan=PLAN, cycles=(cycle,) if cycle else (), body=body)
    shown = await cycles_at(connection, INTEGRATOR, wanted, moment, By.BODY)
    return [one for one in shown if isinstance(one, CycleStatus)]


async def one_by_one(connection: AsyncConnection, moment: Moment, cycle: str | None = None) -> list[tuple[Any, ...]]:
    """List the cycle, body, owner and status of every obligation that is owed."""
    standing = standings(moment, within(Filters(plan=PLAN, cycle=cycle)))
    rows = await connection.execute(select(*(standing.c[name] for name in LEVELS)))
    return [(*names, Status(status)) for *names, status in rows]


def assert_says(level: Level, stood: Iterable[Status]) -> None:
    """Hold one level against a plain list of statuses."""
    counts = Counter(stood)
    assert level.totals == TotalsOut.of(counts)
    assert sum(level.totals.model_dump(exclude={"owed"}).values()) == level.totals.owed == counts.total()
    assert level.status == roll_up(counts)
    assert level.completion_rate == completion_rate(counts)
    assert level.due_completion_rate == due_completion_rate(counts)


def assert_adds_up(whole: Level, parts: Iterable[Level]) -> None:
    """Each figure of the whole is the sum of its parts' figures."""
    together: Counter[str] = Counter()
    for part in parts:
        together.update(part.totals.model_dump())
    assert whole.totals.model_dump() == {name: together[name] for name in whole.totals.model_dump()}


def assert_every_level_adds_up(cycles: list[CycleStatus], stood: list[tuple[Any, ...]]) -> None:
    """Hold each cycle, body and member against its own obligations, and against its parts."""
    assert {cycle.cycle for cycle in cycles} == {cycle for cycle, *_ in stood}
    for cycle in cycles:
        assert_says(cycle, [status for code, _, _, status in stood if code == cycle.cycle])
        assert_adds_up(cycle, cycle.bodies)
        for body in cycle.bodies:
            assert_says(body, [status for code, no, _, status in stood if (code, no) == (cycle.cycle, body.no)])
            if body.members:
                assert_adds_up(body, body.members)
            for member in body.members:
                mine = (cycle.cycle, body.no, member.code)
                assert_says(member, [status for *named, status in stood if tuple(named) == mine])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    told=histories((*ALONE, *ONCE, *MEMBERS)),
    as_of=st.sampled_from([TODAY, *INSTANTS]),
    cycle=st.sampled_from(CYCLES),
)
async def test_every_level_adds_up_whatever_happened(
    database: Database, cast: Mapping[str, NewClient], told: dict[Subject, list[Act]], as_of: datetime, cycle: str
) -> None:
    async with undone(database) as connection:
        await record(connection, cast["police"].id, told)

        cycles = await document(connection, Moment(as_of), cycle=cycle)
        stood = await one_by_one(connection, Moment(as_of), cycle)

    assert_every_level_adds_up(cycles, stood)


async def test_every_level_of_the_whole_plan_adds_up(database: Database) -> None:
    async with database.reading(SYSTEM) as connection:
        cycles = await document(connection, Moment(TODAY))
        stood = await one_by_one(connection, Moment(TODAY))

    assert_every_level_adds_up(cycles, stood)
    assert {cycle.cycle: cycle.totals.owed for cycle in cycles} == {
        FIRST: 252,
        **dict.fromkeys(("2021", "2022", "2023", "2024", "2025", "2026"), 296),
    }


async def test_eighteen_bodies_and_thirty_owners_owe_something(database: Database) -> None:
    async with database.reading(SYSTEM) as connection:
        [first] = await document(connection, Moment(TODAY), cycle=FIRST)

    assert [body.no for body in first.bodies] == list(range(1, 19))
    assert [len(body.members) for body in first.bodies] == [0] * 15 + [4, 2, 9]


@pytest.mark.parametrize("code", ["cong-an", "mttq-doan-the", "thanh-doan"])
async def test_a_body_asked_for_alone_has_the_same_figures(database: Database, code: str) -> None:
    async with database.reading(SYSTEM) as connection:
        every_body = await document(connection, Moment(TODAY), cycle=FIRST)
        alone = await document(connection, Moment(TODAY), cycle=FIRST, body=code)

    def found(cycles: list[CycleStatus]) -> list[TotalsOut]:
        bodies = [body for cycle in cycles for body in cycle.bodies]
        levels: list[BodyStatus | MemberStatus] = [*bodies, *(member for body in bodies for member in body.members)]
        return [level.totals for level in levels if level.code == code]

    assert found(alone) == found(every_body) == [alone[0].totals]
