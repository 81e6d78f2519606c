"""That something has changed, as a stream of events: a page that shows counts looks at itself again.

It says nothing of what has: whoever looks again sees what they may.  Whoever waits holds no connection to the database
and no place at work.
"""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import Request
from fastapi.responses import StreamingResponse

from app.database.engine import SYSTEM
from app.database.statements import fetch_only
from app.domain.access import Permission
from app.domain.errors import ServiceUnavailable
from app.pages.desk import opens, screens
from app.queries import events
from app.web.auth.sessions import session_of, signed_in
from app.web.feed.following import BEAT_SECONDS

router = screens()
LASTING_SECONDS = 300
"""A browser asks again by itself."""
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("/changes", dependencies=[opens(Permission.READ_STANDING)])
async def changes(request: Request) -> StreamingResponse:
    """Say whenever something has changed, for a while."""
    caller = await signed_in(request)
    sent = _sent(request, caller.client_id, await _head(request))
    return StreamingResponse(sent, media_type="text/event-stream", headers=HEADERS)


async def _sent(request: Request, person_id: UUID, head: int) -> AsyncIterator[bytes]:
    """Yield an event for all that has changed since the one before, until the session or the time is over."""
    now, feed = asyncio.get_running_loop().time, request.app.state.feed
    until = now() + LASTING_SECONDS
    try:
        with feed.following(person_id):
            request.scope["place"].give_back()
            yield b": here\n\n"
            while now() < until and feed.is_running:
                passed = await feed.passes(head, within=BEAT_SECONDS)
                if await session_of(request) is None:
                    return
                head = await _head(request) if passed else head
                yield b"data: changed\n\n" if passed else b": nothing new\n\n"
    except ServiceUnavailable:
        return


async def _head(request: Request) -> int:
    async with request.app.state.database.reading(SYSTEM) as connection:
        return int((await fetch_only(connection, events.head))["seq"])
