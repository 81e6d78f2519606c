"""Answers that are remembered while nothing that they tell of has changed; none is ever stale.

An answer about a plan remembers the database's snapshot that it was made of.  It holds as long as no transaction that
this snapshot does not hold has changed the plan (see `queries.events.changed_since`), whichever process wrote it, and
until the next instant at which the answer changes by itself.  It is remembered by what its caller sees, and by the
address as it was sent: so what was found good of a request once is not looked at again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from fastapi import Request, Response

from app.database.engine import Database
from app.database.statements import prepare
from app.domain.access import Caller
from app.queries.events import changed_since
from app.web.auth.access import guard_of
from app.web.clock import now_of
from app.web.json_body import ExactRoute

KEPT_BYTES, KEPT_ANSWERS = 16 * 1024 * 1024, 1000
"""How much a process remembers; what was asked for longest ago is forgotten first."""


@dataclass(frozen=True)
class CachedAnswer:
    """An answer, what it was made of and when, and until when it says the same if nobody acts; none is for ever.

    `give` gives it to whoever asks, at an instant; `size` is that of what it keeps, in bytes.
    """

    plan_id: UUID
    snapshot: str
    since: datetime
    until: datetime | None
    size: int
    give: Callable[[Request, Caller, datetime], Response]


def answer_and_cache(request: Request, caller: Caller, made: CachedAnswer, *, whole: bool) -> Response:
    """Answer the request that an answer was made for; the route keeps it (see `CachingRoute`).

    Unless it is not `whole`: its snapshot holds what somebody has done after its instant, and it leaves that out.
    """
    request.state.made = made if whole else None
    return made.give(request, caller, made.since)


class ChangeWatch:
    """Says whether plans have changed: one question at a time to the database, for all who came before it was put."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[CachedAnswer, asyncio.Future[bool]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def changed(self, made: CachedAnswer) -> bool:
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
            for _, told in self._waiting:
                told.cancel()

    async def _tell(self, asked: list[tuple[CachedAnswer, "asyncio.Future[bool]"]]) -> None:
        distinct = list({(made.plan_id, made.snapshot): None for made, _ in asked})
        ids, snapshots = [plan_id for plan_id, _ in distinct], [snapshot for _, snapshot in distinct]
        try:
            rows = await self._database.glance(prepare(changed_since, plan_ids=ids, snapshots=snapshots))
        except BaseException as error:
            failed = error if isinstance(error, Exception) else asyncio.CancelledError()
            _resolve(asked, lambda told, _: told.set_exception(failed))
            if failed is not error:
                raise
            return
        changed = {distinct[row["place"] - 1] for row in rows}
        _resolve(asked, lambda told, made: told.set_result((made.plan_id, made.snapshot) in changed))


def _resolve(
    waiting: list[tuple[CachedAnswer, "asyncio.Future[bool]"]],
    tell: Callable[["asyncio.Future[bool]", CachedAnswer], None],
) -> None:
    for made, told in waiting:
        # Whoever has gone away in the meantime is not told.
        if not told.done():
            tell(told, made)


class ResponseCache:
    """What a process remembers, by question."""

    def __init__(self, database: Database) -> None:
        self._watch = ChangeWatch(database)
        self._kept: OrderedDict[Hashable, CachedAnswer] = OrderedDict()
        self._making: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._bytes = 0

    async def recall(
        self, question: Hashable, request: Request, caller: Caller, make: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Give the answer to a question: the remembered one if it holds, else one that is made now.

        Those who ask at once wait for one to make it.  It may have begun before an act that another one knows of: so
        each asks whether what was made meanwhile holds, and makes the answer itself if it does not.
        """
        now = now_of(request)
        known = self._kept.get(question)
        if known and await self._holds(known, now):
            return self._again(question, known, request, caller)
        lock = self._making.setdefault(question, asyncio.Lock())
        async with lock:
            newer = self._kept.get(question)
            if newer and newer is not known and await self._holds(newer, now):
                return self._again(question, newer, request, caller)
            response = await make(request)
            self._keep(question, getattr(request.state, "made", None))
            return response

    def _again(self, question: Hashable, made: CachedAnswer, request: Request, caller: Caller) -> Response:
        if self._kept.get(question) is made:
            self._kept.move_to_end(question)
        return made.give(request, caller, now_of(request))

    async def _holds(self, made: CachedAnswer, now: datetime) -> bool:
        if now < made.since or (made.until is not None and now >= made.until):
            return False
        return not await self._watch.changed(made)

    def _keep(self, question: Hashable, made: CachedAnswer | None) -> None:
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


class CachingRoute(ExactRoute):
    """A route whose answers about one plan are remembered, for whoever sees the same obligations."""

    @staticmethod
    def sees(caller: Caller) -> Hashable:
        """Return what decides what a caller is answered."""
        return caller.sees_everything or caller.body_ids

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what serves a request: who calls is found out, and may it, before anything is recalled."""
        make, guard = super().get_route_handler(), guard_of(self.dependant)

        async def recall(request: Request) -> Response:
            if request.method != "GET" or not _about_a_plan(request):
                return await make(request)
            caller = await guard(request)
            memory: ResponseCache = request.app.state.response_cache
            question = (self.sees(caller), request.scope["path"], request.scope["query_string"])
            return await memory.recall(question, request, caller, make)

        return recall


class CountingRoute(CachingRoute):
    """A route whose answers also tell how often something was acted on: they are for whoever may know of the same."""

    @staticmethod
    def sees(caller: Caller) -> Hashable:
        """Return what decides what a caller is answered."""
        return CachingRoute.sees(caller), caller.reads_everything


def _about_a_plan(request: Request) -> bool:
    """Say whether an answer is about one plan; the pages that follow the first are read once each, and not kept."""
    asked = request.query_params
    return ("plan" in request.path_params or "plan" in asked) and "cursor" not in asked
