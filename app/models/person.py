"""How people come in: by a link that works once or a way of their own, into a session that the server keeps.

A person is a client of its own kind (`client`); these rows say who came in when, and how, and none of them ever goes.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, Index, SQLModel

from app.models.base import by_client, choice, instant, key


class CameBy(StrEnum):
    """How a person proved who they are."""

    INVITATION = "invitation"
    OIDC = "oidc"
    PASSKEY = "passkey"


class Way(StrEnum):
    """What a person has to come in by, again and again."""

    OIDC = CameBy.OIDC.value
    PASSKEY = CameBy.PASSKEY.value


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
    __table_args__ = (by_client(), UniqueConstraint("digest"), UniqueConstraint("proof"))

    id: UUID = key()
    client_id: UUID
    digest: bytes = Field(sa_type=LargeBinary)
    began_at: datetime = instant()
    came_by: CameBy = choice(CameBy, "came_by")
    seen_at: datetime = instant()
    ended_at: datetime | None = instant()
    proof: bytes | None = Field(default=None, sa_type=LargeBinary)
    """A keyed digest of what was answered to prove who came; it serves once."""


class PersonWay(SQLModel, table=True):
    """One row is one way in: an account at the provider, or a passkey; it ends, and never goes."""

    __tablename__ = "person_way"
    __table_args__ = (
        by_client(),
        CheckConstraint("(came_by = 'passkey') = (public_key IS NOT NULL)", name="has_its_key"),
        Index("uq_person_way_known_as", "came_by", "known_as", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_person_way_client_id", "client_id"),
    )

    id: UUID = key()
    client_id: UUID
    came_by: Way = choice(Way, "way")
    known_as: str = Field(max_length=2000)
    """What it is known by: the provider's name and the account's subject there, or the passkey's id."""
    shown_as: str = Field(max_length=200)
    public_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    uses: int = Field(default=0, sa_type=BigInteger)
    """How often the passkey says that it was used: one that falls behind was copied."""
    began_at: datetime = instant()
    used_at: datetime | None = instant()
    ended_at: datetime | None = instant()
