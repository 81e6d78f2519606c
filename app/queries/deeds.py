"""Duties owed once: one deed, whatever the cycle in which it is reported."""

from sqlalchemy import func, select
from sqlalchemy.sql.selectable import LateralFromClause

from app.models import Obligation
from app.models.base import table
from app.models.duty import Recurrence
from app.queries.facts import Facts
from app.queries.moment import Moment, Row


def deed_of(obligation: Row, duty: Row, moment: Moment) -> LateralFromClause:
    """Find when a `once` duty was first completed, in whichever cycle, and in another one; null for other duties.

    The deed is one: completing it in any cycle completes the other ones as well, each against its own deadline.  The
    obligations of a line share the owner that the plan names, whoever has succeeded it.
    """
    sibling = table(Obligation).alias("sibling")
    own = Facts(sibling, moment, name="sibling")
    completed_at = func.min(own.completed_alone_at)
    return (
        select(
            completed_at.label("completed_at"),
            completed_at.filter(sibling.c.id != obligation.c.id).label("elsewhere_at"),
        )
        .select_from(own.joined(sibling, own.of_completion))
        .where(
            duty.c.recurrence == Recurrence.ONCE,
            sibling.c.plan_id == obligation.c.plan_id,
            sibling.c.duty_id == obligation.c.duty_id,
            sibling.c.owner_id == obligation.c.owner_id,
        )
        .correlate(obligation, duty)
        .lateral("deed")
    )
