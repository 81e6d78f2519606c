"""Idempotency records: what was answered to a key."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Uuid, and_, bindparam, select

from app.database.locks import tried
from app.models import IdempotencyRecord
from app.models.base import table

records = table(IdempotencyRecord)
ANSWER = ("recorded_at", "fingerprint", "status_code", "location", "etag", "body")


def lock(number: int) -> Select[Any]:
    """Take the lock of a key, unless somebody else has it.

    A statement of its own: one that also looked for the answer would not see what was committed before it had the lock.
    """
    return select(tried(number).label("taken"))


def earlier(client_id: UUID, key: str) -> Select[Any]:
    """Select the answer that was given to a key, if any."""
    named = and_(
        records.c.client_id == bindparam("client_id", client_id, Uuid()),
        records.c.key == bindparam("key", key, String()),
    )
    return select(*(records.c[name] for name in ANSWER)).where(named)
