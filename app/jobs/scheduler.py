"""The service's own duties, again and again: to number, deliver and mail, watch deadlines, open cycles, store facts
and tidy up.

Any number of processes may do them: of those that number, watch, open or store, one at a time does, and when it dies
the next one goes on.  What fails is logged by its kind and tried again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Any

from app.commands import idempotency, tidying, tokens
from app.database.engine import SYSTEM, Database
from app.database.failures import Failure, cause_of, kind_of
from app.jobs import cycle_opening, deadline_watch, sequencer
from app.jobs.imports import Importer
from app.jobs.mailing import Mailer
from app.jobs.metrics import measure
from app.jobs.webhooks import Deliverer
from app.logs import recurring
from app.standing import refresh
from app.stores import Parts, Store
from app.web import metrics

Job = Callable[[], Coroutine[Any, Any, None]]
NUMBERED_EVERY_SECONDS, DELIVERED_EVERY_SECONDS = 0.25, 1
WATCHED_EVERY_SECONDS, OPENED_EVERY_SECONDS, TIDIED_EVERY_SECONDS = 10, 60, 3600
MAILED_EVERY_SECONDS = 60


class Scheduler:
    """The duties over one database."""

    def __init__(
        self,
        database: Database,
        sign: sequencer.Signer,
        clock: Callable[[], datetime],
        deliverer: Deliverer,
        importer: Importer,
        store: Store,
        parts: Parts,
        mailer: Mailer,
    ) -> None:
        self._database, self._sign, self._clock, self._deliverer = database, sign, clock, deliverer
        self._importer, self._mailer = importer, mailer
        self._store, self._parts = store, parts
        self._floor = sequencer.FIRST_TRANSACTION

    @property
    def jobs(self) -> tuple[Job, ...]:
        """What to do, each at its own pace, for ever."""
        return (
            partial(again_and_again, self.number, NUMBERED_EVERY_SECONDS),
            partial(again_and_again, self.deliver, DELIVERED_EVERY_SECONDS),
            partial(again_and_again, self.record_forms, DELIVERED_EVERY_SECONDS),
            partial(again_and_again, self.mail, MAILED_EVERY_SECONDS),
            partial(again_and_again, self.watch, WATCHED_EVERY_SECONDS),
            partial(again_and_again, self.open_cycles, OPENED_EVERY_SECONDS),
            partial(again_and_again, self.refresh_snapshot, WATCHED_EVERY_SECONDS),
            partial(again_and_again, self.tidy, TIDIED_EVERY_SECONDS),
            partial(again_and_again, self.remove_orphans, TIDIED_EVERY_SECONDS),
        )

    async def number(self) -> None:
        """Give their places to all events that wait for one."""
        more = True
        while more:
            async with self._database.writing(SYSTEM) as connection:
                done = await sequencer.sequence(connection, self._sign, self._floor, now=self._clock())
            self._floor, more = done.floor, done.more

    async def deliver(self) -> None:
        """Send to webhooks what is to be sent by now."""
        await self._deliverer.deliver()

    async def mail(self) -> None:
        """Remind owners by mail, as the operator wants it."""
        await self._mailer.send()

    async def record_forms(self) -> None:
        """Record the forms that were kept for later."""
        await self._importer.record()

    async def watch(self) -> None:
        """Tell of deadlines that passed."""
        async with self._database.writing(SYSTEM) as connection:
            await deadline_watch.watch(connection, now=self._clock())

    async def open_cycles(self) -> None:
        """Open the cycles whose periods have begun."""
        async with self._database.writing(SYSTEM) as connection:
            await cycle_opening.open_due(connection, now=self._clock())

    async def refresh_snapshot(self) -> None:
        """Store what the histories say of obligations of which nothing that is stored stands."""
        more = True
        while more:
            async with self._database.writing(SYSTEM) as connection:
                more = await refresh.refresh_some(connection, self._clock())

    async def measure(self) -> None:
        """Look up what operators watch."""
        await measure(self._database, self._clock)

    async def tidy(self) -> None:
        """Forget what nobody can ask for any more."""
        async with self._database.writing(SYSTEM) as connection:
            now = self._clock()
            await idempotency.forget_expired(connection, now=now)
            await tokens.forget_expired(connection, now=now)
        await self._deliverer.tidy()
        await self._importer.tidy()

    async def remove_orphans(self) -> None:
        """Remove what crashed uploads left behind."""
        async with self._database.reading(SYSTEM) as connection:
            await tidying.tidy(connection, self._store, self._parts, before=self._clock() - tidying.GRACE)


@asynccontextmanager
async def working(*jobs: Job) -> AsyncIterator[None]:
    """Do duties while the block runs."""
    tasks = [asyncio.create_task(job()) for job in jobs]
    yield
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


async def again_and_again(job: Job, seconds: float) -> None:
    """Do a duty, and after a while again, whatever fails."""
    while True:
        try:
            await job()
            metrics.DONE.labels(job.__name__).set_to_current_time()
        except Exception as error:  # noqa: BLE001  A duty that ended would be one that nobody does.
            _tell(job.__name__, error)
        await asyncio.sleep(seconds)


def _tell(job: str, error: Exception) -> None:
    """Log what kept a duty from being done: one that is tried four times a second says it once."""
    kind = type(error).__name__
    if kind_of(error) is Failure.UNAVAILABLE:
        recurring.warning("duty failed", job=job, kind=kind, cause=cause_of(error))
    else:
        recurring.error("duty failed", job=job, kind=kind)
