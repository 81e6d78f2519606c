"""Giving the bytes of a file to somebody: who asked, and that it was recorded before anything was given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.database.statements import Row, fetch_one, write_rows
from app.domain.access import Caller
from app.domain.errors import ContentNotArrived, EvidenceErased, EvidenceHasNoBytes
from app.domain.events import EventType
from app.domain.files import EXTENSIONS, MediaType
from app.models import EvidenceRead
from app.models.base import new_id, table
from app.models.evidence import EvidenceKind
from app.queries.evidence import one_readable
from app.standing.moment import Moment

reads = table(EvidenceRead)


@dataclass(frozen=True, kw_only=True)
class Content:
    """The bytes of one file, as they can be asked for."""

    evidence_id: UUID
    plan_id: UUID
    obligation_id: UUID
    content_id: UUID
    file_name: str
    media_type: MediaType
    size: int
    sha256: str


async def content(connection: AsyncConnection, caller: Caller, evidence_id: UUID, *, now: datetime) -> Content:
    """Find the bytes of an evidence that the caller may read; a withdrawn one can still be read.

    Raises:
        NotFound: there is none, or the caller may not know of it.
        EvidenceHasNoBytes, ContentNotArrived, EvidenceErased: there are no bytes, not yet, or no more.
    """
    row = await fetch_one(connection, one_readable, caller=caller, evidence_id=evidence_id, moment=Moment(now))
    _refuse_without_bytes(row)
    names = ("plan_id", "obligation_id", "content_id", "media_type")
    kept = {name: row["content"][name] for name in ("size", "sha256")}
    file_name = row["file_name"] or _named_after(row["number"], row["media_type"])
    return Content(evidence_id=row["id"], file_name=file_name, **kept, **{name: row[name] for name in names})


def _named_after(number: str, media_type: MediaType) -> str:
    """Name the scan of a paper report after its number."""
    return number.replace("/", "-") + EXTENSIONS[media_type][0]


def _refuse_without_bytes(row: Row) -> None:
    if row["kind"] != EvidenceKind.FILE and row["paper_report"] is None:
        raise EvidenceHasNoBytes
    if row["erased_at"]:
        raise EvidenceErased
    if row["content"] is None:
        raise ContentNotArrived


async def note(connection: AsyncConnection, caller: Caller, given: Content, *, now: datetime) -> None:
    """Record that a caller is about to be given bytes."""
    row: dict[str, Any] = {
        "id": new_id(),
        "plan_id": given.plan_id,
        "obligation_id": given.obligation_id,
        "client_id": caller.client_id,
        "received_at": now,
        "evidence_id": given.evidence_id,
        "sha256": given.sha256,
    }
    await write_rows(connection, reads, [row])
    await events.tell_of_no_plan(connection, EventType.EVIDENCE_READ, row["id"])
