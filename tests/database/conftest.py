"""The two roles of the database, each on a connection of its own."""

from collections.abc import AsyncIterator, Mapping

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.commands.clients import NewClient
from app.database.engine import SYSTEM, Database
from app.domain.events import EventType
from app.models import Event, Measurement, Target, Update
from app.models.base import new_id, stable_id, table
from embedded_postgres import Address
from tests.conftest import as_owner
from tests.database.gate import ON, PLAN_ID, rows
from tests.given import INVESTIGATION, PLAN, TODAY


@pytest.fixture
async def owner(address: Address, shared_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Connect to this worker's copy of the plan as the database's owner."""
    async with as_owner(address, "shared") as connection:
        yield connection


@pytest.fixture
async def application(database: Database) -> AsyncIterator[AsyncConnection]:
    """Connect as the application does."""
    async with database.writing(SYSTEM) as connection:
        yield connection


@pytest.fixture
async def told(database: Database, cast: Mapping[str, NewClient]) -> Database:
    """Give a plan in which something of every kind has happened to some obligations."""
    told = [one for on in ON for one in rows(cast["police"].id, on)]
    async with database.writing(SYSTEM) as connection:
        for kind in dict.fromkeys(kind for kind, _ in told):
            await connection.execute(insert(table(kind)), [row for of, row in told if of is kind])
        word = {"plan_id": PLAN_ID, "type": EventType.UPDATE_REPORTED, "occurred_at": TODAY}
        events = [
            {**word, "id": new_id(), "act_id": row["id"], "obligation_id": row["obligation_id"]}
            for of, row in told
            if of is Update
        ]
        await connection.execute(insert(table(Event)), events)
        update = await connection.scalar(
            select(table(Update).c.id).where(table(Update).c.obligation_id == INVESTIGATION)
        )
        of_duty = table(Target).c.duty_id == stable_id(PLAN, "duty", "3.2")
        for target in (await connection.execute(select(table(Target).c.id).where(of_duty))).scalars().all():
            row = {"id": new_id(), "plan_id": PLAN_ID, "update_id": update, "target_id": target, "value": 91}
            await connection.execute(insert(table(Measurement)).values(row))
    return database
