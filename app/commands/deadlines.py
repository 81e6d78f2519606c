"""Deadlines of whole cycles: moved before the cycle starts, confirmed at any time until it is closed."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.cycles import held_cycle, shown
from app.commands.obligations import touched_at
from app.domain.access import Caller
from app.domain.calendar import day_of, start_of
from app.domain.errors import CycleClosed, CycleStarted, DeadlineWithinPeriod, Fault
from app.models import CycleDeadline, Obligation
from app.models.base import new_id, table
from app.schemas.cycles import CycleDeadlineIn, CycleDetail
from app.standing.refresh import refresh_snapshot

obligations = table(Obligation)


async def move(
    connection: AsyncConnection, caller: Caller, slug: str, code: str, sent: CycleDeadlineIn, *, now: datetime
) -> CycleDetail:
    """Move the deadline of a cycle that has not started, for all its obligations; the same day confirms it.

    An extension of one obligation stands above it.

    Raises:
        NotFound: there is no such plan, or no such cycle is open.
        CycleClosed: the cycle is closed.
        CycleStarted: the cycle has started, and its deadline would move.
        DeadlineWithinPeriod: the day is not after the period.
    """
    cycle = await held_cycle(connection, slug, code, now)
    zone = ZoneInfo(cycle["time_zone"])
    due_before = start_of(sent.due_before_on, zone)
    _refuse(cycle, sent.due_before_on, due_before, today=day_of(now, zone))
    row = {"id": new_id(), "plan_id": cycle["plan_id"], "cycle_id": cycle["id"], "client_id": caller.client_id}
    fields = {"received_at": now, "due_before": due_before, **sent.model_dump(exclude={"due_before_on"})}
    of_cycle = obligations.c.plan_id == cycle["plan_id"], obligations.c.cycle_id == cycle["id"]
    counted_up = update(obligations).where(*of_cycle)
    counted_up = counted_up.values(version=obligations.c.version + 1, updated_at=touched_at(now))
    # They are held before their facts are, as by every other act.
    touched = (await connection.execute(counted_up.returning(obligations.c.id))).scalars().all()
    await events.write(connection, CycleDeadline, [row | fields])
    await refresh_snapshot(connection, touched, now)
    return await shown(connection, slug, code, now)


def _refuse(cycle: Any, day: date, due_before: datetime, *, today: date) -> None:
    if cycle["closed_at"]:
        raise CycleClosed
    if day <= cycle["ends_on"]:
        raise DeadlineWithinPeriod(None, Fault("/due_before_on", "must be after the last day of the period"))
    if due_before != cycle["due_before"] and today >= cycle["starts_on"]:
        raise CycleStarted
