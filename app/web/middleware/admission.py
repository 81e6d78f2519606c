"""What is let in: not more at once than can be worked on, and nothing that is still on its way.

Under overload a request that would have to wait for long is told at once to come back, which costs next to nothing;
a queue without an end would answer everybody too late.  A request takes a place once its body is there, and gives
it back while a file comes or goes: a place is for work.  Of such long transfers each client has a few at once.
"""

import asyncio
import re
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import ServiceUnavailable, TooManyRequests, UnreadableRequest
from app.web import metrics
from app.web.problems.handlers import answer_to

PATIENCE_SECONDS = 5
"""How long a request waits for its turn."""
PATIENCE_AFTER_TRANSFER_SECONDS = 60
"""How long one waits that has sent a file: to turn it away would be to have it send all of that again."""
RETRY_TRANSFER_SECONDS = 10
BODY_SECONDS = 20
"""How long a body may take to arrive."""
ALWAYS_OPEN = {"/healthz"}
"""A process that is busy lives: whoever restarted it would make things worse."""
_RECEIVED_INSIDE = re.compile(r"/v1/evidence/[^/]+/content")
"""Files are far larger, and come by rules of their own once it is known who sends them: see `uploads`."""


class Slot:
    """The place of one request among those at work."""

    def __init__(self, gate: "AdmissionControl") -> None:
        self._gate, self._held = gate, True
        self._transfers_of: UUID | None = None

    @asynccontextmanager
    async def left(self) -> AsyncIterator[None]:
        """Leave the place while the request waits for what others do, and come in again.

        Raises:
            ServiceUnavailable: see `come_in`.
        """
        self.give_back()
        yield
        await self.come_in()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Take a place for a while, after it was left, and leave it again.

        Raises:
            ServiceUnavailable: see `come_in`.
        """
        await self.come_in()
        try:
            yield
        finally:
            self.give_back()

    def count_transfer(self, client_id: UUID) -> None:
        """Count a file that comes or goes at the pace of its sender or reader, until the request ends.

        Raises:
            TooManyRequests: the client has as many such transfers under way as it may.
        """
        if self._gate.transfers[client_id] >= self._gate.transfers_of_client:
            raise TooManyRequests(wait_seconds=RETRY_TRANSFER_SECONDS)
        self._gate.transfers[client_id] += 1
        self._transfers_of = client_id

    async def come_in(self) -> None:
        """Take a place again, after it was left.

        Raises:
            ServiceUnavailable: too many are at work or wait for that.
        """
        came_in = await (self._gate.acquire() if self._transfers_of is None else self._gate.acquire_after_transfer())
        if not came_in:
            raise ServiceUnavailable
        self._held = True

    def end(self) -> None:
        """Leave the place for good."""
        self.give_back()
        if self._transfers_of is not None:
            self._gate.transfers[self._transfers_of] -= 1
            self._gate.transfers += Counter()

    def give_back(self) -> None:
        """Leave the place, if the request has it."""
        if self._held:
            self._held = False
            self._gate.places.release()
            metrics.AT_WORK.dec()


class AdmissionControl:
    """Lets so many requests in, and so many wait."""

    def __init__(self, app: ASGIApp, *, working: int, waiting: int, largest_body: int, transfers: int) -> None:
        self._app, self._largest_body = app, largest_body
        self.places = asyncio.Semaphore(working)
        self._waiting, self._may_wait = 0, waiting
        self.transfers: Counter[UUID] = Counter()
        self.transfers_of_client = transfers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say why not."""
        if scope["type"] != "http" or scope["path"] in ALWAYS_OPEN:
            await self._app(scope, receive, send)
            return
        try:
            arrived = await self._arrived(receive) if self._is_awaited(scope) else deque()
        except TimeoutError:
            late = UnreadableRequest("The body did not arrive in time.")
            await answer_to(Request(scope), late)(scope, receive, send)
            return
        if not await self.acquire():
            await answer_to(Request(scope), ServiceUnavailable())(scope, receive, send)
            return
        scope["place"] = place = Slot(self)
        try:
            await self._app(scope, _after(arrived, receive), send)
        finally:
            place.end()

    def _is_awaited(self, scope: Scope) -> bool:
        """Say whether a body is one that can be taken, and no file: what says to be larger is refused further in."""
        if scope["method"] == "PUT" and _RECEIVED_INSIDE.fullmatch(scope["path"]):
            return False
        said = dict(scope["headers"]).get(b"content-length", b"0")
        return not said.isdigit() or int(said[:20]) <= self._largest_body

    async def _arrived(self, receive: Receive) -> deque[Message]:
        """Wait for a body, or for more of it than anything takes, which is refused further in."""
        arrived: deque[Message] = deque()
        size = 0
        async with asyncio.timeout(BODY_SECONDS):
            while size <= self._largest_body:
                message = await receive()
                arrived.append(message)
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    break
        return arrived

    async def acquire(self) -> bool:
        """Take a place, now or within our patience."""
        if self.places.locked() and self._waiting >= self._may_wait:
            return False
        self._waiting += 1
        metrics.WAITING.inc()
        try:
            return await self._acquire(PATIENCE_SECONDS)
        finally:
            self._waiting -= 1
            metrics.WAITING.dec()

    async def acquire_after_transfer(self) -> bool:
        """Take a place again: how many may do so at once is bounded by their transfers."""
        return await self._acquire(PATIENCE_AFTER_TRANSFER_SECONDS)

    async def _acquire(self, patience: float) -> bool:
        try:
            async with asyncio.timeout(patience):
                await self.places.acquire()
            metrics.AT_WORK.inc()
            return True
        except TimeoutError:
            return False


def _after(arrived: deque[Message], receive: Receive) -> Receive:
    """Receive what has arrived already, and then what comes."""

    async def next_message() -> Message:
        return arrived.popleft() if arrived else await receive()

    return next_message
