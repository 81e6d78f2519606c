"""Decisions on the condition of a duty: *sau khi có hướng dẫn*, *nếu có*."""

from sqlmodel import Index

from app.models.base import HistoryRow, of_history, optional_text, text


class ConditionDecision(HistoryRow, table=True):
    """One row says from when the condition of one obligation is met, or that it is not; the latest one counts.

    `received_at` is the first instant of the day from which it holds, which may lie before or after it was recorded.
    """

    __tablename__ = "condition_decision"
    __table_args__ = (
        *of_history("condition_decision"),
        Index("ix_condition_decision_since", "plan_id", "received_at"),
    )

    met: bool
    reason: str = text(10_000)
    document_number: str | None = optional_text(60)
