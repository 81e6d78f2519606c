"""Reviews on the wire."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.domain.completion import ReviewOutcome
from app.schemas.base import (
    Instant,
    Narrative,
    NotPersonal,
    Reopening,
    ResponseModel,
)
from app.schemas.obligations import ObligationOut

Waived = Annotated[str, Field(pattern=r"^(evidence|target:[0-9A-Za-z][0-9A-Za-z.-]{0,29})$")]
"""What an acceptance lets pass although it is missing, by the name that `missing` gives it."""


Version = Annotated[int, Field(strict=True, ge=1)] | None
"""The version of an obligation that was read: when something came since, nothing is decided."""


class ReviewIn(NotPersonal):
    """Accepts the claim that stands, or returns it; either way the owner reads the reason.

    An acceptance names in `waives` exactly what is `missing`; a report that is missing cannot be waived.  `seen` is the
    version of the obligation that was read: when something came since, nothing is decided.
    """

    outcome: ReviewOutcome
    reason: Narrative
    waives: Annotated[tuple[Waived, ...], Field(max_length=50)] = ()
    seen: Version = None
    reopened_by: Reopening = None


class ReviewOut(ResponseModel):
    """One decision of the coordinator on one update, which was then the claim."""

    id: UUID
    obligation: UUID
    update: UUID | None
    outcome: ReviewOutcome
    waives: list[str]
    reason: str
    client: UUID
    received_at: Instant
    recorded_at: Instant


class Reviewed(ResponseModel):
    """The review that was recorded, and where its obligation stands now."""

    review: ReviewOut
    obligation: ObligationOut
