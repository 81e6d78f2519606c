"""Statements: compiled once a shape, asked with values by name, and rows that are written by one of them.

Building a long query costs many times what running it does, and it differs only with its shape.  A query function
takes values and names each one that it puts into its Select (`bindparam("plan", value)`): such a value is a parameter
of the text.  One without a name belongs to the shape and is written into the text.  Which part of an argument is which,
each type says beside itself (`split_arguments.register`).
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import singledispatch
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Insert, Select, Table, UpdateBase, bindparam, func, insert, select
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg, PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

Row = Mapping[Any, Any]
"""What a statement gives, or a table takes: values by the names of their columns."""
Statement = Select[*tuple[Any, ...]]
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

    def _read(self, row: dict[str, Any]) -> Row:
        for name, read in self.reads.items():
            row[name] = read(row[name])
        return row


@dataclass(frozen=True)
class BoundQuery:
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


Values = dict[str, Any]
Build = Callable[..., Any]
KEPT = 500
"""More shapes than callers ask for; beyond them, the one that was asked for longest ago is forgotten."""
_prepared: OrderedDict[Hashable, Prepared] = OrderedDict()


class Unnamed(TypeError):
    """A query has put a value into its text that has no name: the next question would get the answer to this one."""


def prepare(build: Build, /, **asked: Any) -> BoundQuery:
    """Return the statement of a query function for a question, with the values of its parameters."""
    shape: list[Hashable] = [build]
    values: Values = {}
    for name, value in asked.items():
        part, named = split_arguments(value, name)
        shape.append(part)
        values.update(named)
    key = tuple(shape)
    statement = _prepared.pop(key, None) or _compile(build, asked, values)
    _prepared[key] = statement
    if len(_prepared) > KEPT:
        _prepared.popitem(last=False)
    return BoundQuery(statement, values)


def _compile(build: Build, asked: Mapping[str, Any], values: Values) -> Prepared:
    statement = compiled(build(**asked))
    if unnamed := set(values) ^ set(statement.names):
        raise Unnamed(f"{build.__qualname__}: {sorted(unnamed)}")
    return statement


@singledispatch
def split_arguments(value: Any, name: str) -> tuple[Hashable, Values]:
    """Return what of an argument belongs to the shape, and what are values, by name."""
    raise TypeError(f"{name}: a {type(value).__name__} has no shape")


@split_arguments.register(type(None))
@split_arguments.register(bool)
@split_arguments.register(StrEnum)
def _constant(value: Any, name: str) -> tuple[Hashable, Values]:
    return (name, value), {}


@split_arguments.register(int)
@split_arguments.register(str)
@split_arguments.register(bytes)
@split_arguments.register(UUID)
@split_arguments.register(date)
@split_arguments.register(datetime)
@split_arguments.register(list)
def _value(value: Any, name: str) -> tuple[Hashable, Values]:
    return (name,), {name: value}


@dataclass(frozen=True)
class Rows:
    """Rows for a table, of the same columns; one row at least."""

    into: Table
    rows: Sequence[Mapping[str, Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(self.rows[0])

    def values(self) -> Values:
        """Return what travels as parameters: a value a column, or an array of one when there are several rows."""
        if len(self.rows) == 1:
            return dict(self.rows[0])
        return {name: [row[name] for row in self.rows] for name in self.names}


async def write_rows(
    connection: AsyncConnection, into: Table, rows: Sequence[Mapping[str, Any]], *returned: str
) -> list[Row]:
    """Write rows, if there are any, and return some columns of each as the database has them.

    Raises:
        ValueError: they are not of the same columns.
    """
    if not rows:
        return []
    if any(row.keys() != rows[0].keys() for row in rows):
        raise ValueError(f"rows for {into.name} have different columns")
    return await prepare(writing, rows=Rows(into, rows), returned=Names(returned)).on(connection)


class Names(tuple[str, ...]):
    """Columns by name: a part of a shape."""


def writing(rows: Rows, returned: Collection[str]) -> Insert:
    """Insert rows: many of them from arrays side by side, which a column that is itself an array cannot come from."""
    into, values = rows.into, rows.values()
    if len(rows.rows) == 1:
        written = insert(into).values({name: bindparam(name, values[name], into.c[name].type) for name in rows.names})
    else:
        arrays = (bindparam(name, values[name], ARRAY(into.c[name].type)) for name in rows.names)
        given = func.unnest(*arrays).table_valued(*rows.names, name="given").render_derived()
        written = insert(into).from_select(rows.names, select(*given.c), include_defaults=False)
    return written.returning(*(into.c[name] for name in returned)) if returned else written


@split_arguments.register
def _rows(rows: Rows, _: str) -> tuple[Hashable, Values]:
    return (rows.into.name, rows.names, len(rows.rows) == 1), rows.values()


@split_arguments.register
def _names(names: Names, name: str) -> tuple[Hashable, Values]:
    return (name, tuple(names)), {}
