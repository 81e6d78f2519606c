"""Deadlines of whole cycles: a letter moves one, earlier or later, or confirms it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Update, Uuid, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import assurances, events, letters
from app.commands.assurances import Assured
from app.commands.closings import keep_letter_of, refuse_sealed
from app.commands.cycles import held_cycle, shown
from app.commands.holidays import days_off
from app.commands.obligations import touched_at
from app.commands.transfers import carry_over
from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.calendar import WorkingDays, start_of
from app.models import CycleDeadline, Obligation
from app.models.base import new_id, table
from app.schemas.cycles import CycleDeadlineIn, CycleDetail
from app.standing.cycles import cycles_of
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot

obligations = table(Obligation)


async def move(
    connection: AsyncConnection, caller: Caller, slug: str, code: str, sent: CycleDeadlineIn, *, now: datetime
) -> CycleDetail:
    """Record a letter that moves the deadline of a cycle for all its obligations; the same day confirms it.

    It moves the deadline that was in force when it was decided, as is known now.

    Raises:
        NotFound: there is no such plan, or no such cycle is open.
        LetterNeeded: the cycle is closed, and no letter reopens it.
        LetterDateImpossible, LetterNumberNeeded, LetterDecidedTooLate, DeadlineNotAfter: see `letters`.
    """
    cycle = await held_cycle(connection, slug, code, now)
    refuse_sealed(caller, cycle["closed_at"], sent.reopened_by)
    letter = _dated(sent, cycle, now)
    then = await fetch_one(connection, cycles_of, slug=slug, moment=Moment(letter.received_at), code=code)
    due_before = start_of(sent.due_before_on, letter.zone)
    if due_before != then["due_before"]:
        letter.refuse_late(then["due_before"])
        letter.refuse_passed(sent.due_before_on, earlier=due_before < then["due_before"])
    # They are held before their facts are, as by every other act.
    touched = [row["id"] for row in await fetch_all(connection, touching, cycle_id=cycle["id"], now=now)]
    act_id = await _write(connection, caller, cycle, letter, sent)
    if cycle["closed_at"] and sent.reopened_by:
        await keep_letter_of(connection, caller, cycle["plan_id"], [cycle["id"]], act_id, sent.reopened_by, now=now)
    await carry_over(connection, cycle["plan_id"], now=now, only=touched)
    await refresh_snapshot(connection, touched, now)
    return await shown(connection, slug, code, now)


async def _write(
    connection: AsyncConnection, caller: Caller, cycle: Row, letter: letters.Letter, sent: CycleDeadlineIn
) -> UUID:
    due_before = start_of(sent.due_before_on, letter.zone)
    row = {
        "id": new_id(),
        "plan_id": cycle["plan_id"],
        "cycle_id": cycle["id"],
        "client_id": caller.client_id,
        "received_at": letter.received_at,
        "decided_on": letter.decided_on,
        "due_before": due_before,
        "working_days": await working_days_after(connection, cycle, due_before),
        **sent.model_dump(include={"reason", "document_number"}),
    }
    await events.write(connection, CycleDeadline, [row])
    act_id: UUID = row["id"]
    said = Assured(act_id=act_id, plan_id=cycle["plan_id"], reason=sent.not_personal_reason)
    await assurances.keep(connection, caller, [said], now=letter.received_at)
    return act_id


def _dated(sent: CycleDeadlineIn, cycle: Row, now: datetime) -> letters.Letter:
    zone = ZoneInfo(cycle["time_zone"])
    return letters.dated(sent.decided_on, sent.document_number, issued_on=cycle["issued_on"], zone=zone, now=now)


def touching(cycle_id: UUID, now: datetime) -> Update:
    """Say of all obligations of a cycle that they are acted on, which holds them."""
    mine = update(obligations).where(obligations.c.cycle_id == bindparam("cycle_id", cycle_id, Uuid()))
    return mine.values(updated_at=touched_at(now)).returning(obligations.c.id)


async def working_days_after(connection: AsyncConnection, cycle: Row, due_before: datetime) -> Sequence[datetime]:
    """Count the working days after a deadline by which something in the cycle is due that rests on the others."""
    resting = await fetch_one(connection, _resting, cycle_id=cycle["id"])
    if not resting["days"]:
        return []
    days = WorkingDays(await days_off(connection, cycle["plan_id"]), ZoneInfo(cycle["time_zone"]))
    return days.after(due_before, resting["days"])


def _resting(cycle_id: UUID) -> Select[tuple[int]]:
    mine = obligations.c.cycle_id == bindparam("cycle_id", cycle_id, Uuid())
    return select(func.max(obligations.c.due_after_others_days).label("days")).where(mine)
