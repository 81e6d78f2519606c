"""Idempotency records: what was answered to a key."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, Uuid, and_, bindparam, select

from app.database.locks import tried
from app.models import IdempotencyRecord
from app.models.base import table

records = table(IdempotencyRecord)
ANSWER = ("recorded_at", "fingerprint", "status_code", "location", "etag", "body")


def earlier(client_id: UUID, key: str, lock: int) -> Select[Any]:
    """Take the lock of a key, unless somebody else has it, and select the answer that was given to it, if any.

    An answer that is committed between the two is not seen: then its row, which is there, refuses another one.
    """
    taken = select(tried(lock).label("taken")).subquery("lock")
    named = and_(
        records.c.client_id == bindparam("client_id", client_id, Uuid()),
        records.c.key == bindparam("key", key, String()),
    )
    return select(taken.c.taken, *(records.c[name] for name in ANSWER)).select_from(taken.outerjoin(records, named))
