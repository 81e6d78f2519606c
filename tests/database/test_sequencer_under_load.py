"""No reader misses an event while writers are slow, transactions are undone, and whoever numbers is killed.

`DONDOC_EVENTS=100000` runs the whole of what was promised; without it a small part runs, in the same way.
"""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import text

from app.commands import events as telling
from app.database.engine import SYSTEM, Database, Identity, connect
from app.domain.access import Caller, Permission, Role
from app.queries import events as queries
from app.settings import ROOT
from app.standing.moment import Moment
from embedded_postgres import APP, Address
from tests.conftest import Trusting, url_of
from tests.database.feed import happened, order_of
from tests.given import TODAY

EVENTS = int(os.environ.get("DONDOC_EVENTS", "1500"))
KILLS = 20 if EVENTS >= 100_000 else 3
WRITERS, NUMBERING = 16, 3
READER = Caller(client_id=uuid4(), role=Role.COORDINATOR, scopes=frozenset(Permission))


async def write(database: Database, number_of: int, seed: int) -> set[UUID]:
    """Tell of many things in transactions of one to twelve, slow ones and some that are undone; say what was kept."""
    chance, kept = random.Random(seed), set[UUID]()  # noqa: S311  Chance, no secret.
    while len(kept) < number_of:
        rows = [happened() for _ in range(min(chance.randint(1, 12), number_of - len(kept)))]
        async with database.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="READ COMMITTED")
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
    async with own_database.reading(SYSTEM) as connection:
        before = await connection.scalar(text("SELECT count(*) FROM event"))
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
    assert len(order) == len(committed) + before, "what the seed told, and nothing that was undone"
    assert read[0] == read[1] == read[2]
    assert [seq for seq, _ in read[0]] == list(range(1, len(order) + 1))
