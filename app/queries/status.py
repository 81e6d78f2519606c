"""How many obligations stand where, and since when a plan has said the same."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all

from app.domain.access import Caller
from app.models import Body, Cycle, Extension, Obligation, Plan
from app.models.base import table
from app.queries.facts import Moment
from app.queries.obligations import Filters, visible, within
from app.queries.plans import plan_id_of
from app.queries.standing import standings

plans, bodies, cycles = table(Plan), table(Body), table(Cycle)
AnyRow = Select[*tuple[Any, ...]]


def tally(caller: Caller, filters: Filters, moment: Moment) -> AnyRow:
    """Count obligations by cycle, owner and status."""
    standing = standings(moment, within(filters))
    by = [standing.c[name] for name in ("cycle_id", "owner_id", "body_id", "status")]
    return select(*by, func.count().label("count")).where(visible(caller, standing)).group_by(*by)


def bodies_of(slug: str) -> AnyRow:
    """Select a plan's bodies in order."""
    shown = (bodies.c[name] for name in ("id", "no", "code", "name", "force", "group_id"))
    return select(*shown).where(bodies.c.plan_id == plan_id_of(slug)).order_by(bodies.c.position)


def cycles_of(slug: str, code: str | None) -> AnyRow:
    """Select a plan's open cycles by deadline, or one of them."""
    found = select(cycles.c.id, cycles.c.code, cycles.c.due_before).where(cycles.c.plan_id == plan_id_of(slug))
    chosen = found if code is None else found.where(cycles.c.code == code)
    return chosen.order_by(cycles.c.due_before, cycles.c.code)


def last_change(slug: str, moment: Moment) -> AnyRow:
    """Find the last instant, up to a moment, at which a plan's standing changed, and the next deadline after it."""
    obligations, extensions, plan_id = table(Obligation), table(Extension), plans.c.id
    deadlines = [
        select(source.c.due_before.label("at")).where(source.c.plan_id == plan_id) for source in (cycles, extensions)
    ]
    due = union_all(*(deadline.correlate(plans) for deadline in deadlines)).subquery()
    acts = select(func.max(obligations.c.updated_at)).where(obligations.c.plan_id == plan_id)
    opened = select(func.max(cycles.c.opened_at)).where(cycles.c.plan_id == plan_id)
    passed, coming = due.c.at <= moment.as_of_bind, due.c.at > moment.as_of_bind

    def among(pick: Any, condition: ColumnElement[bool]) -> Any:
        return select(pick(due.c.at)).where(condition).scalar_subquery()

    changed = func.greatest(acts.scalar_subquery(), opened.scalar_subquery(), among(func.max, passed))
    return select(
        func.least(changed, moment.as_of_bind).label("changed_at"), among(func.min, coming).label("next_due")
    ).where(plans.c.slug == slug)
