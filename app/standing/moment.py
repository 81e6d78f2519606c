"""The moment that is asked about, and the order of a history: what every reader of a history begins with.

The order of a history is (received_at, recorded_at, id) everywhere.  Source: docs/concepts.md, "Two times".
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
)

from app.database.statements import Statement, Values, split_arguments
from app.models import AnnulledAct
from app.models.base import table

Source = FromClause
annulled = table(AnnulledAct)
INSTANT = DateTime(timezone=True)
EVER: ColumnElement[datetime] = literal_column("'-infinity'::timestamptz", INSTANT)
NEVER: ColumnElement[datetime] = literal_column("'infinity'::timestamptz", INSTANT)

UNASKED = datetime.min.replace(tzinfo=UTC)
"""Stands where a row says the instant itself."""


@dataclass(frozen=True)
class Moment:
    """The instant that is asked about, and what had been recorded by when; none is all that is recorded."""

    as_of: datetime
    known_at: datetime | None = None
    name: str = ""
    """Tells the parameters of two moments apart that one query asks about."""

    def sees(self, row: Source) -> ColumnElement[bool]:
        """Keep the acts received by `as_of` and recorded by `known_at` that by then no annulment takes back."""
        return and_(self.reaches(row), self.counts(row))

    def reaches(self, row: Source) -> ColumnElement[bool]:
        """Keep the acts received by `as_of` and recorded by `known_at`, whether they count or not: for a history."""
        return and_(row.c.received_at <= self.as_of_bind, self.knows(row))

    def knows(self, row: Source) -> ColumnElement[bool]:
        """Keep what was recorded by `known_at`."""
        return true() if self.known_at is None else row.c.recorded_at <= self.known_at_bind

    def counts(self, row: Source) -> ColumnElement[bool]:
        """Keep the acts of which the last word recorded by `known_at` is not that they count no more.

        One look-up by index a row, nearly always of nothing; it ends in a LIMIT so that the planner cannot turn it
        into one more join.
        """
        words = select(annulled.c.counts).where(annulled.c.plan_id == row.c.plan_id, annulled.c.act_id == row.c.id)
        last = words.where(self.knows(annulled)).order_by(annulled.c.recorded_at.desc(), annulled.c.id.desc())
        return func.coalesce(last.limit(1).correlate(row).scalar_subquery(), True)

    def values(self) -> dict[str, datetime]:
        """Return both instants by the names of their parameters."""
        known = {} if self.known_at is None else {f"known_at{self.name}": self.known_at}
        return {f"as_of{self.name}": self.as_of, **known}

    @property
    def known_at_bind(self) -> ColumnElement[datetime | None]:
        """The instant by which something had been recorded, as a parameter, where one is asked about."""
        return bindparam(f"known_at{self.name}", self.known_at, INSTANT)

    @property
    def as_of_bind(self) -> ColumnElement[datetime]:
        """The instant as a parameter: one name, one value, wherever the query needs it."""
        return bindparam(f"as_of{self.name}", self.as_of, INSTANT)


@dataclass(frozen=True)
class MomentOfRow(Moment):
    """A moment of its own for each row of the query around: its instants are columns of the row, which it names.

    They are named by text alone, so that a query within a query takes them from wherever they stand.
    """

    as_of: datetime = UNASKED
    known_at: datetime | None = UNASKED
    row: str = ""

    @property
    def known_at_bind(self) -> ColumnElement[datetime | None]:
        """The instant by which something had been recorded, as the row says."""
        return literal_column(f"{self.row}.known", INSTANT)

    @property
    def as_of_bind(self) -> ColumnElement[datetime]:
        """The instant, as the row says."""
        return literal_column(f"{self.row}.as_of", INSTANT)


def order_of(row: Source) -> tuple[ColumnElement[Any], ...]:
    """Return the columns by which a history is ordered; ties are settled by the id."""
    return row.c.received_at, row.c.recorded_at, row.c.id


def later(row: Source, than: Source) -> ColumnElement[bool]:
    """Say whether an act comes after another in its history; null when either is missing."""
    return tuple_(*order_of(row)) > tuple_(*order_of(than))


def history_of(history: Table, obligation: Source, moment: Moment, *also: ColumnElement[bool]) -> Statement:
    """Select the acts of one table on an obligation of the query around it."""
    found = select(*history.c).where(
        history.c.plan_id == obligation.c.plan_id,
        history.c.obligation_id == obligation.c.id,
        moment.sees(history),
        *also,
    )
    return found.correlate(obligation)


def latest(found: Statement, history: Source) -> Statement:
    """Keep the last act."""
    return found.order_by(*(column.desc() for column in order_of(history))).limit(1)


EVERYTHING = Moment(datetime.max.replace(tzinfo=UTC))
"""All that is recorded, whenever it counts from."""


@split_arguments.register
def _moment(moment: Moment, _: str) -> tuple[Hashable, Values]:
    return (moment.name, moment.known_at is None), moment.values()
