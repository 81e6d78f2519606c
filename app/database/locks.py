"""Advisory locks: this engine's way to say that something is being worked on."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


async def try_lock(connection: AsyncConnection, name: bytes) -> bool:
    """Take a lock until the transaction ends; say no at once when somebody else holds it."""
    return bool(await connection.scalar(select(func.pg_try_advisory_xact_lock(_number(name)))))


async def lock(connection: AsyncConnection, name: bytes) -> None:
    """Take a lock until the transaction ends; wait for whoever holds it."""
    await connection.execute(select(func.pg_advisory_xact_lock(_number(name))))


def _number(name: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
