"""Runs migrations: one run at a time (an advisory lock), each in one transaction, never waiting long for a table.

The scripts import nothing of the application.  Only writing a new one looks at its tables, through the optional
`metadata` that the caller hands over.
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine

LOCK = 7_115_2021


def spell(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write SQLModel's string type as SQLAlchemy's, so that a script needs no SQLModel."""
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String({item.length or ''})"
    return False


def tell(
    ctx: MigrationContext,
    step: MigrationInfo,  # noqa: ARG001  Alembic names them all.
    heads: Collection[Any],  # noqa: ARG001
    run_args: Mapping[str, Any],  # noqa: ARG001
) -> None:
    """Tell of the rows that a migration wrote anew, in its own transaction: no row changes of which no event tells."""
    connection = ctx.connection
    if connection is not None and connection.scalar(text("SELECT to_regproc('dondoc_tell_of_migration')")):
        connection.execute(text("SELECT dondoc_tell_of_migration()"))


def migrate(connection: Connection) -> None:
    """Run what is asked on a connection, as soon as no other run is at work; closing it gives the lock back."""
    # Another run may take its time; only waiting for a table would stand in the way of the service.
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("metadata"),
        transaction_per_migration=True,
        render_item=spell,
        compare_server_default=True,
        on_version_apply=tell,
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_migrate() -> None:
    """Open the one connection that the run needs; it is closed whether or not the run succeeds."""
    creator = context.config.attributes["creator"]
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=creator, poolclass=NullPool, hide_parameters=True
    )
    async with engine.connect() as connection:
        await connection.run_sync(migrate)


asyncio.run(connect_and_migrate())
