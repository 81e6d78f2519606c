"""Obligations by what names them in a file or a report, instead of their ids."""

from collections.abc import Awaitable, Collection

from sqlalchemy import ARRAY, String, and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, Statement, fetch_all
from app.models import Body, Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.standing.moment import Moment
from app.standing.ownership import ended, owner_of

bodies = table(Body)
Key = tuple[str, str, str, str]
"""What names an obligation: the codes of its plan, cycle, duty and owner."""
CODES = ("plans", "cycles", "duties", "owners")


def fetch_named(connection: AsyncConnection, keys: Collection[Key], moment: Moment) -> Awaitable[list[Row]]:
    """Return the ids of the obligations that answer to some keys, with the codes of each."""
    codes = {name: [key[n] for key in keys] for n, name in enumerate(CODES)}
    return fetch_all(connection, named, **codes, moment=moment)


def named(moment: Moment, **codes: list[str]) -> Statement:
    """Select the ids of the obligations that answer to a plan, cycle, duty and owner, and these four codes.

    The owner is the one in force.  Where none such is left, it is the one for whom it was opened: whoever reports from
    an old list is told of what became of it.
    """
    obligations, plans, cycles, duties = (table(model) for model in (Obligation, Plan, Cycle, Duty))
    keys = (bindparam(name, codes[name], ARRAY(String())) for name in CODES)
    k = func.unnest(*keys).table_valued("plan", "cycle", "duty", "owner", name="key").render_derived().c
    in_force = and_(owner_of(obligations, moment) == bodies.c.id, ~ended(obligations, moment))
    owed = and_(
        obligations.c.plan_id == plans.c.id,
        obligations.c.cycle_id == cycles.c.id,
        obligations.c.duty_id == duties.c.id,
        or_(obligations.c.owner_id == bodies.c.id, in_force),
    )
    found = (
        select(obligations.c.id, k.plan, k.cycle, k.duty, k.owner, in_force.label("in_force"))
        .join(plans, plans.c.slug == k.plan)
        .join(cycles, and_(cycles.c.plan_id == plans.c.id, cycles.c.code == k.cycle))
        .join(duties, and_(duties.c.plan_id == plans.c.id, duties.c.code == k.duty))
        .join(bodies, and_(bodies.c.plan_id == plans.c.id, bodies.c.code == k.owner))
        .join(obligations, owed)
        .subquery("found")
    )
    names = [found.c[name] for name in ("plan", "cycle", "duty", "owner")]
    owing = func.bool_or(found.c.in_force).over(partition_by=names).label("owing")
    ranked = select(*found.c, owing).subquery("ranked")
    shown = (ranked.c[name] for name in ("id", "plan", "cycle", "duty", "owner"))
    return select(*shown).where(ranked.c.in_force == ranked.c.owing).order_by(ranked.c.id)
