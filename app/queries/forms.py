"""What a form to fill in holds: an owner's obligations in a cycle, and the targets of their duties."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.statements import Row, Statement, fetch_all
from app.domain.access import Caller
from app.domain.errors import NotFound
from app.models import Duty, Target
from app.models.base import table
from app.queries.obligations import visible
from app.queries.plans import plan_id_of
from app.standing.filters import Filters, within
from app.standing.moment import Moment
from app.standing.rule import standings
from app.standing.told import told

duties, targets_ = table(Duty), table(Target)


async def find_form(
    connection: AsyncConnection, caller: Caller, plan: str, cycle: str, owner: str, moment: Moment
) -> tuple[list[Row], list[str]]:
    """Return what an owner owes in a cycle, as far as the caller may see it, and the codes of the duties' targets.

    Raises:
        NotFound: it owes nothing.
    """
    asked = {"caller": caller, "plan": plan, "cycle": cycle, "owner": owner, "moment": moment}
    rows = await fetch_all(connection, owed, **asked)
    if not rows:
        raise NotFound
    codes = sorted({row["duty_code"] for row in rows})
    return rows, [row["code"] for row in await fetch_all(connection, targets, slug=plan, duty_codes=codes)]


def owed(caller: Caller, plan: str, cycle: str, owner: str, moment: Moment) -> Statement:
    """Select what an owner owes in a cycle, in the plan's order, as far as the caller may see it."""
    standing = standings(moment, within(Filters(plan=plan, cycle=cycle, owner=owner)))
    return (
        select(*told(caller, standing, moment))
        .where(visible(caller, standing))
        .order_by(standing.c.position, standing.c.id)
    )


def targets(slug: str, duty_codes: list[str]) -> Statement:
    """Select the codes of the targets that some duties have, in the plan's order."""
    return (
        select(targets_.c.code)
        .join(duties, duties.c.id == targets_.c.duty_id)
        .where(duties.c.plan_id == plan_id_of(slug), among(duties.c.code, "duty_codes", duty_codes))
        .order_by(duties.c.position, targets_.c.position)
    )
