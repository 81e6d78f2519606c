"""The sequencer: no reader misses an event, however late it commits, and all read the same order."""

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.commands import events as telling
from app.database.engine import SYSTEM, Database, Identity
from app.domain.access import Permission, authorize
from app.jobs.sequencer import FIRST_TRANSACTION, FeedBroken, Progress, sequence
from app.queries import events as queries
from app.security import checkpoint_keys
from app.standing.moment import Moment
from embedded_postgres import APP, Address
from tests.conftest import as_owner, url_of
from tests.database.feed import happened, number, order_of, sequenced, tell
from tests.database.gate import CALLERS, ON, called, resources
from tests.given import TODAY


class Undone(Exception):
    """Somebody has second thoughts."""


async def test_an_event_that_commits_late_is_numbered_before_those_that_began_later(
    own_database: Database, keys_dir: Path
) -> None:
    await number(own_database, keys_dir)
    before = len(await order_of(own_database))
    early, late = happened(), happened()

    async with own_database.writing(SYSTEM) as connection:
        await telling.tell(connection, [early])
        await tell(own_database, late)
        progress = await number(own_database, keys_dir)
        meanwhile = await order_of(own_database, before)
    await number(own_database, keys_dir, progress.floor)

    assert meanwhile == []
    assert await order_of(own_database, before) == [early["id"], late["id"]]


async def test_what_was_undone_leaves_no_gap(own_database: Database, keys_dir: Path) -> None:
    await number(own_database, keys_dir)
    before = len(await order_of(own_database))
    kept = happened()
    with suppress(Undone):
        async with own_database.writing(SYSTEM) as connection:
            await telling.tell(connection, [happened()])
            raise Undone
    await tell(own_database, kept)

    await number(own_database, keys_dir)

    async with own_database.reading(SYSTEM) as connection:
        rows = (await connection.execute(select(sequenced.c.seq, sequenced.c.id).where(sequenced.c.seq > before))).all()
    assert rows == [(before + 1, kept["id"])]


async def test_only_one_numbers_at_a_time(own_database: Database, keys_dir: Path) -> None:
    async with own_database.writing(SYSTEM) as connection:
        await sequence(connection, checkpoint_keys.load(keys_dir).sign, FIRST_TRANSACTION, now=TODAY)
        await tell(own_database, happened())

        assert await number(own_database, keys_dir) == Progress(FIRST_TRANSACTION, more=False)


async def test_a_feed_that_is_shorter_than_what_was_signed_is_left_alone(
    own_database: Database, keys_dir: Path, address: Address
) -> None:
    await number(own_database, keys_dir)
    name = own_database.engine.url.database
    assert name
    async with as_owner(address, name) as owner:
        await owner.execute(text("ALTER TABLE sequenced_event DISABLE TRIGGER append_only"))
        await owner.execute(text("DELETE FROM sequenced_event WHERE seq > 5"))

    with pytest.raises(FeedBroken):
        await number(own_database, keys_dir)
    assert len(await order_of(own_database)) == 5


async def test_a_feed_that_is_another_than_what_was_signed_is_not_signed_again(
    own_database: Database, keys_dir: Path, address: Address
) -> None:
    await number(own_database, keys_dir)
    name = own_database.engine.url.database
    assert name
    async with as_owner(address, name) as owner:
        await owner.execute(text("ALTER TABLE sequenced_event DISABLE TRIGGER append_only"))
        await owner.execute(text("UPDATE sequenced_event SET node = content WHERE seq = 16"))
    await tell(own_database, happened())

    with pytest.raises(FeedBroken):
        await number(own_database, keys_dir, now=TODAY + timedelta(minutes=1))


@pytest.mark.parametrize("name", CALLERS)
async def test_the_database_lets_a_caller_see_the_events_that_the_domain_does(
    told: Database, keys_dir: Path, name: str
) -> None:
    await tell(told, *(happened(obligation_id=on) for on in ON))
    await number(told, keys_dir)
    caller, obligations = called(name), await resources(told)
    allowed: set[UUID | None] = {on for on in ON if authorize(caller, Permission.READ_EVENTS, obligations[on])}
    allowed |= {None} if authorize(caller, Permission.READ_EVENTS) else set()

    async with told.reading(Identity.of(caller)) as connection:
        found = set((await connection.execute(select(sequenced.c.obligation_id))).scalars())
    async with told.reading(SYSTEM) as connection:
        page = (
            (await connection.execute(queries.page(caller, 0, 500, Moment(TODAY)))).mappings().all() if allowed else []
        )

    assert found == allowed
    assert bool(page) == bool(allowed)


async def test_whoever_does_not_say_who_it_is_sees_no_event(told: Database, keys_dir: Path) -> None:
    await number(told, keys_dir)

    async with told.reading(Identity("")) as connection:
        for name in ("event", "sequenced_event", "checkpoint", "deadline_watch"):
            assert await connection.scalar(text(f"SELECT count(*) FROM {name}")) == 0  # noqa: S608


async def test_a_worker_numbers_events_apart_and_ends_when_told_to(
    own_database: Database, keys_dir: Path, address: Address
) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DONDOC_"))}
    url = url_of(address, APP, str(own_database.engine.url.database))
    command = Path(sys.executable).with_name("dondoc")
    ours = {"DATABASE_URL": url, "DONDOC_KEYS_DIR": str(keys_dir)}
    event = happened()

    worker = await asyncio.create_subprocess_exec(command, "worker", env=kept | ours, stderr=subprocess.DEVNULL)
    await tell(own_database, event)
    while event["id"] not in await order_of(own_database):  # noqa: ASYNC110  Another process numbers.
        await asyncio.sleep(0.2)
    worker.terminate()

    assert await worker.wait() == 0
