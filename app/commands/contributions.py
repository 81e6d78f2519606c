"""Contributions: a partner posts a note, with evidence, on an obligation that it coordinates."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import acts, evidence
from app.commands.evidence import Attachment
from app.commands.obligations import hold, standing_of
from app.commands.places import partner_of
from app.domain.access import Caller
from app.models import Contribution
from app.schemas.contributions import Contributed, ContributionIn, ContributionOut
from app.standing.refresh import refresh_snapshot


async def contribute(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: ContributionIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Contributed:
    """Record one note of a partner with its evidence; the owner's claim stays what it is.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        PartnersOnly: the caller owns the obligation, and reports on it.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now, partners=True)
    body = await partner_of(connection, caller, held)
    row = await acts.record(connection, caller, held, Contribution, now, body_id=body.id, note=sent.note)
    attachments = [
        Attachment(held=held, sent=one, received_at=now, body_id=body.id, document_number=None, of_owner=False)
        for one in sent.evidence
    ]
    attached = await evidence.record(connection, caller, attachments, now=now)
    await refresh_snapshot(connection, [held.id], now)
    contribution = ContributionOut.model_validate({**row, "body": body.code, "evidence": attached})
    return Contributed(contribution=contribution, obligation=await standing_of(connection, caller, held.id, now))
