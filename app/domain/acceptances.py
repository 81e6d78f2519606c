"""Acceptances: whether one still has what it did not waive, once something else was taken back.

Without annulments each has: it was refused else.  So its claim is read as of when it came and as known then, without
what has been taken back since; only evidence that was entered later may help it.  `standing/reports.py` is the same for
sets, of any moment.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from uuid import UUID

from app.domain.acts import Act, ActKind, Place
from app.domain.completion import ClaimState, ReviewOutcome

EVIDENCE = "evidence"


def lacks(acceptance: Act, acts: Sequence[Act]) -> bool:
    """Say whether an acceptance lacks what it did not waive; `acts` are those that count, in the order of the history.

    Evidence stood when it came, or an earlier acceptance had settled that, and nothing has ended what that one brought.
    """
    before = [act for act in acts if act.place <= acceptance.place]
    reports = _Reports([act for act in before if act.recorded_at <= acceptance.recorded_at], acceptance.due_before)
    claim = reports.by_id.get(acceptance.falls_with) if acceptance.falls_with else None
    if claim is None or claim.state is not ClaimState.COMPLETED:
        return False
    if reports.unmet(claim):
        return True
    proven = not acceptance.asks_proof or EVIDENCE in acceptance.waives or _stood(before, acceptance.place)
    return not proven and not reports.carry(claim, but=acceptance)


def _stood(acts: Sequence[Act], at: Place) -> bool:
    """Say whether evidence stood that proves from before a place in the history; `acts` go as far as that."""
    withdrawn = {act.falls_with for act in acts if act.kind is ActKind.WITHDRAWAL}
    return any(act.proves_from and act.proves_from < at and act.id not in withdrawn for act in acts)


class _Reports:
    """The updates of one obligation and their reviews, as far as they had come."""

    def __init__(self, acts: Sequence[Act], due_in_cycle: datetime | None) -> None:
        self._acts = acts
        self._updates = [act for act in acts if act.kind is ActKind.UPDATE]
        self.by_id = {act.id: act for act in self._updates}
        extended = [act.due_before for act in acts if act.kind is ActKind.EXTENSION]
        self._due_before = max((due for due in (due_in_cycle, *extended[-1:]) if due), default=None)

    def unmet(self, update: Act) -> frozenset[str]:
        """Return the targets that an update neither meets nor was accepted without."""
        return update.unmet.difference(*(one.waives for one in self._reviews(ReviewOutcome.ACCEPTED, update)))

    def carry(self, claim: Act, *, but: Act) -> bool:
        """Say whether another acceptance is of the same unbroken run of full reports as a claim."""
        ends = [act.place for act in self._updates if act.place < claim.place and self._breaks(act)]
        since = max([*ends, *([self._returned] if self._returned else [])], default=None)
        run = [act for act in self._updates if act.place <= claim.place and (since is None or act.place > since)]
        return any(one is not but for act in run for one in self._reviews(ReviewOutcome.ACCEPTED, act))

    def _breaks(self, update: Act) -> bool:
        """Say whether an update is no full report, and counts."""
        return not (self._is_full(update) or self._is_pending(update) or self._is_overtaken(update))

    def _is_full(self, update: Act) -> bool:
        return update.state is ClaimState.COMPLETED and not self.unmet(update)

    def _is_pending(self, update: Act) -> bool:
        """Say whether an update claims too late that nothing arises, and was not accepted: it changes nothing yet."""
        return self._is_late(update) and not self._reviews(ReviewOutcome.ACCEPTED, update)

    def _is_late(self, update: Act) -> bool:
        """Say whether an update claims that nothing arises, and the first of its unbroken run came too late."""
        if update.state is not ClaimState.NOT_APPLICABLE or self._due_before is None:
            return False
        before = (act for act in reversed(self._updates) if act.place < update.place)
        first = [update, *takewhile(self._continues, before)][-1]
        return first.place[0] >= self._due_before

    def _continues(self, update: Act) -> bool:
        returned = self._reviews(ReviewOutcome.RETURNED, update)
        return update.state is ClaimState.NOT_APPLICABLE and not returned

    def _is_overtaken(self, update: Act) -> bool:
        """Say whether an update is paper that came before an acceptance and was entered after it."""
        return update.on_paper and any(
            one.place[0] >= update.place[0] and one.recorded_at < update.recorded_at and self._holds(one.falls_with)
            for one in self._acts
            if one.outcome is ReviewOutcome.ACCEPTED
        )

    def _holds(self, update_id: UUID | None) -> bool:
        """Say whether an update is there, and no return has voided it with what came before."""
        update = self.by_id.get(update_id) if update_id else None
        return update is not None and (self._returned is None or update.place > self._returned)

    @cached_property
    def _returned(self) -> Place | None:
        """Where the last update stands that a return voids together with those received before it."""
        returned = (act for act in self._updates if self._reviews(ReviewOutcome.RETURNED, act))
        return max((act.place for act in returned if not self._is_late(act)), default=None)

    def _reviews(self, outcome: ReviewOutcome, update: Act) -> list[Act]:
        return [act for act in self._acts if act.outcome is outcome and act.falls_with == update.id]
