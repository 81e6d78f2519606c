"""Evidence: an owner or a partner attaches a link, names an official document, or announces a file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import assurances, events
from app.commands.assurances import Assured
from app.commands.closings import keep_letter, refuse_sealed
from app.commands.obligations import Locked, hold, owners_at
from app.commands.paper import check_paper_date
from app.commands.places import partner_of
from app.database.builders import rows_where
from app.database.statements import fetch_all, fetch_first, fetch_only, write_rows
from app.domain.access import Caller, Role
from app.domain.errors import ContentTooLarge, Fault, SupersededUnknown
from app.models import Evidence, EvidenceText
from app.models.base import new_id, table
from app.models.evidence import OWN, WRITTEN
from app.queries.evidence import one_evidence, some_evidence
from app.schemas.evidence import DocumentIn, EvidenceIn, EvidenceOut, FileIn, LinkIn
from app.schemas.views import evidence_out
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot

evidence, texts = table(Evidence), table(EvidenceText)
SENT = {name for name in OWN if name != "document_number"}
"""What is sent of each evidence; the number of a paper report is that of all that came with it."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One evidence that nothing speaks against: to which obligation, for which body, when it counts as received.

    `of_owner` is whether it is the owner's, whose alone proves; `update_id` is the update that it comes with, if any,
    `paper_report_id` the paper that it is.
    """

    held: Locked
    sent: LinkIn | DocumentIn | FileIn
    received_at: datetime
    body_id: UUID
    document_number: str | None
    of_owner: bool
    update_id: UUID | None = None
    paper_report_id: UUID | None = None
    id: UUID = field(default_factory=new_id)


async def attach(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: EvidenceIn,
    *,
    now: datetime,
    largest: int,
    expected: int | None = None,
) -> EvidenceOut:
    """Record one evidence of an owner or a partner, or of a paper report; `largest` is the cap of a file, in bytes.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        PaperReportNotYours, PaperReportIncomplete, ReceivedOnImpossible: see `paper.check_paper_date`.
        LetterNeeded: its cycle is closed, and the paper came before.
        ContentTooLarge: the file is announced as larger than the cap.
        SupersededUnknown, AlreadySuperseded: it cannot take the place of the evidence that it names.
    """
    if (getattr(sent, "size", None) or 0) > largest:
        raise ContentTooLarge(None, Fault("/size", f"must be at most {largest} bytes"))
    held = await hold(connection, caller, obligation_id, expected=expected, now=now, partners=True)
    received = check_paper_date(
        caller, sent.received_on, sent.document_number, issued_on=held.issued_on, zone=held.zone, now=now
    )
    refuse_sealed(caller, held.closed_at, sent.reopened_by, received_at=received)
    attachment = Attachment(
        held=held,
        sent=sent,
        received_at=received,
        body_id=await _on_behalf_of(connection, caller, held, received),
        document_number=sent.document_number,
        of_owner=caller.role is Role.COORDINATOR or held.owner_id in caller.body_ids,
    )
    await _refuse_foreign_version(connection, attachment)
    (attached,) = await record(connection, caller, [attachment], now=now)
    await keep_letter(connection, caller, held, attachment.id, sent.reopened_by)
    await refresh_snapshot(connection, [held.id], now)
    return attached


async def record(
    connection: AsyncConnection, caller: Caller, attachments: Sequence[Attachment], *, now: datetime
) -> list[EvidenceOut]:
    """Write evidence to obligations that are held, and return it in order as it was written."""
    if not attachments:
        return []
    await events.write(connection, Evidence, [_row(caller, one) for one in attachments])
    await write_rows(connection, texts, [_written(one) for one in attachments])
    await assurances.keep(connection, caller, map(_assured, attachments), now=now)
    ids = [one.id for one in attachments]
    written = await fetch_all(connection, some_evidence, ids=ids, moment=Moment(now))
    shown = {row["id"]: evidence_out(row) for row in written}
    return [shown[one.id] for one in attachments]


def _row(caller: Caller, attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.id,
        "plan_id": attachment.held.plan_id,
        "obligation_id": attachment.held.id,
        "client_id": caller.client_id,
        "received_at": attachment.received_at,
        "body_id": attachment.body_id,
        "of_owner": attachment.of_owner,
        "update_id": attachment.update_id,
        "paper_report_id": attachment.paper_report_id,
        "document_number": attachment.document_number,
        **dict.fromkeys(SENT),
        **attachment.sent.model_dump(include=SENT),
    }


def _assured(attachment: Attachment) -> Assured:
    on = {"plan_id": attachment.held.plan_id, "obligation_id": attachment.held.id, "evidence_id": attachment.id}
    return Assured(act_id=attachment.id, reason=attachment.sent.not_personal_reason, **on)


def _written(attachment: Attachment) -> dict[str, Any]:
    ids = {"id": attachment.id, "plan_id": attachment.held.plan_id}
    return {**ids, **dict.fromkeys(WRITTEN), **attachment.sent.model_dump(include=set(WRITTEN))}


async def shown(connection: AsyncConnection, evidence_id: UUID, at: datetime) -> EvidenceOut:
    """Return an evidence as the wire shows it."""
    return evidence_out(await fetch_only(connection, one_evidence, evidence_id=evidence_id, moment=Moment(at)))


async def _refuse_foreign_version(connection: AsyncConnection, attachment: Attachment) -> None:
    earlier = getattr(attachment.sent, "supersedes", None)
    if earlier is None:
        return
    mine = {"id": earlier, "obligation_id": attachment.held.id, "body_id": attachment.body_id}
    if await fetch_first(connection, rows_where, these=evidence, **mine) is None:
        raise SupersededUnknown(None, Fault("/supersedes", "names no such evidence"))


async def _on_behalf_of(connection: AsyncConnection, caller: Caller, held: Locked, received: datetime) -> UUID:
    """Name the body that attaches: whose paper it was, or the owner when the caller acts for it, else the partner."""
    if caller.role is Role.COORDINATOR:
        return (await owners_at(connection, [held.id], received))[held.id]
    if held.owner_id in caller.body_ids:
        return held.owner_id
    return (await partner_of(connection, caller, held)).id
