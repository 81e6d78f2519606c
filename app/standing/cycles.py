"""Cycles as they stood at a moment: the deadline in force, and whether they had been closed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, func, or_, select, true

from app.database.statements import Statement
from app.models import Cycle, CycleDeadline, Plan, Seal
from app.models.base import table
from app.standing.moment import Moment, Source, latest, order_of

plans, cycles, deadlines, seals = (table(model) for model in (Plan, Cycle, CycleDeadline, Seal))
TERMS = ("id", "plan_id", "code", "annual", "starts_on", "ends_on", "opened_at")


def deadline_of(plan_id: ColumnElement[Any], cycle_id: ColumnElement[Any], moment: Moment) -> Statement:
    """Select the last act that moved the deadline of a cycle, or confirmed it."""
    found = select(*deadlines.c).where(
        deadlines.c.plan_id == plan_id, deadlines.c.cycle_id == cycle_id, moment.sees(deadlines)
    )
    return latest(found, deadlines)


def due_in_cycle(obligation: Source, moved: Source) -> ColumnElement[datetime]:
    """Say when an obligation is due by the deadline of its cycle, which a letter may have moved.

    What rests on the reports of others is due some working days later, as they were counted with that deadline.
    """
    rests = moved.c.working_days[obligation.c.due_after_others_days]
    return func.coalesce(rests, moved.c.due_before, obligation.c.due_before)


def cycles_of(slug: str, moment: Moment, code: str | None = None) -> Statement:
    """Select a plan's open cycles by deadline, or one of them, each with the deadline in force and its seal."""
    moved = deadline_of(cycles.c.plan_id, cycles.c.id, moment).correlate(cycles).lateral("moved")
    due_before = func.coalesce(moved.c.due_before, cycles.c.due_before)
    sealed = (seals.c.plan_id == cycles.c.plan_id) & (seals.c.cycle_id == cycles.c.id) & moment.sees(seals)
    found = (
        select(
            *(cycles.c[name] for name in TERMS),
            plans.c.time_zone,
            plans.c.issued_on,
            cycles.c.due_before.label("original_due_before"),
            due_before.label("due_before"),
            func.coalesce(moved.c.reason, cycles.c.basis).label("basis"),
            or_(cycles.c.confirmed, moved.c.id.is_not(None)).label("confirmed"),
            seals.c.received_at.label("closed_at"),
            seals.c.digest,
        )
        .join(plans, plans.c.id == cycles.c.plan_id)
        .outerjoin(moved, true())
        .outerjoin(seals, sealed)
        .where(plans.c.slug == bindparam("slug", slug, String()))
        .order_by(due_before, cycles.c.code)
    )
    return found if code is None else found.where(cycles.c.code == bindparam("code", code, String()))


def deadlines_of(cycle: Any, moment: Moment) -> Statement:
    """Select every act that moved or confirmed the deadline of a cycle, in order."""
    mine = (deadlines.c.plan_id == cycle["plan_id"], deadlines.c.cycle_id == cycle["id"])
    return select(*deadlines.c).where(*mine, moment.sees(deadlines)).order_by(*order_of(deadlines))
