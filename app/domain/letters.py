"""Letters that urge: what one can be about, and how far ahead it looks."""

from datetime import date, timedelta
from enum import StrEnum

SOON_DAYS = 15
"""Within how many days something is due soon; today is day 0."""


class LetterKind(StrEnum):
    """What a reminder letter urges for: what is due soon, or what its day has passed."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"


def soon_until(day: date) -> date:
    """Return the last day that is soon."""
    return day + timedelta(days=SOON_DAYS)
