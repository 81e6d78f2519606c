"""`python -m bench.digests`: what it costs to record something that the database digests every row of it.

An update with two evidence is recorded again and again on a durable PostgreSQL, in rounds with and without the triggers
of migration 0024 in turns; in each, the events are numbered.  What is told is how long one recording took, the fastest
quarter of them, and the processor's time that each spent, which says most where others are at work on the machine.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from app import logs
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database import migrations
from app.database.engine import SYSTEM, Database, connect
from app.security import token_keys
from app.settings import ROOT
from bench.processes import seconds_of
from embedded_postgres import APP, OWNER, Embedded
from tests.given import DOCUMENT, LINK, TODAY, TRAINING, Service, introduce

ROUNDS, TIMES = 12, 40
TRIGGERS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname IN ('kept', 'stamped')"


@dataclass
class Spent:
    """What some rounds have spent: seconds of each recording, and of the processor in all."""

    each: list[float] = field(default_factory=list)
    service: float = 0
    postgres: float = 0

    @property
    def shown(self) -> Mapping[str, float]:
        """The milliseconds of one recording."""
        times = len(self.each) / 1000
        return {
            "elapsed": statistics.quantiles(self.each, n=4)[0] * 1000,
            "processor, PostgreSQL": self.postgres / times,
            "processor, all": (self.service + self.postgres) / times,
        }


def measured() -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Return the milliseconds of a recording, without digests and with them."""
    logs.configure("error")
    with tempfile.TemporaryDirectory() as folder, Embedded(Path(folder) / "postgres") as server:
        migrations.upgrade(server.address.url(OWNER))
        urls = server.address.url(OWNER), server.address.url(APP)
        without, digested = asyncio.run(_measure(*urls, Path(folder) / "keys", server.pid))
    return without.shown, digested.shown


async def _measure(owner_url: str, url: str, keys_dir: Path, postgres: int) -> tuple[Spent, Spent]:
    owner, database = connect(owner_url, role=None), connect(url)
    async with owner.writing(SYSTEM) as connection:
        await apply(connection, read(ROOT / "seeds" / "115-kh-ubnd-2021"), now=TODAY)
        cast = await introduce(connection, token_keys.load(keys_dir).digest_of)
    without, digested = Spent(), Spent()
    async with Service.over(database, keys_dir, cast) as service:
        await _round(service, postgres, Spent())
        for _ in range(ROUNDS):
            for spent, how in ((without, "DISABLE"), (digested, "ENABLE")):
                await _arm(owner, how)
                await _round(service, postgres, spent)
    for one in (owner, database):
        await one.close()
    return without, digested


async def _arm(owner: Database, how: str) -> None:
    async with owner.writing(SYSTEM) as connection:
        for table, trigger in (await connection.execute(text(TRIGGERS))).all():
            await connection.execute(text(f"ALTER TABLE {table} {how} TRIGGER {trigger}"))


async def _round(service: Service, postgres: int, spent: Spent) -> None:
    before = seconds_of(postgres), time.process_time()
    for _ in range(TIMES):
        began = time.perf_counter()
        response = await service.police.report(TRAINING, evidence=[LINK, DOCUMENT])
        spent.each.append(time.perf_counter() - began)
        assert response.status_code == 201, response.text
    await service.jobs.number()
    spent.postgres += seconds_of(postgres) - before[0]
    spent.service += time.process_time() - before[1]


if __name__ == "__main__":
    for name, figures in zip(("without", "with digests"), found := measured(), strict=True):
        print(f"{name:14}", *(f"{what} {figure:.2f} ms  " for what, figure in figures.items()))
    print(f"{'ratio':14}", *(f"{what} {found[1][what] / figure:.2f}  " for what, figure in found[0].items()))
