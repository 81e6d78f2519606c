"""Transactions: each is for whom it says, also after another one that failed, was cancelled or lost its connection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from app.database.engine import NOBODY, SYSTEM, CommitFailed, Database, Identity, as_system, connect
from app.database.statements import driver_of
from app.domain.errors import NotFound
from app.models import Holiday, Plan
from app.models.base import new_id, table
from embedded_postgres import APP, Address
from tests.conftest import url_of

REPORTER = Identity("reporter", bodies="{6f2539a2-499b-5170-a3ef-88108fa8ca3c}")
WHO = text("SELECT current_setting('dondoc.role', true), current_setting('dondoc.bodies', true)")
BACKEND = text("SELECT pg_backend_pid()")
plans, holidays = table(Plan), table(Holiday)


class Undone(Exception):
    """Somebody has second thoughts."""


@pytest.fixture
async def single(own_database: Database, address: Address) -> AsyncIterator[Database]:
    """Give a database whose pool holds one connection, so that each transaction follows the one before."""
    opened = connect(url_of(address, APP, str(own_database.engine.url.database)), pool_size=1)
    yield opened
    await opened.close()


def day(plan_id: Any) -> dict[str, Any]:
    """Spell a day off."""
    return {"id": new_id(), "plan_id": plan_id, "observed_on": date(2026, 12, 31), "observed": True, "name": "Nghỉ bù"}


async def fail_and_go_on(database: Database) -> None:
    """Let a statement fail, and take no notice."""
    async with database.writing(SYSTEM) as connection:
        with suppress(DBAPIError):
            await connection.execute(text("SELECT 1 / 0"))


async def left_behind(database: Database) -> tuple[str, str]:
    """Ask the connection that is idle by now for whom it is."""
    async with database.engine.connect() as connection:
        role, bodies = (await connection.execute(WHO)).one()
        assert not driver_of(connection).is_in_transaction()
    return role or "", bodies or ""


async def test_a_transaction_is_for_whom_it_says_and_leaves_nothing_behind(single: Database) -> None:
    for identity in (REPORTER, NOBODY, SYSTEM, REPORTER):
        async with single.reading(identity) as connection:
            assert tuple((await connection.execute(WHO)).one()) == (identity.role, identity.bodies)
        assert await left_behind(single) == ("", "")


async def test_what_follows_the_services_own_work_is_the_callers_again_also_after_a_refusal(single: Database) -> None:
    async with single.writing(REPORTER) as connection:
        async with as_system(connection):
            assert (await connection.execute(WHO)).one()[0] == "system"
            async with as_system(connection):
                pass
            assert (await connection.execute(WHO)).one()[0] == "system"
        assert tuple((await connection.execute(WHO)).one()) == (REPORTER.role, REPORTER.bodies)
        with suppress(NotFound):
            async with as_system(connection):
                raise NotFound
        assert tuple((await connection.execute(WHO)).one()) == (REPORTER.role, REPORTER.bodies)
        with pytest.raises(DBAPIError):
            async with as_system(connection):
                await connection.execute(text("SELECT 1 / 0"))
        await driver_of(connection).execute("ROLLBACK; BEGIN")


async def test_after_an_error_nothing_is_left_behind(single: Database) -> None:
    with pytest.raises(DBAPIError):
        async with single.writing(REPORTER) as connection:
            await connection.execute(text("SELECT 1 / 0"))

    assert await left_behind(single) == ("", "")


async def test_after_a_cancellation_nothing_is_left_behind(single: Database) -> None:
    began = asyncio.Event()

    async def wait() -> None:
        async with single.writing(REPORTER) as connection:
            began.set()
            await connection.execute(text("SELECT pg_sleep(600)"))

    waiting = asyncio.create_task(wait())
    await began.wait()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting

    assert await left_behind(single) == ("", "")


async def test_what_was_undone_is_not_kept(single: Database) -> None:
    async with single.reading(SYSTEM) as connection:
        plan_id = await connection.scalar(select(plans.c.id))
        before = await connection.scalar(select(func.count()).select_from(holidays))
    with suppress(Undone):
        async with single.writing(SYSTEM) as connection:
            await connection.execute(insert(holidays), [day(plan_id)])
            raise Undone

    async with single.reading(SYSTEM) as connection:
        assert await connection.scalar(select(func.count()).select_from(holidays)) == before


async def test_a_transaction_that_has_failed_is_not_taken_for_committed(single: Database) -> None:
    with pytest.raises(CommitFailed):
        await fail_and_go_on(single)

    assert await left_behind(single) == ("", "")


async def test_a_view_is_one_view_and_cannot_be_written_to(single: Database, own_database: Database) -> None:
    count = select(func.count()).select_from(holidays)
    async with single.reading(SYSTEM) as connection:
        plan_id, before = await connection.scalar(select(plans.c.id)), await connection.scalar(count)
        async with own_database.writing(SYSTEM) as other:
            await other.execute(insert(holidays), [day(plan_id)])
        assert await connection.scalar(count) == before
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with single.reading(SYSTEM) as connection:
            await connection.execute(insert(holidays), [day(plan_id)])


async def test_a_connection_that_died_while_it_was_idle_is_replaced(own_database: Database, single: Database) -> None:
    async with own_database.reading(SYSTEM) as first, own_database.reading(SYSTEM) as second:
        backends = [await connection.scalar(BACKEND) for connection in (first, second)]
    async with single.writing(SYSTEM) as other:
        for backend in backends:
            await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})

    async with own_database.reading(SYSTEM) as connection:
        assert await connection.scalar(BACKEND) not in backends


@pytest.mark.parametrize("odd", ["', true); DROP TABLE plan; --", "system'", "Ủy ban", "a b"])
async def test_an_identity_holds_a_role_and_ids_and_nothing_else(single: Database, odd: str) -> None:
    for identity in (Identity(odd), Identity("system", client=odd), Identity("reporter", bodies=odd)):
        with pytest.raises(ValueError, match="a role and ids"):
            async with single.reading(identity):
                raise AssertionError
