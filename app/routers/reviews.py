"""Reviews: what the coordinator says of a claim."""

from typing import Annotated

from fastapi import Response

from app.commands import reviews
from app.domain import errors
from app.domain.access import Caller, Permission
from app.routers.obligations import ACTS, ObligationId
from app.schemas.reviews import Reviewed, ReviewIn
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Writing

router = Router(prefix="/v1/obligations", tags=["reviews"], route_class=ExactRoute)


@router.post(
    "/{id}/reviews",
    operation_id="giveReview",
    summary="Accept or return a claim",
    status_code=201,
    response_model=Reviewed,
    responses=documented(*ACTS, errors.NothingToReview, errors.WaiverMismatch, errors.ChangedSinceSeen),
)
async def give_review(
    obligation_id: ObligationId, caller: Annotated[Caller, may(Permission.REVIEW)], write: Writing, sent: ReviewIn
) -> Response:
    """Accept the claim that stands, or return it; `GET /v1/obligations?awaiting_review=true` lists what waits."""

    return await write.run(reviews.give, caller, obligation_id, sent, now=write.now, expected=write.expected)
