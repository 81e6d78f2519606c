"""The scan of a paper report: one file that is kept once, and is the content of every evidence that the paper is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.contents import Received, refuse_over_quota
from app.commands.obligations import hold_all, touch
from app.commands.paper_reports import whole
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.errors import AlreadyAnnulled, ContentAlreadyThere, EvidenceErased
from app.domain.files import Limits, MediaType
from app.models import EvidenceContent
from app.models.base import new_id
from app.queries.paper_reports import evidence_of, one_paper
from app.schemas.paper_reports import PaperReportWhole
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot


@dataclass(frozen=True, kw_only=True)
class AwaitedScan:
    """The paper whose scan is to come, its evidence that was not erased, and the digest of what is here already."""

    paper: Row
    evidence: Sequence[Row]
    media_type: MediaType
    kept: str | None


async def awaited(
    connection: AsyncConnection, _: Caller, paper_report_id: UUID, media_type: MediaType, *, now: datetime
) -> AwaitedScan:
    """Say of which paper the bytes are.

    Raises:
        NotFound: there is none.
        AlreadyAnnulled: it counts no more.
        EvidenceErased: it was erased.
    """
    paper = await fetch_one(connection, one_paper, paper_report_id=paper_report_id, moment=Moment(now))
    if not paper["counts"]:
        raise AlreadyAnnulled
    rows = await fetch_all(connection, evidence_of, paper_report_id=paper_report_id)
    evidence = [row for row in rows if not row["erased"]]
    if not evidence:
        raise EvidenceErased
    return AwaitedScan(paper=paper, evidence=evidence, media_type=media_type, kept=evidence[0]["sha256"])


def refuse_other_bytes(wanted: AwaitedScan, sha256: str) -> None:
    """Hold bytes against those that are here already.

    Raises:
        ContentAlreadyThere: other bytes are kept.
    """
    if wanted.kept and sha256 != wanted.kept:
        raise ContentAlreadyThere


async def record(
    connection: AsyncConnection,
    caller: Caller,
    wanted: AwaitedScan,
    received: Received,
    limits: Limits,
    *,
    now: datetime,
) -> PaperReportWhole:
    """Record that a scan is kept, and return its paper; the same bytes once more change nothing.

    Raises:
        ContentAlreadyThere: other bytes were recorded meanwhile.
        QuotaReached: there is no room for it.
        AlreadyAnnulled, EvidenceErased: see `awaited`; the obligations are held now, so that it stays so.
    """
    paper_id = wanted.paper["id"]
    if wanted.kept:
        return await whole(connection, caller, paper_id, now=now)
    ids = {row["obligation_id"] for row in wanted.evidence}
    held = await hold_all(connection, caller, ids, now=now, include_done=True)
    await lock(connection, caller.client_id.bytes)
    current = await awaited(connection, caller, paper_id, wanted.media_type, now=now)
    refuse_other_bytes(current, received.sha256)
    if current.kept is None:
        first = current.evidence[0]["obligation_id"]
        await refuse_over_quota(connection, caller, first, received.size, limits)
        await touch(connection, held, now=now)
        await events.write(connection, EvidenceContent, _rows(caller, current, received))
        await refresh_snapshot(connection, held, now)
    return await whole(connection, caller, paper_id, now=now)


def _rows(caller: Caller, wanted: AwaitedScan, received: Received) -> list[Mapping[str, Any]]:
    """Say of every evidence that its bytes are kept: under the id of the first."""
    return [
        {
            "id": received.content_id if n == 0 else new_id(),
            "kept_as": None if n == 0 else received.content_id,
            "plan_id": wanted.paper["plan_id"],
            "obligation_id": row["obligation_id"],
            "client_id": caller.client_id,
            "received_at": wanted.paper["received_at"],
            "evidence_id": row["id"],
            "size": received.size,
            "sha256": received.sha256,
            "media_type": wanted.media_type,
        }
        for n, row in enumerate(wanted.evidence)
    ]
