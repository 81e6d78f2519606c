"""Reviews: the coordinator accepts the claim that stands, or returns it with a reason."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import finish_act, record, record_checked
from app.commands.closings import unchanged
from app.commands.obligations import Locked, hold, standing_row
from app.database.statements import Row
from app.domain.access import Caller
from app.domain.completion import ReviewOutcome
from app.domain.errors import NothingToReview
from app.models import Review
from app.schemas.reviews import Reviewed, ReviewIn, ReviewOut


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

    A return opens the obligation again and never clears overdue; an acceptance waives what is missing, moves no time.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        NothingToReview: no claim stands, or, to be accepted, none that closes the obligation and is not yet accepted.
        LetterNeeded: its cycle is closed, no letter reopens it, and it is a return or an acceptance that changes more
            than who has read the claim.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    _refuse_idle(await standing_row(connection, caller, obligation_id, held.seen_at), sent.outcome)
    if sent.outcome is ReviewOutcome.ACCEPTED and sent.reopened_by is None:
        async with unchanged(connection, caller, held):
            return await _record(connection, caller, held, sent, record_checked)
    return await _record(connection, caller, held, sent, record)


async def _record(
    connection: AsyncConnection, caller: Caller, held: Locked, sent: ReviewIn, write: Callable[..., Awaitable[Row]]
) -> Reviewed:
    said = sent.model_dump(include={"outcome", "reason", "reopened_by"})
    review = await write(connection, caller, held, Review, held.seen_at, **said)
    standing = await finish_act(connection, caller, held, held.seen_at)
    return Reviewed(review=ReviewOut.model_validate(review), obligation=standing)


def _refuse_idle(standing: Row, outcome: ReviewOutcome) -> None:
    accepting = outcome is ReviewOutcome.ACCEPTED
    if not (standing["awaiting_review"] if accepting else standing["claim_state"]):
        raise NothingToReview
