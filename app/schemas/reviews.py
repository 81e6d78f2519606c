"""Reviews on the wire."""

from uuid import UUID

from app.domain.completion import ReviewOutcome
from app.schemas.base import Instant, Narrative, Reopening, RequestModel, ResponseModel
from app.schemas.obligations import ObligationOut


class ReviewIn(RequestModel):
    """Accepts the claim that stands, or returns it; either way the owner reads the reason."""

    outcome: ReviewOutcome
    reason: Narrative
    reopened_by: Reopening = None


class ReviewOut(ResponseModel):
    """One decision of the coordinator on the claim that then stood."""

    id: UUID
    obligation: UUID
    outcome: ReviewOutcome
    reason: str
    client: UUID
    received_at: Instant
    recorded_at: Instant


class Reviewed(ResponseModel):
    """The review that was recorded, and where its obligation stands now."""

    review: ReviewOut
    obligation: ObligationOut
