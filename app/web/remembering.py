"""Answers that are remembered while nothing that they tell of has changed; none is ever stale.

An answer about a plan remembers the database's snapshot that it was made of.  It holds as long as no transaction that
this snapshot does not hold has changed the plan (see `queries.events.changed_since`), whichever process wrote it, and
until the next instant at which the answer changes by itself.  It is remembered by the caller, with its rights, and by
the address as it was sent: so what was found good of a request once is not looked at again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from app.database.engine import Database
from app.queries.events import changed_since
from app.queries.shapes import prepare
from app.web.access import guard_of
from app.web.bodies import ExactRoute
from app.web.clock import now_of

KEPT_BYTES, KEPT_ANSWERS = 16 * 1024 * 1024, 1000
"""How much a process remembers; what was asked for longest ago is forgotten first."""


@dataclass(frozen=True)
class Made:
    """An answer, what it was made of and when, and until when it says the same if nobody acts; none is for ever.

    `give` gives it to a request at an instant; `size` is that of what it keeps, in bytes.
    """

    plan_id: UUID
    snapshot: str
    since: datetime
    until: datetime | None
    size: int
    give: Callable[[Request, datetime], Response]

    def first(self, request: Request) -> Response:
        """Answer the request that it was made for, whose route remembers it."""
        request.state.made = self
        return self.give(request, now_of(request))


class Watch:
    """Says whether plans have changed: one question at a time to the database, for all who came before it was put."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Made, asyncio.Future[bool]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def changed(self, made: Made) -> bool:
        """Say whether what an answer was made of has changed by now."""
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((made, told))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        return await told

    async def _ask(self) -> None:
        try:
            while self._waiting:
                asked, self._waiting = self._waiting, []
                await self._tell(asked)
        finally:
            self._asking = None

    async def _tell(self, asked: list[tuple[Made, "asyncio.Future[bool]"]]) -> None:
        distinct = list({(made.plan_id, made.snapshot): None for made, _ in asked})
        ids, snapshots = [plan_id for plan_id, _ in distinct], [snapshot for _, snapshot in distinct]
        try:
            rows = await self._database.glance(prepare(changed_since, plan_ids=ids, snapshots=snapshots))
        except Exception as error:  # noqa: BLE001  Each of those who wait is told, and answers for it.
            for _, told in asked:
                if not told.done():
                    told.set_exception(error)
            return
        changed = {distinct[row["place"] - 1] for row in rows}
        for made, told in asked:
            if not told.done():
                told.set_result((made.plan_id, made.snapshot) in changed)


class Memory:
    """What a process remembers, by question."""

    def __init__(self, database: Database) -> None:
        self._watch = Watch(database)
        self._kept: OrderedDict[Hashable, Made] = OrderedDict()
        self._making: dict[Hashable, asyncio.Lock] = {}
        self._bytes = 0

    async def recall(
        self, question: Hashable, request: Request, make: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Give the answer to a question: the remembered one if it holds, else one that is made now."""
        now = now_of(request)
        while True:
            known = self._kept.get(question)
            if known and await self._holds(known, now):
                if self._kept.get(question) is known:
                    self._kept.move_to_end(question)
                return known.give(request, now)
            lock = self._making.setdefault(question, asyncio.Lock())
            try:
                async with lock:
                    # Whoever made another one in the meantime may have begun before an act that this caller knows of.
                    if self._kept.get(question) is known:
                        response = await make(request)
                        self._keep(question, getattr(request.state, "made", None))
                        return response
            finally:
                self._making.pop(question, None)

    async def _holds(self, made: Made, now: datetime) -> bool:
        if now < made.since or (made.until is not None and now >= made.until):
            return False
        return not await self._watch.changed(made)

    def _keep(self, question: Hashable, made: Made | None) -> None:
        self._forget(question)
        if made is None:
            return
        self._kept[question] = made
        self._bytes += made.size
        while len(self._kept) > 1 and (self._bytes > KEPT_BYTES or len(self._kept) > KEPT_ANSWERS):
            self._forget(next(iter(self._kept)))

    def _forget(self, question: Hashable) -> None:
        if old := self._kept.pop(question, None):
            self._bytes -= old.size


class RememberingRoute(ExactRoute):
    """A route whose answers about one plan are remembered."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what serves a request: who calls is found out, and may it, before anything is recalled."""
        make, guard = super().get_route_handler(), guard_of(self.dependant)

        async def recall(request: Request) -> Response:
            if "plan" not in request.path_params and "plan" not in request.query_params:
                return await make(request)
            memory: Memory = request.app.state.memory
            question = (await guard(request), request.scope["path"], request.scope["query_string"])
            return await memory.recall(question, request, make)

        return recall
