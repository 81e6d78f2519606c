"""On which day a body came that the plan does not name: by a succession, a membership or a naming that counts."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, func, or_, select

from app.database.statements import Statement
from app.models import Membership, PartnerNaming, Succession, SuccessionDecision, SuccessionPart
from app.models.base import table
from app.standing.moment import Moment

successions, decisions, parts = table(Succession), table(SuccessionDecision), table(SuccessionPart)
memberships, namings = table(Membership), table(PartnerNaming)


def joined_on(body: FromClause, moment: Moment) -> ColumnElement[Any]:
    """Return the day on which a body of the query around it came; null when it came by nothing that counts."""
    by_letter = _first(memberships, memberships.c.member_id, memberships.c.from_on, body, moment)
    by_naming = _first(namings, namings.c.body_id, namings.c.decided_on, body, moment)
    return func.least(_succeeding_since(body, moment), by_letter.scalar_subquery(), by_naming.scalar_subquery())


def is_there(body: FromClause, moment: Moment) -> ColumnElement[bool]:
    """Say whether a body is known at a moment: the plan names it, or it has come since by something that counts."""
    return moment.knows(body) & or_(body.c.joined_on.is_(None), joined_on(body, moment).is_not(None))


def _first(
    act: FromClause, whose: ColumnElement[Any], day: ColumnElement[Any], body: FromClause, moment: Moment
) -> Statement:
    found = select(func.min(day)).where(act.c.plan_id == body.c.plan_id, whose == body.c.id)
    return found.where(moment.knows(act), moment.counts(act)).correlate(body)


def _succeeding_since(body: FromClause, moment: Moment) -> ColumnElement[Any]:
    return (
        select(func.min(successions.c.effective_on))
        .join(decisions, decisions.c.succession_id == successions.c.id)
        .join(parts, parts.c.succession_id == successions.c.id)
        .where(parts.c.successor_id == body.c.id, moment.knows(decisions), moment.counts(decisions))
        .correlate(body)
        .scalar_subquery()
    )
