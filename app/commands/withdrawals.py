"""Withdrawals: who posted an evidence takes it back, with a reason; the evidence stays in the history."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import finish_act, record
from app.commands.obligations import hold
from app.database.statements import Row, fetch_one, fetch_only
from app.domain.access import Caller, Role
from app.domain.errors import AlreadyWithdrawn, EvidenceNotYours
from app.models import Evidence, Withdrawal
from app.models.base import table
from app.queries.evidence import one_evidence, one_readable
from app.schemas.evidence import WithdrawalIn, WithdrawalOut, Withdrawn
from app.standing.moment import Moment

evidence = table(Evidence)


async def withdraw(
    connection: AsyncConnection,
    caller: Caller,
    evidence_id: UUID,
    sent: WithdrawalIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Withdrawn:
    """End the effect of one evidence from now on, and say where its obligation stands.

    Raises:
        NotFound: there is no such evidence, or none that the caller may read.
        EvidenceNotYours: somebody else posted it.
        AlreadyWithdrawn: it was withdrawn before, by a withdrawal that counts.
        StaleVersion: see `obligations.hold`.
    """
    posted = await _posted(connection, caller, evidence_id, now)
    obligation_id: UUID = posted["obligation_id"]
    held = await hold(connection, caller, obligation_id, expected=expected, now=now, partners=True, include_done=True)
    await _refuse_twice(connection, evidence_id, held.seen_at)
    said = sent.model_dump(exclude={"not_personal"})
    row = await record(connection, caller, held, Withdrawal, now, evidence_id=evidence_id, **said)
    return Withdrawn(
        withdrawal=WithdrawalOut.model_validate({**row, "evidence": evidence_id}),
        obligation=await finish_act(connection, caller, held, now),
    )


async def _posted(connection: AsyncConnection, caller: Caller, evidence_id: UUID, now: datetime) -> Row:
    """Find the evidence; what came on paper was posted by the coordinators, all else by the body that it names."""
    row = await fetch_one(connection, one_readable, caller=caller, evidence_id=evidence_id, moment=Moment(now))
    on_paper = row["document_number"] is not None
    mine = on_paper if caller.role is Role.COORDINATOR else not on_paper and row["body_id"] in caller.body_ids
    if not mine:
        raise EvidenceNotYours
    return row


async def _refuse_twice(connection: AsyncConnection, evidence_id: UUID, at: datetime) -> None:
    """Refuse what another request may have withdrawn while this one waited for the obligation."""
    found = await fetch_only(connection, one_evidence, evidence_id=evidence_id, moment=Moment(at))
    if found["withdrawn_at"] is not None:
        raise AlreadyWithdrawn
