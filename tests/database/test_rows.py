"""Rows are written as they are, one or many, by one statement."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.database.engine import SYSTEM, Database
from app.database.statements import write_rows
from app.domain.events import EventType
from app.models import Event
from app.models.base import new_id, stable_id, table
from tests.given import PLAN, TODAY, TRAINING
from tests.statements import statements_on

events = table(Event)


def told(number: int) -> dict[str, Any]:
    """Spell an event; every other one is about no obligation."""
    return {
        "id": new_id(),
        "plan_id": stable_id(PLAN),
        "type": EventType.UPDATE_REPORTED if number % 2 else EventType.PLAN_AMENDED,
        "obligation_id": TRAINING if number % 2 else None,
        "occurred_at": TODAY + timedelta(microseconds=number),
    }


@pytest.mark.parametrize("number", [1, 2, 500])
async def test_what_is_written_is_what_was_given(database: Database, number: int) -> None:
    rows = [told(n) for n in range(number)]

    async with database.writing(SYSTEM) as connection:
        with statements_on(database) as asked:
            written = await write_rows(connection, events, rows, "occurred_at", "id")
        kept = select(*(events.c[name] for name in rows[0])).where(events.c.id.in_([row["id"] for row in rows]))
        found = (await connection.execute(kept.order_by(events.c.occurred_at))).mappings().all()

    assert len(asked) == 1
    assert [dict(row) for row in found] == rows
    assert sorted(row["occurred_at"] for row in written) == [row["occurred_at"] for row in rows]
    assert {row["id"]: row["occurred_at"] for row in written} == {row["id"]: row["occurred_at"] for row in rows}


async def test_rows_of_other_columns_are_another_statement(database: Database) -> None:
    whole = told(1)
    less = {name: value for name, value in told(1).items() if name != "obligation_id"}

    async with database.writing(SYSTEM) as connection:
        for row in (whole, less):
            await write_rows(connection, events, [row])
        kept = select(events.c.obligation_id).where(events.c.id.in_([whole["id"], less["id"]])).order_by(events.c.id)
        found = list((await connection.execute(kept)).scalars())

    assert found == [TRAINING, None]


async def test_rows_of_different_columns_are_not_written_together(database: Database) -> None:
    less = {name: value for name, value in told(1).items() if name != "obligation_id"}

    async with database.writing(SYSTEM) as connection:
        with pytest.raises(ValueError, match="different columns"):
            await write_rows(connection, events, [less, told(1)])


async def test_no_rows_are_no_statement(database: Database) -> None:
    async with database.writing(SYSTEM) as connection:
        with statements_on(database) as asked:
            assert await write_rows(connection, events, [], "id") == []

    assert asked == []
