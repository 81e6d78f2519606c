"""Duties, who owns them, who coordinates, and what is measured."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Numeric, String, false
from sqlmodel import Field, Index, UniqueConstraint

from app.domain.completion import DutyKind, Force
from app.models.base import ActRow, PlanRow, belongs_to, by_client, choice, of_plan, optional_text, text


class Recurrence(StrEnum):
    """In which cycles a duty is owed; `cycle` names one."""

    EVERY_CYCLE = "every_cycle"
    ANNUAL = "annual"
    ONCE = "once"
    CYCLE = "cycle"


class ConditionScope(StrEnum):
    """Whether a condition covers the whole duty or one clause of it."""

    WHOLE = "whole"
    CLAUSE = "clause"


class Duty(PlanRow, table=True):
    """One row is one sentence of the plan; `search` is its folded text, for `q`.

    What rests on the reports of others is due `due_after_others_days` working days after these are.
    """

    __tablename__ = "duty"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        of_plan(),
        belongs_to("body", "body_id"),
        CheckConstraint("(recurrence = 'cycle') = (recurrence_cycle IS NOT NULL)", name="recurrence_cycle"),
    )

    code: str = text(20)
    body_id: UUID | None = None
    position: int
    title_vi: str = text(300)
    title_en: str = text(300)
    text: str = Field(max_length=5000)
    search: str = Field(max_length=8000)
    source_line: int
    kind: DutyKind = choice(DutyKind, "kind")
    force: Force = choice(Force, "force")
    lead: bool
    recurrence: Recurrence = choice(Recurrence, "recurrence")
    recurrence_cycle: str | None = optional_text(40)
    due_after_others_days: int | None = None
    condition_type: str | None = optional_text(60)
    condition_scope: ConditionScope | None = choice(ConditionScope, "condition_scope", optional=True)
    condition_marker: str | None = optional_text(500)
    basis_type: str | None = optional_text(60)
    basis_marker: str | None = optional_text(500)
    mirrors: list[str] = Field(sa_type=ARRAY(String(20)))
    note: str | None = optional_text(1000)


class DutyOwner(PlanRow, table=True):
    """One row says that a body owes a duty, and whether it is directed or requested to."""

    __tablename__ = "duty_owner"
    __table_args__ = (
        UniqueConstraint("plan_id", "duty_id", "body_id"),
        belongs_to("duty", "duty_id"),
        belongs_to("body", "body_id"),
    )

    duty_id: UUID
    body_id: UUID
    position: int
    force: Force = choice(Force, "force")


class DutyPartner(PlanRow, table=True):
    """One row is a partner of a duty: a body, the words that the plan names it with, or both.

    Where the words name nobody, or not all (`open`), the coordinator says who (`PartnerNaming`).
    """

    __tablename__ = "duty_partner"
    __table_args__ = (
        UniqueConstraint("plan_id", "duty_id", "position"),
        Index("ix_duty_partner_body", "body_id"),
        belongs_to("duty", "duty_id"),
        belongs_to("body", "body_id"),
        CheckConstraint("body_id IS NOT NULL OR named_as IS NOT NULL", name="body_or_name"),
    )

    duty_id: UUID
    position: int
    body_id: UUID | None = None
    named_as: str | None = optional_text(300)
    open: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class PartnerNaming(ActRow, table=True):
    """One row says that a body is a partner of a duty, where the plan leaves open who is; by a letter."""

    __tablename__ = "partner_naming"
    __table_args__ = (
        UniqueConstraint("plan_id", "duty_id", "body_id"),
        Index("ix_partner_naming_body", "body_id"),
        belongs_to("duty", "duty_id"),
        belongs_to("body", "body_id"),
        by_client(),
    )

    duty_id: UUID
    body_id: UUID
    document_number: str | None = optional_text(60)
    decided_on: date
    reason: str = text(10_000)


class Target(PlanRow, table=True):
    """One row is one figure that a duty must reach; `aim` is the range that the plan hopes for."""

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("plan_id", "duty_id", "code"),
        belongs_to("duty", "duty_id"),
        CheckConstraint("comparator IN ('=', '>', '>=', '<', '<=')", name="comparator"),
    )

    duty_id: UUID
    code: str = text(30)
    position: int
    metric: str = text(500)
    comparator: str = text(2)
    value: Decimal = Field(sa_type=Numeric(18, 6))
    unit: str = text(30)
    direction: str | None = optional_text(30)
    marker: str | None = optional_text(300)
    aim: list[Decimal] | None = Field(default=None, sa_type=ARRAY(Numeric(18, 6)))
