"""Connections to PostgreSQL: reading and writing, each in one short transaction that says for whom it is.

The application role is entered on every connection (`role`), so that the least privilege holds also when an address
names a stronger login.  The database filters rows by the identity of the transaction: see migration 0008.

A transaction begins and says for whom it is in one message, and SQLAlchemy runs in it without knowing of any: so long
statements can be put to the driver at a fraction of the cost (`prepared`).  A connection that died while it was idle is
found out by the message that begins its next use; no other message asks whether it lives.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TypeVar

from asyncpg import InFailedSQLTransactionError, InternalClientError, PostgresError
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.database.address import read
from app.database.entrance import Entrance
from app.database.failures import DatabaseUnfit, is_outdated, refused
from app.database.statements import BoundQuery, Row, driver_of
from app.domain.access import Caller
from app.domain.errors import Refusal

T = TypeVar("T")
Before = Callable[[AsyncConnection], Awaitable[None]]
"""What is done with a connection before a transaction begins on it."""
APP_ROLE = "dondoc_app"
_SESSION = {
    "timezone": "UTC",
    # Compiling a long query costs more than any of ours runs, and so does planning a prepared one anew.
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    # What is asked for again and again is in memory, where a page is as near as the next one.
    "random_page_cost": "1.1",
}
_LIMITS = {"statement_timeout": "20s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}
_SETTINGS = ("role", "client", "bodies")
_PLAIN = re.compile(r"[a-z0-9{},-]*", re.ASCII)
READING, WRITING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN"
_ENDS = {READING: "COMMIT", WRITING: "SET LOCAL statement_timeout = 0; COMMIT"}
"""How a transaction ends, by how it began.  A write waits for a synchronous standby however long that takes: a commit
that is timed out while it waits is kept here, and here alone, and the server says no more of that than a warning."""


@dataclass(frozen=True)
class Identity:
    """For whom a transaction is: a role, a client and, for a reporter, its bodies as the database spells them."""

    role: str
    client: str = ""
    bodies: str = "{}"

    @classmethod
    def of(cls, caller: Caller) -> "Identity":
        """Return the identity of a caller."""
        bodies = f"{{{','.join(sorted(map(str, caller.body_ids)))}}}"
        return cls(caller.role.value, str(caller.client_id), bodies)

    @property
    def entered(self) -> str:
        """Spell the statement by which a transaction says for whom it is, until it ends.

        Raises:
            ValueError: it holds what neither a role nor an id can.
        """
        return f"SELECT {self.settings}"

    @property
    def settings(self) -> str:
        """Spell the columns of that statement."""
        values = asdict(self)
        if not all(_PLAIN.fullmatch(value) for value in values.values()):
            raise ValueError("an identity is a role and ids")
        return ", ".join(f"set_config('dondoc.{name}', '{value}', true)" for name, value in values.items())


NOBODY = Identity("")
"""Sees plans, which are public, and nothing else."""
SYSTEM = Identity("system")
"""The service's own duties: to find out who calls, to store facts, and to tidy up."""
_WHO = ", ".join(f"coalesce(current_setting('dondoc.{name}', true), '') AS {name}" for name in _SETTINGS)
_WHO_THEN_SYSTEM = f"SELECT who.*, {SYSTEM.settings} FROM (SELECT {_WHO} OFFSET 0) AS who"  # noqa: S608  Our own words.


@asynccontextmanager
async def as_system(connection: AsyncConnection) -> AsyncIterator[None]:
    """Do what follows for the service itself, within the transaction of a caller.

    A refusal may be caught, and what comes then is the caller's again.  After any other error nothing can be asked.
    """
    driver = driver_of(connection)
    caller = Identity(*(await driver.fetchrow(_WHO_THEN_SYSTEM))[: len(_SETTINGS)])
    try:
        yield
    except Refusal:
        await driver.execute(caller.entered)
        raise
    await driver.execute(caller.entered)


@asynccontextmanager
async def undone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Do what follows to see what becomes of it, and undo it, within the transaction of a caller."""
    driver = driver_of(connection)
    await driver.execute("SAVEPOINT trial")
    try:
        yield
    finally:
        if not driver.is_closed():
            await driver.execute("ROLLBACK TO trial; RELEASE trial")


async def refuse_hidden_rows(connection: AsyncConnection) -> None:
    """Let fail what follows in a transaction where rows are hidden from the login, instead of going without them."""
    await driver_of(connection).execute("SET LOCAL row_security = off")


class CommitFailed(Exception):
    """The transaction had failed before, and somebody went on as if it had not: nothing of it was kept."""


class Database:
    """Where transactions begin.  Tests give it one connection; the service gives it a pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._pools_before = 0

    @asynccontextmanager
    async def reading(self, identity: Identity) -> AsyncIterator[AsyncConnection]:
        """Open one consistent, read-only view."""
        async with self._transaction(READING, identity) as connection:
            yield connection

    @asynccontextmanager
    async def reading_after(self, before: Before, identity: Identity) -> AsyncIterator[AsyncConnection]:
        """Open one consistent, read-only view once something was done with its connection."""
        async with self._transaction(READING, identity, before) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, identity: Identity) -> AsyncIterator[AsyncConnection]:
        """Open one transaction: committed when the block ends, undone when it raises."""
        async with self._transaction(WRITING, identity) as connection:
            yield connection

    async def glance(self, asked: BoundQuery) -> list[Row]:
        """Put one question for nobody: it sees no more than what is no secret, and is a view of its own."""
        connection, rows = await self._first(lambda connection: _glance(connection, asked))
        await self._end(connection)
        return rows

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()

    @asynccontextmanager
    async def _transaction(
        self, begin: str, identity: Identity, before: Before | None = None
    ) -> AsyncIterator[AsyncConnection]:
        connection, _ = await self._first(lambda connection: _begin(connection, begin, identity, before))
        try:
            yield connection
            await _commit(connection, begin)
        except Exception as error:
            if is_outdated(error):
                # What others prepared before the table changed is no better.
                await self._drop_idle()
            raise
        finally:
            await self._end(connection)

    async def _first(self, do: Callable[[AsyncConnection], Awaitable[T]]) -> tuple[AsyncConnection, T]:
        """Take a connection and do something; one that died while it was idle is dropped, with all that are idle."""
        for last in (False, True):
            pool = self._pools_before
            connection = await self.engine.connect()
            driver = driver_of(connection)
            driver.pool = pool
            try:
                return connection, await do(connection)
            except BaseException:
                died = driver.is_closed()
                await self._end(connection)
                if last or not died:
                    raise
                await self._drop_idle()
        raise AssertionError  # pragma: no cover

    async def _drop_idle(self) -> None:
        """Close every connection that is idle; what is in use goes back to a pool that nobody will take from."""
        self._pools_before += 1
        await self.engine.dispose()

    async def _end(self, connection: AsyncConnection) -> None:
        """Undo what was not committed, and give the connection back; it goes on only if that is certain."""
        try:
            if not connection.invalidated:
                await _undo(connection)
            if not connection.invalidated and driver_of(connection).pool != self._pools_before:
                await connection.invalidate()
        finally:
            await connection.close()


async def _begin(connection: AsyncConnection, begin: str, identity: Identity, before: Before | None = None) -> None:
    if before:
        await before(connection)
    driver = driver_of(connection)
    await driver.execute(f"{begin}; {driver.entering} {identity.entered}")


async def _commit(connection: AsyncConnection, begin: str) -> None:
    """Commit.  A transaction that has failed is undone by that; the server says so, or refuses anything else."""
    with suppress(InFailedSQLTransactionError):
        if await driver_of(connection).execute(_ENDS[begin]) == "COMMIT":
            return
    raise CommitFailed


async def _glance(connection: AsyncConnection, asked: BoundQuery) -> list[Row]:
    """Ask without a transaction, unless the connection is lent: then role and settings need one."""
    driver = driver_of(connection)
    if not driver.entering:
        return await asked.on(connection)
    await _begin(connection, READING, NOBODY)
    rows = await asked.on(connection)
    await driver.execute("COMMIT")
    return rows


async def _undo(connection: AsyncConnection) -> None:
    driver = driver_of(connection)
    try:
        if driver.is_in_transaction() and not driver.is_closed():
            await driver.execute("ROLLBACK")
    finally:
        if driver.is_closed() or driver.is_in_transaction():
            await connection.invalidate()


def connect(url: str, *, pool_size: int = 4, role: str | None = APP_ROLE) -> Database:
    """Make a pool to the address; `role=None` keeps the login's own role, for migrations and seeds."""
    address = read(url)
    entrance = Entrance(address, role, {**_SESSION, **_LIMITS} if role else _SESSION)
    engine = create_async_engine(
        URL.create("postgresql+asyncpg", database=address.database),
        async_creator=entrance.open,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_reset_on_return=None,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    return Database(engine)


async def prove(url: str, *, role: str | None = APP_ROLE) -> None:
    """Find out before anything else whether this login can work with a database; one that is away may come back.

    Raises:
        DatabaseUnfit: it cannot.
    """
    entrance = Entrance(read(url), role, {**_SESSION, **_LIMITS} if role else _SESSION)
    try:
        connection = await entrance.open()
        try:
            await entrance.refuse_owner(connection)
        finally:
            connection.terminate()
    except (PostgresError, OSError, InternalClientError) as error:
        if cause := refused(error):
            raise DatabaseUnfit(f"The database cannot be used: {cause}") from None
