"""Totals, rates and the roll-up of many obligations into one status."""

from collections import Counter
from collections.abc import Iterable

from app.domain.completion import COMPLETED_STATUSES, Status

Totals = Counter[Status]
"""How many obligations stand at each status.  Their sum is what is owed."""


def total(parts: Iterable[Totals]) -> Totals:
    """Add totals up: a group's figures are the sum over its members."""
    return sum(parts, Counter())


def owed(totals: Totals) -> int:
    """Count all that is owed, applicable or not."""
    return totals.total()


def completion_rate(totals: Totals) -> float | None:
    """Completed / (owed − not applicable), from 0 to 1; none when nothing applies."""
    return _rate(totals, owed(totals) - totals[Status.NOT_APPLICABLE])


def due_completion_rate(totals: Totals) -> float | None:
    """Completed / (completed + overdue), from 0 to 1: the denominator of the Government's own reports."""
    return _rate(totals, _completed(totals) + totals[Status.OVERDUE])


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
