"""Runs migrations: one at a time (an advisory lock), each in one transaction, never waiting long for a lock.

The scripts import nothing of the application.  Only writing a new one looks at its tables, through the optional
`metadata` that the caller hands over.
"""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

LOCK = 7_115_2021


def spell(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write SQLModel's string type as SQLAlchemy's, so that a script needs no SQLModel."""
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String({item.length or ''})"
    return False


def migrate(connection: Connection) -> None:
    """Run what is asked on a connection."""
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("metadata"),
        transaction_per_migration=True,
        render_item=spell,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
    connection.commit()


async def connect_and_migrate() -> None:
    """Open the one connection that the run needs."""
    engine = create_async_engine(context.config.attributes["url"], hide_parameters=True)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(connect_and_migrate())
