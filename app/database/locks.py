"""Advisory locks: this engine's way to say that something is being worked on."""

import hashlib
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Statement, fetch_all, fetch_only


async def try_lock(connection: AsyncConnection, name: bytes) -> bool:
    """Take a lock until the transaction ends; say no at once when somebody else holds it."""
    return bool((await fetch_only(connection, _trying, number=number_of(name)))["taken"])


async def lock(connection: AsyncConnection, name: bytes) -> None:
    """Take a lock until the transaction ends; wait for whoever holds it."""
    await fetch_all(connection, _waiting, number=number_of(name))


def _trying(number: int) -> Statement:
    return select(tried(number).label("taken"))


def _waiting(number: int) -> Statement:
    return select(func.pg_advisory_xact_lock(bindparam("number", number, BigInteger())))


def tried(number: int) -> ColumnElement[bool]:
    """Spell the taking of a lock, by its number, within a longer statement; it is false when somebody else holds it."""
    return func.pg_try_advisory_xact_lock(bindparam("number", number, BigInteger()))


def first_free(found: Select[Any]) -> Select[Any]:
    """Hold the first row that is found and that nobody else holds, until the transaction ends."""
    return found.limit(1).with_for_update(skip_locked=True)


def number_of(name: bytes) -> int:
    """Return the number by which the database knows a lock."""
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)
