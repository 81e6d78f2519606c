"""Connections to PostgreSQL: reading and writing, each in one short transaction that says for whom it is.

The application role is entered on every connection (`role`), so that the least privilege holds also when an address
names a stronger login.  The database filters rows by the identity of the transaction: see migration 0008.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

from sqlalchemy import URL, bindparam, func, make_url, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.domain.access import Caller

APP_ROLE = "dondoc_app"
# Compiling a long query costs more than any of ours runs.
_SESSION = {"application_name": "dondoc", "timezone": "UTC", "jit": "off"}
_STATEMENTS = {"statement_cache_size": 500, "max_cacheable_statement_size": 0}
"""The driver keeps this many prepared statements a connection, of any length."""
_LIMITS = {"statement_timeout": "20s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}
_SETTINGS = ("role", "client", "bodies")
_ENTER = select(*(func.set_config(f"dondoc.{name}", bindparam(name), True) for name in _SETTINGS))
_WHO = select(*(func.coalesce(func.current_setting(f"dondoc.{name}", True), "").label(name) for name in _SETTINGS))


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


NOBODY = Identity("")
"""Sees plans, which are public, and nothing else."""
SYSTEM = Identity("system")
"""The service's own duties: to find out who calls, and to tidy up."""


async def enter(connection: AsyncConnection, identity: Identity) -> None:
    """Say for whom the transaction is, until it ends."""
    await connection.execute(_ENTER, asdict(identity))


@asynccontextmanager
async def as_system(connection: AsyncConnection) -> AsyncIterator[None]:
    """Do what follows for the service itself, within the transaction of a caller."""
    caller = Identity(**(await connection.execute(_WHO)).mappings().one())
    await enter(connection, SYSTEM)
    yield
    await enter(connection, caller)


class Database:
    """Where transactions begin.  Tests give it one connection; the service gives it a pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def reading(self, identity: Identity) -> AsyncIterator[AsyncConnection]:
        """Open one consistent, read-only view."""
        async with self.engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            await enter(connection, identity)
            yield connection

    @asynccontextmanager
    async def writing(self, identity: Identity) -> AsyncIterator[AsyncConnection]:
        """Open one transaction: committed when the block ends, undone when it raises."""
        async with self.engine.begin() as connection:
            await enter(connection, identity)
            yield connection

    async def close(self) -> None:
        """Give every connection back."""
        await self.engine.dispose()


def connect(url: str, *, pool_size: int = 4, role: str | None = APP_ROLE) -> Database:
    """Make a pool to the address; `role=None` keeps the login's own role, for migrations and seeds."""
    entered = {**_SESSION, **_LIMITS, "role": role} if role else _SESSION
    engine = create_async_engine(
        asyncpg_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"server_settings": entered, "timeout": 5, **_STATEMENTS},
    )
    return Database(engine)


def asyncpg_url(url: str) -> URL:
    """Read any usual spelling of a PostgreSQL address: `postgres://`, `postgresql://`, libpq's `sslmode`."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    mode = parsed.query.get("sslmode")
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode}) if mode else parsed
