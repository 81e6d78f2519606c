"""Calendars: giving a body's calendar an address, and revoking it."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.access import Act, Caller, Resource, authorize
from app.domain.errors import NotAllowed, NotFound
from app.models import CalendarFeed
from app.models.base import new_id, table
from app.queries import calendars as queries

feeds = table(CalendarFeed)


async def show(connection: AsyncConnection, caller: Caller, slug: str, code: str) -> RowMapping:
    """Return a body and what address its calendar has.

    Raises:
        NotFound: the plan has no such body, or its calendar has no address.
        NotAllowed: the body is not the caller's.
    """
    body = await _body(connection, caller, slug, code)
    if body["feed_id"] is None:
        raise NotFound
    return body


async def give(connection: AsyncConnection, caller: Caller, slug: str, code: str) -> RowMapping:
    """Give a body's calendar an address, unless it has one, and return it.

    Raises:
        NotFound: the plan has no such body.
        NotAllowed: the body is not the caller's.
    """
    body = await _body(connection, caller, slug, code)
    row = {"id": new_id(), "plan_id": body["plan_id"], "body_id": body["id"], "client_id": caller.client_id}
    await connection.execute(insert(feeds).values(row).on_conflict_do_nothing())
    return await show(connection, caller, slug, code)


async def revoke(connection: AsyncConnection, caller: Caller, slug: str, code: str, *, now: datetime) -> RowMapping:
    """Let the address of a body's calendar hold no more, and return which body that was.

    Raises:
        NotFound, NotAllowed: see `show`.
    """
    body = await show(connection, caller, slug, code)
    mine = (feeds.c.id == body["feed_id"], feeds.c.plan_id == body["plan_id"])
    await connection.execute(update(feeds).where(*mine).values(revoked_at=now))
    return body


async def _body(connection: AsyncConnection, caller: Caller, slug: str, code: str) -> RowMapping:
    found: Any = queries.body(slug, code)
    body: RowMapping | None = (await connection.execute(found)).mappings().first()
    if body is None:
        raise NotFound
    if not authorize(caller, Act.USE_CALENDARS, Resource(owner_id=body["id"])):
        raise NotAllowed
    return body
