"""Many reports in one transaction, each with a result of its own.

However many there are, the number of statements is the same: obligations are found, held, counted up and shown as
sets.  What is refused is refused before anything is written, so that one bad item hurts no other.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import bulk, references, updates
from app.commands.acts import finish_acts
from app.commands.bulk import Asked, Outcome
from app.commands.obligations import hold_all, touch
from app.commands.references import Earlier, Named
from app.commands.updates import Report
from app.domain.access import Caller
from app.domain.errors import ClientRefReused, Fault, NotFound, Refusal
from app.schemas.bulk import ItemIn
from app.schemas.columns import NAMES
from app.schemas.obligations import ObligationOut
from app.schemas.updates import UpdateOut
from app.standing.moment import Moment

_LABELS = {*NAMES, "obligation", "client_ref", "reopened_by", "not_personal", "not_personal_reason"}


Name = str | int
"""What tells items apart: the client's own name for the report, or the item's place when it has none."""
Decision = Report | Earlier | Refusal
"""What to do about an item: record it, show what it became earlier, or refuse it."""


@dataclass(frozen=True)
class Told(Asked[ItemIn]):
    """One item whose obligation has been found: under which name, and a digest of what it reports."""

    name: Name
    fingerprint: bytes

    @classmethod
    def of(cls, one: Asked[ItemIn]) -> "Told":
        """Read what was asked."""
        content = one.obligation_id.bytes + one.item.model_dump_json(exclude=_LABELS).encode()
        name = one.item.client_ref or one.place
        return cls(one.place, one.item, one.obligation_id, name, hashlib.sha256(content).digest())


async def report(
    connection: AsyncConnection, caller: Caller, items: Sequence[ItemIn | Refusal], *, now: datetime
) -> list[Outcome[UpdateOut]]:
    """Record every item that nothing speaks against, and say what became of each; refusals are passed through."""
    asked = [
        one if isinstance(one, Refusal) else Told.of(one) for one in await bulk.find(connection, items, Moment(now))
    ]
    decisions = await _decide(connection, caller, asked, now=now)
    fresh = {one.id: one for one in decisions if isinstance(one, Report)}
    earlier = {one.update_id: one for one in decisions if isinstance(one, Earlier)}
    shown = await _record(connection, caller, list(fresh.values()), now=now)
    shown |= await references.recall(connection, caller, list(earlier.values()), now=now)
    held = {one.held.id: one.held for one in fresh.values()}
    seen = {one.obligation for one in shown.values()}
    standing = await finish_acts(connection, caller, held.values(), now, also=seen)
    return list(_outcomes(decisions, shown, standing))


async def _decide(
    connection: AsyncConnection, caller: Caller, asked: Sequence[Told | Refusal], *, now: datetime
) -> list[Decision]:
    """Hold the obligations and take the names of what is new; decide about each item."""
    readable = [one for one in asked if isinstance(one, Told)]
    known = await references.find(connection, caller, {ref for one in readable if (ref := one.item.client_ref)})
    fresh = {one.name: one for one in reversed(readable) if one.name not in known}
    accepted = await _accept(connection, caller, fresh, now=now)
    named = [
        Named(name, fresh[name].fingerprint, one)
        for name, one in accepted.items()
        if isinstance(name, str) and isinstance(one, Report)
    ]
    free = await references.claim(connection, caller, named)
    # What another request has recorded since we looked is an earlier report like the others.
    known |= await references.find(connection, caller, {one.client_ref for one in named} - free)
    meanings: dict[Name, tuple[bytes, Decision]] = {
        **{name: (fresh[name].fingerprint, decision) for name, decision in accepted.items()},
        **{name: (earlier.fingerprint, earlier) for name, earlier in known.items()},
    }
    return [one if isinstance(one, Refusal) else _meant(one, *meanings[one.name]) for one in asked]


def _meant(one: Told, fingerprint: bytes, decision: Decision) -> Decision:
    """Let a name stand for the one report that it was first used for."""
    if fingerprint == one.fingerprint:
        return decision
    return ClientRefReused(None, Fault("/client_ref", "names another report"))


async def _accept(
    connection: AsyncConnection, caller: Caller, fresh: Mapping[Name, Told], *, now: datetime
) -> dict[Name, Report | Refusal]:
    """Hold the obligations of new items, and refuse what must be refused."""
    held = await hold_all(connection, caller, bulk.named_by(fresh.values()), now=now)
    known = await updates.known_of(connection, caller, bulk.found(fresh.values(), held), now=now)
    accept = partial(updates.accept, caller, known=known, now=now)
    return dict(zip(fresh, bulk.decide(fresh.values(), held, accept, repeats=True), strict=True))


async def _record(
    connection: AsyncConnection, caller: Caller, reports: Sequence[Report], *, now: datetime
) -> dict[UUID, UpdateOut]:
    if not reports:
        return {}
    await touch(connection, {one.held.id for one in reports}, now=now)
    return {update.id: update for update in await updates.record(connection, caller, reports, now=now)}


def _outcomes(
    decisions: Iterable[Decision], shown: Mapping[UUID, UpdateOut], standing: Mapping[UUID, ObligationOut]
) -> Iterator[Outcome[UpdateOut]]:
    seen: set[UUID] = set()
    for decision in decisions:
        if isinstance(decision, Refusal):
            yield Outcome(decision)
            continue
        update = shown.get(decision.id if isinstance(decision, Report) else decision.update_id)
        if update is None:
            # What was recorded under the name is not the caller's to see any more.
            yield Outcome(NotFound())
            continue
        replayed = isinstance(decision, Earlier) or update.id in seen
        seen.add(update.id)
        yield Outcome(update, standing.get(update.obligation), replayed)
