"""Which closed cycles an act on an obligation touches: its own and, of a duty owed once, all that its line is in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from app.database.builders import among
from app.database.statements import Statement
from app.models import Duty, Obligation, Seal
from app.models.base import table
from app.models.duty import Recurrence
from app.standing.moment import Moment, Source
from app.standing.once import same_line

seals, obligations, duties = table(Seal), table(Obligation), table(Duty)
line = obligations.alias("of_line")


def closed_at(obligation: Source, duty: Source, moment: Moment) -> ColumnElement[datetime | None]:
    """Say when the last of the cycles that an obligation of the query around it touches was closed, if one was."""
    found = select(func.max(seals.c.received_at)).where(_touched(obligation, duty, moment))
    return found.correlate(obligation, duty).scalar_subquery()


def closed_cycles_of(ids: list[UUID], moment: Moment) -> Statement:
    """Select, for each of some obligations, the closed cycles that an act on it touches."""
    touched = _named().join(seals, _touched(obligations, duties, moment))
    found = select(obligations.c.id.label("obligation_id"), seals.c.cycle_id).select_from(touched)
    return found.where(among(obligations.c.id, "ids", ids))


def lines_of(ids: list[UUID]) -> Statement:
    """Select, for each of some obligations, its id and, of a duty owed once, those of its line."""
    of_line = _named().join(line, _of_line(obligations, duties))
    found = select(obligations.c.id.label("obligation_id"), line.c.id).select_from(of_line)
    return found.where(among(obligations.c.id, "ids", ids))


def _named() -> FromClause:
    return obligations.join(duties, duties.c.id == obligations.c.duty_id)


def _touched(obligation: Source, duty: Source, moment: Moment) -> ColumnElement[bool]:
    cycle_ids = select(line.c.cycle_id).where(_of_line(obligation, duty)).correlate(obligation, duty)
    return and_(seals.c.plan_id == obligation.c.plan_id, moment.sees(seals), seals.c.cycle_id.in_(cycle_ids))


def _of_line(obligation: Source, duty: Source) -> ColumnElement[bool]:
    once = and_(duty.c.recurrence == Recurrence.ONCE, same_line(obligation, line))
    return or_(line.c.id == obligation.c.id, once)
