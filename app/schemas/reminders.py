"""Reminders on the wire: grouped by owner, ready to be put into a mail or a message."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from uuid import UUID
from zoneinfo import ZoneInfo

from app.database.statements import Row
from app.domain.calendar import day_of, days_overdue, last_day_on_time
from app.domain.completion import Force, Status
from app.schemas.base import Instant, ResponseModel
from app.schemas.obligations import DutyRef
from app.schemas.plans import BodyName


class ReminderOut(ResponseModel):
    """One obligation; `days_left` counts to the last day on time, which is day 0, `days_past` from the day after it."""

    obligation: UUID
    cycle: str
    duty: DutyRef
    force: Force
    status: Status
    due_before: Instant
    last_day_on_time: date
    days_left: int
    days_past: int


class OwnerReminders(ResponseModel):
    """What one owner should be reminded of, by deadline; an obligation can stand in more than one list.

    `overdue` is what the plan orders, `awaited` what it can only ask for.
    """

    plan: str
    owner: BodyName
    due_soon: list[ReminderOut]
    overdue: list[ReminderOut]
    awaited: list[ReminderOut]
    returned: list[ReminderOut]
    awaiting_review: list[ReminderOut]


class ReminderList(ResponseModel):
    """Reminders as of an instant, by plan and owner."""

    as_of: Instant
    within_days: int
    items: list[OwnerReminders]


def reminders_out(rows: Iterable[Row], as_of: datetime) -> list[OwnerReminders]:
    """Show rows that come by owner, each owner's in lists."""
    by_owner = groupby(rows, key=itemgetter("plan", "owner_code", "owner_name"))
    return [_owner(plan, BodyName(code=code, name=name), list(of), as_of) for (plan, code, name), of in by_owner]


def _owner(plan: str, owner: BodyName, rows: Sequence[Row], as_of: datetime) -> OwnerReminders:
    tests: dict[str, Callable[[Row], bool]] = {
        "due_soon": lambda row: row["is_due_soon"],
        "overdue": lambda row: row["status"] == Status.OVERDUE,
        "awaited": lambda row: row["status"] == Status.AWAITED,
        "returned": lambda row: row["is_returned"],
        "awaiting_review": lambda row: row["is_waiting"],
    }
    lists = {name: [_reminder(row, as_of) for row in rows if test(row)] for name, test in tests.items()}
    return OwnerReminders(plan=plan, owner=owner, **lists)


def _reminder(row: Row, as_of: datetime) -> ReminderOut:
    zone, due_before = ZoneInfo(row["time_zone"]), row["due_before"]
    last_day = last_day_on_time(due_before, zone)
    return ReminderOut(
        obligation=row["id"],
        cycle=row["cycle"],
        duty=DutyRef(code=row["duty_code"], title_vi=row["title_vi"], title_en=row["title_en"]),
        force=row["force"],
        status=row["status"],
        due_before=due_before,
        last_day_on_time=last_day,
        days_left=max(0, (last_day - day_of(as_of, zone)).days),
        days_past=days_overdue(due_before, as_of, zone),
    )
