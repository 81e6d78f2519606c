"""Idempotency records: kept for seven days, then forgotten."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import LargeBinary, delete, func, literal
from sqlalchemy.ext.asyncio import AsyncConnection

from app.models import IdempotencyRecord
from app.models.base import table

KEPT = timedelta(days=7)


async def forget_about(connection: AsyncConnection, about: UUID) -> None:
    """Delete the answers that speak of something: what is erased must not be given again to a repeated request."""
    records = table(IdempotencyRecord)
    named = func.position(literal(str(about).encode(), LargeBinary).op("IN")(records.c.body))
    await connection.execute(delete(records).where(named > 0))


async def forget_expired(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete the answers that no key can ask for any more."""
    records = table(IdempotencyRecord)
    await connection.execute(delete(records).where(records.c.recorded_at <= now - KEPT))
