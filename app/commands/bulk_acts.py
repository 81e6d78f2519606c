"""Many reviews, extensions or annulments in one transaction, each with a result of its own.

However many there are, the number of statements is the same: obligations are found, held, counted up and shown as
sets.  What is refused is refused before anything is written, so that one bad item hurts no other.  With `dry_run` all
is done as it would be, and undone.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.acts import Accepted, finish_acts, loud_among, refuse_unseen
from app.commands.bulk import Asked, Outcome, decide, find, found, named_by
from app.commands.closings import NEEDED
from app.commands.obligations import Locked, hold_all, standing_rows, touch
from app.database.engine import undone
from app.domain.access import Caller
from app.domain.errors import LetterNeeded, Refusal
from app.schemas.bulk import JudgingItemIn
from app.standing.moment import Moment

Item = TypeVar("Item", bound=JudgingItemIn)
Known = TypeVar("Known")
Made = TypeVar("Made", bound=Accepted)
Shown = TypeVar("Shown")


def _nothing(_: Any) -> None:
    return None


@dataclass(frozen=True)
class Steps(Generic[Item, Known, Made, Shown]):
    """How one kind of act is done to obligations that are held.

    `known_of` finds out what `accept` needs, which may refuse; `write` records what was accepted.  With `repeats`
    several of a request can be on one obligation, with `done` on one that is not owed any more.  `tried` leaves of what
    was done what can be said when it was only tried.
    """

    known_of: Callable[[AsyncConnection, Caller, Collection[tuple[Locked, Item]]], Awaitable[Known]]
    accept: Callable[[Caller, Locked, Item, Known], Made]
    write: Callable[[AsyncConnection, Caller, Sequence[Made]], Awaitable[list[Shown]]]
    repeats: bool = False
    done: bool = False
    tried: Callable[[Shown], Shown | None] = _nothing


@dataclass(frozen=True)
class BulkActs(Generic[Item, Known, Made, Shown]):
    """Acts of one kind, in one transaction of a caller."""

    connection: AsyncConnection
    caller: Caller
    steps: Steps[Item, Known, Made, Shown]
    now: datetime

    async def do(self, items: Sequence[Item | Refusal], *, dry_run: bool) -> list[Outcome[Shown | None]]:
        """Do every act that nothing speaks against, and say what became of each; refusals are passed through."""
        asked = await find(self.connection, items, Moment(self.now))
        decided = await self._decide(asked)
        accepted = [one for one in decided if not isinstance(one, Refusal)]
        async with undone(self.connection) if dry_run else nullcontext():
            became = await self._record(accepted, dry_run=dry_run) if accepted else {}
        return [Outcome(one) if isinstance(one, Refusal) else became[one.id] for one in decided]

    async def _decide(self, asked: Sequence[Asked[Item] | Refusal]) -> list[Made | Refusal]:
        held = await hold_all(self.connection, self.caller, named_by(asked), now=self.now, include_done=self.steps.done)
        items = found(asked, held)
        known = await self.steps.known_of(self.connection, self.caller, items)
        versions = await self._versions(items)

        def accept(held: Locked, item: Item) -> Made:
            refuse_unseen(item.seen, versions.get(held.id))
            return self.steps.accept(self.caller, held, item, known)

        decided = list(decide(asked, held, accept, repeats=self.steps.repeats))
        accepted = [one for one in decided if not isinstance(one, Refusal)]
        loud = await loud_among(self.connection, self.caller, accepted, self.steps.write)
        return [LetterNeeded(None, NEEDED) if isinstance(one, Accepted) and one.id in loud else one for one in decided]

    async def _versions(self, items: Collection[tuple[Locked, Item]]) -> dict[UUID, int]:
        """Return the versions of obligations of which it is said which one was read; one that is not owed has none."""
        read = {held.id: held.seen_at for held, item in items if item.seen is not None}
        rows = await standing_rows(self.connection, self.caller, read, max(read.values())) if read else {}
        return {one: row["version"] for one, row in rows.items()}

    async def _record(self, accepted: Sequence[Made], *, dry_run: bool) -> dict[UUID, Outcome[Shown | None]]:
        held = {one.held.id: one.held for one in accepted}
        seen_at = accepted[0].held.seen_at
        before = await standing_rows(self.connection, self.caller, held, seen_at)
        await touch(self.connection, held, now=self.now)
        written = await self.steps.write(self.connection, self.caller, accepted)
        standing = await finish_acts(self.connection, self.caller, held.values(), seen_at)
        return {
            one.id: Outcome(
                self.steps.tried(shown) if dry_run else shown,
                standing.get(one.held.id),
                before=before[one.held.id]["status"] if one.held.id in before else None,
            )
            for one, shown in zip(accepted, written, strict=True)
        }
