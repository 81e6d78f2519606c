"""Successions: a body hands its obligations to another from a date, by a legal act."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Index, String, false
from sqlalchemy.dialects.postgresql import JSONB
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

    `successors` lists who takes over, as far as that is known: `{code, name, duties}` each, of which not every one need
    be a body of the plan yet.  Or the body `ends`, and nobody takes over.  What came with the seed names no client.
    """

    __tablename__ = "succession"
    __table_args__ = (
        of_plan(),
        by_client(),
        belongs_to("body", "predecessor_id"),
    )

    predecessor_id: UUID
    successors: list[dict[str, Any]] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "[]"})
    ends: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
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
    """One row confirms a succession, with its parts, or rejects it; there is one for each succession at most."""

    __tablename__ = "succession_decision"
    __table_args__ = (
        UniqueConstraint("plan_id", "succession_id"),
        belongs_to("succession", "succession_id"),
        by_client(),
    )

    succession_id: UUID
    outcome: Decision = choice(Decision, "outcome")
    reason: str = text(10_000)


class SuccessionPart(PlanRow, table=True):
    """One row of a confirmed succession names one body that takes over, or nobody when the duties end with the body.

    `duties` are those that it takes over; null means whatever no other succession of the same body names.  Of several
    parts with the same duty the first takes over what is open.  By a `whole` one the body is left with nothing.
    """

    __tablename__ = "succession_part"
    __table_args__ = (
        UniqueConstraint("plan_id", "succession_id", "position"),
        Index("ix_succession_part_successor", "successor_id"),
        belongs_to("succession", "succession_id"),
        belongs_to("body", "successor_id"),
    )

    succession_id: UUID
    position: int
    successor_id: UUID | None = None
    duties: list[str] | None = Field(default=None, sa_type=ARRAY(String(20)))
    whole: bool


class Transfer(HistoryRow, table=True):
    """One row passes one obligation to its new owner, who stands under `body_id`; the latest one counts.

    When it `ends`, the owner is the one whose it was, and nobody owes it from then on.

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
    ends: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
