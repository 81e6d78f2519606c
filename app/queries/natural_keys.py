"""Obligations by what names them in a file or a report, instead of their ids."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Select, String, and_, func, literal, or_, select

from app.models import Body, Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.standing.moment import Moment
from app.standing.ownership import owner_of

bodies = table(Body)
Key = tuple[str, str, str, str]
"""What names an obligation: the codes of its plan, cycle, duty and owner."""


def named(keys: Collection[Key], moment: Moment) -> Select[Any]:
    """Select the ids of obligations by plan, cycle, duty and owner, and these four codes.

    The owner is the one that the plan names.  Where it names no such owner, it is the one in force, if that is clear: a
    body can have succeeded several owners of the same duty.
    """
    obligations, plans, cycles, duties = (table(model) for model in (Obligation, Plan, Cycle, Duty))
    codes = [literal([key[n] for key in keys], ARRAY(String)) for n in range(4)]
    k = func.unnest(*codes).table_valued("plan", "cycle", "duty", "owner", name="key").render_derived().c
    by_plan = obligations.c.owner_id == bodies.c.id
    owed = and_(
        obligations.c.plan_id == plans.c.id,
        obligations.c.cycle_id == cycles.c.id,
        obligations.c.duty_id == duties.c.id,
        or_(by_plan, owner_of(obligations, moment) == bodies.c.id),
    )
    found = (
        select(obligations.c.id, k.plan, k.cycle, k.duty, k.owner, by_plan.label("by_plan"))
        .join(plans, plans.c.slug == k.plan)
        .join(cycles, and_(cycles.c.plan_id == plans.c.id, cycles.c.code == k.cycle))
        .join(duties, and_(duties.c.plan_id == plans.c.id, duties.c.code == k.duty))
        .join(bodies, and_(bodies.c.plan_id == plans.c.id, bodies.c.code == k.owner))
        .join(obligations, owed)
        .subquery("found")
    )
    same = [found.c[name] for name in ("plan", "cycle", "duty", "owner")]
    clear = func.count().over(partition_by=[*same, found.c.by_plan]) == 1
    planned = func.bool_or(found.c.by_plan).over(partition_by=same)
    ranked = select(*found.c, clear.label("clear"), planned.label("planned")).subquery("ranked")
    names = (ranked.c[name] for name in ("id", "plan", "cycle", "duty", "owner"))
    return select(*names).where(ranked.c.clear, ranked.c.by_plan == ranked.c.planned)
