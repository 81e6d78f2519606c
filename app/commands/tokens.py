"""Tokens that were taken back (RFC 7009): kept until they would have ended anyway."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.models import RevokedToken
from app.models.base import table

revoked = table(RevokedToken)


async def revoke(connection: AsyncConnection, jti: UUID, expires_at: datetime) -> None:
    """Take a token back; a second time changes nothing."""
    await connection.execute(insert(revoked).values(jti=jti, expires_at=expires_at).on_conflict_do_nothing())


async def forget_expired(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete what has ended by itself."""
    await connection.execute(delete(revoked).where(revoked.c.expires_at <= now))
