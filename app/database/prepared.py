"""Statements that are compiled once: SQL text, and the names of its parameters in the order in which it takes them.

Building a long query costs many times what running it does, and it differs only with its shape.  A value that has a
name (`bindparam("plan", …)`) is a parameter of the text; a value without one belongs to the shape and is written into
it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Select, UpdateBase
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

Row = dict[str, Any]
Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Prepared:
    """A statement, the names of its parameters in order, and how to read those columns that need it."""

    text: str
    names: tuple[str, ...]
    reads: Mapping[str, Read]

    async def fetch(self, connection: AsyncConnection, values: Mapping[str, Any]) -> list[Row]:
        """Run it in the transaction of a connection; the driver keeps it prepared there."""
        found = await driver_of(connection).fetch(self.text, *[values[name] for name in self.names])
        return [self._read(dict(record)) for record in found]

    def _read(self, row: Row) -> Row:
        for name, read in self.reads.items():
            row[name] = read(row[name])
        return row


@dataclass(frozen=True)
class Question:
    """A statement with the values of its parameters."""

    statement: Prepared
    values: Mapping[str, Any]

    async def on(self, connection: AsyncConnection) -> list[Row]:
        """Put it to the database, in the transaction of a connection."""
        return await self.statement.fetch(connection, self.values)


class _Compiler(PGCompiler_asyncpg):
    """Writes the values that have no name into the text."""

    def visit_bindparam(self, bindparam: BindParameter[Any], **options: Any) -> str:  # type: ignore[override]
        if bindparam.unique:
            options["literal_binds"] = True
        written: str = super().visit_bindparam(bindparam, **options)  # type: ignore[no-untyped-call]
        return written


class _Dialect(PGDialect_asyncpg):
    statement_compiler = _Compiler
    supports_statement_cache = False


_DIALECT = _Dialect()  # type: ignore[no-untyped-call]


def compiled(statement: Select[*tuple[Any, ...]] | UpdateBase) -> Prepared:
    """Compile a statement."""
    made: Any = statement.compile(dialect=_DIALECT)
    reads = {column.name: column.type.result_processor(_DIALECT, None) for column in statement.exported_columns}
    return Prepared(str(made), tuple(made.positiontup or ()), {name: read for name, read in reads.items() if read})


def driver_of(connection: AsyncConnection) -> Any:
    """Return the driver's own connection (asyncpg), which runs a prepared statement at a fraction of the cost."""
    plain = connection.sync_connection
    assert plain is not None  # noqa: S101  A connection that was opened has one.
    return plain.connection.driver_connection
