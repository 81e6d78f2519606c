"""Closed cycles: whatever a coordinator does that touches their sealed figures names the letter that reopens them.

Owners report as before.  An acceptance that changes no status needs no letter, nor does a paper that came after the
closing: neither says anything else of the instant that was sealed.
"""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.obligations import Locked, standing_rows
from app.database.statements import fetch_all, write_rows
from app.domain.access import Caller, Role
from app.domain.errors import Fault, LetterNeeded, PaperReportNotYours
from app.models import Reopening
from app.models.base import new_id, table
from app.queries.closings import closed_cycles_of
from app.standing.moment import Moment
from app.standing.refresh import line_of

NEEDED = Fault("/reopened_by", "is needed: the number of the letter that reopens the figures of the closed cycle")


def refuse_sealed(
    caller: Caller, closed_at: datetime | None, reopened_by: str | None, *, received_at: datetime | None = None
) -> None:
    """Refuse what needs a letter and has none; `received_at` is when a paper came in, for what came on paper.

    Raises:
        LetterNeeded: a coordinator acts on a closed cycle, and names no letter.
        PaperReportNotYours: somebody else names one.
    """
    if caller.role is not Role.COORDINATOR:
        if reopened_by:
            raise PaperReportNotYours(None, Fault("/reopened_by", "is for coordinators"))
        return
    came_later = closed_at is not None and received_at is not None and received_at > closed_at
    if closed_at is not None and not came_later and reopened_by is None:
        raise LetterNeeded(None, NEEDED)


async def keep_letter(
    connection: AsyncConnection, caller: Caller, held: Locked, act_id: UUID, reopened_by: str | None
) -> None:
    """Keep with an act by which letter it reopened the closed cycles that it touches."""
    if held.closed_at is None or reopened_by is None:
        return
    await keep_letter_on(connection, caller, held.plan_id, [held.id], act_id, reopened_by, now=held.seen_at)


async def keep_letter_on(
    connection: AsyncConnection,
    caller: Caller,
    plan_id: UUID,
    ids: Collection[UUID],
    act_id: UUID,
    reopened_by: str | None,
    *,
    now: datetime,
) -> None:
    """Keep the same with an act on many obligations.

    Raises:
        LetterNeeded: it touches a closed cycle, and names no letter.
    """
    touched = await fetch_all(connection, closed_cycles_of, ids=list(ids), moment=Moment(now))
    if touched and reopened_by is None:
        raise LetterNeeded(None, NEEDED)
    if touched and reopened_by:
        cycle_ids = [row["cycle_id"] for row in touched]
        await keep_letter_of(connection, caller, plan_id, cycle_ids, act_id, reopened_by, now=now)


async def keep_letter_of(
    connection: AsyncConnection,
    caller: Caller,
    plan_id: UUID,
    cycle_ids: Collection[UUID],
    act_id: UUID,
    reopened_by: str,
    *,
    now: datetime,
) -> None:
    """Keep with an act by which letter it reopened closed cycles."""
    ids = {"plan_id": plan_id, "client_id": caller.client_id, "act_id": act_id}
    letter = {**ids, "received_at": now, "document_number": reopened_by}
    await write_rows(connection, table(Reopening), [{"id": new_id(), "cycle_id": one, **letter} for one in cycle_ids])


@asynccontextmanager
async def unchanged(connection: AsyncConnection, caller: Caller, held: Locked) -> AsyncIterator[None]:
    """Let an act pass without a letter, as long as no status changes by it: of the obligation, or in its line.

    Raises:
        LetterNeeded: one does, and a cycle that it touches is closed.
    """
    before = await _statuses(connection, caller, held) if held.closed_at else None
    yield
    if held.closed_at and await _statuses(connection, caller, held) != before:
        raise LetterNeeded(None, NEEDED)


async def _statuses(connection: AsyncConnection, caller: Caller, held: Locked) -> dict[UUID, Any]:
    line = await fetch_all(connection, line_of, ids=[held.id])
    rows = await standing_rows(connection, caller, [row["id"] for row in line], held.seen_at)
    return {one: row["status"] for one, row in rows.items()}
