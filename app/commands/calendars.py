"""Calendars: giving a body's calendar an address, and revoking it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import as_system
from app.domain.access import Caller, Permission, Resource, Role, authorize
from app.domain.errors import NotAllowed, NotFound
from app.models import CalendarFeed, Client, ClientBody
from app.models.base import new_id, table
from app.queries import calendars as queries
from app.schemas.calendars import CalendarState

feeds, clients, grants = table(CalendarFeed), table(Client), table(ClientBody)


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


async def give(connection: AsyncConnection, caller: Caller, slug: str, code: str) -> CalendarState:
    """Give a body's calendar an address, unless it has one, and return it.

    Raises:
        NotFound: the plan has no such body.
        NotAllowed: the body is not the caller's.
    """
    body = await _body(connection, caller, slug, code)
    row = {"id": new_id(), "plan_id": body["plan_id"], "body_id": body["id"], "client_id": caller.client_id}
    await connection.execute(insert(feeds).values(row).on_conflict_do_nothing())
    given = await show(connection, caller, slug, code)
    return CalendarState(plan=slug, body=code, created_at=given["created_at"], revoked_at=None)


async def revoke(connection: AsyncConnection, caller: Caller, slug: str, code: str, *, now: datetime) -> CalendarState:
    """Let the address of a body's calendar hold no more, and return which body that was.

    Raises:
        NotFound, NotAllowed: see `show`.
    """
    body = await show(connection, caller, slug, code)
    mine = (feeds.c.id == body["feed_id"], feeds.c.plan_id == body["plan_id"])
    await connection.execute(update(feeds).where(*mine).values(revoked_at=now))
    return CalendarState(plan=slug, body=code, created_at=body["created_at"], revoked_at=now)


async def revoke_lost(connection: AsyncConnection, client_id: UUID, *, now: datetime) -> None:
    """Let the addresses hold no more that a client has given and could not give now: it is disabled, or lost a body.

    The service does so itself: who changes clients sees no calendar.
    """
    lost = or_(clients.c.disabled_at.is_not(None), and_(clients.c.role == Role.REPORTER, ~_granted()))
    given = (feeds.c.client_id == client_id, feeds.c.revoked_at.is_(None), feeds.c.client_id == clients.c.id)
    async with as_system(connection):
        await connection.execute(update(feeds).where(*given, lost).values(revoked_at=now))


def _granted() -> ColumnElement[bool]:
    mine = (grants.c.client_id == feeds.c.client_id, grants.c.plan_id == feeds.c.plan_id)
    return select(grants.c.body_id).where(*mine, grants.c.body_id == feeds.c.body_id).exists()


async def _body(connection: AsyncConnection, caller: Caller, slug: str, code: str) -> RowMapping:
    found: Any = queries.body(slug, code)
    body: RowMapping | None = (await connection.execute(found)).mappings().first()
    if body is None:
        raise NotFound
    # The calendar of a group shows what its members owe, so it takes all of them to give it.
    owners = set(body["owner_ids"]) - ({body["id"]} if len(body["owner_ids"]) > 1 else set())
    if not all(authorize(caller, Permission.USE_CALENDARS, Resource(owner_id=owner)) for owner in owners):
        raise NotAllowed
    return body
