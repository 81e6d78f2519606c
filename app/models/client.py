"""Clients: the systems and the people that use the service, the secrets of systems, and the bodies they report for."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, LargeBinary, String
from sqlmodel import Field, SQLModel, UniqueConstraint

from app.domain.access import Role
from app.models.base import belongs_to, by_client, choice, instant, key, optional_text, recorded, text


class ClientKind(StrEnum):
    """Whether a client is a system, which comes with a token, or a person, who comes in by a page (`person`)."""

    SYSTEM = "system"
    PERSON = "person"


class Client(SQLModel, table=True):
    """One row is one system or person with one role; a disabled one is kept, for the history that names it.

    `scopes` narrows down what the role allows; null is all of it, also what a later version adds.  `subject` is the
    client's name at an external issuer of tokens.  Each change counts `version` up.
    """

    __tablename__ = "client"
    __table_args__ = (
        UniqueConstraint("name"),
        UniqueConstraint("issuer", "subject"),
        CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="subject_of_issuer"),
        CheckConstraint("kind = 'system' OR subject IS NULL", name="person_has_no_subject"),
    )

    id: UUID = key()
    name: str = text(120)
    role: Role = choice(Role, "role")
    kind: ClientKind = choice(ClientKind, "kind", default=ClientKind.SYSTEM)
    scopes: list[str] | None = Field(default=None, sa_type=ARRAY(String(60)))
    issuer: str | None = optional_text(300)
    subject: str | None = optional_text(255)
    version: int = Field(default=1)
    created_at: datetime = recorded()
    disabled_at: datetime | None = instant()


class ClientSecret(SQLModel, table=True):
    """One row is one secret, as an HMAC-SHA256 under the installation's pepper; the secret itself is never kept.

    A client has two slots, so that a new secret can be brought in before the old one goes.
    """

    __tablename__ = "client_secret"
    __table_args__ = (
        by_client(),
        UniqueConstraint("client_id", "slot"),
        CheckConstraint("slot BETWEEN 1 AND 2", name="two"),
    )

    id: UUID = key()
    client_id: UUID
    slot: int
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


class RevokedToken(SQLModel, table=True):
    """One row is one access token that is no longer taken (RFC 7009); it can go once the token has expired."""

    __tablename__ = "revoked_token"

    jti: UUID = key()
    expires_at: datetime = instant()
