"""Imports: records the forms that were kept for later, each as its client, batch by batch.

Any number of processes may record; one at a time is at one form.  When it ends, another one goes on: what had been
recorded is recorded once, and what was told of a line stays told.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from app.commands.imports import later
from app.commands.imports.reading import ReadForm, read_form
from app.commands.imports.sayings import said
from app.database.engine import SYSTEM, Database
from app.database.statements import Row, fetch_first, fetch_only
from app.domain.access import Caller, Permission, Role, authorize, granted
from app.domain.errors import InternalFault, NotAllowed, Refusal, ServiceUnavailable
from app.domain.imports import HowMeant, ImportState
from app.logs import log
from app.queries import imports
from app.stores import Parts
from app.web.files.imports import import_of
from app.web.problems.handlers import spelled_out

HEARD_EVERY_SECONDS = later.LEASE.total_seconds() / 3
Open = Callable[[UUID, bytes], bytes]


class Importer:
    """Records over one database; `unseal` opens what was sealed when a form was kept."""

    def __init__(self, database: Database, unseal: Open, clock: Callable[[], datetime], parts: Parts) -> None:
        self._database, self._unseal, self._clock, self._parts = database, unseal, clock, parts

    async def record(self) -> None:
        """Record the forms that wait, one after the other."""
        while taken := await self._take():
            await self._attempt(taken)

    async def tidy(self) -> None:
        """Forget what nobody can ask for any more."""
        async with self._database.writing(SYSTEM) as connection:
            await later.forget_old(connection, now=self._clock())

    async def _take(self) -> Row | None:
        async with self._database.writing(SYSTEM) as connection:
            return await later.take(connection, now=self._clock())

    async def _attempt(self, taken: Row) -> None:
        """Record a form, or say why it cannot be; what fails for another reason is tried again."""
        try:
            await self._record(taken)
        except ServiceUnavailable:
            await self._give_back(taken)
        except Refusal as refusal:
            problem = spelled_out(refusal, request_id=None, vietnamese=taken["vietnamese"])
            await self._finish(taken, ImportState.FAILED, problem.model_dump(mode="json"))
        except BaseException:
            # Whoever comes next need not wait until this attempt would have had to be over.
            with suppress(Exception):
                await self._give_back(taken)
            raise

    async def _give_back(self, taken: Row) -> None:
        async with self._database.writing(SYSTEM) as connection:
            await later.give_back(connection, taken, now=self._clock())

    async def _record(self, taken: Row) -> None:
        if taken["attempts"] > later.MOST_ATTEMPTS:
            log.error("form given up", attempts=taken["attempts"])
            raise InternalFault
        caller, plan = await self._sender(taken)
        async with self._held(taken), self._form(taken) as path:
            form = await read_form(path, is_json=taken["is_json"], as_is=taken["as_is"])
        with closing(form):
            meant = HowMeant(plan=plan, **{name: taken[name] for name in later.MEANT})
            await self._begin(taken, form)
            async for told in import_of(self._database, caller, meant).results(form, taken["received_at"]):
                async with self._database.writing(SYSTEM) as connection:
                    if not await later.tell(connection, taken, told, now=self._clock()):
                        return
        await self._finish(taken, ImportState.DONE)

    async def _begin(self, taken: Row, form: ReadForm) -> None:
        remarks = [said(one.say, vietnamese=taken["vietnamese"], **one.parts) for one in form.form.remarks]
        async with self._database.writing(SYSTEM) as connection:
            await later.begin(connection, taken, total=form.count, blank=form.blank, remarks=remarks)

    async def _finish(self, taken: Row, state: ImportState, problem: dict[str, object] | None = None) -> None:
        async with self._database.writing(SYSTEM) as connection:
            await later.finish(connection, taken, state, problem=problem, now=self._clock())

    async def _sender(self, taken: Row) -> tuple[Caller, str]:
        """Return who sent a form, as far as it may do so by now, and of which plan it is.

        Raises:
            NotAllowed: it may not report any more.
        """
        asked = {"client_id": taken["client_id"], "plan_id": taken["plan_id"]}
        async with self._database.reading(SYSTEM) as connection:
            row = await fetch_only(connection, imports.sender, **asked)
        caller = Caller(
            client_id=row["id"],
            role=Role(row["role"]),
            name=row["name"],
            scopes=granted(Role(row["role"]), row["scopes"]),
            body_ids=frozenset(row["body_ids"] or ()),
        )
        if row["disabled_at"] is not None or not authorize(caller, Permission.REPORT):
            raise NotAllowed
        return caller, row["plan"]

    @asynccontextmanager
    async def _held(self, taken: Row) -> AsyncIterator[None]:
        """Tell again and again that this process is at it, while a form is read and nothing else is told."""
        over = asyncio.Event()

        async def hold() -> None:
            while not await _comes_within(over, HEARD_EVERY_SECONDS):
                async with self._database.writing(SYSTEM) as connection:
                    await later.hold(connection, taken, now=self._clock())

        holding = asyncio.create_task(hold())
        try:
            yield
        finally:
            over.set()
            await holding

    @asynccontextmanager
    async def _form(self, taken: Row) -> AsyncIterator[Path]:
        """Put the pieces of a form together on this machine's disk, for as long as it is read."""
        part = await asyncio.to_thread(self._parts.begin)
        try:
            for n in count():
                if (sealed := await self._piece(taken["id"], n)) is None:
                    break
                await asyncio.to_thread(part.write, self._unseal(taken["id"], sealed))
            await asyncio.to_thread(part.finish)
            yield part.path
        finally:
            await asyncio.to_thread(part.discard)

    async def _piece(self, import_id: UUID, n: int) -> bytes | None:
        async with self._database.reading(SYSTEM) as connection:
            row = await fetch_first(connection, imports.piece, import_id=import_id, n=n)
        return bytes(row["content"]) if row else None


async def _comes_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event, and say whether it came in time."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
