"""The sequencer: no reader misses an event, however late it commits, and all read the same order.

`DONDOC_EVENTS=100000` runs the whole of what was promised; without it a small part runs, in the same way.
"""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.commands import events as telling
from app.commands.sequencer import FIRST_TRANSACTION, FeedBroken, Progress, sequence
from app.database.embedded import APP, Address
from app.database.engine import SYSTEM, Database, Identity, connect
from app.domain.access import Act, Caller, Role, authorize
from app.domain.events import EventType
from app.models import SequencedEvent
from app.models.base import new_id, stable_id, table
from app.queries import events as queries
from app.queries.moment import Moment
from app.settings import ROOT
from app.web import signing
from tests.conftest import Trusting, as_owner, url_of
from tests.database.gate import CALLERS, ON, called, resources
from tests.given import PLAN, TODAY, TRAINING

EVENTS = int(os.environ.get("DONDOC_EVENTS", "1500"))
KILLS = 20 if EVENTS >= 100_000 else 3
WRITERS, NUMBERING = 16, 3
READER = Caller(client_id=uuid4(), role=Role.INTEGRATOR, scopes=frozenset(Act))
sequenced = table(SequencedEvent)


def happened(**fields: Any) -> dict[str, Any]:
    """Spell an event of the plan."""
    return {
        "id": new_id(),
        "plan_id": stable_id(PLAN),
        "type": EventType.UPDATE_REPORTED,
        "obligation_id": TRAINING,
        "occurred_at": TODAY,
        **fields,
    }


async def number(
    database: Database, keys_dir: Path, floor: str = FIRST_TRANSACTION, *, now: datetime = TODAY
) -> Progress:
    """Number what waits, once."""
    async with database.writing(SYSTEM) as connection:
        return await sequence(connection, signing.load(keys_dir).sign, floor, now=now)


async def order_of(database: Database, after: int = 0) -> list[UUID]:
    """Return the ids of all numbered events in their order."""
    async with database.reading(SYSTEM) as connection:
        found = select(sequenced.c.id).where(sequenced.c.seq > after).order_by(sequenced.c.seq)
        return list((await connection.execute(found)).scalars())


async def tell(database: Database, *rows: dict[str, Any]) -> None:
    """Tell of something in a transaction of its own."""
    async with database.writing(SYSTEM) as connection:
        await telling.tell(connection, rows)


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
    async with own_database.writing(SYSTEM) as connection:
        await telling.tell(connection, [happened()])
        await connection.rollback()
    await tell(own_database, kept)

    await number(own_database, keys_dir)

    async with own_database.reading(SYSTEM) as connection:
        rows = (await connection.execute(select(sequenced.c.seq, sequenced.c.id).where(sequenced.c.seq > before))).all()
    assert rows == [(before + 1, kept["id"])]


async def test_only_one_numbers_at_a_time(own_database: Database, keys_dir: Path) -> None:
    async with own_database.writing(SYSTEM) as connection:
        await sequence(connection, signing.load(keys_dir).sign, FIRST_TRANSACTION, now=TODAY)
        await tell(own_database, happened())

        assert await number(own_database, keys_dir) == Progress(FIRST_TRANSACTION, more=False)


async def test_a_restored_backup_goes_on_with_every_place(
    own_database: Database, keys_dir: Path, address: Address
) -> None:
    await number(own_database, keys_dir)
    numbered, waits = await order_of(own_database), happened()
    await tell(own_database, waits)
    name = own_database.engine.url.database
    assert name
    async with as_owner(address, name) as owner:
        # On another server transactions are counted from its own beginning, and what was restored lies ahead of it.
        await owner.execute(text("ALTER TABLE event DISABLE TRIGGER append_only"))
        ahead = text("UPDATE event SET xid = (xid::text::bigint + 1000000000)::text::xid8")
        await owner.execute(ahead)
        await owner.execute(text("ALTER TABLE event ENABLE TRIGGER append_only"))

    new = happened()
    progress = await number(own_database, keys_dir)
    await tell(own_database, new)
    await number(own_database, keys_dir, progress.floor)

    assert await order_of(own_database) == [*numbered, waits["id"], new["id"]]


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
        await owner.execute(text("UPDATE sequenced_event SET node = content WHERE seq = 4"))
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
    allowed: set[UUID | None] = {on for on in ON if authorize(caller, Act.READ_EVENTS, obligations[on])}
    allowed |= {None} if authorize(caller, Act.READ_EVENTS) else set()

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


async def write(database: Database, number_of: int, seed: int) -> set[UUID]:
    """Tell of many things in transactions of one to twelve, slow ones and some that are undone; say what was kept."""
    chance, kept = random.Random(seed), set[UUID]()  # noqa: S311  Chance, no secret.
    while len(kept) < number_of:
        rows = [happened() for _ in range(min(chance.randint(1, 12), number_of - len(kept)))]
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT set_config('dondoc.role', 'system', true)"))
            for part in (rows[::2], rows[1::2]):
                await telling.tell(connection, part)
                await asyncio.sleep(chance.choice((0, 0, 0, 0.001, 0.01, 0.05)))
            if chance.random() < 0.2:
                await connection.rollback()
                continue
            await connection.commit()
        kept |= {row["id"] for row in rows}
    return kept


async def follow(database: Database, done: asyncio.Event, rest: float) -> list[tuple[int, bytes]]:
    """Read the feed from its beginning to its end, as one who comes back again and again does."""
    found: list[tuple[int, bytes]] = []
    ended = False
    while True:
        async with database.reading(Identity.of(READER)) as connection:
            after = found[-1][0] if found else 0
            page = (await connection.execute(queries.page(READER, after, 200, Moment(TODAY)))).all()
        found += [(row.seq, bytes(row.content)) for row in page]
        if not page and ended:
            return found
        ended = done.is_set()
        await asyncio.sleep(0 if page else rest)


@asynccontextmanager
async def numbering(url: str, keys_dir: Path) -> AsyncIterator[list[subprocess.Popen[bytes]]]:
    """Let some processes compete; whoever is taken out of the list and killed is to be replaced."""
    running = [_start(url, keys_dir) for _ in range(NUMBERING)]
    yield running
    for process in running:
        process.kill()
        process.wait()


def _start(url: str, keys_dir: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(  # noqa: S603  Our own module.
        [sys.executable, "-m", "tests.database.numbering", str(keys_dir)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    assert process.stdin
    with process.stdin as told:
        told.write(f"{url}\n".encode())
    return process


async def test_nobody_misses_an_event_while_leaders_are_killed(
    own_database: Database, keys_dir: Path, address: Address
) -> None:
    name = str(own_database.engine.url.database)
    url, done = url_of(address, APP, name), asyncio.Event()
    writing = Trusting(connect(url, pool_size=WRITERS).engine)
    chance = random.Random(7)  # noqa: S311  Chance, no secret.
    async with numbering(url, keys_dir) as running:
        readers = [asyncio.create_task(follow(own_database, done, rest)) for rest in (0.01, 0.1, 0.7)]
        shares = [EVENTS // WRITERS + (n < EVENTS % WRITERS) for n in range(WRITERS)]
        writers = [asyncio.create_task(write(writing, share, seed)) for seed, share in enumerate(shares)]
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.5, 2))
            victim = running.pop(0)
            victim.kill()
            victim.wait()
            running.append(_start(url, keys_dir))
        committed = set[UUID]().union(*await asyncio.gather(*writers))
        while not committed <= set(await order_of(own_database)):  # noqa: ASYNC110  Other processes number.
            await asyncio.sleep(0.2)
        done.set()
        read = await asyncio.gather(*readers)
    await writing.close()

    order = await order_of(own_database)
    assert len(committed) == EVENTS
    assert len(order) == len(set(order))
    assert set(order) >= committed
    assert len(order) == len(committed) + 7, "the cycles that the seed opened, and nothing that was undone"
    assert read[0] == read[1] == read[2]
    assert [seq for seq, _ in read[0]] == list(range(1, len(order) + 1))
