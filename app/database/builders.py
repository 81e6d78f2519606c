"""What builders of statements share: conditions on columns, and the statements that are nothing but conditions."""

from collections.abc import Collection, Hashable
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    String,
    Table,
    UpdateBase,
    and_,
    any_,
    bindparam,
    delete,
    func,
    select,
    true,
    update,
)

from app.database.statements import Statement, Values, split_arguments


class Columns(dict[str, Any]):
    """Columns of a row to change, with their new values."""

    def of(self, table: Table) -> Values:
        """Return the values as parameters, which do not bear the names of columns alone."""
        return {name: bindparam(f"new_{name}", value, table.c[name].type) for name, value in self.items()}


@split_arguments.register
def _columns(columns: Columns, _: str) -> tuple[Hashable, Values]:
    return tuple(columns), {f"new_{name}": value for name, value in columns.items()}


def equal(these: FromClause, **values: object) -> ColumnElement[bool]:
    """Keep rows by what some columns hold: each value is a parameter of its column's name."""
    columns = ((these.c[name], value) for name, value in values.items())
    return and_(true(), *(column == bindparam(column.name, value, _kind_of(column)) for column, value in columns))


def rows_where(these: Table, **values: object) -> Statement:
    """Select the rows of a table in which some columns hold these values."""
    return select(*these.c).where(equal(these, **values))


def deleted_where(these: Table, **values: object) -> UpdateBase:
    """Delete them, and give the keys of those that there were."""
    return delete(these).where(equal(these, **values)).returning(*these.primary_key)


def changed_where(these: Table, columns: Columns, **values: object) -> UpdateBase:
    """Change columns of them, and give the keys of those that there were."""
    return update(these).where(equal(these, **values)).values(columns.of(these)).returning(*these.primary_key)


def among(column: ColumnElement[Any], name: str, values: Collection[Any]) -> ColumnElement[bool]:
    """Keep rows by a set of values: one parameter however many they are, so that the statement stays the same."""
    return column == any_(bindparam(name, list(values), ARRAY(_kind_of(column))))


def json_object(**shown: Any) -> ColumnElement[Any]:
    """Spell columns as one JSON object."""
    return func.jsonb_build_object(*(part for pair in shown.items() for part in pair))


def _kind_of(column: ColumnElement[Any]) -> Any:
    """Return the type of what a column is compared with: text of any length, for a cast would cut it off."""
    return String() if isinstance(column.type, String) else column.type


@split_arguments.register
def _table(these: Table, name: str) -> tuple[Hashable, Values]:
    return (name, these.name), {}
