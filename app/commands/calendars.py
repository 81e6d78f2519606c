"""Calendars: giving a body's calendar an address, and revoking it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Update, and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.database.builders import Columns, changed_where, equal
from app.database.engine import as_system
from app.database.statements import Row, fetch_all, fetch_one, write_new_rows
from app.domain.access import Caller, Permission, Resource, Role, authorize
from app.domain.errors import NotAllowed, NotFound
from app.domain.events import EventType
from app.models import CalendarFeed, Client, ClientBody
from app.models.base import new_id, table
from app.queries import calendars as queries
from app.schemas.calendars import CalendarState

feeds, clients, grants = table(CalendarFeed), table(Client), table(ClientBody)


async def show(connection: AsyncConnection, caller: Caller, slug: str, code: str) -> Row:
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
    for new in await write_new_rows(connection, feeds, [row], "id"):
        await events.tell_of_no_plan(connection, EventType.CALENDAR_GIVEN, new["id"])
    given = await show(connection, caller, slug, code)
    return CalendarState(plan=slug, body=code, created_at=given["created_at"], revoked_at=None)


async def revoke(connection: AsyncConnection, caller: Caller, slug: str, code: str, *, now: datetime) -> CalendarState:
    """Let the address of a body's calendar hold no more, and return which body that was.

    Raises:
        NotFound, NotAllowed: see `show`.
    """
    body = await show(connection, caller, slug, code)
    revoked = Columns(revoked_at=now)
    await fetch_all(
        connection, changed_where, these=feeds, columns=revoked, id=body["feed_id"], plan_id=body["plan_id"]
    )
    await events.tell_of_no_plan(connection, EventType.CALENDAR_REVOKED, body["feed_id"])
    return CalendarState(plan=slug, body=code, created_at=body["created_at"], revoked_at=now)


async def revoke_lost(connection: AsyncConnection, client_id: UUID, *, now: datetime) -> None:
    """Let the addresses hold no more that a client has given and could not give now: it is disabled, or lost a body.

    The service does so itself: who changes clients sees no calendar.
    """
    async with as_system(connection):
        await fetch_all(connection, _lost, client_id=client_id, now=now)


def _lost(client_id: UUID, now: datetime) -> Update:
    lost = or_(clients.c.disabled_at.is_not(None), and_(clients.c.role == Role.REPORTER, ~_granted()))
    mine = and_(equal(feeds, client_id=client_id), feeds.c.client_id == clients.c.id)
    return update(feeds).where(mine, feeds.c.revoked_at.is_(None), lost).values(revoked_at=bindparam("now", now))


def _granted() -> ColumnElement[bool]:
    mine = (grants.c.client_id == feeds.c.client_id, grants.c.plan_id == feeds.c.plan_id)
    return select(grants.c.body_id).where(*mine, grants.c.body_id == feeds.c.body_id).exists()


async def _body(connection: AsyncConnection, caller: Caller, slug: str, code: str) -> Row:
    body = await fetch_one(connection, queries.body, slug=slug, code=code)
    # The calendar of a group shows what its members owe, so it takes all of them to give it.
    owners = set(body["owner_ids"]) - ({body["id"]} if len(body["owner_ids"]) > 1 else set())
    if not all(authorize(caller, Permission.USE_CALENDARS, Resource(owner_id=owner)) for owner in owners):
        raise NotAllowed
    return body
