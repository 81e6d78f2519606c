"""What a form is checked by before it is recorded."""

from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.statements import Statement, fetch_all
from app.models import Obligation, Plan
from app.models.base import table

obligations, plans = table(Obligation), table(Plan)


async def of_another_plan(connection: AsyncConnection, plan: str, ids: list[UUID]) -> set[UUID]:
    """Return which of some obligations belong to another plan than one."""
    return {row["id"] for row in await fetch_all(connection, _of_another_plan, plan=plan, ids=ids)}


def _of_another_plan(plan: str, ids: list[UUID]) -> Statement:
    found = select(obligations.c.id).join(plans, plans.c.id == obligations.c.plan_id)
    return found.where(among(obligations.c.id, "ids", ids), plans.c.slug != bindparam("plan", plan))
