"""Evidence: an owner or a partner attaches a link or names an official document."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.obligations import Locked, hold, owners_at
from app.commands.paper import received_at
from app.domain.access import Caller, Role
from app.models import DutyPartner, Evidence
from app.models.base import new_id, table
from app.queries.history import some_evidence
from app.queries.moment import Moment
from app.schemas.evidence import AttachedIn, EvidenceIn, EvidenceOut
from app.schemas.views import evidence_out

partners = table(DutyPartner)
FIELDS = {"kind", "title", "classification", "url", "number", "issued_on", "issuer"}


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One evidence that nothing speaks against: to which obligation, for which body, when it counts as received.

    `update_id` is the update that it comes with, if any.
    """

    held: Locked
    sent: AttachedIn
    received_at: datetime
    body_id: UUID
    document_number: str | None
    update_id: UUID | None = None
    id: UUID = field(default_factory=new_id)


async def attach(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: EvidenceIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> EvidenceOut:
    """Record one evidence of an owner or a partner, or of a paper report.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        PaperReportNotYours, PaperReportIncomplete, ReceivedOnImpossible: see `paper.received_at`.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now, partners=True)
    received = received_at(
        caller, sent.received_on, sent.document_number, issued_on=held.issued_on, zone=held.zone, now=now
    )
    attachment = Attachment(
        held=held,
        sent=sent,
        received_at=received,
        body_id=await _on_behalf_of(connection, caller, held, received),
        document_number=sent.document_number,
    )
    (attached,) = await record(connection, caller, [attachment], now=now)
    return attached


async def record(
    connection: AsyncConnection, caller: Caller, attachments: Sequence[Attachment], *, now: datetime
) -> list[EvidenceOut]:
    """Write evidence to obligations that are held, and return it in order as it was written."""
    if not attachments:
        return []
    await events.write(connection, Evidence, [_row(caller, one) for one in attachments])
    written = await connection.execute(some_evidence([one.id for one in attachments], Moment(now)))
    shown = {row["id"]: evidence_out(row) for row in written.mappings()}
    return [shown[one.id] for one in attachments]


def _row(caller: Caller, attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "plan_id": attachment.held.plan_id,
        "obligation_id": attachment.held.id,
        "client_id": caller.client_id,
        "received_at": attachment.received_at,
        "body_id": attachment.body_id,
        "update_id": attachment.update_id,
        "document_number": attachment.document_number,
        **dict.fromkeys(("url", "number", "issued_on", "issuer")),
        **attachment.sent.model_dump(include=FIELDS),
    }


async def _on_behalf_of(connection: AsyncConnection, caller: Caller, held: Locked, received: datetime) -> UUID:
    """Name the body that attaches: whose paper it was, or the owner when the caller acts for it, else the partner."""
    if caller.role is Role.COORDINATOR:
        return (await owners_at(connection, [held.id], received))[held.id]
    if held.owner_id in caller.body_ids:
        return held.owner_id
    mine = select(partners.c.body_id).where(
        partners.c.plan_id == held.plan_id,
        partners.c.duty_id == held.duty_id,
        partners.c.body_id.in_(caller.body_ids),
    )
    return UUID(str((await connection.execute(mine.order_by(partners.c.position).limit(1))).scalar_one()))
