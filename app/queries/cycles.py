"""Which cycles plans have, by their codes, beside which they should have."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, select

from app.database.statements import Statement
from app.models import Cycle, Plan
from app.models.base import table
from app.standing.moment import Moment

plans, cycles = table(Plan), table(Cycle)
RULES = ("slug", "time_zone", "cycle_rules")


def ever_opened() -> Statement:
    """Select all plans with their rules and the codes of the cycles that were ever opened, annulled or not."""
    return select(*(plans.c[name] for name in RULES), _codes().label("codes")).order_by(plans.c.slug)


def opened_by(slug: str, known_at: datetime | None) -> Statement:
    """Select a plan's rules and the codes of the cycles that are open, as far as was known at an instant, or is now."""
    # A cycle is opened, not received: as of when makes no difference.
    moment = Moment(datetime.max.replace(tzinfo=UTC), known_at)
    codes = _codes(moment.knows(cycles), moment.counts(cycles)).label("codes")
    return select(*(plans.c[name] for name in RULES), codes).where(plans.c.slug == bindparam("slug", slug, String()))


def _codes(*conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    found = select(cycles.c.code).where(cycles.c.plan_id == plans.c.id, *conditions)
    return func.array(found.scalar_subquery())
