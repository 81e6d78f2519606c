"""Letters: official documents that decide a deadline, checked once, when they are recorded, by what is known then."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.calendar import day_of, end_of, last_day_on_time
from app.domain.errors import (
    DeadlineNotAfter,
    Fault,
    LetterDateImpossible,
    LetterDecidedTooLate,
    LetterNumberNeeded,
)

AFTER_DECISION = "must come after the day on which the letter was decided"
AFTER_TODAY = "must come after today, since it comes before the deadline in force"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter on the day it was decided; it counts from the end of that day, from now on when that is today."""

    decided_on: date
    received_at: datetime
    today: date
    zone: ZoneInfo

    def refuse_late(self, in_force: datetime) -> None:
        """Refuse a letter that was decided once the deadline that it would move had passed.

        Raises:
            LetterDecidedTooLate: it was.
        """
        if self.decided_on > last_day_on_time(in_force, self.zone):
            raise LetterDecidedTooLate(None, Fault("/decided_on", "must not be after the last day that was on time"))

    def refuse_passed(self, due_before_on: date, *, earlier: bool) -> None:
        """Refuse a new deadline that had passed when it was decided, or that would make somebody late at once.

        Raises:
            DeadlineNotAfter: it does not come after the decision or, when it comes `earlier` than the one in force,
                not after today.
        """
        if due_before_on <= self.decided_on:
            raise DeadlineNotAfter(None, Fault("/due_before_on", AFTER_DECISION))
        if earlier and due_before_on <= self.today:
            raise DeadlineNotAfter(None, Fault("/due_before_on", AFTER_TODAY))


def dated(
    decided_on: date | None, document_number: str | None, *, issued_on: date, zone: ZoneInfo, now: datetime
) -> Letter:
    """Return a letter with the instant from which it counts; one that says no day was decided today.

    Raises:
        LetterDateImpossible: it was decided before the plan was issued, or on a day to come.
        LetterNumberNeeded: it was decided before today and has no number.
    """
    today = day_of(now, zone)
    day = decided_on or today
    if not issued_on <= day <= today:
        raise LetterDateImpossible(None, Fault("/decided_on", "must lie between the plan's issue and today"))
    if day < today and not document_number:
        raise LetterNumberNeeded(None, Fault("/document_number", "is needed for a letter of an earlier day"))
    return Letter(decided_on=day, received_at=min(now, end_of(day, zone)), today=today, zone=zone)
