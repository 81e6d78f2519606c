"""What every act leaves: one row of history, never changed afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.closings import keep_letter, refuse_sealed
from app.commands.events import write
from app.commands.obligations import Locked, passed_on, standing_of
from app.commands.transfers import pass_on
from app.database.statements import Row
from app.domain.access import Caller
from app.models import ExtensionRequest
from app.models.base import HistoryRow, new_id
from app.schemas.obligations import ObligationOut
from app.standing.refresh import refresh_snapshot

ON_PAPER = {ExtensionRequest}
"""What is written here and came on paper when a coordinator enters it."""


async def record(
    connection: AsyncConnection,
    caller: Caller,
    held: Locked,
    model: type[HistoryRow],
    received: datetime,
    *,
    reopened_by: str | None = None,
    **fields: Any,
) -> Row:
    """Write one act on an obligation that is held; return the row, with `obligation` and `client` as the wire says.

    Raises:
        LetterNeeded: its cycle is closed, and no letter reopens it.
    """
    on_paper = received if model in ON_PAPER else None
    refuse_sealed(caller, held.closed_at, reopened_by, received_at=on_paper)
    return await record_checked(connection, caller, held, model, received, reopened_by=reopened_by, **fields)


async def record_checked(
    connection: AsyncConnection,
    caller: Caller,
    held: Locked,
    model: type[HistoryRow],
    received: datetime,
    *,
    reopened_by: str | None = None,
    **fields: Any,
) -> Row:
    """Write the same where somebody else sees to it that a closed cycle is not touched without a letter."""
    ids = {"id": new_id(), "plan_id": held.plan_id, "obligation_id": held.id, "client_id": caller.client_id}
    row: dict[str, Any] = {**ids, "received_at": received, **fields}
    recorded = await write(connection, model, [row])
    await keep_letter(connection, caller, held, row["id"], reopened_by)
    return {**row, "recorded_at": recorded[row["id"]], **named(row["obligation_id"], row["client_id"])}


async def finish_act(connection: AsyncConnection, caller: Caller, held: Locked, now: datetime) -> ObligationOut:
    """Return where an obligation stands after an act that may have opened it or moved its deadline.

    If its owner has been succeeded meanwhile, it passes to the successor now, or ends; whoever acted is shown where it
    stands afterwards, though it is its own no more.
    """
    passed = await pass_on(connection, [held], now=now)
    await refresh_snapshot(connection, [held.id], now)
    if held.id in passed:
        return (await passed_on(connection, caller, [held.id], now))[held.id]
    return await standing_of(connection, caller, held.id, now)


def named(obligation_id: UUID, client_id: UUID) -> dict[str, UUID]:
    """Spell the two references of an act as the wire does."""
    return {"obligation": obligation_id, "client": client_id}
