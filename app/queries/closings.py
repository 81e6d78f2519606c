"""Which closed cycles an act on an obligation touches: its own and, of a duty owed once, all that its line is in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Uuid, and_, bindparam, func, or_, select

from app.database.statements import Statement
from app.models import Duty, Obligation, Seal
from app.models.base import table
from app.models.duty import Recurrence
from app.standing.moment import Moment, Source

seals, obligations, duties = table(Seal), table(Obligation), table(Duty)
line = obligations.alias("of_line")


def closed_at(obligation: Source, duty: Source, moment: Moment) -> ColumnElement[datetime | None]:
    """Say when the last of the cycles that an obligation of the query around it touches was closed, if one was."""
    found = select(func.max(seals.c.received_at)).where(_touched(obligation, duty, moment))
    return found.correlate(obligation, duty).scalar_subquery()


def closed_cycles_of(obligation_id: UUID, moment: Moment) -> Statement:
    """Select the closed cycles that an act on an obligation touches."""
    found = select(seals.c.cycle_id).select_from(_named()).join(seals, _touched(obligations, duties, moment))
    return found.where(obligations.c.id == bindparam("obligation_id", obligation_id, Uuid()))


def line_of(obligation_id: UUID) -> Statement:
    """Select the ids of an obligation and, of a duty owed once, of those of its line."""
    found = select(line.c.id).select_from(_named()).join(line, _of_line(obligations, duties))
    return found.where(obligations.c.id == bindparam("obligation_id", obligation_id, Uuid()))


def _named() -> FromClause:
    return obligations.join(duties, duties.c.id == obligations.c.duty_id)


def _touched(obligation: Source, duty: Source, moment: Moment) -> ColumnElement[bool]:
    of_line = _of_line(obligation, duty)
    cycle_ids = select(line.c.cycle_id).where(of_line).correlate(obligation, duty)
    return and_(seals.c.plan_id == obligation.c.plan_id, moment.sees(seals), seals.c.cycle_id.in_(cycle_ids))


def _of_line(obligation: Source, duty: Source) -> ColumnElement[bool]:
    same = and_(*(line.c[name] == obligation.c[name] for name in ("plan_id", "duty_id", "owner_id")))
    return or_(line.c.id == obligation.c.id, and_(duty.c.recurrence == Recurrence.ONCE, same))
