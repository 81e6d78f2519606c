"""Cycles: opening one creates its obligations; opening it again changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.holidays import observed, plan_of
from app.commands.owners import changes_by, resolved
from app.database.locks import lock
from app.database.statements import Row
from app.domain.calendar import CycleTerms, day_of
from app.domain.errors import CycleUnknown, NotFound
from app.models import Body, Cycle, Duty, DutyOwner, Obligation, Plan
from app.models.base import stable_id, table
from app.models.duty import Recurrence
from app.schemas.cycles import CycleDetail
from app.schemas.seed import CycleRules
from app.schemas.views import cycle_detail
from app.standing.cycles import cycles_of, deadlines_of
from app.standing.moment import Moment
from app.standing.refresh import refresh_held

cycles = table(Cycle)
OWNERS_A_DUTY = 1000
"""An obligation's position is its duty's times this, plus its owner's."""


async def open_cycle(connection: AsyncConnection, slug: str, code: str, *, now: datetime) -> CycleDetail:
    """Open a cycle of a plan and create its obligations; return the cycle as it stands.

    Raises:
        NotFound: there is no such plan.
        CycleUnknown: the plan has no such cycle, or it is more than a year ahead.
    """
    plan = (await connection.execute(select(table(Plan)).where(table(Plan).c.slug == slug))).mappings().first()
    if plan is None:
        raise NotFound
    await lock(connection, plan["id"].bytes)
    terms = cycle_row(slug, await _terms(connection, plan, code, now), now)
    added = await connection.execute(insert(cycles).values(terms).on_conflict_do_nothing())
    await events.tell(connection, [events.opened(terms)] * added.rowcount)
    cycle = dict((await connection.execute(select(cycles).where(cycles.c.id == terms["id"]))).mappings().one())
    if added.rowcount:
        await _create_obligations(connection, plan, cycle, now)
    return await shown(connection, slug, code, now)


async def _create_obligations(connection: AsyncConnection, plan: Row, cycle: Row, now: datetime) -> None:
    rows, slug = await _duties(connection, plan["id"]), plan["slug"]
    changes = await changes_by(connection, plan["id"], day_of(now, ZoneInfo(plan["time_zone"])))
    owed = list(obligation_rows(slug, cycle, rows | {"duty_owner": resolved(rows["duty_owner"], changes)}, now))
    if owed:
        await connection.execute(insert(table(Obligation)), owed)
    await refresh_held(connection, [row["id"] for row in owed], now)


async def held_cycle(connection: AsyncConnection, slug: str, code: str, now: datetime) -> RowMapping:
    """Return an open cycle as it stands now, and keep other acts on the plan's cycles out until the transaction ends.

    Raises:
        NotFound: there is no such plan, or no such cycle is open.
    """
    await lock(connection, (await plan_of(connection, slug)).bytes)
    row: RowMapping | None = (await connection.execute(cycles_of(slug, Moment(now), code))).mappings().first()
    if row is None:
        raise NotFound
    return row


async def shown(connection: AsyncConnection, slug: str, code: str, now: datetime) -> CycleDetail:
    """Return an open cycle as it stands now, as the wire shows it."""
    moment = Moment(now)
    row = (await connection.execute(cycles_of(slug, moment, code))).mappings().one()
    moved = (await connection.execute(deadlines_of(row, moment))).mappings().all()
    return cycle_detail(row, moved)


def cycle_row(slug: str, terms: CycleTerms, now: datetime) -> Row:
    """Return the row of a cycle."""
    ids = {"id": stable_id(slug, "cycle", terms.code), "plan_id": stable_id(slug)}
    return {**ids, **asdict(terms), "opened_at": now}


def obligation_rows(
    slug: str, cycle: Row, rows: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime
) -> Iterator[Row]:
    """Yield one obligation for each duty that the cycle asks for and each of its owners.

    `rows` holds the plan's `duty`, `duty_owner` and `body` rows; those of owners as they are resolved by then.
    """
    duties = {duty["id"]: duty for duty in rows["duty"] if is_owed(duty, cycle)}
    bodies = {body["id"]: body for body in rows["body"]}
    for owner in rows["duty_owner"]:
        if duty := duties.get(owner["duty_id"]):
            body = bodies[owner["body_id"]]
            yield {
                "id": stable_id(slug, "obligation", cycle["code"], duty["code"], body["code"]),
                "plan_id": cycle["plan_id"],
                "cycle_id": cycle["id"],
                "duty_id": duty["id"],
                "owner_id": body["id"],
                "body_id": body["group_id"] or body["id"],
                "position": duty["position"] * OWNERS_A_DUTY + owner["position"],
                "force": owner["force"],
                "lines": owner.get("lines") if duty["recurrence"] == Recurrence.ONCE else None,
                "due_before": cycle["due_before"],
                "version": 1,
                "updated_at": now,
            }


def is_owed(duty: Mapping[str, Any], cycle: Mapping[str, Any]) -> bool:
    """Say whether a cycle asks for a duty.

    A `once` duty is in every cycle: the standing leaves it out of those that begin after it was done.
    """
    match duty["recurrence"]:
        case Recurrence.ANNUAL:
            return bool(cycle["annual"])
        case Recurrence.CYCLE:
            return bool(cycle["code"] == duty["recurrence_cycle"])
        case _:
            return True


async def _terms(connection: AsyncConnection, plan: RowMapping, code: str, now: datetime) -> CycleTerms:
    marked, zone = await observed(connection, plan["id"]), ZoneInfo(plan["time_zone"])
    rules = CycleRules.model_validate(plan["cycle_rules"])
    terms = rules.terms(code, {day for day, off in marked.items() if off}, zone)
    today = day_of(now, zone)
    if terms is None or terms.starts_on > today.replace(year=today.year + 1, day=min(today.day, 28)):
        raise CycleUnknown
    return terms


async def _duties(connection: AsyncConnection, plan_id: UUID) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for model in (Duty, DutyOwner, Body):
        rows = await connection.execute(select(table(model)).where(table(model).c.plan_id == plan_id))
        found[table(model).name] = [dict(row) for row in rows.mappings()]
    return found
