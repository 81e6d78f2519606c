"""What is let in: not more at once than can be worked on.

Under overload a request that would have to wait for long is told at once to come back, which costs next to nothing;
a queue without an end would answer everybody too late.
"""

import asyncio

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import ServiceUnavailable
from app.web.problems import answer_to

PATIENCE_SECONDS = 5
"""How long a request waits for its turn."""
ALWAYS_OPEN = {"/healthz"}
"""A process that is busy lives: whoever restarted it would make things worse."""


class Gate:
    """Lets so many requests in, and so many wait."""

    def __init__(self, app: ASGIApp, *, working: int, waiting: int) -> None:
        self._app = app
        self._places = asyncio.Semaphore(working)
        self._waiting, self._may_wait = 0, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say why not."""
        if scope["type"] != "http" or scope["path"] in ALWAYS_OPEN:
            await self._app(scope, receive, send)
        elif not await self._comes_in():
            await answer_to(Request(scope), ServiceUnavailable())(scope, receive, send)
        else:
            try:
                await self._app(scope, receive, send)
            finally:
                self._places.release()

    async def _comes_in(self) -> bool:
        """Take a place, now or within our patience."""
        if self._places.locked() and self._waiting >= self._may_wait:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._places.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
