"""Transfers: what confirmed successions pass over, whenever obligations are there to pass."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.obligations import Locked, touch
from app.database.engine import as_system
from app.database.statements import Row, fetch_all
from app.domain.calendar import start_of
from app.models import Transfer
from app.models.base import new_id
from app.models.duty import Recurrence
from app.queries.successions import Part, confirmed, passing_over, succeeded
from app.standing.moment import Moment
from app.standing.refresh import line_of, refresh_snapshot


async def carry_over(
    connection: AsyncConnection, plan_id: UUID, *, now: datetime, only: Collection[UUID] | None = None
) -> set[UUID]:
    """Pass over whatever the confirmed successions of a plan take, all of it or some, and return what has passed.

    An obligation passes when it is open and due on or after the succession's day: from that day on, or from now on when
    it was closed by then and has been opened again since.  A successor may itself have been succeeded, so the
    successions are gone through until none takes anything more; each takes an obligation once.
    """
    found = await fetch_all(connection, confirmed, plan_id=plan_id)
    passed: set[UUID] = set()
    while taken := {one for part in found for one in await _pass_over(connection, part, now, only)}:
        passed |= taken
    return passed


async def pass_on(connection: AsyncConnection, held: Collection[Locked], *, now: datetime) -> set[UUID]:
    """Pass obligations on whose owners have been succeeded: after acts that may open them, or move their deadlines.

    Whoever acted, it is the service that passes them on, by what a coordinator has confirmed.  What is open of a line
    passes as one.  Return which have passed.
    """
    once = [one.id for one in held if one.recurrence is Recurrence.ONCE]
    ids = [one.id for one in held]
    async with as_system(connection):
        line = [row["id"] for row in await fetch_all(connection, line_of, ids=once)] if once else []
        found = await fetch_all(connection, succeeded, ids=[*ids, *line], moment=Moment(now))
        passed: set[UUID] = set()
        for plan_id in sorted({row["plan_id"] for row in found}):
            passing = [row["id"] for row in found if row["plan_id"] == plan_id]
            passed |= await carry_over(connection, plan_id, now=now, only=passing)
    return passed


async def _pass_over(connection: AsyncConnection, part: Row, now: datetime, only: Collection[UUID] | None) -> set[UUID]:
    effective_at = start_of(part["effective_on"], ZoneInfo(part["time_zone"]))
    passed: set[UUID] = set()
    for instant in dict.fromkeys((effective_at, max(effective_at, now))):
        ids = await _taken(connection, part, effective_at, instant, only)
        await _record(connection, part, ids, instant, now)
        passed.update(ids)
    return passed


async def _taken(
    connection: AsyncConnection, part: Row, effective_at: datetime, instant: datetime, only: Collection[UUID] | None
) -> list[UUID]:
    """Return what a part of a succession takes over at an instant."""
    names = ("plan_id", "succession_id", "predecessor_id", "effective_on", "codes")
    asked = Part(**{name: part[name] for name in names}, effective_at=effective_at, decided_at=part["recorded_at"])
    some = None if only is None else list(only)
    rows = await fetch_all(connection, passing_over, part=asked, moment=Moment(instant), only=some)
    return [row["id"] for row in rows]


async def _record(connection: AsyncConnection, part: Row, ids: list[UUID], since: datetime, now: datetime) -> None:
    if not ids:
        return
    await touch(connection, ids, now=now)
    async with as_system(connection):
        # It is the act of whoever confirmed the succession, and not of who is at work now.
        await events.write(connection, Transfer, list(_rows(part, ids, since)))
    await refresh_snapshot(connection, ids, now)


def _rows(part: Row, ids: list[UUID], since: datetime) -> Iterator[dict[str, Any]]:
    for obligation_id in ids:
        yield {
            "id": new_id(),
            "plan_id": part["plan_id"],
            "obligation_id": obligation_id,
            "client_id": part["client_id"],
            "received_at": since,
            "owner_id": part["owner_id"],
            "body_id": part["body_id"],
            "succession_id": part["succession_id"],
            "ends": part["successor_id"] is None,
        }
