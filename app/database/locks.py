"""Advisory locks: this engine's way to say that something is being worked on."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def try_lock(connection: AsyncConnection, name: bytes) -> bool:
    """Take a lock until the transaction ends; say no at once when somebody else holds it."""
    number = int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
    return bool(await connection.scalar(select(func.pg_try_advisory_xact_lock(number))))
