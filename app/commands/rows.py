"""Rows that are written: one prepared statement, however many there are."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Insert, Table, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.prepared import Row
from app.queries.shapes import Values, prepare, told_apart


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


@told_apart.register
def _rows(rows: Rows, _: str) -> tuple[Hashable, Values]:
    return (rows.into.name, rows.names, len(rows.rows) == 1), rows.values()


@told_apart.register
def _names(names: Names, name: str) -> tuple[Hashable, Values]:
    return (name, tuple(names)), {}
