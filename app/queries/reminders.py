"""What somebody should be reminded of: read from the standing at an instant, so that no job need ever have run."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select

from app.domain.access import Caller
from app.domain.calendar import HOME_ZONE, day_of, start_of
from app.domain.completion import ReviewOutcome, Status
from app.queries.moment import Moment
from app.queries.obligations import Filters, visible, within
from app.queries.standing import standings

AnyRow = Select[*tuple[Any, ...]]
OPEN = sorted({Status.IN_PROGRESS.value, Status.NOT_STARTED.value})
LATE = sorted({Status.OVERDUE.value, Status.AWAITED.value})


def reminders(caller: Caller, filters: Filters, moment: Moment, within_days: int) -> AnyRow:
    """Select what is due within some days, past its day, returned, or waiting for a review; by owner, then by deadline.

    Today is day 0: what can still be received today in time is due within 0 days.
    """
    standing = standings(moment, within(filters))
    s = standing.c
    soon = start_of(day_of(moment.as_of, HOME_ZONE) + timedelta(days=within_days + 1), HOME_ZONE)
    kinds = {
        "due_soon": and_(s.status.in_(OPEN), s.due_before <= soon),
        "late": s.status.in_(LATE),
        "returned": and_(s.review_outcome == ReviewOutcome.RETURNED, s.claim_state.is_(None), s.completed_at.is_(None)),
        "waiting": s.awaiting_review,
    }
    shown = select(*s, *(kind.label(f"is_{name}") for name, kind in kinds.items()))
    by = (s.plan, s.owner_position, s.owner_code, s.due_before, s.position, s.id)
    return shown.where(visible(caller, standing), or_(*kinds.values())).order_by(*by)
