"""Statements: compiled once a shape, asked with values by name, and rows that are written by one of them.

Building a long query costs many times what running it does, and it differs only with its shape.  A query function
takes values and names each one that it puts into its Select (`bindparam("plan", value)`): such a value is a parameter
of the text.  One without a name belongs to the shape and is written into the text.  Which part of an argument is which,
each type says beside itself (`split_arguments.register`).
"""

import json
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import singledispatch
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Table, UpdateBase, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.compiling import Read, compiled
from app.domain.errors import NotFound

Row = Mapping[Any, Any]
"""What a statement gives, or a table takes: values by the names of their columns."""
Statement = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Prepared:
    """A statement, the names of its parameters in order, and how to read those columns that need it."""

    text: str
    names: tuple[str, ...]
    reads: Mapping[str, Read]

    async def stream(self, connection: AsyncConnection, values: Mapping[str, Any]) -> AsyncIterator[Row]:
        """Run it, and yield its rows as they come, a thousand at a time."""
        named = [values[name] for name in self.names]
        async for record in driver_of(connection).cursor(self.text, *named, prefetch=1000):
            yield self._read(dict(record))

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
    statement = Prepared(*compiled(build(**asked)))
    # What holds values of its own names them itself, and who sees everything is asked for nothing.
    needed = asked.keys() & values.keys() | set(statement.names)
    if unnamed := needed - (values.keys() & set(statement.names)):
        raise Unnamed(f"{build.__qualname__}: {sorted(unnamed)}")
    return statement


async def fetch_all(connection: AsyncConnection, build: Build, /, **asked: Any) -> list[Row]:
    """Ask a query function's question: its text is built and prepared once a shape, which makes it fast."""
    return await prepare(build, **asked).on(connection)


async def fetch_first(connection: AsyncConnection, build: Build, /, **asked: Any) -> Row | None:
    """Ask a question and return the first row, if there is one."""
    return next(iter(await fetch_all(connection, build, **asked)), None)


async def fetch_one(connection: AsyncConnection, build: Build, /, **asked: Any) -> Row:
    """Ask a question that must find something.

    Raises:
        NotFound: it finds nothing.
    """
    row = await fetch_first(connection, build, **asked)
    if row is None:
        raise NotFound
    return row


async def fetch_only(connection: AsyncConnection, build: Build, /, **asked: Any) -> Row:
    """Ask a question that always has one answer, such as how many there are."""
    (row,) = await fetch_all(connection, build, **asked)
    return row


def stream_all(connection: AsyncConnection, build: Build, /, **asked: Any) -> AsyncIterator[Row]:
    """Ask a question whose answer does not fit into memory, and yield the rows as they come."""
    question = prepare(build, **asked)
    return question.statement.stream(connection, question.values)


async def fetch_built(connection: AsyncConnection, statement: Statement | UpdateBase) -> list[Row]:
    """Ask by a statement whose text must be built at each call; whoever calls this says why."""
    return list((await connection.execute(statement)).mappings())


async def run_each(connection: AsyncConnection, statement: UpdateBase, rows: Sequence[Row]) -> None:
    """Run a statement once for each row, which holds its parameters: where no builder can know the columns."""
    if rows:
        await connection.execute(statement, rows)


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

    def __post_init__(self) -> None:
        if any(row.keys() != self.rows[0].keys() for row in self.rows):
            raise ValueError(f"rows for {self.into.name} have different columns")

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        return tuple(self.rows[0])

    def values(self) -> Values:
        """Return what travels as parameters: a value a column, or an array of one when there are several rows."""
        if len(self.rows) == 1:
            return dict(self.rows[0])
        lists = self.lists
        return {
            name: [json.dumps(row[name], default=str) if name in lists else row[name] for row in self.rows]
            for name in self.names
        }

    @property
    def lists(self) -> Collection[str]:
        """The columns that hold lists: arrays of arrays would all have to be of one length."""
        return [name for name in self.names if isinstance(self.into.c[name].type, ARRAY)]


async def write_rows(
    connection: AsyncConnection, into: Table, rows: Sequence[Mapping[str, Any]], *returned: str
) -> list[Row]:
    """Write rows, if there are any, and return some columns of each as the database has them.

    Raises:
        ValueError: they are not of the same columns.
    """
    return await fetch_all(connection, writing, rows=Rows(into, rows), returned=Names(returned)) if rows else []


async def write_new_rows(
    connection: AsyncConnection, into: Table, rows: Sequence[Mapping[str, Any]], *returned: str
) -> list[Row]:
    """Write those rows that are not there yet, and return some columns of each that was written."""
    return await fetch_all(connection, writing_new, rows=Rows(into, rows), returned=Names(returned)) if rows else []


class Names(tuple[str, ...]):
    """Columns by name: a part of a shape."""


def writing(rows: Rows, returned: Collection[str]) -> Insert:
    """Insert rows: many of them from arrays side by side, where a list travels as JSON."""
    into, values = rows.into, rows.values()
    written: Any = insert(into)
    if len(rows.rows) == 1:
        written = written.values({name: bindparam(name, values[name], into.c[name].type) for name in rows.names})
    else:
        kinds = {name: JSONB() if name in rows.lists else into.c[name].type for name in rows.names}
        arrays = (bindparam(name, values[name], ARRAY(kind)) for name, kind in kinds.items())
        given = func.unnest(*arrays).table_valued(*rows.names, name="given").render_derived().c
        told = {name: select(func.jsonb_array_elements_text(given[name])).scalar_subquery() for name in rows.lists}
        lists = {name: cast(func.array(told[name]), into.c[name].type) for name in told}
        columns = [lists.get(name, given[name]) for name in rows.names]
        written = written.from_select(rows.names, select(*columns), include_defaults=False)
    made: Insert = written.returning(*(into.c[name] for name in returned)) if returned else written
    return made


def writing_new(rows: Rows, returned: Collection[str]) -> Insert:
    """Insert rows, and leave alone what has the same key."""
    return writing(rows, returned).on_conflict_do_nothing()


@split_arguments.register
def _rows(rows: Rows, _: str) -> tuple[Hashable, Values]:
    return (rows.into.name, rows.names, len(rows.rows) == 1), rows.values()


@split_arguments.register
def _names(names: Names, name: str) -> tuple[Hashable, Values]:
    return (name, tuple(names)), {}
