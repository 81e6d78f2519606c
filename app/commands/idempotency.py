"""Idempotency keys: what was answered to one is given again for seven days, then forgotten."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, LargeBinary, String, bindparam, cast, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningDelete

from app.database.builders import deleted_where, equal
from app.database.locks import number_of, tried
from app.database.statements import Row, Statement, fetch_all, fetch_first, fetch_only, write_rows
from app.domain.access import Caller
from app.domain.errors import IdempotencyKeyReused, RequestInFlight
from app.models import IdempotencyRecord
from app.models.base import table

KEPT = timedelta(days=7)
ANSWER = ("recorded_at", "fingerprint", "status_code", "location", "etag", "body")
records = table(IdempotencyRecord)


async def recall(
    connection: AsyncConnection, caller: Caller, key: str, fingerprint: bytes, *, now: datetime
) -> Row | None:
    """Take the lock of a key until the transaction ends, and return what was answered to it, if anything.

    Raises:
        RequestInFlight: another request with the key is being done.
        IdempotencyKeyReused: the key was sent with something else.
    """
    held = await fetch_only(connection, _lock, number=number_of(caller.client_id.bytes + key.encode()))
    if not held["taken"]:
        raise RequestInFlight
    row = await fetch_first(connection, _earlier, client_id=caller.client_id, key=key)
    if row is None:
        return None
    if row["recorded_at"] <= now - KEPT:
        await fetch_all(connection, deleted_where, these=records, client_id=caller.client_id, key=key)
        return None
    if row["fingerprint"] != fingerprint:
        raise IdempotencyKeyReused
    return row


async def keep(connection: AsyncConnection, caller: Caller, key: str, fingerprint: bytes, answer: Row) -> None:
    """Keep what is answered to a key."""
    row = {"client_id": caller.client_id, "key": key, "fingerprint": fingerprint, **answer}
    await write_rows(connection, records, [row])


async def leave_of(connection: AsyncConnection, about: UUID, left: Mapping[str, Any]) -> None:
    """Leave of something, in every answer that speaks of it, only what is left of it.

    Were such an answer forgotten, a repeated request would be done again, and bring back what was erased.
    """
    for kept in await fetch_all(connection, _take_about, about=str(about).encode()):
        body = json.dumps(_instead(json.loads(kept["body"]), left), ensure_ascii=False, separators=(",", ":"))
        await write_rows(connection, records, [{**kept, "body": body.encode()}])


async def forget_expired(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete the answers that no key can ask for any more."""
    await fetch_all(connection, _forget_until, until=now - KEPT)


def _lock(number: int) -> Statement:
    """Take the lock of a key, unless somebody else has it.

    A statement of its own: one that also looked for the answer would not see what was committed before it had the lock.
    """
    return select(tried(number).label("taken"))


def _earlier(client_id: UUID, key: str) -> Statement:
    """Select what was answered, and number the transaction if there was anything.

    One with a number ends when a synchronous standby has it, and with it all before: what was committed and never
    answered, because the standby was away, is not answered any sooner.
    """
    numbered = cast(func.pg_current_xact_id(), String).label("transaction")
    return select(*(records.c[name] for name in ANSWER), numbered).where(equal(records, client_id=client_id, key=key))


def _take_about(about: bytes) -> ReturningDelete[Any]:
    named = bindparam("about", about, LargeBinary()).op("IN")(records.c.body)
    return delete(records).where(func.position(named) > 0).returning(*records.c)


def _instead(said: Any, left: Mapping[str, Any]) -> Any:
    """Put what is left of something in the place of all that is said of it, however deep."""
    if isinstance(said, list):
        return [_instead(one, left) for one in said]
    if not isinstance(said, dict):
        return said
    return left if said.get("id") == left["id"] else {name: _instead(one, left) for name, one in said.items()}


def _forget_until(until: datetime) -> Delete:
    return delete(records).where(records.c.recorded_at <= bindparam("until", until))
