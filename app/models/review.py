"""Reviews: the coordinator accepts a claim, or returns it with a reason."""

from sqlmodel import Index

from app.domain.completion import ReviewOutcome
from app.models.base import HistoryRow, belongs_to, by_client, choice, text


class Review(HistoryRow, table=True):
    """One row is one decision of the coordinator on the claim that then stood."""

    __tablename__ = "review"
    __table_args__ = (
        Index("ix_review_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        belongs_to("obligation", "obligation_id"),
        by_client(),
    )

    outcome: ReviewOutcome = choice(ReviewOutcome, "outcome")
    reason: str = text(10_000)
