"""Reading from replicas: what a replica answers is no older than what the primary would have answered.

Each view asks the primary how far it is, one question at a time for all who came before it was put, and begins on a
replica once that has replayed as much.  So whoever has acted reads what was done, whichever process took the act, and
answers never go back in time.  A replica that does not get there at once, that dies, or whose clock is another, is left
out until it is seen to follow again; the primary answers meanwhile.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import NOBODY, Before, Database, Identity
from app.database.failures import Failure, kind_of
from app.database.statements import Statement, driver_of, prepare
from app.logs import log

PATIENCE_SECONDS = 0.1
"""How long a view waits for a replica that is nearly there."""
SILENT_SECONDS = 1
"""How long a replica may take to say how far it is."""
LOOK_SECONDS = 0.5
"""How often those that are left out are looked at."""
AHEAD = timedelta(seconds=0.05)
"""How far the clock of a replica may be before the primary's: lists say until when they know what was recorded."""
PAGE, HEADS = 8192, (24, 40)


class NotNear(Exception):
    """A replica is not as far as the primary; its argument says why, in words."""


class ReplicaLost(ConnectionError):
    """A replica failed in the middle of an answer: the primary can be asked instead."""


@dataclass(frozen=True)
class Reached:
    """How far the primary was, what time its clock said, and when that was asked by our own."""

    position: int
    at: datetime
    asked: float


@dataclass
class Replica:
    """One that follows the primary; `near` says whether it is read from."""

    database: Database
    number: int
    near: bool = False

    def turn(self, *, near: bool, why: str = "it follows") -> None:
        """Read from it from now on, or leave it out."""
        if near is not self.near:
            log.warning("replica", number=self.number, near=near, why=why)
        self.near = near


class Reads:
    """Where views begin: on a replica that is near enough, or on the primary."""

    def __init__(self, primary: Database, replicas: Collection[Database], count: Callable[[str], None]) -> None:
        self._primary, self._count = primary, count
        self.replicas = [Replica(database, number) for number, database in enumerate(replicas, 1)]
        self._newest: asyncio.Task[Reached] | None = None
        self._next: asyncio.Task[Reached] | None = None
        self._turns = 0

    @asynccontextmanager
    async def reading(
        self, identity: Identity, *, by_primary: bool = False, after: int = 0
    ) -> AsyncIterator[AsyncConnection]:
        """Open one consistent, read-only view that holds all that was committed by now, and up to a position.

        Raises:
            ReplicaLost: the replica that was read from failed meanwhile.
        """
        replica: Replica | None = None
        try:
            async with AsyncExitStack() as stack:
                found = None if by_primary else await self._begin(stack, identity, after)
                replica = found[0] if found else None
                self._count("replica" if found else "primary")
                yield found[1] if found else await stack.enter_async_context(self._primary.reading(identity))
        except Exception as error:
            if replica is None or kind_of(error) is not Failure.UNAVAILABLE:
                raise
            replica.turn(near=False, why="it failed")
            raise ReplicaLost from error

    async def position(self) -> int | None:
        """Return how far the primary is, where replicas are read from; nobody fails because that is not known."""
        try:
            return (await self._reached()).position if self.replicas else None
        except Exception as error:
            if kind_of(error) is not Failure.UNAVAILABLE:
                raise
            return None

    async def look_at_replicas(self) -> None:
        """See whether replicas that are left out follow again."""
        for replica in self.replicas:
            if not replica.near:
                async with AsyncExitStack() as stack:
                    found = await self._begin_on(stack, replica, NOBODY, 0)
                    replica.turn(near=found is not None)

    async def close(self) -> None:
        """Give every connection back."""
        for replica in self.replicas:
            await replica.database.close()

    async def _begin(
        self, stack: AsyncExitStack, identity: Identity, after: int
    ) -> tuple[Replica, AsyncConnection] | None:
        """Begin on the next replica in turn that is near, if one is."""
        near = [replica for replica in self.replicas if replica.near]
        if not near:
            return None
        self._turns += 1
        replica = near[self._turns % len(near)]
        connection = await self._begin_on(stack, replica, identity, after)
        return (replica, connection) if connection else None

    async def _begin_on(
        self, stack: AsyncExitStack, replica: Replica, identity: Identity, after: int
    ) -> AsyncConnection | None:
        """Begin on a replica; one that cannot is left out."""
        try:
            reached = await self._reached()
            before = _waiting(reached, max(after, reached.position))
            return await stack.enter_async_context(replica.database.reading_after(before, identity))
        except NotNear as error:
            replica.turn(near=False, why=str(error))
        except Exception as error:
            if kind_of(error) is not Failure.UNAVAILABLE:
                raise
            replica.turn(near=False, why="it, or the primary, does not answer")
        return None

    async def _reached(self) -> Reached:
        """Ask the primary how far it is; what was asked before we came says too little."""
        if self._next is None:
            self._next = asyncio.create_task(self._ask(self._newest))
        return await asyncio.shield(self._next)

    async def _ask(self, asked_before: "asyncio.Task[Reached] | None") -> Reached:
        if asked_before:
            await asyncio.wait([asked_before])
        self._newest, self._next = self._next, None
        asked = time.monotonic()
        (row,) = await self._primary.glance(prepare(_reached_now))
        return Reached(_without_head(row["position"]), row["at"], asked)


def _reached_now() -> Statement:
    position: ColumnElement[int] = literal_column("(pg_current_wal_insert_lsn() - '0/0')::bigint")
    return select(position.label("position"), func.clock_timestamp().label("at"))


def _replayed() -> Statement:
    position: ColumnElement[int] = literal_column("coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint")
    follows: ColumnElement[bool] = literal_column("pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)")
    return select(position.label("position"), func.clock_timestamp().label("at"), follows.label("follows"))


def _without_head(position: int) -> int:
    """Take a page's head off: before the first record of a page the primary counts it, and a replica does not yet."""
    into_page = position % PAGE
    return position - into_page if into_page in HEADS else position


def _waiting(reached: Reached, wanted: int) -> Before:
    """Return what waits, on a connection to a replica, until that is far enough."""

    async def wait(connection: AsyncConnection) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while why := await _too_far(connection, reached, wanted):
            if time.monotonic() > until:
                raise NotNear(why)
            await asyncio.sleep(PATIENCE_SECONDS / 20)

    return wait


async def _too_far(connection: AsyncConnection, reached: Reached, wanted: int) -> str | None:
    """Say why a replica cannot be read from yet, if so."""
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            (row,) = await prepare(_replayed).on(connection)
    except TimeoutError:
        driver_of(connection).terminate()
        raise
    if not row["follows"]:
        return "it follows nobody"
    if row["position"] < wanted:
        return "it lags"
    if row["at"] < reached.at:
        return "its clock is late"
    gone = timedelta(seconds=time.monotonic() - reached.asked)
    return "its clock is early" if row["at"] > reached.at + gone + AHEAD else None
