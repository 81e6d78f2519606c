"""`python -m bench.verify 1000000`: how long `dondoc verify` takes over so many events.

Each event is an update in a transaction of its own, over the obligations of the real plan; they are written in few
statements, as from another server whose data was restored here, and numbered and signed as always.  Beside the seconds
that each part takes stand those of the processor, ours and PostgreSQL's: what it would take on a machine that is idle.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import logs
from app.commands import seals
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database import migrations
from app.database.engine import SYSTEM, Database, connect
from app.jobs.audit import facts, feed, record
from app.jobs.sequencer import FIRST_TRANSACTION, sequence
from app.security import checkpoint_keys, token_keys
from app.settings import ROOT
from app.standing.refresh import refresh_all
from bench.processes import seconds_of
from embedded_postgres import APP, OWNER, Embedded
from tests.given import introduce

ACTS = """
    INSERT INTO progress_update
        (id, plan_id, obligation_id, client_id, received_at, recorded_at, state, percent, summary)
    SELECT gen_random_uuid(), o.plan_id, o.id, c.id, at, at, 'in_progress', n % 100, repeat('Đã triển khai. ', 14)
    FROM generate_series(1, :number) AS n
    CROSS JOIN LATERAL (SELECT now() + n * interval '1 millisecond' AS at) AS happened
    JOIN (SELECT id, plan_id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS every FROM obligation) AS o
        ON o.place = n % o.every + 1
    CROSS JOIN (SELECT id FROM client WHERE name = 'police') AS c
"""
NUMBERED = "SELECT row_number() OVER (ORDER BY recorded_at) AS n, u.* FROM progress_update u"
DIGESTS = f"""
    INSERT INTO row_digest (table_name, row_id, after, xid, began_at)
    SELECT 'progress_update', id, dondoc_digest('progress_update', to_jsonb(u) - 'n'),
        (:first + n)::text::xid8, recorded_at
    FROM ({NUMBERED}) AS u
"""  # noqa: S608  Our own words.
EVENTS = f"""
    INSERT INTO event (id, plan_id, type, act_id, obligation_id, occurred_at, recorded_at, xid, began_at)
    SELECT gen_random_uuid(), plan_id, 'update.reported', id, obligation_id, received_at,
        recorded_at, (:first + n)::text::xid8, recorded_at
    FROM ({NUMBERED}) AS u
"""  # noqa: S608
TRIGGERS = ("kept", "facts_of_act")
AHEAD = 10**12
"""A number that no transaction here comes near."""


@dataclass(frozen=True)
class Took:
    """How many seconds something took, and how many of the processor."""

    elapsed: float
    processor: float

    def __add__(self, other: "Took") -> "Took":
        return Took(self.elapsed + other.elapsed, self.processor + other.processor)


def measured(number: int) -> dict[str, Took]:
    """Return how long each part takes, and all of them."""
    logs.configure("error")
    with tempfile.TemporaryDirectory() as folder, Embedded(Path(folder) / "postgres", durable=False) as server:
        migrations.upgrade(server.address.url(OWNER))
        urls = server.address.url(OWNER), server.address.url(APP)
        return asyncio.run(_measure(number, *urls, Path(folder) / "keys", server.pid))


async def _measure(number: int, owner_url: str, url: str, keys_dir: Path, postgres: int) -> dict[str, Took]:
    owner, database = connect(owner_url, role=None), connect(url)
    await _live(owner, number, keys_dir)
    await _number(database, keys_dir)
    async with owner.writing(SYSTEM) as connection:
        await refresh_all(connection, _later())
    took = await _verify(owner, keys_dir, postgres)
    for one in (owner, database):
        await one.close()
    return took | {"all": sum(took.values(), start=Took(0, 0))}


async def _live(owner: Database, number: int, keys_dir: Path) -> None:
    async with owner.writing(SYSTEM) as connection:
        await apply(connection, read(ROOT / "seeds" / "115-kh-ubnd-2021"), now=datetime.now(UTC))
        await introduce(connection, token_keys.load(keys_dir).digest_of)
    async with owner.writing(SYSTEM) as connection:
        await _arm(connection, "DISABLE")
        await connection.execute(text(ACTS), {"number": number})
        for statement in (DIGESTS, EVENTS):
            await connection.execute(text(statement), {"first": AHEAD})
        await _arm(connection, "ENABLE")
        await connection.execute(text("UPDATE standing_facts SET settled_from = 'infinity'"))
        await connection.execute(text("ANALYZE"))


async def _arm(connection: AsyncConnection, how: str) -> None:
    for trigger in TRIGGERS:
        await connection.execute(text(f"ALTER TABLE progress_update {how} TRIGGER {trigger}"))


async def _number(database: Database, keys_dir: Path) -> None:
    sign, more = checkpoint_keys.load(keys_dir).sign, True
    while more:
        async with database.writing(SYSTEM) as connection:
            more = (await sequence(connection, sign, FIRST_TRANSACTION, now=datetime.now(UTC))).more


async def _verify(owner: Database, keys_dir: Path, postgres: int) -> dict[str, Took]:
    is_ours, took = checkpoint_keys.read(keys_dir).has_signed, {}
    async with owner.reading(SYSTEM) as connection:
        parts: dict[str, Coroutine[Any, Any, Any]] = {
            "events": feed.verify(connection, is_ours),
            "record": record.verify(connection),
            "stored facts": facts.verify(connection, _later()),
            "seals": seals.verify(connection),
        }
        for name, verifying in parts.items():
            began, spent = time.perf_counter(), time.process_time() + seconds_of(postgres)
            found = await verifying
            spent = time.process_time() + seconds_of(postgres) - spent
            took[name] = Took(time.perf_counter() - began, spent)
            wrong = getattr(found, "fault", None) or getattr(found, "faults", None)
            assert not wrong, wrong
    return took


def _later() -> datetime:
    """Return an instant after every act."""
    return datetime.now(UTC).replace(year=2030)


if __name__ == "__main__":
    for name, seconds in measured(int(sys.argv[1])).items():
        print(f"{name:20} {seconds.elapsed:8.1f} s, {seconds.processor:8.1f} s of the processor")
