"""The calendar of a plan: what was recorded last of each day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, extract, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.database.builders import equal
from app.database.statements import Statement
from app.models import Holiday
from app.models.base import table
from app.queries.plans import plan_id_of

holidays = table(Holiday)


def marks(plan_id: UUID) -> Statement:
    """Select the last mark of every day that anybody has marked; `observed` says whether the day is off."""
    return _last(equal(holidays, plan_id=plan_id), None)


def _last(of_plan: ColumnElement[bool], known_at: datetime | None) -> Statement:
    found = select(*holidays.c).where(of_plan)
    known = found if known_at is None else found.where(holidays.c.recorded_at <= bindparam("known_at", known_at))
    return known.ext(distinct_on(holidays.c.observed_on)).order_by(
        holidays.c.observed_on, holidays.c.recorded_at.desc(), holidays.c.id.desc()
    )


def days_off(slug: str, year: int | None, known_at: datetime | None) -> Statement:
    """Select a plan's days off, of a year or of all, in order."""
    last = _last(holidays.c.plan_id == plan_id_of(slug), known_at).subquery("last")
    found = select(*last.c).where(last.c.observed).order_by(last.c.observed_on)
    if year is None:
        return found
    return found.where(extract("year", last.c.observed_on) == bindparam("year", year))


def marks_of(slug: str, day: date) -> Statement:
    """Select everything that was ever recorded of one day, in order."""
    return (
        select(*holidays.c)
        .where(holidays.c.plan_id == plan_id_of(slug), holidays.c.observed_on == bindparam("day", day))
        .order_by(holidays.c.recorded_at, holidays.c.id)
    )
