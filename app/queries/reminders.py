"""What somebody should be reminded of: read from the standing at an instant, so that no job need ever have run."""

from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select

from app.database.statements import Statement
from app.domain.access import Caller
from app.domain.calendar import HOME_ZONE, day_of, start_of
from app.domain.completion import Judgement, Status
from app.queries.obligations import visible
from app.standing.filters import Filters, within
from app.standing.moment import INSTANT, Moment
from app.standing.rule import standings
from app.standing.told import told

OPEN = sorted({Status.IN_PROGRESS.value, Status.NOT_STARTED.value})
LATE = sorted({Status.OVERDUE.value, Status.AWAITED.value})


def soon(as_of: datetime, within_days: int) -> datetime:
    """Return by when something is due within some days.

    Today is day 0: what can still be received today in time is due within 0 days.
    """
    return start_of(day_of(as_of, HOME_ZONE) + timedelta(days=within_days + 1), HOME_ZONE)


def reminders(caller: Caller, filters: Filters, moment: Moment, soon: datetime) -> Statement:
    """Select what is due by `soon`, past its day, returned, or waiting for a review; by owner, then by deadline."""
    standing = standings(moment, within(filters))
    s = standing.c
    kinds = {
        "due_soon": and_(s.status.in_(OPEN), s.due_before <= bindparam("soon", soon, INSTANT)),
        "late": s.status.in_(LATE),
        "returned": and_(s.judged == Judgement.RETURNED, s.completed_at.is_(None)),
        "waiting": s.awaiting_review,
    }
    shown = select(*told(caller, standing, moment), *(kind.label(f"is_{name}") for name, kind in kinds.items()))
    by = (s.plan, s.owner_position, s.owner_code, s.due_before, s.position, s.id)
    return shown.where(visible(caller, standing), or_(*kinds.values())).order_by(*by)
