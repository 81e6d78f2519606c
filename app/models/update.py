"""Updates: what owners report, exactly as received."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric
from sqlmodel import Field, Index

from app.domain.completion import ClaimState
from app.models.base import HistoryRow, PlanRow, belongs_to, by_client, choice, optional_text, own_columns, text
from app.models.paper import of_paper


class Update(HistoryRow, table=True):
    """One row is one report by the owner; `document_number` marks a paper report that a coordinator entered.

    `paper_report_id` is the paper that reports on many duties, if it is of one.
    """

    __tablename__ = "progress_update"
    __table_args__ = (
        Index("ix_progress_update_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        belongs_to("obligation", "obligation_id"),
        by_client(),
        belongs_to("paper_report", "paper_report_id"),
        of_paper("progress_update"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
    )

    state: ClaimState = choice(ClaimState, "state")
    percent: int | None = None
    summary: str = text(10_000)
    occurred_on: date | None = None
    late_reason: str | None = optional_text(10_000)
    document_number: str | None = optional_text(60)
    paper_report_id: UUID | None = None


FIELDS = tuple(name for name in own_columns(Update) if name != "paper_report_id")
"""What an update says itself."""


class Measurement(PlanRow, table=True):
    """One row is the figure that an update reports for one target, or that there was no case (`cases` is 0)."""

    __tablename__ = "measurement"
    __table_args__ = (
        Index("ix_measurement_update", "plan_id", "update_id", "target_id", unique=True),
        belongs_to("progress_update", "update_id"),
        belongs_to("target", "target_id"),
        CheckConstraint("(value IS NULL) <> (cases IS NULL) AND cases = 0 IS NOT FALSE", name="value_or_no_case"),
    )

    update_id: UUID
    target_id: UUID
    value: Decimal | None = Field(default=None, sa_type=Numeric(18, 6))
    cases: int | None = None
