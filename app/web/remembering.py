"""Answers that are remembered while nothing that they tell of has changed; none is ever stale.

An answer remembers the database's snapshot that it was made of.  It holds as long as no transaction that this snapshot
does not hold has changed its plan (see `queries.events.changed_since`), whichever process wrote it, and until the next
instant at which the answer changes by itself.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from app.database.engine import Database
from app.queries.events import changed_since
from app.queries.shapes import prepare
from app.web.etags import etag_of
from app.web.reading import tagged

KEPT_BYTES, KEPT_ANSWERS = 16 * 1024 * 1024, 1000
"""How much a process remembers; what was asked for longest ago is forgotten first."""


@dataclass(frozen=True)
class Made:
    """An answer, what it was made of and when, and until when it says the same if nobody acts; none is for ever."""

    content: bytes
    plan_id: UUID
    snapshot: str
    since: datetime
    until: datetime | None


class Remembered:
    """An answer that was made, with its ETag."""

    def __init__(self, database: Database, made: Made) -> None:
        self._database, self._made = database, made
        self.content, self.etag, self.until = made.content, etag_of(made.content), made.until
        self._asking: asyncio.Task[bool] | None = None
        self._asking_next: asyncio.Task[bool] | None = None

    async def holds(self, now: datetime) -> bool:
        """Say whether the answer is still what would be made now.

        Those who ask while the database is being asked share the next question: an answer to one that was put before
        they came would not do.
        """
        if now < self._made.since or (self.until is not None and now >= self.until):
            return False
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
            return await asyncio.shield(self._asking)
        if self._asking_next is None:
            self._asking_next = asyncio.create_task(self._ask_after(self._asking))
        return await asyncio.shield(self._asking_next)

    async def _ask_after(self, other: "asyncio.Task[bool]") -> bool:
        await asyncio.wait([other])
        self._asking, self._asking_next = self._asking_next, None
        return await self._ask()

    async def _ask(self) -> bool:
        asked = prepare(changed_since, plan_id=self._made.plan_id, snapshot=self._made.snapshot)
        try:
            (row,) = await self._database.glance(asked)
        finally:
            self._asking = None
        return not row["changed"]

    def answer(self, request: Request, *, headers: Mapping[str, str]) -> Response:
        """Answer with it, or with 304 when the caller has it."""
        return tagged(request, self.content, self.etag, headers=headers)


class Memory:
    """What a process remembers, by question."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[Hashable, Remembered] = OrderedDict()
        self._making: dict[Hashable, asyncio.Lock] = {}
        self._bytes = 0

    async def recall(self, question: Hashable, now: datetime, make: Callable[[], Awaitable[Made]]) -> Remembered:
        """Return the answer to a question: the remembered one if it holds, else one that is made now."""
        while True:
            known = self._kept.get(question)
            if known and await known.holds(now):
                if self._kept.get(question) is known:
                    self._kept.move_to_end(question)
                return known
            lock = self._making.setdefault(question, asyncio.Lock())
            try:
                async with lock:
                    # Whoever made another one in the meantime may have begun before an act that this caller knows of.
                    if self._kept.get(question) is known:
                        return self._keep(question, Remembered(self._database, await make()))
            finally:
                self._making.pop(question, None)

    def _keep(self, question: Hashable, made: Remembered) -> Remembered:
        self._forget(question)
        self._kept[question] = made
        self._bytes += len(made.content)
        while len(self._kept) > 1 and (self._bytes > KEPT_BYTES or len(self._kept) > KEPT_ANSWERS):
            self._forget(next(iter(self._kept)))
        return made

    def _forget(self, question: Hashable) -> None:
        if old := self._kept.pop(question, None):
            self._bytes -= len(old.content)


async def remembering(request: Request) -> Memory:
    """Return what this process remembers."""
    memory: Memory = request.app.state.memory
    return memory


Remembering = Annotated[Memory, Depends(remembering)]
