"""Obligations, and the extensions that move their deadlines."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index, UniqueConstraint

from app.domain.completion import Force
from app.models.base import HistoryRow, PlanRow, belongs_to, by_client, choice, instant, optional_text, text


class Obligation(PlanRow, table=True):
    """One row is one duty × one owner × one cycle: what is owed, by whom, by when.

    `body_id` is the numbered body under which the owner stands, `position` the plan's order (duty, then owner),
    `due_before` the deadline as first set.  Only `version` and `updated_at` ever change: each act counts one up.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("plan_id", "cycle_id", "duty_id", "owner_id"),
        Index("ix_obligation_duty_owner", "plan_id", "duty_id", "owner_id"),
        belongs_to("cycle", "cycle_id"),
        belongs_to("duty", "duty_id"),
        belongs_to("body", "owner_id"),
        belongs_to("body", "body_id"),
    )

    cycle_id: UUID
    duty_id: UUID
    owner_id: UUID
    body_id: UUID
    position: int
    force: Force = choice(Force, "force")
    due_before: datetime = instant()
    version: int = Field(default=1)
    updated_at: datetime = instant()


class Extension(HistoryRow, table=True):
    """One row moves one obligation's deadline, from the instant it was received."""

    __tablename__ = "extension"
    __table_args__ = (
        Index("ix_extension_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        Index("ix_extension_due", "plan_id", "due_before"),
        belongs_to("obligation", "obligation_id"),
        by_client(),
    )

    due_before: datetime = instant()
    reason: str = text(10_000)
    document_number: str | None = optional_text(60)
