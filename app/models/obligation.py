"""Obligations: what is owed, by whom, by when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Uuid
from sqlalchemy import text as sql
from sqlmodel import Field, Index, UniqueConstraint

from app.domain.completion import Force
from app.models.base import PlanRow, belongs_to, choice, instant, recorded


class Obligation(PlanRow, table=True):
    """One row is one duty × one owner × one cycle: what is owed, by whom, by when.

    `body_id` is the numbered body under which the owner stands, `position` the plan's order (duty, then owner),
    `due_before` the deadline as first set, `due_after_others_days` what its duty said when the cycle was opened.
    `lines` names the bodies to whose lines of a `once` duty it belongs, unless that is its owner alone
    (standing/once.py).  Only `updated_at` ever changes: it is when the last act came.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("plan_id", "cycle_id", "duty_id", "owner_id"),
        Index("ix_obligation_duty_owner", "plan_id", "duty_id", "owner_id"),
        Index("ix_obligation_order", "plan_id", "cycle_id", "position", "id"),
        Index(
            "ix_obligation_due_after_others",
            "plan_id",
            "due_before",
            postgresql_where=sql("due_after_others_days IS NOT NULL"),
        ),
        Index("ix_obligation_lines", "lines", postgresql_using="gin", postgresql_where=sql("lines IS NOT NULL")),
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
    due_after_others_days: int | None = None
    lines: list[UUID] | None = Field(default=None, sa_type=ARRAY(Uuid))
    updated_at: datetime = instant()
    recorded_at: datetime = recorded()
