"""Successions: a body hands its obligations to another from a date, by a legal act."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String
from sqlmodel import Field, UniqueConstraint

from app.models.base import (
    ActRow,
    HistoryRow,
    PlanRow,
    belongs_to,
    by_client,
    choice,
    of_history,
    of_plan,
    optional_text,
    recorded,
    text,
)


class SuccessionKind(StrEnum):
    """What became of the body."""

    MERGED = "merged"
    SPLIT = "split"
    RENAMED = "renamed"
    DISSOLVED = "dissolved"


class Decision(StrEnum):
    """What the coordinator says of a proposed succession."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Succession(PlanRow, table=True):
    """One row proposes that a body is succeeded for all its duties, or for those named, and changes nothing by itself.

    Its successor may be undecided, and need not be a body of the plan yet.  What came with the seed names no client.
    """

    __tablename__ = "succession"
    __table_args__ = (
        of_plan(),
        by_client(),
        belongs_to("body", "predecessor_id"),
        CheckConstraint("(successor_code IS NULL) = (successor_name IS NULL)", name="successor_is_named"),
    )

    predecessor_id: UUID
    successor_code: str | None = optional_text(60)
    successor_name: str | None = optional_text(400)
    kind: SuccessionKind = choice(SuccessionKind, "kind")
    duties: list[str] | None = Field(default=None, sa_type=ARRAY(String(20)))
    effective_on: date
    act_number: str | None = optional_text(60)
    act_title: str = text(1000)
    act_issued_on: date | None = None
    note: str | None = optional_text(1000)
    client_id: UUID | None = None
    recorded_at: datetime = recorded()


class SuccessionDecision(ActRow, table=True):
    """One row confirms a succession, with its successor, or rejects it; there is one for each succession at most."""

    __tablename__ = "succession_decision"
    __table_args__ = (
        UniqueConstraint("plan_id", "succession_id"),
        belongs_to("succession", "succession_id"),
        belongs_to("body", "successor_id"),
        by_client(),
        CheckConstraint("(outcome = 'confirmed') = (successor_id IS NOT NULL)", name="confirmed_has_successor"),
    )

    succession_id: UUID
    outcome: Decision = choice(Decision, "outcome")
    successor_id: UUID | None = None
    reason: str = text(10_000)


class Transfer(HistoryRow, table=True):
    """One row passes one obligation to its new owner, who stands under `body_id`; the latest one counts.

    `received_at` is the instant from which the new owner owes it: the start of the succession's day, or later when the
    obligation was closed by then and opened again.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        *of_history("transfer"),
        UniqueConstraint("plan_id", "obligation_id", "succession_id"),
        Index("ix_transfer_owner", "owner_id"),
        belongs_to("body", "owner_id"),
        belongs_to("body", "body_id"),
        belongs_to("succession", "succession_id"),
    )

    owner_id: UUID
    body_id: UUID
    succession_id: UUID
