"""Who owes a duty in a cycle that is opened: whom the plan names, the members of open classes, and who succeeded them.

Source: docs/decisions/bodies-change.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.domain.completion import Force


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A body that owes a duty; `follows` are the bodies that the plan named: itself, or those that it has succeeded."""

    body: UUID
    position: int
    force: Force
    follows: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Succeeded:
    """Who has taken a duty over from a body, from a day on; nobody when the duty ended with the body."""

    successors: tuple[UUID, ...]
    effective_on: date


@dataclass(frozen=True, kw_only=True)
class OpenClass:
    """A class that takes members: the bodies that the plan names for it, itself when none, and who is a member now."""

    named: frozenset[UUID]
    members: tuple[UUID, ...]


@dataclass(frozen=True)
class Changes:
    """What has become of a plan's bodies since it was issued."""

    succeeded: Mapping[tuple[UUID, UUID], Succeeded] = field(default_factory=dict)
    """By duty and predecessor."""
    classes: Mapping[UUID, OpenClass] = field(default_factory=dict)


def owners_of(duty: UUID, planned: Sequence[Owner], changes: Changes) -> list[Owner]:
    """Return who owes a duty, each body once, however many it follows."""
    followed: dict[UUID, list[Owner]] = {}
    for owner in _with_members(planned, changes.classes):
        for body in _follow(duty, owner.body, changes):
            followed.setdefault(body, []).append(owner)
    return [_merged(body, owners) for body, owners in followed.items()]


def _with_members(planned: Sequence[Owner], classes: Mapping[UUID, OpenClass]) -> Iterator[Owner]:
    """Put the members of a class beside those that the plan names for it, or in the place of the class itself."""
    owing = {owner.body: owner for owner in planned}
    concerned = {body: one for body, one in classes.items() if one.members and one.named <= owing.keys()}
    yield from (owner for owner in planned if owner.body not in concerned)
    for one in concerned.values():
        named = [owing[body] for body in one.named]
        for member in one.members:
            if member not in owing:
                last = max(owner.position for owner in named)
                yield Owner(body=member, position=last, force=_force(named))


def _follow(
    duty: UUID, body: UUID, changes: Changes, since: date = date.min, seen: frozenset[UUID] = frozenset()
) -> Iterator[UUID]:
    """Yield who owes a duty in the place of a body: what a body took over by a later act of law it keeps."""
    step = changes.succeeded.get((duty, body))
    if step is None or step.effective_on < since or body in seen:
        yield body
        return
    for successor in step.successors:
        yield from _follow(duty, successor, changes, step.effective_on, seen | {body})


def _merged(body: UUID, owners: Sequence[Owner]) -> Owner:
    own = next((owner for owner in owners if owner.body == body), owners[0])
    return Owner(
        body=body,
        position=own.position,
        force=_force(owners),
        follows=tuple(dict.fromkeys(owner.body for owner in owners)),
    )


def _force(owners: Iterable[Owner]) -> Force:
    """Ask only a body that follows none which was directed."""
    asked = all(owner.force == Force.REQUESTED for owner in owners)
    return Force.REQUESTED if asked else Force.DIRECTED
