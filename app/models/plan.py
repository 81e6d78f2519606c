"""A plan: an issued document that assigns duties; and under whose name papers about it go out."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from app.models.base import PlanRow, by_client, key, of_plan, optional_text, recorded, text


class Plan(SQLModel, table=True):
    """One row is one plan; `cycle_rules` says which cycles it has, `legal_bases` what it rests on,
    `max_extensions` how often the deadline of one obligation can be moved, `report_rules` how reports tell of it."""

    __tablename__ = "plan"
    __table_args__ = (UniqueConstraint("slug"),)

    id: UUID = key()
    slug: str = text(80)
    number: str = text(60)
    title_vi: str = text(1000)
    title_en: str = text(1000)
    issuer: str = text(300)
    issued_on: date
    time_zone: str = text(60)
    source: str | None = optional_text(200)
    legal_bases: list[dict[str, Any]] = Field(sa_type=JSONB)
    cycle_rules: dict[str, Any] = Field(sa_type=JSONB)
    max_extensions: int
    report_rules: dict[str, Any] = Field(sa_type=JSONB, sa_column_kwargs={"server_default": "{}"})


class Letterhead(PlanRow, table=True):
    """One row is how papers about a plan are headed, addressed and signed; the one recorded last counts.

    `superior` and `body` are who issues them, `code` and `unit` how their numbers name the body and the unit that
    draws them up, `signer` the office of who signs.  The row that came with the seed names no client.
    """

    __tablename__ = "letterhead"
    __table_args__ = (Index("ix_letterhead_last", "plan_id", "recorded_at", "id"), of_plan(), by_client())

    superior: str | None = optional_text(300)
    body: str = text(300)
    code: str = text(30)
    unit: str | None = optional_text(30)
    place: str = text(100)
    signer: str = text(100)
    recipients: list[str] = Field(sa_type=ARRAY(String(300)))
    client_id: UUID | None = None
    recorded_at: datetime = recorded()
