"""Idempotency records: kept for seven days, then forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from app.models import IdempotencyRecord
from app.models.base import table

KEPT = timedelta(days=7)


async def forget_expired(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete the answers that no key can ask for any more."""
    records = table(IdempotencyRecord)
    await connection.execute(delete(records).where(records.c.recorded_at <= now - KEPT))
