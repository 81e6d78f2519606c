"""Transfers: what confirmed successions pass over, whenever obligations are there to pass."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.obligations import Locked, touched_at
from app.database.engine import as_system
from app.database.statements import prepare
from app.domain.calendar import start_of
from app.models import Obligation, Transfer
from app.models.base import new_id, table
from app.queries.obligations import among
from app.queries.successions import confirmed, passing_over, succeeded
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot

obligations = table(Obligation)


async def carry_over(
    connection: AsyncConnection, plan_id: UUID, *, now: datetime, only: Collection[UUID] | None = None
) -> None:
    """Pass over whatever the confirmed successions of a plan take, all of it or some, until nothing is left to pass.

    An obligation passes when it is open and due on or after the succession's day: from that day on, or from now on when
    it was closed by then and has been opened again since.  A successor may itself have been succeeded, so the
    successions are gone through until none takes anything more; each takes an obligation once.
    """
    found = (await connection.execute(confirmed(plan_id))).mappings().all()
    while any([await _pass_over(connection, one, now, only) for one in found]):
        pass


async def pass_on(connection: AsyncConnection, held: Collection[Locked], *, now: datetime) -> None:
    """Pass obligations on whose owners have been succeeded: after acts that may open them, or move their deadlines.

    Whoever acted, it is the service that passes them on, by what a coordinator has confirmed.
    """
    owners = list({one.owner_id for one in held})
    ended = {row["predecessor_id"] for row in await prepare(succeeded, owners=owners).on(connection)}
    passing = [one for one in held if one.owner_id in ended]
    if not passing:
        return
    async with as_system(connection):
        for plan_id in sorted({one.plan_id for one in passing}):
            await carry_over(connection, plan_id, now=now, only=[one.id for one in passing if one.plan_id == plan_id])


async def _pass_over(
    connection: AsyncConnection, succession: RowMapping, now: datetime, only: Collection[UUID] | None
) -> bool:
    effective_at = start_of(succession["effective_on"], ZoneInfo(succession["time_zone"]))
    passed = False
    for instant in dict.fromkeys((effective_at, max(effective_at, now))):
        ids = await _taken(connection, succession, effective_at, instant, only)
        await _record(connection, succession, ids, instant, now)
        passed = passed or bool(ids)
    return passed


async def _taken(
    connection: AsyncConnection,
    succession: RowMapping,
    effective_at: datetime,
    instant: datetime,
    only: Collection[UUID] | None,
) -> list[UUID]:
    """Return what a succession takes over at an instant."""
    asked = prepare(
        passing_over,
        **{name: succession[name] for name in ("plan_id", "predecessor_id", "effective_on")},
        succession_id=succession["id"],
        effective_at=effective_at,
        moment=Moment(instant),
        codes=succession["duties"],
        only=None if only is None else list(only),
    )
    return [row["id"] for row in await asked.on(connection)]


async def _record(
    connection: AsyncConnection, succession: RowMapping, ids: list[UUID], since: datetime, now: datetime
) -> None:
    if not ids:
        return
    counted_up = update(obligations).where(obligations.c.plan_id == succession["plan_id"], among(obligations.c.id, ids))
    await connection.execute(counted_up.values(version=obligations.c.version + 1, updated_at=touched_at(now)))
    await events.write(connection, Transfer, list(_rows(succession, ids, since)))
    await refresh_snapshot(connection, ids, now)


def _rows(succession: RowMapping, ids: list[UUID], since: datetime) -> Iterator[dict[str, Any]]:
    for obligation_id in ids:
        yield {
            "id": new_id(),
            "plan_id": succession["plan_id"],
            "obligation_id": obligation_id,
            "client_id": succession["client_id"],
            "received_at": since,
            "owner_id": succession["successor_id"],
            "body_id": succession["body_id"],
            "succession_id": succession["id"],
        }
