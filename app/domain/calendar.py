"""Deadlines, periods and working days.

A deadline is an exclusive instant: *trước ngày 15/6/2021* is 2021-06-15T00:00 in the plan's zone, and what is
received at that very microsecond is late.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.basis import counted
from app.domain.words import Words

MICROSECOND = timedelta(microseconds=1)
SATURDAY = 5
HOME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where a day is meant when a question names no plan."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The years that anybody may ask about; far from both ends of the calendar, so that days can be counted on."""


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day in the zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a day in the zone, in UTC."""
    return start_of(day + timedelta(days=1), zone) - MICROSECOND


def day_after(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant of the day after an instant's in the zone, in UTC."""
    return start_of(day_of(instant, zone) + timedelta(days=1), zone)


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day on which an instant falls in the zone."""
    return instant.astimezone(zone).date()


@lru_cache(maxsize=1024)
def last_day_on_time(due_before: datetime, zone: ZoneInfo) -> date:
    """Return the last calendar day on which a report is in time."""
    return day_of(due_before - MICROSECOND, zone)


def days_overdue(due_before: datetime, as_of: datetime, zone: ZoneInfo) -> int:
    """Count calendar days after the last day on time: 1 on the first late day, 0 while in time."""
    if as_of < due_before:
        return 0
    return (day_of(as_of, zone) - last_day_on_time(due_before, zone)).days


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Monday to Friday, unless it is a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def working_day_after(day: date, count: int, holidays: Collection[date]) -> date:
    """Return the `count`-th working day after a day; the day itself never counts."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day, holidays)
    return day


@dataclass(frozen=True)
class WorkingDays:
    """The working days of a plan: its days off, and the zone in which its days begin."""

    off: Collection[date]
    zone: ZoneInfo

    def after(self, due_before: datetime, count: int) -> list[datetime]:
        """Return when each of the working days after a deadline's last day on time is over, as exclusive instants."""
        last = last_day_on_time(due_before, self.zone)
        ends = (working_day_after(last, number, self.off) for number in range(1, count + 1))
        return [start_of(end + timedelta(days=1), self.zone) for end in ends]


def arithmetic(day: date, count: int, holidays: Collection[date]) -> Words:
    """Show how working days are counted, so that anybody can count them again."""
    last = working_day_after(day, count, holidays)
    days = [day + timedelta(days=after) for after in range(1, (last - day).days + 1)]
    return counted(day, [(one, is_working_day(one, holidays)) for one in days], last + timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class CycleTerms:
    """One reporting period: both days are inclusive, `due_before` is exclusive."""

    code: str
    annual: bool
    starts_on: date
    ends_on: date
    due_before: datetime
    basis: str
    basis_vi: str
    confirmed: bool
    title_vi: str | None = None
    title_en: str | None = None
    document_number: str | None = None
    decided_on: date | None = None
    duties: Sequence[str] | None = None
    """Of a cycle of its own kind: what it is called, the letter that orders it, and the duties that it asks for."""


@dataclass(frozen=True, kw_only=True)
class AnnualRule:
    """How a plan's annual cycles run.

    Cycle Y covers `period_starts` of the year before to `period_ends` of Y (Decree 09/2019/NĐ-CP, Article 12.4:
    15/12 to 14/12).  It is due at the end of the `due_after_working_days`-th working day after the period.
    """

    first_year: int
    first_starts_on: date
    period_starts: tuple[int, int]
    period_ends: tuple[int, int]
    due_after_working_days: int
    basis: Words
    confirmed: bool

    def terms(self, year: int, holidays: Collection[date], zone: ZoneInfo) -> CycleTerms | None:
        """Work out the cycle of a year; none before the first one, nor beyond the years that can be asked about."""
        if not self.first_year <= year <= LAST_YEAR:
            return None
        ends_on = date(year, *self.period_ends)
        last_day = working_day_after(ends_on, self.due_after_working_days, holidays)
        count = arithmetic(ends_on, self.due_after_working_days, holidays)
        return CycleTerms(
            code=str(year),
            annual=True,
            starts_on=self.starts_on(year),
            ends_on=ends_on,
            due_before=start_of(last_day + timedelta(days=1), zone),
            basis=f"{self.basis.en} {count.en}",
            basis_vi=f"{self.basis.vi} {count.vi}",
            confirmed=self.confirmed,
        )

    def year_of(self, day: date) -> int:
        """Name the year whose cycle a day falls in."""
        return day.year if day <= date(day.year, *self.period_ends) else day.year + 1

    def starts_on(self, year: int) -> date:
        """Return the first day of the period of a year's cycle."""
        return self.first_starts_on if year == self.first_year else date(year - 1, *self.period_starts)
