"""Answers that were given once and are given again to the same key."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from app.models.base import key, recorded


class IdempotencyRecord(SQLModel, table=True):
    """One row is the answer to one request: its digest, and what was sent back.  Kept for seven days."""

    __tablename__ = "idempotency_record"

    client_id: UUID = key()
    key: str = Field(primary_key=True, max_length=255)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status_code: int
    location: str | None = Field(default=None, max_length=300)
    etag: str | None = Field(default=None, max_length=80)
    body: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime = recorded()
