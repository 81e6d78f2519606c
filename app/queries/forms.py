"""What a form to fill in holds: an owner's obligations in a cycle, and the targets of their duties."""

from collections.abc import Collection

from sqlalchemy import select

from app.database.statements import Statement
from app.domain.access import Caller
from app.models import Duty, Target
from app.models.base import table
from app.queries.obligations import visible
from app.queries.plans import plan_id_of
from app.standing.filters import Filters, within
from app.standing.moment import Moment
from app.standing.rule import standings

duties, targets_ = table(Duty), table(Target)


def owed(caller: Caller, plan: str, cycle: str, owner: str, moment: Moment) -> Statement:
    """Select what an owner owes in a cycle, in the plan's order, as far as the caller may see it."""
    standing = standings(moment, within(Filters(plan=plan, cycle=cycle, owner=owner)))
    return select(*standing.c).where(visible(caller, standing)).order_by(standing.c.position, standing.c.id)


def targets(plan: str, duty_codes: Collection[str]) -> Statement:
    """Select the codes of the targets that some duties have, in the plan's order."""
    return (
        select(targets_.c.code)
        .join(duties, duties.c.id == targets_.c.duty_id)
        .where(duties.c.plan_id == plan_id_of(plan), duties.c.code.in_(duty_codes))
        .order_by(duties.c.position, targets_.c.position)
    )
