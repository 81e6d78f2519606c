"""Clients: the systems that call the service, their secrets, and the bodies that they may report for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel, UniqueConstraint

from app.domain.access import Role
from app.models.base import belongs_to, by_client, choice, instant, key, recorded, text


class Client(SQLModel, table=True):
    """One row is one system with one role; a disabled one is kept, for the history that names it."""

    __tablename__ = "client"
    __table_args__ = (UniqueConstraint("name"),)

    id: UUID = key()
    name: str = text(120)
    role: Role = choice(Role, "role")
    created_at: datetime = recorded()
    disabled_at: datetime | None = instant()


class ClientSecret(SQLModel, table=True):
    """One row is one secret, as an HMAC-SHA256 under the installation's pepper; the secret itself is never kept."""

    __tablename__ = "client_secret"
    __table_args__ = (by_client(),)

    id: UUID = key()
    client_id: UUID = Field(index=True)
    digest: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = recorded()


class ClientBody(SQLModel, table=True):
    """One row lets a reporter act for one body of one plan."""

    __tablename__ = "client_body"
    __table_args__ = (
        by_client(),
        belongs_to("body", "body_id"),
    )

    client_id: UUID = key()
    plan_id: UUID = key()
    body_id: UUID = key()
