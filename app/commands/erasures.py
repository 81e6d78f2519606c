"""Lawful erasure: the words and the bytes of an evidence go; that something was there, who erased it and why stays.

What the evidence proved, it still proves: an erasure says nothing of the work that was done.  A file that should prove
nothing any more is withdrawn.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.evidence import shown
from app.commands.idempotency import leave_of
from app.commands.obligations import hold
from app.database.builders import deleted_where
from app.database.engine import as_system
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Caller
from app.models import Erasure, EvidenceText
from app.models.base import new_id, table
from app.queries.evidence import one_readable
from app.schemas.evidence import ErasureIn, EvidenceOut
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot

texts = table(EvidenceText)


async def erase(
    connection: AsyncConnection,
    caller: Caller,
    evidence_id: UUID,
    sent: ErasureIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> EvidenceOut:
    """Record an erasure and erase what was written; the bytes go once this is committed.

    Raises:
        NotFound: there is no such evidence.
        EvidenceErased: it has been erased already; the database's constraint says so.
        StaleVersion: see `obligations.hold`.
    """
    row = await fetch_one(connection, one_readable, caller=caller, evidence_id=evidence_id, moment=Moment(now))
    await hold(connection, caller, row["obligation_id"], expected=expected, now=now, include_done=True)
    erasure = {
        "id": new_id(),
        "plan_id": row["plan_id"],
        "obligation_id": row["obligation_id"],
        "client_id": caller.client_id,
        "received_at": now,
        "evidence_id": evidence_id,
        **sent.model_dump(),
    }
    await events.write(connection, Erasure, [erasure])
    await refresh_snapshot(connection, [row["obligation_id"]], now)
    await fetch_all(connection, deleted_where, these=texts, plan_id=row["plan_id"], id=evidence_id)
    left = await shown(connection, evidence_id, now)
    async with as_system(connection):
        await leave_of(connection, evidence_id, left.model_dump(mode="json"))
    return left
