"""Closed cycles: whatever a coordinator does that touches their sealed figures names the letter that reopens them.

Owners report as before.  An acceptance that changes no status needs no letter, nor does a paper that came after the
closing: neither says anything else of the instant that was sealed.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.obligations import Locked, standing_rows
from app.database.statements import Row, fetch_all, write_rows
from app.domain.access import Caller, Role
from app.domain.errors import Fault, LetterNeeded, PaperReportNotYours
from app.models import Reopening
from app.models.base import new_id, table
from app.queries.closings import closed_cycles_of, lines_of
from app.standing.moment import Moment

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
    await keep_letters(connection, caller, [(held, act_id, reopened_by)])


async def keep_letters(
    connection: AsyncConnection, caller: Caller, acts: Iterable[tuple[Locked, UUID, str | None]]
) -> None:
    """Keep the same with each of some acts that were held together."""
    named = [(held, act_id, letter) for held, act_id, letter in acts if held.closed_at and letter]
    if not named:
        return
    ids, now = list({held.id for held, *_ in named}), named[0][0].seen_at
    touched: dict[UUID, list[UUID]] = {}
    for row in await fetch_all(connection, closed_cycles_of, ids=ids, moment=Moment(now)):
        touched.setdefault(row["obligation_id"], []).append(row["cycle_id"])
    rows = {
        (act_id, cycle_id): _reopening(caller, held.plan_id, cycle_id, act_id, letter, now)
        for held, act_id, letter in named
        for cycle_id in touched.get(held.id, ())
    }
    await write_rows(connection, table(Reopening), list(rows.values()))


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
    rows = await fetch_all(connection, closed_cycles_of, ids=list(ids), moment=Moment(now))
    touched = {row["cycle_id"] for row in rows}
    if touched and reopened_by is None:
        raise LetterNeeded(None, NEEDED)
    if touched and reopened_by:
        await keep_letter_of(connection, caller, plan_id, touched, act_id, reopened_by, now=now)


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
    rows = [_reopening(caller, plan_id, cycle_id, act_id, reopened_by, now) for cycle_id in cycle_ids]
    await write_rows(connection, table(Reopening), rows)


def _reopening(caller: Caller, plan_id: UUID, cycle_id: UUID, act_id: UUID, letter: str, now: datetime) -> Row:
    ids = {"id": new_id(), "plan_id": plan_id, "client_id": caller.client_id, "act_id": act_id, "cycle_id": cycle_id}
    return {**ids, "received_at": now, "document_number": letter}


async def statuses_of(
    connection: AsyncConnection, caller: Caller, held: Collection[Locked]
) -> dict[UUID, dict[UUID, Any]]:
    """Return, for each of some obligations, the statuses of it and of those of its line."""
    ids = [one.id for one in held]
    lines = await fetch_all(connection, lines_of, ids=ids)
    seen_at = max(one.seen_at for one in held)
    rows = await standing_rows(connection, caller, list({row["id"] for row in lines}), seen_at)
    found: dict[UUID, dict[UUID, Any]] = {one: {} for one in ids}
    for row in lines:
        found[row["obligation_id"]][row["id"]] = rows[row["id"]]["status"] if row["id"] in rows else None
    return found
