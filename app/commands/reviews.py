"""Reviews: the coordinator accepts the claim that stands, or returns it with a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import finish_act, record
from app.commands.obligations import hold, standing_row
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
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    _refuse_idle(await standing_row(connection, caller, obligation_id, held.seen_at), sent.outcome)
    review = await record(connection, caller, held, Review, held.seen_at, outcome=sent.outcome, reason=sent.reason)
    standing = await finish_act(connection, caller, held, held.seen_at)
    return Reviewed(review=ReviewOut.model_validate(review), obligation=standing)


def _refuse_idle(standing: Row, outcome: ReviewOutcome) -> None:
    accepting = outcome is ReviewOutcome.ACCEPTED
    if not (standing["awaiting_review"] if accepting else standing["claim_state"]):
        raise NothingToReview
