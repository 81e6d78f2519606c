"""Stored facts are those that the histories give, at every moment at which they are taken for it."""

from asyncio import gather
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.clients import NewClient
from app.database.engine import SYSTEM, Database
from app.database.statements import prepare
from app.models import Obligation
from app.models.base import table
from app.standing.acts import ENDS
from app.standing.moment import Moment
from app.standing.refresh import refresh_all, refresh_snapshot
from app.standing.rule import facts_to_keep
from app.standing.snapshot import FACTS, stands, stored
from tests.database.gate import ON, rows
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, PLAN, TODAY, TOURISTS, TRAINING, Service, obligation
from tests.histories import Act, Subject, record, undone
from tests.strategies import histories, moments

SHARED = [HealthCheck.function_scoped_fixture]
TOLD = [name for name in FACTS if name not in ENDS]
Rows = dict[Any, dict[str, Any]]
GUIDED = obligation("3.7", "cong-an", "2026")
"""Its condition covers the whole of it."""


async def compared(connection: AsyncConnection, moment: Moment, among: Iterable[UUID]) -> tuple[Rows, Rows]:
    """Return the stored facts that stand at a moment, and what the histories of the same obligations say of it."""
    found = []
    for query in (_kept, _told):
        answer = await prepare(query, moment=moment, ids=list(among)).on(connection)
        found.append({row["id"]: dict(row) for row in answer})
    return found[0], found[1]


def _kept(moment: Moment, ids: list[UUID]) -> Select[Any]:
    return select(*(stored.c[name] for name in TOLD)).where(stands(moment), stored.c.id == any_(_bound(ids)))


def _told(moment: Moment, ids: list[UUID]) -> Select[Any]:
    standing = select(stored.c.id).where(stands(moment), stored.c.id == any_(_bound(ids)))
    obligations, those = table(Obligation), standing.subquery("those")
    told = facts_to_keep(moment, obligations.join(those, those.c.id == obligations.c.id)).subquery()
    return select(*(told.c[name] for name in TOLD))


def _bound(ids: list[UUID]) -> Any:
    return bindparam("ids", ids, ARRAY(Uuid()))


@settings(max_examples=40, deadline=None, suppress_health_check=SHARED)
@given(told=histories(), stored_at=moments, asked=st.lists(moments, min_size=1, max_size=2))
async def test_where_stored_facts_stand_they_are_what_the_history_says(
    database: Database,
    cast: Mapping[str, NewClient],
    told: dict[Subject, list[Act]],
    stored_at: tuple[datetime, datetime | None],
    asked: list[tuple[datetime, datetime | None]],
) -> None:
    ids = [one.id for one in told]
    async with undone(database) as connection:
        await record(connection, cast["police"].id, told, stored_at=stored_at[0])

        for as_of, known_at in [*asked, (stored_at[0], None)]:
            found, replayed = await compared(connection, Moment(as_of, known_at), ids)

            assert found == replayed
    assert set(found) == set(ids), "what has just been stored stands"


async def standing_of_plan(connection: AsyncConnection) -> int | None:
    """Count the obligations whose stored facts stand today."""
    return await connection.scalar(select(func.count()).where(stands(Moment(TODAY))))


async def test_a_seeded_plan_stands_as_a_whole(database: Database) -> None:
    async with database.reading(SYSTEM) as connection:
        every = await connection.scalar(select(func.count()).select_from(table(Obligation)))

        assert await standing_of_plan(connection) == every


@pytest.mark.parametrize("kind", sorted({kind.__name__ for kind, _ in rows(UUID(int=1), ON[0])} - {"EvidenceText"}))
async def test_whatever_leaves_an_act_ends_what_is_stored_of_its_obligation_alone(
    database: Database, cast: Mapping[str, NewClient], kind: str
) -> None:
    acts = rows(cast["police"].id, INVESTIGATION)
    first = [model.__name__ for model, _ in acts].index(kind)
    async with undone(database) as connection:
        every = await standing_of_plan(connection)
        for model, row in acts[:first]:
            await connection.execute(insert(table(model)).values(row))
        await refresh_snapshot(connection, [INVESTIGATION], TODAY)
        assert await standing_of_plan(connection) == every

        await connection.execute(insert(table(acts[first][0])).values(acts[first][1]))

        left = select(stored.c.id).where(~stands(Moment(TODAY)))
        ended = (await connection.execute(left)).scalars().all()
    assert ended == ([] if kind in {"EvidenceRead", "Annulment", "Assurance"} else [INVESTIGATION])


async def test_what_nobody_has_stored_is_asked_of_the_history_and_stored_in_the_end(
    database: Database, cast: Mapping[str, NewClient]
) -> None:
    async with undone(database) as connection:
        for on in ON:
            for model, row in rows(cast["police"].id, on):
                await connection.execute(insert(table(model)).values(row))

        assert await refresh_all(connection, TODAY) == len(ON)
        assert await refresh_all(connection, TODAY) == 0
        assert await standing_of_plan(connection) == await connection.scalar(select(func.count()).select_from(stored))
        found, replayed = await compared(connection, Moment(TODAY), ON)
    assert set(found) == set(ON)
    assert found == replayed


async def test_every_act_leaves_the_facts_that_the_history_then_gives(service: Service) -> None:
    police, coordinator, health, culture = service.police, service.coordinator, service.health, service.culture
    once = [obligation("G.1", "so-y-te", cycle) for cycle in (FIRST, "2021", "2022")]
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
    attached = await police.attach(TRAINING, **{**DOCUMENT, "title": "Kế hoạch"})
    answers = [
        await police.report(TRAINING, "in_progress", percent=10),
        await police.report(INVESTIGATION, evidence=[DOCUMENT], measurements=[{"target": "3.2-a", "value": 99}]),
        attached,
        await police.withdraw(attached.json()["id"]),
        await coordinator.report(TOURISTS, evidence=[LINK], **paper),
        await coordinator.review(INVESTIGATION, "returned"),
        await culture.post(f"/v1/obligations/{TOURISTS}/contributions", {"note": "Đã phối hợp."}),
        await coordinator.post(
            f"/v1/obligations/{TOURISTS}/instructions", {"words": "Khẩn trương.", "leader": "Phó Chủ tịch"}
        ),
        await health.report(once[1], evidence=[DOCUMENT]),
        await health.report(once[0], "in_progress"),
        await coordinator.extend(TRAINING, "2027-01-31", decided_on="2021-06-10", document_number="7/UBND-KGVX"),
        await coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": "2027"}),
        await coordinator.post(
            f"/v1/plans/{PLAN}/cycles/2027/deadlines",
            {"due_before_on": "2028-01-20", "reason": "Theo đề nghị.", "document_number": "99/UBND-KGVX"},
        ),
    ]

    assert [(answer.status_code, answer.text) for answer in answers if answer.status_code not in (200, 201)] == []
    async with service.app.state.database.reading(SYSTEM) as connection:
        every = (await connection.scalars(select(table(Obligation).c.id))).all()
        found, replayed = await compared(connection, Moment(service.clock()), every)
    assert set(found) == set(every)
    assert found == replayed


async def test_what_begins_by_itself_is_stored_once_its_day_has_come(service: Service) -> None:
    decided = {"met": True, "from_on": "2026-12-01", "reason": "Đã có hướng dẫn."}
    answer = await service.coordinator.post(f"/v1/obligations/{GUIDED}/condition-decisions", decided)
    assert answer.status_code == 201, answer.text
    service.clock.now += timedelta(days=30)
    database, then = service.app.state.database, Moment(service.clock())
    async with database.reading(SYSTEM) as connection:
        before, _ = await compared(connection, then, [GUIDED])

    await service.jobs.refresh_snapshot()

    async with database.reading(SYSTEM) as connection:
        after, replayed = await compared(connection, then, [GUIDED])
    assert before == {}
    assert after == replayed
    assert after[GUIDED]["condition_met"]


async def test_acts_on_one_deed_at_the_same_time_leave_what_all_of_them_amount_to(own_service: Service) -> None:
    own_service.clock.catch_up()
    line = [obligation("G.1", "so-y-te", cycle) for cycle in (FIRST, "2021", "2022")]

    for state in ("completed", "in_progress", "completed"):
        answers = await gather(*(own_service.health.report(one, state, evidence=[LINK]) for one in line))
        assert 201 in {answer.status_code for answer in answers} <= {201, 404}
        async with own_service.app.state.database.reading(SYSTEM) as connection:
            found, replayed = await compared(connection, Moment(own_service.clock() + timedelta(days=1)), line)
        assert set(found) == set(line)
        assert found == replayed
