"""A plan: an issued document that assigns duties."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, UniqueConstraint

from app.models.base import key, optional_text, text


class Plan(SQLModel, table=True):
    """One row is one plan; `cycle_rules` says which cycles it has, `legal_bases` what it rests on,
    `max_extensions` how often the deadline of one obligation can be moved."""

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
