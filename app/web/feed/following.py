"""Following the feed for a caller: a page, a page that waits for more, and a stream.

Whoever waits holds no connection to the database and no place at work.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Literal

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import Identity
from app.database.statements import Row, fetch_all, fetch_only
from app.domain.access import Caller, Permission
from app.domain.errors import Fault, MalformedContent, ServiceUnavailable
from app.queries import events
from app.queries.knowing import known_acts
from app.schemas.events import EventOut, EventPage
from app.standing.moment import Moment
from app.web.auth.access import caller_by_now

LARGEST_PAGE = 500
NOW: Literal["now"] = "now"
Place = int | Literal["now"]
"""After which event to begin: by its number, or after the last one so far."""
BEAT_SECONDS = 15
"""How long a stream is silent at most: what stands between notices a connection that is dead."""


async def page_of(connection: AsyncConnection, caller: Caller, after: Place, limit: int, moment: Moment) -> EventPage:
    """Read one page; one that is not full has come to where the feed ends, and after now there is nothing yet.

    Raises:
        MalformedContent: the feed has not come as far as the caller: it was restored from an older backup.
    """
    head: int = (await fetch_only(connection, events.head))["seq"]
    if after == NOW:
        return EventPage(items=[], next_after=head)
    if after > head:
        raise MalformedContent(None, Fault("query: after", f"is ahead of the feed, which ends at {head}"))
    rows = await fetch_all(connection, events.page, caller=caller, after=after, limit=limit, moment=moment)
    items = await shown(connection, caller, rows, moment)
    return EventPage(items=items, next_after=rows[-1]["seq"] if len(rows) == limit else head)


async def shown(connection: AsyncConnection, caller: Caller, told: Sequence[Row], moment: Moment) -> list[EventOut]:
    """Show events; that there is an evidence, only to whoever may read it."""
    found = [EventOut.of(row["content"]) for row in told]
    acts = [one.act for one in found if one.act and one.can_tell_of_evidence]
    rows = await fetch_all(connection, known_acts, caller=caller, acts=acts, moment=moment) if acts else []
    known = {row["id"] for row in rows}
    return [one for one in found if not one.can_tell_of_evidence or one.act in known]


async def awaited(request: Request, caller: Caller, after: Place, limit: int, wait: float) -> EventPage:
    """Read one page; without any event, wait for one, and stand in nobody's way meanwhile.

    Raises:
        MalformedContent: see `page_of`.
        ServiceUnavailable: too many wait already, or the caller does too often.
    """
    until, feed = _seconds() + wait, request.app.state.feed
    found = await _read(request, caller, after, limit)
    if wait and not found.items:
        with feed.following(caller.client_id):
            while not found.items and (left := until - _seconds()) > 0:
                async with request.scope["place"].left():
                    if not await feed.passes(found.next_after, within=left):
                        break
                found = await _read(request, caller, found.next_after, limit)
    return found


async def streamed(
    request: Request, caller: Caller, after: Place, lasting: float, *, unnamed: bool
) -> AsyncIterator[bytes]:
    """Read the first page, and return what yields events in the form of a stream until it has lasted long enough.

    Raises:
        MalformedContent: see `page_of`.
        ServiceUnavailable: the caller follows too often already.
    """
    with request.app.state.feed.following(caller.client_id):
        first = await _read(request, caller, after, LARGEST_PAGE)
    return _sent(request, caller, first, lasting, _unnamed if unnamed else _named)


async def _sent(
    request: Request, caller: Caller, found: EventPage, lasting: float, spell: Callable[[EventOut], str]
) -> AsyncIterator[bytes]:
    """Yield events until the stream ends: the caller may not read any more, or the service has no place for it.

    However slowly they are taken, only reading a page takes a place at work.
    """
    until, place, feed = _seconds() + lasting, request.scope["place"], request.app.state.feed
    with feed.following(caller.client_id):
        while True:
            place.give_back()
            for event in found.items:
                yield spell(event).encode()
            while not await feed.passes(found.next_after, within=min(BEAT_SECONDS, max(until - _seconds(), 0))):
                yield b": nothing new\n\n"
                if (
                    until <= _seconds()
                    or not feed.is_running
                    or not await caller_by_now(request, Permission.READ_EVENTS)
                ):
                    return
            by_now = await _come_back(request)
            if until <= _seconds() or by_now is None:
                return
            found = await _read(request, by_now, found.next_after, LARGEST_PAGE)


def _named(event: EventOut) -> str:
    return f"id: {event.seq}\nevent: {event.type}\ndata: {event.model_dump_json()}\n\n"


def _unnamed(event: EventOut) -> str:
    return f"id: {event.seq}\ndata: {event.model_dump_json()}\n\n"


async def _come_back(request: Request) -> Caller | None:
    """Take a place at work again, and say who calls by now; nobody, where there is no place."""
    try:
        await request.scope["place"].come_in()
    except ServiceUnavailable:
        return None
    return await caller_by_now(request, Permission.READ_EVENTS)


async def _read(request: Request, caller: Caller, after: Place, limit: int) -> EventPage:
    """Read one page, on a connection that is given back at once."""
    async with request.app.state.database.reading(Identity.of(caller)) as connection:
        return await page_of(connection, caller, after, limit, Moment(request.app.state.clock()))


def _seconds() -> float:
    """Tell how time passes while we wait; what o'clock it is does not matter."""
    return asyncio.get_running_loop().time()
