"""How people come in: by an invitation, which works once, into a session that the server keeps.

A person is a client of its own kind (`client`); these rows say who came in when, and how, and none of them ever goes.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import by_client, choice, instant, key


class CameBy(StrEnum):
    """How a person proved who they are."""

    INVITATION = "invitation"
    OIDC = "oidc"
    PASSKEY = "passkey"


class PersonInvitation(SQLModel, table=True):
    """One row is one link by which a person can come in once; the secret in it is kept as a keyed digest."""

    __tablename__ = "person_invitation"
    __table_args__ = (by_client(), UniqueConstraint("digest"))

    id: UUID = key()
    client_id: UUID
    digest: bytes = Field(sa_type=LargeBinary)
    began_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant()


class PersonSession(SQLModel, table=True):
    """One row is one sign-in; what the browser shows for it is kept as a keyed digest."""

    __tablename__ = "person_session"
    __table_args__ = (by_client(), UniqueConstraint("digest"))

    id: UUID = key()
    client_id: UUID
    digest: bytes = Field(sa_type=LargeBinary)
    began_at: datetime = instant()
    came_by: CameBy = choice(CameBy, "came_by")
    seen_at: datetime = instant()
    ended_at: datetime | None = instant()
