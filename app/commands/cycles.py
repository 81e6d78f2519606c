"""Cycles: opening one creates its obligations; opening it again changes nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.holidays import days_off, plan_of
from app.commands.ordered_cycles import terms_of
from app.commands.owners import changes_by, resolved
from app.database.builders import rows_where
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_first, fetch_one, fetch_only, run_each, write_new_rows
from app.domain.calendar import CycleTerms, WorkingDays, day_of
from app.domain.errors import (
    AlreadyExists,
    CycleAhead,
    CycleOpeningAnnulled,
    CycleUnknown,
    Fault,
)
from app.models import Body, Cycle, Duty, DutyOwner, Obligation, Plan
from app.models.base import stable_id, table
from app.models.duty import Recurrence
from app.queries.cycle_acts import ever_opened
from app.schemas.cycles import CycleDetail, CycleIn
from app.schemas.seed import CycleRules
from app.schemas.views import cycle_detail
from app.standing.cycles import cycles_of, find_cycle
from app.standing.moment import Moment
from app.standing.refresh import refresh_held

cycles, plans = table(Cycle), table(Plan)
OWNERS_A_DUTY = 1000
"""An obligation's position is its duty's times this, plus its owner's."""


async def open_cycle(connection: AsyncConnection, slug: str, sent: CycleIn, *, now: datetime) -> CycleDetail:
    """Open a cycle of a plan, or one of its own kind, and create its obligations; return the cycle as it stands.

    Opening it again changes nothing.

    Raises:
        NotFound: there is no such plan.
        CycleUnknown, CycleAhead: the plan has no such cycle, or it is more than a year ahead.
        CycleCodeReserved, PeriodImpossible, DutyUnknown, DutyNotEveryCycle: no such cycle of its own kind can be.
        LetterDateImpossible, LetterNumberNeeded, DeadlineNotAfter: the letter does not order it: see `letters`.
        AlreadyExists: another cycle has this code.
        CycleOpeningAnnulled: it was opened, and that was annulled.
    """
    plan = await fetch_one(connection, rows_where, these=plans, slug=slug)
    await lock(connection, plan["id"].bytes)
    days = WorkingDays(await days_off(connection, plan["id"]), ZoneInfo(plan["time_zone"]))
    rows = await _duties(connection, plan["id"])
    terms = terms_of(plan, sent, rows["duty"], now) if sent.is_of_its_own_kind else _terms(plan, sent.code, days, now)
    await _refuse_annulled(connection, slug, sent.code, now)
    await _open(connection, slug, cycle_row(slug, terms, now), rows, days, now)
    return await shown(connection, slug, sent.code, now)


async def _refuse_annulled(connection: AsyncConnection, slug: str, code: str, now: datetime) -> None:
    opened = await fetch_first(connection, ever_opened, slug=slug, code=code)
    if opened and not await fetch_first(connection, cycles_of, slug=slug, moment=Moment(now), code=code):
        raise CycleOpeningAnnulled


async def _open(
    connection: AsyncConnection, slug: str, terms: Row, rows: dict[str, list[Row]], days: WorkingDays, now: datetime
) -> None:
    added = await write_new_rows(connection, cycles, [terms], "id")
    await events.tell(connection, [events.opened(terms)] * len(added))
    cycle = await fetch_only(connection, rows_where, these=cycles, id=terms["id"])
    if terms["title_vi"] and any(cycle[name] != terms[name] for name in terms if name != "opened_at"):
        raise AlreadyExists(None, Fault("/code", "names another cycle"))
    if added:
        await _create_obligations(connection, slug, cycle, rows, days, now)


async def _create_obligations(
    connection: AsyncConnection, slug: str, cycle: Row, rows: dict[str, list[Row]], days: WorkingDays, now: datetime
) -> None:
    changes = await changes_by(connection, cycle["plan_id"], day_of(now, days.zone))
    by_now = rows | {"duty_owner": resolved(rows["duty_owner"], changes)}
    owed = list(obligation_rows(slug, cycle, by_now, days, now))
    # The line of one is an array, which rows side by side cannot hold.
    await run_each(connection, insert(table(Obligation)), owed)
    await refresh_held(connection, [row["id"] for row in owed], now)


async def held_cycle(connection: AsyncConnection, slug: str, code: str, now: datetime) -> Row:
    """Return an open cycle as it stands now, and keep other acts on the plan's cycles out until the transaction ends.

    Raises:
        NotFound: there is no such plan, or no such cycle is open.
    """
    await lock(connection, (await plan_of(connection, slug)).bytes)
    return await fetch_one(connection, cycles_of, slug=slug, moment=Moment(now), code=code)


async def shown(connection: AsyncConnection, slug: str, code: str, now: datetime) -> CycleDetail:
    """Return an open cycle as it stands now, as the wire shows it."""
    return cycle_detail(*await find_cycle(connection, slug, code, Moment(now)))


def cycle_row(slug: str, terms: CycleTerms, now: datetime) -> Row:
    """Return the row of a cycle."""
    ids = {"id": stable_id(slug, "cycle", terms.code), "plan_id": stable_id(slug)}
    return {**ids, **asdict(terms), "opened_at": now}


def obligation_rows(
    slug: str, cycle: Row, rows: Mapping[str, Sequence[Mapping[str, Any]]], days: WorkingDays, now: datetime
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
                "due_before": _due(duty, cycle, days),
                "due_after_others_days": duty["due_after_others_days"],
                "updated_at": now,
            }


def _due(duty: Mapping[str, Any], cycle: Mapping[str, Any], days: WorkingDays) -> datetime:
    """Say when a duty is due in a cycle: what rests on the reports of others, some working days after these."""
    due_before: datetime = cycle["due_before"]
    resting = duty["due_after_others_days"]
    return days.after(due_before, resting)[-1] if resting else due_before


def is_owed(duty: Mapping[str, Any], cycle: Mapping[str, Any]) -> bool:
    """Say whether a cycle asks for a duty.

    A `once` duty is in every cycle: the standing leaves it out of those that begin after it was done.  A cycle of its
    own kind asks for the duties that it names, or for all that every cycle does.
    """
    if cycle["title_vi"]:
        every_cycle = duty["recurrence"] == Recurrence.EVERY_CYCLE
        return every_cycle and (cycle["duties"] is None or duty["code"] in cycle["duties"])
    match duty["recurrence"]:
        case Recurrence.ANNUAL:
            return bool(cycle["annual"])
        case Recurrence.CYCLE:
            return bool(cycle["code"] == duty["recurrence_cycle"])
        case _:
            return True


def _terms(plan: Row, code: str, days: WorkingDays, now: datetime) -> CycleTerms:
    terms = CycleRules.model_validate(plan["cycle_rules"]).terms(code, days.off, days.zone)
    if terms is None:
        raise CycleUnknown
    today = day_of(now, days.zone)
    if terms.starts_on > today.replace(year=today.year + 1, day=min(today.day, 28)):
        raise CycleAhead
    return terms


async def _duties(connection: AsyncConnection, plan_id: UUID) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for model in (Duty, DutyOwner, Body):
        found[table(model).name] = await fetch_all(connection, rows_where, these=table(model), plan_id=plan_id)
    return found
