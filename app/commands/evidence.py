"""Evidence: an owner or a partner attaches a link or names an official document."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import acts
from app.commands.obligations import Locked, hold
from app.commands.paper import received_at
from app.domain.access import Caller, Role
from app.models import DutyPartner, Evidence
from app.models.base import table
from app.queries.history import one_evidence
from app.queries.moment import Moment
from app.schemas.evidence import AttachedIn, EvidenceIn, EvidenceOut
from app.schemas.views import evidence_out

partners = table(DutyPartner)
FIELDS = {"kind", "title", "classification", "url", "number", "issued_on", "issuer"}


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
    body_id = await _on_behalf_of(connection, caller, held)
    return await record(connection, caller, held, sent, received, body_id, sent.document_number)


async def record(
    connection: AsyncConnection,
    caller: Caller,
    held: Locked,
    sent: AttachedIn,
    received: datetime,
    body_id: UUID,
    document_number: str | None,
    update_id: UUID | None = None,
) -> EvidenceOut:
    """Write one evidence to an obligation that is held, and return it as it was written."""
    fields = {"body_id": body_id, "update_id": update_id, "document_number": document_number}
    row = await acts.record(connection, caller, held, Evidence, received, **fields, **sent.model_dump(include=FIELDS))
    written = (await connection.execute(one_evidence(row["id"], Moment(received)))).mappings().one()
    return evidence_out(written)


async def _on_behalf_of(connection: AsyncConnection, caller: Caller, held: Locked) -> UUID:
    """Name the body that attaches: the owner when the caller acts for it, else the partner."""
    if caller.role is Role.COORDINATOR or held.owner_id in caller.body_ids:
        return held.owner_id
    mine = select(partners.c.body_id).where(
        partners.c.plan_id == held.plan_id,
        partners.c.duty_id == held.duty_id,
        partners.c.body_id.in_(caller.body_ids),
    )
    return UUID(str((await connection.execute(mine.order_by(partners.c.position).limit(1))).scalar_one()))
