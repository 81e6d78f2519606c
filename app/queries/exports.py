"""Exports: all that a list holds, page by page.

A page is found among obligations alone, by an index in the plan's order, before any history is read: so each page is a
short read of its own, and the last of a million costs no more than the first.
"""

from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, func, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.keyset import KeysetCursor
from app.database.statements import Statement, fetch_all
from app.domain.access import Caller, Permission
from app.models import Body, Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.queries.obligations import visible
from app.queries.plans import plan_id_of
from app.standing.filters import Filters, matching, within
from app.standing.moment import Moment
from app.standing.reach import reachable
from app.standing.rule import named, owners, standings
from app.standing.told import told

plans, bodies, cycles, duties, obligations = (table(model) for model in (Plan, Body, Cycle, Duty, Obligation))


async def called(connection: AsyncConnection, plan: str | None, codes: list[str]) -> dict[str | None, str]:
    """Return what a plan and some bodies are called by whoever reads, by what they are called here."""
    rows = await fetch_all(connection, _names, slug=plan, codes=codes)
    return {row["code"]: row["name"] for row in rows}


def _names(slug: str | None, codes: list[str]) -> Statement:
    of_bodies = select(bodies.c.code, bodies.c.name).where(among(bodies.c.code, "codes", codes))
    if slug is None:
        return of_bodies
    of_plan = select(plans.c.slug.label("code"), plans.c.number.label("name")).where(plans.c.id == plan_id_of(slug))
    both = union_all(of_plan, of_bodies.where(bodies.c.plan_id == plan_id_of(slug))).subquery("called")
    return select(*both.c)


def parts(plan: str | None, cycle: str | None) -> Statement:
    """Select the cycles to walk through, by deadline, and until when what is recorded is known to all pages."""
    found = select(cycles.c.plan_id, cycles.c.id.label("cycle_id"), func.clock_timestamp().label("recorded_until"))
    named = {"plan": (plans.c.slug, plan), "cycle": (cycles.c.code, cycle)}
    return (
        found.join(plans, plans.c.id == cycles.c.plan_id)
        .where(*(column == bindparam(name, code) for name, (column, code) in named.items() if code is not None))
        .order_by(plans.c.slug, cycles.c.due_before, cycles.c.code)
    )


def page(
    caller: Caller,
    filters: Filters,
    plan_id: UUID,
    cycle_id: UUID,
    moment: Moment,
    after: KeysetCursor | None,
    limit: int,
) -> Statement:
    """Select the next obligations of a cycle in the plan's order, with the codes that name them."""
    o, (source, ownership) = obligations.c, named(moment)
    shown = (o.id, o.position, plans.c.slug.label("plan"), cycles.c.code.label("cycle"), duties.c.code.label("duty"))
    found = (
        select(*shown, owners.c.code.label("owner"), owners.c.name.label("owner_name"))
        .select_from(source)
        .where(
            o.plan_id == bindparam("plan_id", plan_id, Uuid()), o.cycle_id == bindparam("cycle_id", cycle_id, Uuid())
        )
        .where(within(filters))
        .where(reachable(caller, Permission.READ_STANDING, obligations, ownership.owner_id))
    )
    if after is not None:
        found = found.where(tuple_(o.position, o.id) > after.row((o.position, o.id)))
    return found.order_by(o.position, o.id).limit(bindparam("limit", limit, Integer()))


def rows(caller: Caller, filters: Filters, ids: list[UUID], moment: Moment) -> Statement:
    """Select those obligations of a page that match, with their standing, in the plan's order."""
    standing = standings(moment, among(obligations.c.id, "ids", ids), ended=filters.ended)
    found = select(*told(caller, standing, moment)).where(visible(caller, standing), *matching(standing, filters))
    return found.order_by(standing.c.position, standing.c.id)
