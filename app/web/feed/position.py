"""Waiting for more: how far the feed has come, looked up once for everybody who waits.

Whoever waits holds no connection to the database and no place at work.  A process that is about to end lets them go.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from app.database.engine import SYSTEM, Database
from app.database.statements import fetch_only
from app.domain.errors import ServiceUnavailable
from app.queries import events

LOOKED_UP_EVERY_SECONDS = 0.2
MAX_WAITING, MAX_OF_ONE_CLIENT = 2000, 100


class Feed:
    """Knows where the feed ends, as long as it runs; while it does not, nobody waits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changed = asyncio.Condition()
        self._head, self._waiting, self._running = 0, 0, False
        self._following: Counter[UUID] = Counter()

    async def passes(self, seq: int, *, within: float) -> bool:
        """Wait until the feed goes beyond a place; say no when it does not within so many seconds.

        Raises:
            ServiceUnavailable: too many wait already.
        """
        if not self._running:
            return False
        if self._waiting >= MAX_WAITING:
            raise ServiceUnavailable
        self._waiting += 1
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self._head > seq or not self._running)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return self._head > seq

    @contextmanager
    def following(self, client_id: UUID) -> Iterator[None]:
        """Let a client wait or have a stream once more, as long as the block runs.

        Raises:
            ServiceUnavailable: it does so too often already.
        """
        if self._following[client_id] >= MAX_OF_ONE_CLIENT:
            raise ServiceUnavailable
        self._following[client_id] += 1
        try:
            yield
        finally:
            self._following[client_id] -= 1
            self._following += Counter()

    @property
    def is_running(self) -> bool:
        """Whether anybody can wait."""
        return self._running

    async def run(self) -> None:
        """Look where the feed ends, for as long as the process lives and whenever somebody waits."""
        self._running = True
        while self._running:
            if self._waiting:
                with suppress(Exception):
                    await self._look()
            await asyncio.sleep(LOOKED_UP_EVERY_SECONDS)

    async def close(self) -> None:
        """Let everybody go."""
        self._running = False
        async with self._changed:
            self._changed.notify_all()

    async def _look(self) -> None:
        async with self._database.reading(SYSTEM) as connection:
            head = (await fetch_only(connection, events.head))["seq"]
        if head != self._head:
            self._head = head
            async with self._changed:
                self._changed.notify_all()
