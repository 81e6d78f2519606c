"""How many obligations stand where, and since when a plan has said the same."""

from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, select

from app.database.statements import Statement
from app.domain.access import Caller
from app.models import Body, ConditionDecision, Cycle, CycleDeadline, Extension, Obligation, Plan
from app.models.base import table
from app.models.redacted_views import facts_of
from app.queries.events import snapshot
from app.queries.obligations import visible
from app.queries.plans import plan_id_of
from app.standing.filters import Filters, within
from app.standing.moment import Moment
from app.standing.rule import standings

plans, bodies, cycles = table(Plan), table(Body), table(Cycle)
CHANGING_BY_THEMSELVES = (
    cycles.c.due_before,
    table(CycleDeadline).c.due_before,
    facts_of(Extension).c.due_before,
    facts_of(ConditionDecision).c.received_at,
)
"""Instants that can lie ahead of the act that named them, and at which a standing changes when nobody acts."""


def tally(caller: Caller, filters: Filters, moment: Moment) -> Statement:
    """Count obligations by cycle, owner, status and judgement."""
    by = ("cycle_id", "owner_id", "body_id", "status", "judged")
    standing = standings(moment, within(filters), shown=(*by, "duty_id"))
    counted = [standing.c[name] for name in by]
    return select(*counted, func.count().label("count")).where(visible(caller, standing)).group_by(*counted)


def bodies_of(slug: str) -> Statement:
    """Select a plan's bodies in order."""
    shown = (bodies.c[name] for name in ("id", "no", "code", "name", "force", "group_id"))
    return select(*shown).where(bodies.c.plan_id == plan_id_of(slug)).order_by(bodies.c.position)


def last_change(slug: str, moment: Moment) -> Statement:
    """Find the last instant, up to a moment, at which a plan's standing changed, and the next one that is known of.

    The snapshot says of what else this was found: see `events.changed_since`.  What it holds is `ahead` of the moment
    when somebody has acted since, by the clock of this process or another: an answer as of the moment leaves it out.
    """
    acted = (
        _of_plan(func.max, table(Obligation).c.updated_at),
        _of_plan(func.max, cycles.c.opened_at),
    )
    passed = (_of_plan(func.max, due, due <= moment.as_of_bind) for due in CHANGING_BY_THEMSELVES)
    changed = func.greatest(*acted, *passed)
    next_due = func.least(*(_of_plan(func.min, due, due > moment.as_of_bind) for due in CHANGING_BY_THEMSELVES))
    shown = {
        "plan_id": plans.c.id,
        "time_zone": plans.c.time_zone,
        "snapshot": snapshot(),
        "ahead": func.greatest(*acted) > moment.as_of_bind,
        "changed_at": func.least(changed, moment.as_of_bind),
        "next_due": next_due,
    }
    named = plans.c.slug == bindparam("slug", slug, String())
    return select(*(column.label(name) for name, column in shown.items())).where(named)


def _of_plan(pick: Any, instant: Any, *conditions: ColumnElement[bool]) -> Any:
    """Pick one of a plan's instants; one query a table, so that an index can give it at once."""
    return select(pick(instant)).where(instant.table.c.plan_id == plans.c.id, *conditions).scalar_subquery()
