"""Reviews: the coordinator accepts the claim that stands, or returns it with a reason."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import finish_act, record, record_checked
from app.commands.closings import unchanged
from app.commands.obligations import Locked, hold, version_of
from app.database.statements import Row, fetch_one
from app.domain.access import Caller
from app.domain.completion import ClaimState, ReviewOutcome, Signal, missing
from app.domain.errors import ChangedSinceSeen, NothingToReview, WaiverMismatch
from app.models import Review
from app.queries.reviews import claim_of
from app.schemas.reviews import Reviewed, ReviewIn, ReviewOut
from app.standing.moment import Moment


async def give(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: ReviewIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Reviewed:
    """Record one review of the claim that stands, and say where the obligation stands now.

    A return opens the obligation again and never clears overdue; an acceptance waives what it names, moves no time.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        ChangedSinceSeen: something came since the version that was read.
        NothingToReview: no claim stands, or, to be accepted, none that closes the obligation and is not yet accepted.
        WaiverMismatch: an acceptance does not name exactly what its claim lacks.
        LetterNeeded: its cycle is closed, no letter reopens it, and it is a return, or a status changes by it.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    if sent.seen is not None and sent.seen != (version := await version_of(connection, caller, held)):
        raise ChangedSinceSeen(version)
    claim = await fetch_one(connection, claim_of, obligation_id=held.id, moment=Moment(held.seen_at))
    waived = _waived(claim, sent)
    fields = {"outcome": sent.outcome, "reason": sent.reason, "update_id": claim["update_id"], "waives": waived}
    if sent.outcome is ReviewOutcome.ACCEPTED and sent.reopened_by is None:
        async with unchanged(connection, caller, held):
            return await _record(connection, caller, held, fields, record_checked)
    return await _record(connection, caller, held, {**fields, "reopened_by": sent.reopened_by}, record)


async def _record(
    connection: AsyncConnection,
    caller: Caller,
    held: Locked,
    fields: Mapping[str, Any],
    write: Callable[..., Awaitable[Row]],
) -> Reviewed:
    review = await write(connection, caller, held, Review, held.seen_at, **fields)
    standing = await finish_act(connection, caller, held, held.seen_at)
    shown = ReviewOut.model_validate({**review, "update": review["update_id"]})
    return Reviewed(review=shown, obligation=standing)


def _waived(claim: Row, sent: ReviewIn) -> Sequence[str]:
    """Return what a review lets pass, in the order in which it is missing."""
    accepting = sent.outcome is ReviewOutcome.ACCEPTED
    if not (claim["awaiting_review"] if accepting else claim["claim_state"]):
        raise NothingToReview
    lacking = _lacking(claim) if accepting else []
    if set(sent.waives) != set(lacking):
        raise WaiverMismatch(lacking)
    return lacking


def _lacking(claim: Row) -> list[str]:
    """List what a claim lacks that an acceptance can waive: of one that nothing arises, nothing is asked."""
    if claim["claim_state"] == ClaimState.NOT_APPLICABLE:
        return []
    return missing({Signal.DONE} | ({Signal.PROVEN} if claim["proven"] else set()), claim["unmet_targets"] or ())
