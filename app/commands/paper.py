"""When an act counts as received, and who may say so."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.access import Caller, Role
from app.domain.calendar import day_of, end_of
from app.domain.errors import Fault, PaperReportIncomplete, PaperReportNotYours, ReceivedOnImpossible


def check_paper_date(
    caller: Caller,
    received_on: date | None,
    document_number: str | None,
    *,
    issued_on: date,
    zone: ZoneInfo,
    now: datetime,
) -> datetime:
    """Return when an act was received: now, or for a paper report the end of the day it came in.

    The end of the day decides nothing about lateness, since deadlines fall on midnight, and leaves a report of that
    day after whatever the service received on it.

    Raises:
        PaperReportNotYours: somebody else than a coordinator says that it came on paper.
        PaperReportIncomplete: a coordinator, who reports only for others, leaves out the day or the number.
        ReceivedOnImpossible: the day is before the plan's issue, or in the future.
    """
    given = {"received_on": received_on, "document_number": document_number}
    if caller.role is not Role.COORDINATOR:
        if faults := [Fault(f"/{name}", "is for coordinators") for name, value in given.items() if value]:
            raise PaperReportNotYours(None, *faults)
        return now
    if faults := [Fault(f"/{name}", "is needed") for name, value in given.items() if not value]:
        raise PaperReportIncomplete(None, *faults)
    assert received_on is not None  # noqa: S101  The check above says so.
    if not issued_on <= received_on <= day_of(now, zone):
        raise ReceivedOnImpossible(None, Fault("/received_on", "must lie between the plan's issue and today"))
    return min(now, end_of(received_on, zone))
