"""Orders: on which day a letter was decided, and from when on it counts."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.database.statements import Row
from app.domain.calendar import day_of, end_of
from app.domain.errors import Fault, LetterDayImpossible
from app.schemas.members import LetterIn


def ordered(plan: Row, sent: LetterIn, *, now: datetime) -> dict[str, Any]:
    """Return a letter as the columns of what it decides, received at the end of its day, or now when that is today.

    Raises:
        LetterDayImpossible: it was decided before the plan was issued or on a day to come, or has no number.
    """
    zone = ZoneInfo(plan["time_zone"])
    today = day_of(now, zone)
    decided_on: date = sent.decided_on or today
    if not plan["issued_on"] <= decided_on <= today:
        raise LetterDayImpossible(None, Fault("/decided_on", "must lie between the plan's issue and today"))
    if decided_on < today and sent.document_number is None:
        raise LetterDayImpossible(None, Fault("/document_number", "is needed for a letter of an earlier day"))
    letter = {"document_number": sent.document_number, "decided_on": decided_on, "reason": sent.reason}
    return letter | {"received_at": min(now, end_of(decided_on, zone))}
