"""Reporting cycles, and the holidays that their deadlines step over."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel import SQLModel, UniqueConstraint

from app.models.base import PlanRow, instant, key, of_plan, text


class Cycle(PlanRow, table=True):
    """One row is one cycle that an act has opened; both days of the period are inclusive."""

    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("plan_id", "code"), of_plan())

    code: str = text(40)
    annual: bool
    starts_on: date
    ends_on: date
    due_before: datetime = instant()
    basis: str = text(1000)
    confirmed: bool
    opened_at: datetime = instant()


class Holiday(SQLModel, table=True):
    """One row is one day that is no working day, whatever day of the week it is."""

    __tablename__ = "holiday"
    __table_args__ = (of_plan(),)

    plan_id: UUID = key()
    observed_on: date = key()
    name: str = text(200)
