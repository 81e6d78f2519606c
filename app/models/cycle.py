"""Reporting cycles: opened, their deadlines moved before they start, closed under a seal; and the days off."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import Index, UniqueConstraint

from app.domain.completion import Status
from app.models.base import (
    ActRow,
    PlanRow,
    belongs_to,
    by_client,
    choice,
    instant,
    of_plan,
    optional_text,
    recorded,
    text,
)


class Cycle(PlanRow, table=True):
    """One row is one cycle that an act has opened; both days of the period are inclusive.

    `due_before` is the deadline as first set, `basis` where it comes from, with the count of the working days.
    """

    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("plan_id", "code"), of_plan())

    code: str = text(40)
    annual: bool
    starts_on: date
    ends_on: date
    due_before: datetime = instant()
    basis: str = text(8000)
    confirmed: bool
    opened_at: datetime = instant()


class CycleDeadline(ActRow, table=True):
    """One row moves the deadline of a whole cycle, or confirms it, from the instant it was received."""

    __tablename__ = "cycle_deadline"
    __table_args__ = (
        Index("ix_cycle_deadline_history", "plan_id", "cycle_id", "received_at", "recorded_at", "id"),
        Index("ix_cycle_deadline_due", "plan_id", "due_before"),
        belongs_to("cycle", "cycle_id"),
        by_client(),
    )

    cycle_id: UUID
    due_before: datetime = instant()
    reason: str = text(10_000)
    document_number: str | None = optional_text(60)


class Seal(ActRow, table=True):
    """One row closes a cycle: the digest over every standing as of `received_at` that was known at `known_at`.

    `form` names how standings were spelled to be digested, so that a later version can still tell.
    """

    __tablename__ = "seal"
    __table_args__ = (UniqueConstraint("plan_id", "cycle_id"), belongs_to("cycle", "cycle_id"), by_client())

    cycle_id: UUID
    known_at: datetime = instant()
    form: int
    digest: str = text(64)
    reason: str = text(10_000)
    document_number: str | None = optional_text(60)


class SealedStanding(PlanRow, table=True):
    """One row is one obligation under a seal: its status, and the digest of its standing and of its history."""

    __tablename__ = "sealed_standing"
    __table_args__ = (
        UniqueConstraint("plan_id", "seal_id", "obligation_id"),
        belongs_to("seal", "seal_id"),
        belongs_to("obligation", "obligation_id"),
    )

    seal_id: UUID
    obligation_id: UUID
    status: Status = choice(Status, "status")
    digest: str = text(64)


class Holiday(PlanRow, table=True):
    """One row says that a day is off (`observed`), or no longer is; the row of a day that was recorded last counts.

    Days that came with the seed or with an import name no client.
    """

    __tablename__ = "holiday"
    __table_args__ = (
        Index("ix_holiday_day", "plan_id", "observed_on", "recorded_at", "id"),
        of_plan(),
        by_client(),
    )

    observed_on: date
    observed: bool
    name: str = text(300)
    client_id: UUID | None = None
    recorded_at: datetime = recorded()
