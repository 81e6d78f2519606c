"""Connections to PostgreSQL: reading and writing, each in one short transaction.

The application role is entered on every connection (`role`), so that the least privilege holds also when an address
names a stronger login.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

APP_ROLE = "dondoc_app"
# Compiling a long query costs more than any of ours runs.
_SESSION = {"application_name": "dondoc", "timezone": "UTC", "jit": "off"}
_LIMITS = {"statement_timeout": "20s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "30s"}


class Database:
    """Where transactions begin.  Tests give it one connection; the service gives it a pool."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open one consistent, read-only view."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Open one transaction: committed when the block ends, undone when it raises."""
        async with self.engine.begin() as connection:
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
        connect_args={"server_settings": entered, "timeout": 5},
    )
    return Database(engine)


def asyncpg_url(url: str) -> URL:
    """Read any usual spelling of a PostgreSQL address: `postgres://`, `postgresql://`, libpq's `sslmode`."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    mode = parsed.query.get("sslmode")
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode}) if mode else parsed
