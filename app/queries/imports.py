"""What a form is checked by before it is recorded."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from app.models import Obligation, Plan
from app.models.base import table
from app.queries.obligations import among

obligations, plans = table(Obligation), table(Plan)


def of_another_plan(plan: str, ids: Collection[UUID]) -> Select[tuple[Any]]:
    """Select which of some obligations belong to another plan than one."""
    found = select(obligations.c.id).join(plans, plans.c.id == obligations.c.plan_id)
    return found.where(among(obligations.c.id, ids), plans.c.slug != plan)
