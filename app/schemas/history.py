"""The history of an obligation on the wire: every act, in order."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas.base import Instant, ResponseModel
from app.schemas.evidence import EvidenceOut, WithdrawalOut
from app.schemas.reviews import ReviewOut
from app.schemas.updates import UpdateOut


class UpdateAct(UpdateOut):
    """The owner reported."""

    act: Literal["update"]


class EvidenceAct(EvidenceOut):
    """Evidence was attached."""

    act: Literal["evidence"]


class _Act(ResponseModel):
    id: UUID
    obligation: UUID
    reason: str
    client: UUID
    received_at: Instant
    recorded_at: Instant


class WithdrawalAct(WithdrawalOut):
    """Evidence was withdrawn."""

    act: Literal["withdrawal"]


class ReviewAct(ReviewOut):
    """The coordinator accepted or returned the claim."""

    act: Literal["review"]


class ExtensionAct(_Act):
    """The coordinator moved the deadline."""

    act: Literal["extension"]
    due_before: Instant
    document_number: str | None


HistoryAct = Annotated[UpdateAct | EvidenceAct | WithdrawalAct | ReviewAct | ExtensionAct, Field(discriminator="act")]


class HistoryOut(ResponseModel):
    """Every act on one obligation, by (received_at, recorded_at, id)."""

    obligation: UUID
    items: list[HistoryAct]
