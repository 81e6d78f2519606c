"""The statements that the service sends to PostgreSQL, as they are sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from app.database.engine import Database


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

    engine = database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", listen)
