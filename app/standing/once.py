"""Duties owed once: one deed, whatever the cycle in which it is reported.

The obligations that a `once` duty has for one body, one in every cycle, are a line, whoever has succeeded that body.
What is opened for a successor belongs to the lines of all the bodies that it follows, and is complete when each is.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Uuid, and_, any_, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.sql.selectable import LateralFromClause

from app.models import Obligation
from app.models.base import table
from app.models.duty import Recurrence
from app.standing.history import HistoryQuery, reported, reported_complete
from app.standing.moment import Moment, Source


def first_completion(obligation: Source, duty: Source, moment: Moment) -> LateralFromClause:
    """Find when a `once` duty was first completed, in whichever cycle, and in another one; null for other duties.

    The deed is one: completing it in any cycle completes the other ones as well, each against its own deadline.
    """
    sibling = _siblings(obligation, duty, moment)
    own = HistoryQuery(sibling, moment, name="sibling")
    done = (
        select(
            lines_of(sibling).label("lines"),
            sibling.c.id,
            own.completed_alone_at.label("completed_at"),
            own.judged.label("judged"),
        )
        .select_from(own.joined(sibling))
        .correlate(obligation, duty)
        .lateral("done")
    )
    line = func.unnest(lines_of(obligation)).table_valued(Column("id", Uuid), name="line").render_derived()
    completed_at = func.min(done.c.completed_at)
    judged = func.array_agg(aggregate_order_by(done.c.judged, done.c.completed_at, done.c.id))
    each = (
        select(
            completed_at.label("completed_at"),
            completed_at.filter(done.c.id != obligation.c.id).label("elsewhere_at"),
            judged.filter(done.c.completed_at.is_not(None))[1].label("judged"),
        )
        .select_from(line)
        .outerjoin(done, line.c.id == any_(done.c.lines))
        .group_by(line.c.id)
        .correlate(obligation, duty)
        .lateral("each")
    )
    last = func.array_agg(aggregate_order_by(each.c.judged, each.c.completed_at.desc()))[1]
    return select(
        *(_when_all(each.c[name], func.max(each.c[name])).label(name) for name in ("completed_at", "elsewhere_at")),
        _when_all(each.c.completed_at, last).label("judged"),
    ).lateral("deed")


def lines_of(obligation: Source) -> ColumnElement[Any]:
    """Return the bodies to whose lines an obligation belongs: its own alone, unless it says otherwise."""
    return func.coalesce(obligation.c.lines, array([obligation.c.owner_id]))


def same_line(one: Source, other: Source) -> ColumnElement[bool]:
    """Say whether another obligation of the same duty shares a line; each half of it has an index."""
    lines = lines_of(one)
    alone = and_(other.c.lines.is_(None), other.c.owner_id == any_(lines))
    same_duty = (other.c[name] == one.c[name] for name in ("plan_id", "duty_id"))
    return and_(*same_duty, or_(alone, other.c.lines.op("&&")(lines)))


def _when_all(instant: ColumnElement[Any], told: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what is told of all lines when each has its instant; else null."""
    return case((func.bool_and(instant.is_not(None)), told))


def line_reported(obligation: Source, duty: Source, moment: Moment) -> ColumnElement[bool]:
    """Say whether anything that counts was ever reported in the line of a `once` duty, in whichever cycle."""
    line = table(Obligation).alias("of_reported_line")
    found = select(line.c.id).where(same_line(obligation, line), reported(line, moment)).correlate(obligation)
    return and_(duty.c.recurrence == Recurrence.ONCE, found.exists())


def _siblings(obligation: Source, duty: Source, moment: Moment) -> LateralFromClause:
    """Select the obligations of its lines of which completion was ever reported: of the others, no history is read.

    The OFFSET keeps the planner from finding that out last.
    """
    line = table(Obligation).alias("of_line")
    found = select(*line.c).where(
        duty.c.recurrence == Recurrence.ONCE, same_line(obligation, line), reported_complete(line, moment)
    )
    return found.offset(0).correlate(obligation, duty).lateral("sibling")
