"""Obligations by the thousand, written straight into a service's database: copies of a year's, in other cycles."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import TextClause, text

import embedded_postgres
from app.database.engine import SYSTEM, connect
from tests.process.running import Running

CYCLES = """
    INSERT INTO cycle (id, plan_id, code, annual, starts_on, ends_on, due_before, basis, basis_vi, confirmed, opened_at)
    SELECT
        gen_random_uuid(), plan_id, 'copy-' || n, annual, starts_on, ends_on, due_before, basis, basis_vi, confirmed,
        opened_at
    FROM cycle, generate_series(1, :number) AS n WHERE code = '2026'
"""
OBLIGATIONS = """
    INSERT INTO obligation
        (id, plan_id, cycle_id, duty_id, owner_id, body_id, position, force, due_before, updated_at)
    SELECT gen_random_uuid(), o.plan_id, copy.id, o.duty_id, o.owner_id, o.body_id, o.position, o.force, o.due_before,
        o.updated_at
    FROM obligation AS o
    JOIN duty ON duty.id = o.duty_id AND duty.recurrence <> 'once'
    JOIN cycle AS year ON year.id = o.cycle_id AND year.code = '2026'
    JOIN cycle AS copy ON copy.plan_id = o.plan_id AND copy.code LIKE 'copy-%'
"""
EACH = 269
"""How many obligations a copied cycle has: those of 2026 but for duties that are owed once."""


def multiply(service: Running, cycles: int) -> None:
    """Add copies of a year's cycle with their obligations."""
    # A thread that has no event loop, as what is called needs one of its own.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(_multiply, service, cycles).result()


def _multiply(service: Running, cycles: int) -> None:
    asyncio.run(_add(_address_of(service), cycles))


def _address_of(service: Running) -> embedded_postgres.Address:
    address = embedded_postgres.running(service.data_dir / "postgres")
    assert address is not None
    return address


def told(service: Running, statement: TextClause) -> None:
    """Tell the database of a service something, as its owner."""
    with ThreadPoolExecutor(1) as aside:
        aside.submit(_tell, service, statement).result()


def _tell(service: Running, statement: TextClause) -> None:
    asyncio.run(_execute(_address_of(service), statement))


async def _execute(address: embedded_postgres.Address, statement: TextClause) -> None:
    database = connect(address.url(embedded_postgres.OWNER), role=None)
    async with database.writing(SYSTEM) as connection:
        await connection.execute(statement)
    await database.close()


async def _add(address: embedded_postgres.Address, cycles: int) -> None:
    database = connect(address.url(embedded_postgres.OWNER), role=None)
    async with database.writing(SYSTEM) as connection:
        await connection.execute(text(CYCLES), {"number": cycles})
        await connection.execute(text(OBLIGATIONS))
    async with database.writing(SYSTEM) as connection:
        await connection.execute(text("ANALYZE"))
    await database.close()


def peak_bytes(service: Running) -> int:
    """Return the most memory that the service has held so far, as the kernel counts it."""
    assert service.process is not None
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def exported(service: Running, form: str) -> tuple[int, int]:
    """Export all obligations; return how many lines and bytes came, holding none of them."""
    lines = size = 0
    for chunk in service.stream("coordinator", "/v1/obligations/export", format=form):
        lines += chunk.count(b"\n")
        size += len(chunk)
    return lines, size
