"""Requests of many items: how the obligation of each is found, and what is said of each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.naming import ids_of
from app.commands.obligations import Locked
from app.domain.completion import Status
from app.domain.errors import (
    MAX_FAULTS,
    AmbiguousObligation,
    Fault,
    ItemsRefused,
    NotFound,
    ObligationRepeated,
    Refusal,
)
from app.queries.natural_keys import Key
from app.schemas.bulk import Naming
from app.schemas.obligations import ObligationOut
from app.standing.moment import Moment

Item = TypeVar("Item", bound=Naming)
Shown = TypeVar("Shown")
Made = TypeVar("Made")


@dataclass(frozen=True)
class Asked(Generic[Item]):
    """One item, by its place in the request, whose obligation has been found."""

    place: int
    item: Item
    obligation_id: UUID


@dataclass(frozen=True)
class Outcome(Generic[Shown]):
    """What became of an item; `replayed` when it had been recorded before under the same name.

    There is no obligation when it is not owed any more, or not the caller's to see; `before` is where it stood.
    """

    result: Shown | Refusal
    obligation: ObligationOut | None = None
    replayed: bool = False
    before: Status | None = None


async def find(
    connection: AsyncConnection, items: Sequence[Item | Refusal], moment: Moment
) -> list[Asked[Item] | Refusal]:
    """Find the obligation of each item: by its id, or by the codes that name it; refusals are passed through."""
    keys = {item.names for item in items if not isinstance(item, Refusal) and item.names}
    ids = await ids_of(connection, keys, moment)
    return [item if isinstance(item, Refusal) else _found(n, item, ids) for n, item in enumerate(items)]


def _found(place: int, item: Item, ids: Mapping[Key, UUID | Refusal]) -> Asked[Item] | Refusal:
    obligation_id = ids.get(item.names, NotFound()) if item.names else item.obligation
    if isinstance(obligation_id, Refusal):
        return obligation_id
    assert obligation_id is not None  # noqa: S101  An item names its obligation in one way or the other.
    return Asked(place, item, obligation_id)


def decide(
    asked: Iterable[Asked[Item] | Refusal],
    held: Mapping[UUID, Locked],
    accept: Callable[[Locked, Item], Made],
    *,
    repeats: bool = False,
) -> Iterator[Made | Refusal]:
    """Decide about each item, in order: what `accept` makes of it, or why it is refused.

    Without `repeats` an obligation can be named once.
    """
    met: set[UUID] = set()
    for one in asked:
        if isinstance(one, Refusal):
            yield one
        elif one.obligation_id not in held:
            yield NotFound()
        elif one.obligation_id in met and not repeats:
            yield ObligationRepeated()
        else:
            met.add(one.obligation_id)
            yield _accepted(held[one.obligation_id], one.item, accept)


def _accepted(held: Locked, item: Item, accept: Callable[[Locked, Item], Made]) -> Made | Refusal:
    try:
        return accept(held, item)
    except Refusal as refusal:
        return refusal


def found(asked: Iterable[Asked[Item] | Refusal], held: Mapping[UUID, Locked]) -> list[tuple[Locked, Item]]:
    """Return the items whose obligations are held, each beside its own."""
    return [
        (held[one.obligation_id], one.item)
        for one in asked
        if not isinstance(one, Refusal) and one.obligation_id in held
    ]


def named_by(asked: Iterable[Asked[Item] | Refusal]) -> set[UUID]:
    """Return the obligations that items name."""
    return {one.obligation_id for one in asked if not isinstance(one, Refusal)}


def placed(refusal: Refusal, place: int) -> Refusal:
    """Make the pointers of an item's refusal point into the request."""
    faults = (replace(fault, pointer=f"/items/{place}{fault.pointer}") for fault in refusal.faults)
    return _with_faults(refusal, *faults)


def _with_faults(refusal: Refusal, *faults: Fault) -> Refusal:
    again = copy(refusal)
    again.faults = faults
    return again


def refuse_all(results: Iterable[Any]) -> None:
    """Refuse the whole request for what is refused of it.

    Raises:
        AmbiguousObligation: an item names several obligations, which are told: nothing else can be said of it.
        ItemsRefused: with the places of the first faults.
    """
    refused = [(place, one) for place, one in enumerate(results) if isinstance(one, Refusal)]
    for place, one in refused:
        if isinstance(one, AmbiguousObligation):
            raise AmbiguousObligation(one.more["ids"], *_faults(one, place))
    if refused:
        raise ItemsRefused(None, *[fault for place, one in refused for fault in _faults(one, place)][:MAX_FAULTS])


def _faults(refusal: Refusal, place: int) -> Iterator[Fault]:
    yield from placed(refusal, place).faults or (Fault(f"/items/{place}", type(refusal).__doc__ or ""),)
