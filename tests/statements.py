"""The statements that the service sends to PostgreSQL, as they are sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import Database
from app.database.statements import Prepared, Row


@dataclass(frozen=True)
class Statement:
    """One statement and its parameters, as the driver gets them."""

    text: str
    parameters: Any


@contextmanager
def statements_on(database: Database) -> Iterator[list[Statement]]:
    """Collect what a database is told while the block runs, by whichever connection."""
    told: list[Statement] = []

    def listen(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        told.append(Statement(statement, parameters))

    async def fetch(statement: Prepared, connection: AsyncConnection, values: Mapping[str, Any]) -> list[Row]:
        told.append(Statement(statement.text, tuple(values[name] for name in statement.names)))
        return await unheard(statement, connection, values)

    engine, unheard = database.engine.sync_engine, Prepared.fetch
    event.listen(engine, "before_cursor_execute", listen)
    Prepared.fetch = fetch  # type: ignore[method-assign, assignment]
    try:
        yield told
    finally:
        Prepared.fetch = unheard  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", listen)
