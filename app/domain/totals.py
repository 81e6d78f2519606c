"""Totals, rates and the roll-up of many obligations into one status."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.completion import COMPLETED_STATUSES, Judgement, Status


class By(StrEnum):
    """Of what a cycle shows figures, one by one."""

    BODY = "body"
    DUTY = "duty"


Totals = Counter[Status]
"""How many obligations stand at each status.  Their sum is what is owed."""


Judged = Counter[Judgement]
"""How many the coordinator has judged how.  Their sum is what is owed."""


@dataclass(frozen=True)
class Figures:
    """What is counted of some obligations: where they stand, and how they are judged."""

    totals: Totals = field(default_factory=Counter)
    judged: Judged = field(default_factory=Counter)

    def add(self, status: Status, judgement: Judgement, count: int) -> None:
        """Count obligations of one status and one judgement."""
        self.totals[status] += count
        self.judged[judgement] += count

    @property
    def is_silent(self) -> bool:
        """Whether nothing has been reported of any of them."""
        return 0 < self.judged.total() == self.judged[Judgement.SILENT]


def total(parts: Iterable[Figures]) -> Figures:
    """Add figures up: a group's are the sum over its members."""
    every = list(parts)
    totals: Totals = sum((one.totals for one in every), Counter())
    judged: Judged = sum((one.judged for one in every), Counter())
    return Figures(totals, judged)


def owed(totals: Totals) -> int:
    """Count all that is owed, applicable or not."""
    return totals.total()


def completion_rate(totals: Totals) -> float | None:
    """Completed / (owed − not applicable), from 0 to 1; none when nothing applies."""
    return _rate(totals, owed(totals) - totals[Status.NOT_APPLICABLE])


def due_completion_rate(totals: Totals) -> float | None:
    """Completed / (completed + overdue), from 0 to 1: the denominator of the Government's own reports."""
    return _rate(totals, _completed(totals) + totals[Status.OVERDUE])


def on_time_rate(totals: Totals) -> float | None:
    """On time / completed, from 0 to 1; none when nothing is completed."""
    completed = _completed(totals)
    return round(totals[Status.COMPLETED_ON_TIME] / completed, 4) if completed else None


def roll_up(totals: Totals) -> Status:
    """Give many obligations one status: the worst that is due, else how far they are."""
    for late in (Status.OVERDUE, Status.AWAITED):
        if totals[late]:
            return late
    if owed(totals) == totals[Status.NOT_APPLICABLE]:
        return Status.NOT_APPLICABLE
    return _progress(totals)


def _progress(totals: Totals) -> Status:
    open_ones = totals[Status.IN_PROGRESS] + totals[Status.NOT_STARTED]
    if not open_ones:
        return Status.COMPLETED_LATE if totals[Status.COMPLETED_LATE] else Status.COMPLETED_ON_TIME
    begun = totals[Status.IN_PROGRESS] or _completed(totals)
    return Status.IN_PROGRESS if begun else Status.NOT_STARTED


def _completed(totals: Totals) -> int:
    return sum(totals[status] for status in COMPLETED_STATUSES)


def _rate(totals: Totals, denominator: int) -> float | None:
    return round(_completed(totals) / denominator, 4) if denominator else None
