"""Lawful erasure: the words and the bytes of an evidence go; that something was there, who erased it and why stays.

What the evidence proved, it still proves: an erasure says nothing of the work that was done.  A file that should prove
nothing any more is withdrawn.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import assurances, events
from app.commands.assurances import Assured
from app.commands.evidence import shown
from app.commands.idempotency import leave_of
from app.commands.obligations import hold, hold_all, touch
from app.database.builders import deleted_where
from app.database.engine import as_system
from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.errors import EvidenceErased
from app.models import Erasure, EvidenceText
from app.models.base import new_id, table
from app.queries.evidence import one_readable
from app.queries.paper_reports import evidence_of
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

    A paper that reports on many duties is one file: what is erased of one of them is erased of all.

    Raises:
        NotFound: there is no such evidence.
        EvidenceErased: it has been erased already; the database's constraint says so, too.
        StaleVersion: see `obligations.hold`.
    """
    row = await fetch_one(connection, one_readable, caller=caller, evidence_id=evidence_id, moment=Moment(now))
    if row["erased_at"]:
        raise EvidenceErased
    await hold(connection, caller, row["obligation_id"], expected=expected, now=now, include_done=True)
    same = await _same_file(connection, row)
    others = {one["obligation_id"] for one in same} - {row["obligation_id"]}
    held = await hold_all(connection, caller, others, now=now, include_done=True)
    await touch(connection, held, now=now)
    why = {"plan_id": row["plan_id"], "client_id": caller.client_id, "received_at": now}
    why |= sent.model_dump(include={"reason", "legal_basis"})
    ids = [{"id": new_id(), "obligation_id": one["obligation_id"], "evidence_id": one["id"]} for one in same]
    await events.write(connection, Erasure, [one | why for one in ids])
    said = [_assured(one, row["plan_id"], sent) for one in ids]
    await assurances.keep(connection, caller, said, now=now)
    await refresh_snapshot(connection, [one["obligation_id"] for one in same], now)
    for one in same:
        await _forget(connection, row["plan_id"], one["id"], now)
    return await shown(connection, evidence_id, now)


def _assured(row: Row, plan_id: UUID, sent: ErasureIn) -> Assured:
    on = {"obligation_id": row["obligation_id"], "evidence_id": row["evidence_id"]}
    return Assured(act_id=row["id"], plan_id=plan_id, reason=sent.not_personal_reason, **on)


async def _same_file(connection: AsyncConnection, row: Row) -> list[Row]:
    """Return an evidence and, of a paper that reports on many duties, all others that it is: they are one file."""
    if row["paper_report"] is None:
        return [row]
    rows = await fetch_all(connection, evidence_of, paper_report_id=row["paper_report"])
    return [one for one in rows if not one["erased"]]


async def _forget(connection: AsyncConnection, plan_id: UUID, evidence_id: UUID, now: datetime) -> None:
    """Erase the words of an evidence, also from what was answered to a key."""
    await fetch_all(connection, deleted_where, these=texts, plan_id=plan_id, id=evidence_id)
    left = await shown(connection, evidence_id, now)
    async with as_system(connection):
        await leave_of(connection, evidence_id, left.model_dump(mode="json"))
