"""A backup that is restored on another server: every place in the feed stays what it was, and the feed goes on."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.database.engine import SYSTEM, Database, connect
from app.jobs.audit.feed import verify
from app.security import checkpoint_keys
from embedded_postgres import APP, OWNER, Address, Embedded, binaries
from tests.conftest import url_of
from tests.database.feed import happened, number, order_of, tell

TRANSACTIONS = 300
"""More than restoring takes, so that what is restored lies ahead of the other server's own transactions."""
AHEAD = text("SELECT bool_and(xid >= pg_snapshot_xmax(pg_current_snapshot())) FROM event WHERE id = :id")


async def run(program: str, *arguments: str | Path, address: Address) -> None:
    """Run one of PostgreSQL's own programs as the owner of the database."""
    login = {"PGPASSFILE": str(address.passfile), "PGUSER": OWNER}
    where = {"PGHOST": str(address.socket_dir), "PGPORT": str(address.port)}
    command = binaries.find().path / program
    process = await asyncio.create_subprocess_exec(
        command, *arguments, env=login | where, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()


async def restored(source: Address, name: str, target: Address, folder: Path) -> None:
    """Dump a database and restore it where there is none of this schema yet."""
    dump = folder / "backup.dump"
    await run("pg_dump", "--format=custom", "--file", dump, name, address=source)
    await run("pg_restore", "--single-transaction", "--no-owner", "--dbname", target.database, dump, address=target)


@pytest.fixture
async def spent(own_database: Database) -> Database:
    """Give a database that has seen some transactions."""
    async with own_database.engine.connect() as connection:
        for _ in range(TRANSACTIONS):
            await connection.execute(text("SELECT pg_current_xact_id()"))
    return own_database


async def test_a_restored_backup_keeps_every_place_and_goes_on(
    spent: Database, keys_dir: Path, address: Address, tmp_path: Path
) -> None:
    await tell(spent, happened(), happened())
    await number(spent, keys_dir)
    numbered, waits, new = await order_of(spent), happened(), happened()
    await tell(spent, waits)

    with Embedded(tmp_path / "postgres", durable=False) as other:
        await restored(address, str(spent.engine.url.database), other.address, tmp_path)
        database = connect(url_of(other.address, APP, other.address.database))
        async with database.reading(SYSTEM) as connection:
            assert await connection.scalar(AHEAD, {"id": waits["id"]}) is True
        progress = await number(database, keys_dir)
        await tell(database, new)
        await number(database, keys_dir, progress.floor)

        assert await order_of(database) == [*numbered, waits["id"], new["id"]]
        assert await content_of(database, len(numbered)) == await content_of(spent, len(numbered))
        async with database.reading(SYSTEM) as connection:
            verdict = await verify(connection, checkpoint_keys.load(keys_dir).has_signed)
        await database.close()
    assert (verdict.events, verdict.fault) == (len(numbered) + 2, None)


async def content_of(database: Database, until: int) -> list[Any]:
    """Return the first events, byte by byte."""
    found = text("SELECT seq, content, node FROM sequenced_event WHERE seq <= :until ORDER BY seq")
    async with database.reading(SYSTEM) as connection:
        return [tuple(row) for row in await connection.execute(found, {"until": until})]
