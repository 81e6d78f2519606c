"""Reviews: the coordinator accepts the claim that stands, or returns it with a reason; one claim, or many at once."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import Accepted, finish_act, loud_among, record_all, refuse_unseen
from app.commands.bulk_acts import Steps
from app.commands.closings import NEEDED, refuse_sealed
from app.commands.obligations import Locked, hold, version_of
from app.database.statements import Row, fetch_all
from app.domain.access import Caller
from app.domain.completion import ClaimState, ReviewOutcome, Signal, missing
from app.domain.errors import LetterNeeded, NothingToReview, ObligationEnded, WaiverMismatch
from app.models import Review
from app.queries.reviews import claims_of
from app.schemas.bulk import ReviewItemIn
from app.schemas.reviews import Reviewed, ReviewIn, ReviewOut
from app.standing.moment import Moment

Claims = Mapping[UUID, Row]
"""The claims of obligations that are held."""


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

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        ChangedSinceSeen: something came since the version that was read.
        ObligationEnded, NothingToReview, WaiverMismatch, LetterNeeded: see `accept`.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now)
    if sent.seen is not None:
        refuse_unseen(sent.seen, await version_of(connection, caller, held))
    accepted = accept(caller, held, sent, await known_of(connection, caller, [(held, sent)]))
    if await loud_among(connection, caller, [accepted], write):
        raise LetterNeeded(None, NEEDED)
    (review,) = await write(connection, caller, [accepted])
    return Reviewed(review=review, obligation=await finish_act(connection, caller, held, held.seen_at))


async def known_of(connection: AsyncConnection, _: Caller, asked: Collection[tuple[Locked, ReviewIn]]) -> Claims:
    """Find the claims that are to be reviewed."""
    if not asked:
        return {}
    ids, seen_at = [held.id for held, _ in asked], max(held.seen_at for held, _ in asked)
    return {row["id"]: row for row in await fetch_all(connection, claims_of, ids=ids, moment=Moment(seen_at))}


def accept(caller: Caller, held: Locked, sent: ReviewIn, claims: Claims) -> Accepted:
    """Find nothing against a review of the claim of an obligation that is held.

    A return opens the obligation again and never clears overdue; an acceptance waives what it names, moves no time.

    Raises:
        ObligationEnded: nobody owes it any more.
        NothingToReview: no claim stands, or, to be accepted, none that closes the obligation and is not yet accepted.
        WaiverMismatch: an acceptance does not name exactly what its claim lacks.
        LetterNeeded: its cycle is closed, no letter reopens it, and it is a return; an acceptance is quiet.
    """
    if held.ended:
        raise ObligationEnded
    claim = claims[held.id]
    waived = _waived(claim, sent)
    quiet = sent.outcome is ReviewOutcome.ACCEPTED and sent.reopened_by is None
    if not quiet:
        refuse_sealed(caller, held.closed_at, sent.reopened_by)
    fields = {"outcome": sent.outcome, "reason": sent.reason, "update_id": claim["update_id"], "waives": waived}
    said = sent.model_dump(include={"reopened_by", "not_personal_reason"})
    return Accepted(held=held, received_at=held.seen_at, fields=fields, quiet=quiet, **said)


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


async def write(connection: AsyncConnection, caller: Caller, accepted: Sequence[Accepted]) -> list[ReviewOut]:
    """Write reviews, and return them in order as they were written."""
    rows = await record_all(connection, caller, Review, accepted)
    return [ReviewOut.model_validate({**row, "update": row["update_id"]}) for row in rows]


STEPS: Steps[ReviewItemIn, Claims, Accepted, ReviewOut] = Steps(known_of, accept, write)
"""How many claims are reviewed at once."""
