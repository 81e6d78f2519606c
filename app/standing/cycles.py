"""Cycles as they stood at a moment: the deadline in force, and whether they had been closed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, String, Uuid, and_, bindparam, cast, func, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, Statement, fetch_all, fetch_one
from app.models import Cycle, CycleDeadline, Holiday, Plan, Seal
from app.models.base import table
from app.standing.moment import Moment, Source, latest, order_of

plans, cycles, deadlines, seals, holidays = (table(model) for model in (Plan, Cycle, CycleDeadline, Seal, Holiday))
TERMS = (
    *("id", "plan_id", "code", "annual", "starts_on", "ends_on", "opened_at", "recorded_at"),
    *("title_vi", "title_en", "document_number", "decided_on", "duties"),
)


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


async def find_cycle(connection: AsyncConnection, slug: str, code: str, moment: Moment) -> tuple[Row, list[Row]]:
    """Return an open cycle of a plan, and every act that moved or confirmed its deadline.

    Raises:
        NotFound: there is no such plan, or no such cycle is open.
    """
    cycle = await fetch_one(connection, cycles_of, slug=slug, moment=moment, code=code)
    ids = {"plan_id": cycle["plan_id"], "cycle_id": cycle["id"]}
    return cycle, await fetch_all(connection, deadlines_of, **ids, moment=moment)


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
            *basis_of(moment),
            *(moved.c[name].label(f"moved_{name}") for name in ("reason", "document_number", "decided_on")),
            or_(cycles.c.confirmed, moved.c.id.is_not(None)).label("confirmed"),
            moved.c.id.label("moved_by"),
            seals.c.id.label("seal_id"),
            seals.c.received_at.label("closed_at"),
            seals.c.known_at.label("sealed_known_at"),
            seals.c.digest,
        )
        .join(plans, plans.c.id == cycles.c.plan_id)
        .outerjoin(moved, true())
        .outerjoin(seals, sealed)
        .where(plans.c.slug == bindparam("slug", slug, String()), moment.knows(cycles), moment.counts(cycles))
        .order_by(due_before, cycles.c.code)
    )
    return found if code is None else found.where(cycles.c.code == bindparam("code", code, String()))


def basis_of(moment: Moment) -> list[ColumnElement[Any]]:
    """Say where the first deadline of a cycle comes from, and which days of its count were marked as off since."""
    return [cycles.c.basis, cycles.c.basis_vi, _off_since(moment).label("off_since")]


def _off_since(moment: Moment) -> ColumnElement[Any]:
    """List the days between a period and its first deadline that were marked as off once this had been counted."""
    until = cast(func.timezone(plans.c.time_zone, cycles.c.due_before), Date())
    marks = select(holidays.c.observed_on, holidays.c.observed).where(
        holidays.c.plan_id == cycles.c.plan_id,
        holidays.c.observed_on > cycles.c.ends_on,
        holidays.c.observed_on < until,
        holidays.c.recorded_at > cycles.c.recorded_at,
        moment.knows(holidays),
    )
    order = (holidays.c.observed_on, holidays.c.recorded_at.desc(), holidays.c.id.desc())
    last = marks.ext(distinct_on(holidays.c.observed_on)).order_by(*order).correlate(cycles, plans).subquery("marks")
    return select(func.array_agg(last.c.observed_on)).where(last.c.observed).scalar_subquery()


def counted_over(plan_id: UUID, day: date, moment: Moment) -> Statement:
    """Select the codes of the open cycles whose default deadline is in force and was counted over a day."""
    given = bindparam("day", day, Date())
    moved = deadline_of(cycles.c.plan_id, cycles.c.id, moment).correlate(cycles)
    closed = select(seals.c.id).where(
        seals.c.plan_id == cycles.c.plan_id, seals.c.cycle_id == cycles.c.id, moment.sees(seals)
    )
    until = cast(func.timezone(plans.c.time_zone, cycles.c.due_before), Date())
    return (
        select(cycles.c.code)
        .join(plans, plans.c.id == cycles.c.plan_id)
        .where(cycles.c.plan_id == bindparam("plan_id", plan_id, Uuid()), cycles.c.annual, moment.counts(cycles))
        .where(cycles.c.ends_on < given, until > given, ~moved.exists(), ~closed.exists())
        .order_by(cycles.c.due_before)
    )


def deadlines_of(plan_id: UUID, cycle_id: UUID, moment: Moment) -> Statement:
    """Select every act that moved or confirmed the deadline of a cycle, in order."""
    of_plan = deadlines.c.plan_id == bindparam("plan_id", plan_id)
    mine = and_(of_plan, deadlines.c.cycle_id == bindparam("cycle_id", cycle_id))
    return select(*deadlines.c).where(mine, moment.sees(deadlines)).order_by(*order_of(deadlines))
