"""The bytes of files: what is awaited, and that they are here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.evidence import shown
from app.commands.obligations import hold_any_version
from app.database.locks import lock
from app.database.statements import Row, fetch_one, fetch_only
from app.domain.access import Caller
from app.domain.errors import (
    ContentAlreadyThere,
    ContentDiffers,
    EvidenceEnded,
    EvidenceErased,
    EvidenceHasNoBytes,
    Fault,
    QuotaReached,
)
from app.domain.files import Limits, MediaType
from app.models import EvidenceContent
from app.models.evidence import EvidenceKind
from app.queries.evidence import kept_bytes, one_posted
from app.schemas.evidence import EvidenceOut
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """What the bytes of an announced file must be; `kept` is the digest of those that are here already."""

    evidence_id: UUID
    plan_id: UUID
    obligation_id: UUID
    media_type: MediaType
    size: int
    sha256: str | None
    kept: str | None
    paper_received_at: datetime | None
    """When the paper came in that the file belongs to, where a coordinator enters one."""


@dataclass(frozen=True)
class Received:
    """Bytes that are kept: the id that their name holds, and what they are."""

    content_id: UUID
    size: int
    sha256: str


async def awaited(
    connection: AsyncConnection, caller: Caller, evidence_id: UUID, limits: Limits, *, now: datetime
) -> Awaited:
    """Say what the bytes of an evidence must be.

    Raises:
        NotFound: there is none, or it was attached for another body.
        EvidenceHasNoBytes, EvidenceEnded, EvidenceErased: it has no bytes, or shall have none.
        QuotaReached: there is no room for it.
    """
    row = await fetch_one(connection, one_posted, caller=caller, evidence_id=evidence_id, moment=Moment(now))
    wanted = _wanted(row)
    if wanted.kept is None:
        await refuse_over_quota(connection, caller, wanted.obligation_id, wanted.size, limits)
    return wanted


def _wanted(row: Row) -> Awaited:
    if row["kind"] != EvidenceKind.FILE:
        raise EvidenceHasNoBytes
    if row["erased_at"]:
        raise EvidenceErased
    if row["withdrawn_at"]:
        raise EvidenceEnded
    return Awaited(
        evidence_id=row["id"],
        kept=row["content"] and row["content"]["sha256"],
        paper_received_at=row["received_at"] if row["document_number"] else None,
        **{name: row[name] for name in ("plan_id", "obligation_id", "media_type", "size", "sha256")},
    )


def refuse_other_bytes(wanted: Awaited, size: int, sha256: str) -> None:
    """Hold bytes against what was announced, and against what is here already.

    Raises:
        ContentDiffers: they are not what was announced.
        ContentAlreadyThere: other bytes are kept.
    """
    if size != wanted.size:
        raise ContentDiffers(None, Fault("/size", "is not the number of bytes that came"))
    if wanted.sha256 and sha256 != wanted.sha256:
        raise ContentDiffers(None, Fault("/sha256", "is not the digest of the bytes that came"))
    if wanted.kept and sha256 != wanted.kept:
        raise ContentAlreadyThere


async def record(
    connection: AsyncConnection, caller: Caller, wanted: Awaited, received: Received, limits: Limits, *, now: datetime
) -> EvidenceOut:
    """Record that the bytes of a file are kept, and return its evidence; the same bytes once more change nothing.

    Raises:
        ContentAlreadyThere: other bytes were recorded meanwhile.
        QuotaReached, EvidenceEnded, EvidenceErased: see `awaited`; the obligation is held now, so that it stays so.
    """
    if wanted.kept:
        return await shown(connection, wanted.evidence_id, now)
    held = await hold_any_version(connection, caller, wanted.obligation_id, now=now, partners=True)
    await lock(connection, caller.client_id.bytes)
    current = await awaited(connection, caller, wanted.evidence_id, limits, now=now)
    refuse_other_bytes(current, received.size, received.sha256)
    if current.kept is None:
        row = {
            "id": received.content_id,
            "plan_id": held.plan_id,
            "obligation_id": held.id,
            "client_id": caller.client_id,
            "received_at": wanted.paper_received_at or now,
            "evidence_id": wanted.evidence_id,
            "size": received.size,
            "sha256": received.sha256,
        }
        await events.write(connection, EvidenceContent, [row])
        await refresh_snapshot(connection, [held.id], now)
    return await shown(connection, wanted.evidence_id, now)


async def refuse_over_quota(
    connection: AsyncConnection, caller: Caller, obligation_id: UUID, size: int, limits: Limits
) -> None:
    """Refuse bytes for which there is no room.

    Raises:
        QuotaReached: there is none.
    """
    kept = await fetch_only(connection, kept_bytes, obligation_id=obligation_id, client_id=caller.client_id)
    if kept["obligation"] + size > limits.obligation or kept["client"] + size > limits.client:
        raise QuotaReached
