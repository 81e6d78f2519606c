"""Tokens that were taken back (RFC 7009): kept until they would have ended anyway."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, bindparam, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import fetch_all, write_new_rows
from app.models import RevokedToken
from app.models.base import table

revoked = table(RevokedToken)


async def revoke(connection: AsyncConnection, jti: UUID, expires_at: datetime) -> None:
    """Take a token back; a second time changes nothing."""
    await write_new_rows(connection, revoked, [{"jti": jti, "expires_at": expires_at}])


async def forget_expired(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete what has ended by itself."""
    await fetch_all(connection, _ended, now=now)


def _ended(now: datetime) -> Delete:
    return delete(revoked).where(revoked.c.expires_at <= bindparam("now", now))
