"""Duties owed once: one deed, whatever the cycle in which it is reported."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from app.models import Obligation
from app.models.base import table
from app.models.duty import Recurrence
from app.standing.history import HistoryQuery, reported, reported_complete
from app.standing.moment import Moment, Source


def first_completion(obligation: Source, duty: Source, moment: Moment) -> LateralFromClause:
    """Find when a `once` duty was first completed, in whichever cycle, and in another one; null for other duties.

    The deed is one: completing it in any cycle completes the other ones as well, each against its own deadline.  The
    obligations of a line share the owner that the plan names, whoever has succeeded it.
    """
    sibling = _siblings(obligation, duty, moment)
    own = HistoryQuery(sibling, moment, name="sibling")
    completed_at = func.min(own.completed_alone_at)
    judged = func.array_agg(aggregate_order_by(own.judged, own.completed_alone_at, sibling.c.id))
    return (
        select(
            completed_at.label("completed_at"),
            completed_at.filter(sibling.c.id != obligation.c.id).label("elsewhere_at"),
            judged.filter(own.completed_alone_at.is_not(None))[1].label("judged"),
        )
        .select_from(own.joined(sibling))
        .correlate(obligation, duty)
        .lateral("deed")
    )


def line_reported(obligation: Source, duty: Source, moment: Moment) -> ColumnElement[bool]:
    """Say whether anything that counts was ever reported in the line of a `once` duty, in whichever cycle."""
    line = table(Obligation).alias("of_reported_line")
    same = (line.c[name] == obligation.c[name] for name in ("plan_id", "duty_id", "owner_id"))
    found = select(line.c.id).where(*same, reported(line, moment)).correlate(obligation)
    return and_(duty.c.recurrence == Recurrence.ONCE, found.exists())


def _siblings(obligation: Source, duty: Source, moment: Moment) -> LateralFromClause:
    """Select the obligations of a line of which completion was ever reported: of the others, no history is read.

    The OFFSET keeps the planner from finding that out last.
    """
    line = table(Obligation).alias("of_line")
    found = select(*line.c).where(
        duty.c.recurrence == Recurrence.ONCE,
        *(line.c[name] == obligation.c[name] for name in ("plan_id", "duty_id", "owner_id")),
        reported_complete(line, moment),
    )
    return found.offset(0).correlate(obligation, duty).lateral("sibling")
