"""Counting: which acts count, once some have been taken back.

Source: docs/concepts.md.
"""

from collections.abc import Collection
from uuid import UUID

from app.domain.acceptances import lacks
from app.domain.acts import Act
from app.domain.completion import ReviewOutcome


def counting(acts: Collection[Act]) -> frozenset[UUID]:
    """Return the acts that count: those that no annulment which counts names, nor names what they fall with.

    An annulment can only name what was there before it.  So the latest one counts, and of each earlier one those after
    it tell.  An acceptance whose claim lacks by now what it did not waive counts no more.
    """
    named: set[UUID] = set()
    for act in sorted(acts, key=lambda act: (act.recorded_at, act.id), reverse=True):
        if act.names and act.id not in named:
            named.add(act.names)
    by_id = {act.id: act for act in acts}

    def stands(act: Act) -> bool:
        root = by_id.get(act.falls_with) if act.falls_with else None
        return act.id not in named and (root is None or stands(root))

    standing = sorted(filter(stands, acts), key=lambda act: act.place)
    for act in list(standing):
        if act.outcome is ReviewOutcome.ACCEPTED and lacks(act, standing):
            standing.remove(act)
    return frozenset(act.id for act in standing)
