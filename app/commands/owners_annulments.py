"""What an owner may take back by itself: what it posted, as long as nobody can have relied on it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.obligations import Locked
from app.database.statements import Row, fetch_all
from app.domain.access import Caller
from app.domain.acts import Act, ActKind
from app.domain.errors import ActNotYours, ActReviewed, CycleClosed, DeadlinePassed, Fault
from app.queries.acts import closed_among
from app.standing.moment import Moment

OWNERS = {ActKind.UPDATE, ActKind.EVIDENCE, ActKind.WITHDRAWAL, ActKind.EXTENSION_REQUEST, ActKind.ANNULMENT}
"""What an owner itself records."""
REVIEWED = {ActKind.UPDATE, ActKind.EVIDENCE, ActKind.WITHDRAWAL}
"""What a review rests on."""


async def refuse_to_owner(
    connection: AsyncConnection, caller: Caller, held: Locked, rows: Collection[Row], act: Act, line: Iterable[Row]
) -> None:
    """Refuse an owner what only a coordinator takes back; `line` is where the obligation and its line stand.

    Raises:
        ActNotYours: somebody else posted it.
        ActReviewed: a review of it stands.
        DeadlinePassed: the deadline of the obligation, or of one of its line, has passed.
        CycleClosed: the figures of the cycle are sealed.
    """
    if not _is_own(caller, next(row for row in rows if row["id"] == act.id)):
        raise ActNotYours(None, Fault("/act", "was not posted by your body"))
    if _is_reviewed(act, rows):
        raise ActReviewed(None, Fault("/act", "has been reviewed"))
    stood = list(line)
    if any(row["past_due"] for row in stood):
        raise DeadlinePassed
    cycles: list[UUID] = [row["cycle_id"] for row in stood]
    if await fetch_all(connection, closed_among, ids=cycles, moment=Moment(held.seen_at)):
        raise CycleClosed


def _is_own(caller: Caller, row: Row) -> bool:
    """Say whether the caller's body posted it; an annulment is the client's own, for it may be a coordinator's."""
    if row["kind"] == ActKind.ANNULMENT:
        return bool(row["client_id"] == caller.client_id)
    return row["kind"] in OWNERS and not row["on_paper"] and row["posted_for"] in caller.body_ids


def _is_reviewed(act: Act, rows: Collection[Row]) -> bool:
    """Say whether a review that counts rests on it: one of the update, or of an update with this evidence there."""
    reviews = [row for row in rows if row["kind"] == ActKind.REVIEW and row["counts"]]
    if act.kind is ActKind.UPDATE:
        return any(row["falls_with"] == act.id for row in reviews)
    return act.kind in REVIEWED and any(row["recorded_at"] > act.recorded_at for row in reviews)
