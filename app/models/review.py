"""Reviews: the coordinator accepts a claim, or returns it with a reason."""

from uuid import UUID

from sqlalchemy import ARRAY, String
from sqlmodel import Field, Index

from app.domain.completion import ReviewOutcome
from app.models.base import HistoryRow, belongs_to, by_client, choice, text


class Review(HistoryRow, table=True):
    """One row is one decision of the coordinator on the update that was then the claim.

    `waives` names what an acceptance lets pass although it is missing: `evidence`, `target:3.2-c`.
    """

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        Index("ix_review_update", "plan_id", "update_id"),
        belongs_to("obligation", "obligation_id"),
        belongs_to("progress_update", "update_id"),
        by_client(),
    )

    outcome: ReviewOutcome = choice(ReviewOutcome, "outcome")
    reason: str = text(10_000)
    update_id: UUID | None = None
    waives: list[str] = Field(sa_type=ARRAY(String(40)), default_factory=list)
