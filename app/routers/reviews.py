"""Reviews: what the coordinator says of a claim."""

from typing import Annotated, Any

from fastapi import Response

from app.commands import reviews
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.obligations import ACTS, ObligationId
from app.schemas.bulk import ReviewItemIn, ReviewResult, ReviewsIn, ReviewsOut
from app.schemas.reviews import Reviewed, ReviewIn, ReviewOut
from app.web.auth.access import may
from app.web.bulk_acts import InBulk
from app.web.bulk_items import read_each
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Writing

router = Router(prefix="/v1", tags=["reviews"], route_class=ExactRoute)
Coordinator = Annotated[Caller, may(Permission.REVIEW)]


@router.post(
    "/obligations/{id}/reviews",
    operation_id="giveReview",
    summary="Accept or return a claim",
    status_code=201,
    response_model=Reviewed,
    responses=documented(*ACTS, errors.NothingToReview, errors.WaiverMismatch, errors.ChangedSinceSeen),
)
async def give_review(obligation_id: ObligationId, caller: Coordinator, write: Writing, sent: ReviewIn) -> Response:
    """Accept the claim that stands, or return it; `GET /v1/obligations?awaiting_review=true` lists what waits."""

    return await write.run(reviews.give, caller, obligation_id, sent, now=write.now, expected=write.expected)


@router.post(
    "/reviews",
    operation_id="giveReviews",
    summary="Accept or return many claims",
    status_code=207,
    response_model=ReviewsOut,
    responses=documented(errors.AmbiguousObligation, errors.ItemsRefused),
)
async def give_reviews(caller: Coordinator, bulk: InBulk, sent: ReviewsIn) -> Response:
    """Review up to 500 claims at once; each item has a result of its own, and a bad one hurts no other.

    An item with `seen` is refused alone when something came on its obligation since that version was read.
    """
    items = read_each(ReviewItemIn, sent.items)
    return await bulk.run(caller, reviews.STEPS, items, ReviewsOut, review_result)


def review_result(said: dict[str, Any], review: ReviewOut | None) -> ReviewResult:
    """Spell what became of one review."""
    return ReviewResult(**said, review=review)
