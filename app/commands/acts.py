"""What every act leaves: one row of history, never changed afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.events import write
from app.commands.obligations import Locked, passed_on, standing_of
from app.commands.transfers import pass_on
from app.database.statements import Row
from app.domain.access import Caller
from app.models.base import HistoryRow, new_id
from app.schemas.obligations import ObligationOut
from app.standing.refresh import refresh_snapshot


async def record(
    connection: AsyncConnection,
    caller: Caller,
    held: Locked,
    model: type[HistoryRow],
    received: datetime,
    **fields: Any,
) -> Row:
    """Write one act on an obligation that is held; return the row, with `obligation` and `client` as the wire says."""
    ids = {"id": new_id(), "plan_id": held.plan_id, "obligation_id": held.id, "client_id": caller.client_id}
    row: dict[str, Any] = {**ids, "received_at": received, **fields}
    recorded = await write(connection, model, [row])
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
