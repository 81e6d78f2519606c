"""Many reports in one transaction, each with a result of its own.

However many there are, the number of statements is the same: obligations are found, held, counted up and shown as
sets.  What is refused is refused before anything is written, so that one bad item hurts no other.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import references, updates
from app.commands.naming import ids_of
from app.commands.obligations import Locked, hold_all, passed_on, standings_of, touch
from app.commands.references import Earlier, Named
from app.commands.transfers import pass_on
from app.commands.updates import Known, Report
from app.domain.access import Caller
from app.domain.errors import ClientRefReused, Fault, NotFound, Refusal
from app.queries.natural_keys import Key
from app.schemas.bulk import NAMES, ItemIn
from app.schemas.obligations import ObligationOut
from app.schemas.updates import UpdateOut
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot

_LABELS = {*NAMES, "obligation", "client_ref", "reopened_by"}


Name = str | int
"""What tells items apart: the client's own name for the report, or the item's place when it has none."""
Decision = Report | Earlier | Refusal
"""What to do about an item: record it, show what it became earlier, or refuse it."""


@dataclass(frozen=True)
class Asked:
    """One item whose obligation has been found, and a digest of what it reports."""

    item: ItemIn
    name: Name
    obligation_id: UUID
    fingerprint: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of an item; `replayed` when it had been recorded before under the same name.

    There is no obligation when it is not owed any more, or not the caller's to see.
    """

    result: UpdateOut | Refusal
    obligation: ObligationOut | None = None
    replayed: bool = False


async def report(
    connection: AsyncConnection, caller: Caller, items: Sequence[ItemIn | Refusal], *, now: datetime
) -> list[Outcome]:
    """Record every item that nothing speaks against, and say what became of each; refusals are passed through."""
    asked = await _find(connection, items, Moment(now))
    decisions = await _decide(connection, caller, asked, now=now)
    fresh = {one.id: one for one in decisions if isinstance(one, Report)}
    earlier = {one.update_id: one for one in decisions if isinstance(one, Earlier)}
    shown = await _record(connection, caller, list(fresh.values()), now=now)
    if fresh:
        await refresh_snapshot(connection, {one.held.id for one in fresh.values()}, now)
    passed = await pass_on(connection, [one.held for one in fresh.values()], now=now)
    shown |= await references.recall(connection, caller, list(earlier.values()), now=now)
    standing = await standings_of(connection, caller, {one.obligation for one in shown.values()}, now)
    gone = {one.held.id for one in fresh.values()} & passed
    standing |= await passed_on(connection, caller, gone, now)
    return list(_outcomes(decisions, shown, standing))


async def _find(
    connection: AsyncConnection, items: Sequence[ItemIn | Refusal], moment: Moment
) -> list[Asked | Refusal]:
    """Find the obligation of each item: by its id, or by the codes that name it."""
    keys = {item.names for item in items if isinstance(item, ItemIn) and item.names}
    ids = await ids_of(connection, keys, moment)
    return [item if isinstance(item, Refusal) else _found(n, item, ids) for n, item in enumerate(items)]


def _found(place: int, item: ItemIn, ids: Mapping[Key, UUID | Refusal]) -> Asked | Refusal:
    obligation_id = ids.get(item.names, NotFound()) if item.names else item.obligation
    if isinstance(obligation_id, Refusal):
        return obligation_id
    assert obligation_id is not None  # noqa: S101  An item names its obligation in one way or the other.
    content = obligation_id.bytes + item.model_dump_json(exclude=_LABELS).encode()
    return Asked(item, item.client_ref or place, obligation_id, hashlib.sha256(content).digest())


async def _decide(
    connection: AsyncConnection, caller: Caller, asked: Sequence[Asked | Refusal], *, now: datetime
) -> list[Decision]:
    """Hold the obligations and take the names of what is new; decide about each item."""
    readable = [one for one in asked if isinstance(one, Asked)]
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


def _meant(one: Asked, fingerprint: bytes, decision: Decision) -> Decision:
    """Let a name stand for the one report that it was first used for."""
    if fingerprint == one.fingerprint:
        return decision
    return ClientRefReused(None, Fault("/client_ref", "names another report"))


async def _accept(
    connection: AsyncConnection, caller: Caller, fresh: Mapping[Name, Asked], *, now: datetime
) -> dict[Name, Report | Refusal]:
    """Hold the obligations of new items, and refuse what must be refused."""
    held = await hold_all(connection, caller, {one.obligation_id for one in fresh.values()}, now=now)
    asked = [(held[one.obligation_id], one.item) for one in fresh.values() if one.obligation_id in held]
    known = await updates.known_of(connection, caller, asked, now=now)
    return {name: _accepted(caller, one, held, known, now) for name, one in fresh.items()}


def _accepted(caller: Caller, one: Asked, held: Mapping[UUID, Locked], known: Known, now: datetime) -> Report | Refusal:
    if one.obligation_id not in held:
        return NotFound()
    try:
        return updates.accept(caller, held[one.obligation_id], one.item, known, now=now)
    except Refusal as refusal:
        return refusal


async def _record(
    connection: AsyncConnection, caller: Caller, reports: Sequence[Report], *, now: datetime
) -> dict[UUID, UpdateOut]:
    if not reports:
        return {}
    await touch(connection, {one.held.id for one in reports}, now=now)
    return {update.id: update for update in await updates.record(connection, caller, reports, now=now)}


def _outcomes(
    decisions: Iterable[Decision], shown: Mapping[UUID, UpdateOut], standing: Mapping[UUID, ObligationOut]
) -> Iterator[Outcome]:
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
