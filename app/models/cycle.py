"""Reporting cycles: opened, their deadlines moved by letters, closed under a seal; and the days off."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, DateTime, String
from sqlmodel import Field, Index, UniqueConstraint

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

    `due_before` is the deadline as first set, `basis` where it comes from, with the count of the working days, in
    English and (`basis_vi`) in Vietnamese.  A cycle of its own kind was ordered by a letter: it has titles, and may
    name the duties that it asks for.
    """

    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("plan_id", "code"), of_plan())

    code: str = text(40)
    annual: bool
    starts_on: date
    ends_on: date
    due_before: datetime = instant()
    basis: str = text(8000)
    basis_vi: str = Field(default="", max_length=8000, sa_column_kwargs={"server_default": ""})
    confirmed: bool
    opened_at: datetime = instant()
    recorded_at: datetime = recorded()
    title_vi: str | None = optional_text(300)
    title_en: str | None = optional_text(300)
    document_number: str | None = optional_text(60)
    decided_on: date | None = None
    duties: list[str] | None = Field(default=None, sa_type=ARRAY(String(20)))


class CycleDeadline(ActRow, table=True):
    """One row is a letter that moves the deadline of a whole cycle, or confirms it: see `Extension`.

    `working_days` holds when the first, second, … working day after the new last day on time ends, as the calendar
    counted them: a duty that rests on what the others report is due by one of these.
    """

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
    decided_on: date
    working_days: list[datetime] = Field(sa_type=ARRAY(DateTime(timezone=True)))


class Reopening(ActRow, table=True):
    """One row says that a letter reopened the figures of a closed cycle for one act of a coordinator."""

    __tablename__ = "reopening"
    __table_args__ = (
        Index("ix_reopening_act", "plan_id", "act_id"),
        belongs_to("cycle", "cycle_id"),
        by_client(),
    )

    cycle_id: UUID
    act_id: UUID
    document_number: str = text(60)


class Seal(ActRow, table=True):
    """One row closes a cycle: the digest over every standing as of `received_at` that was known at `known_at`.

    `form` names how standings were spelled to be digested, so that a later version can still tell.
    """

    __tablename__ = "seal"
    __table_args__ = (
        Index("ix_seal_history", "plan_id", "cycle_id", "received_at", "recorded_at", "id"),
        belongs_to("cycle", "cycle_id"),
        by_client(),
    )

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
