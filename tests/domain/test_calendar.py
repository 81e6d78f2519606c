"""Deadlines, periods and working days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import (
    HOME_ZONE,
    LAST_YEAR,
    MICROSECOND,
    AnnualRule,
    CycleTerms,
    day_of,
    days_overdue,
    end_of,
    is_working_day,
    last_day_on_time,
    start_of,
    working_day_after,
)
from app.domain.words import Words

DUE = datetime(2021, 6, 14, 17, tzinfo=UTC)
"""*Trước ngày 15/6/2021*."""
ANNUAL = AnnualRule(
    first_year=2021,
    first_starts_on=date(2021, 5, 31),
    period_starts=(12, 15),
    period_ends=(12, 14),
    due_after_working_days=2,
    basis=Words("Khoản 4 Điều 12 Nghị định số 09/2019/NĐ-CP.", "Decree 09/2019/NĐ-CP, Article 12.4."),
    confirmed=False,
)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
holidays = st.frozensets(st.dates(date(2021, 12, 1), date(2022, 1, 31)), max_size=12)


def terms(year: int, *free: date) -> CycleTerms:
    found = ANNUAL.terms(year, free, HOME_ZONE)
    assert found is not None
    return found


def due_day(year: int, *free: date) -> date:
    """Return the first day that is late; the deadline must be its midnight."""
    local = terms(year, *free).due_before.astimezone(HOME_ZONE)
    assert local.time() == time()
    return local.date()


def test_a_deadline_before_a_day_is_the_first_instant_of_that_day_in_the_plans_zone() -> None:
    assert start_of(date(2021, 6, 15), HOME_ZONE) == DUE
    assert start_of(date(2021, 6, 15), HOME_ZONE).utcoffset() == timedelta()


def test_the_last_microsecond_of_the_day_before_is_on_time() -> None:
    written = datetime(2021, 6, 14, 23, 59, 59, 999_999, HOME_ZONE)

    assert end_of(date(2021, 6, 14), HOME_ZONE) == written < DUE
    assert written + MICROSECOND == DUE


def test_the_last_day_on_time_is_the_day_before() -> None:
    assert last_day_on_time(DUE, HOME_ZONE) == date(2021, 6, 14)


def test_the_last_day_on_time_is_the_same_day_when_the_deadline_falls_within_it() -> None:
    assert last_day_on_time(DUE + timedelta(hours=10), HOME_ZONE) == date(2021, 6, 15)


@pytest.mark.parametrize(
    ("after_the_deadline", "expected"),
    [
        (-timedelta(days=400), 0),
        (-MICROSECOND, 0),
        (timedelta(), 1),
        (MICROSECOND, 1),
        (timedelta(days=1) - MICROSECOND, 1),
        (timedelta(days=1), 2),
        (timedelta(days=365), 366),
    ],
)
def test_the_first_late_day_is_day_one(after_the_deadline: timedelta, expected: int) -> None:
    assert days_overdue(DUE, DUE + after_the_deadline, HOME_ZONE) == expected


@given(days, st.timedeltas(-timedelta(days=900), timedelta(days=900)))
def test_days_overdue_count_midnights_from_the_deadline_on(due_on: date, after: timedelta) -> None:
    due_before = start_of(due_on, HOME_ZONE)
    as_of = due_before + after

    counted = days_overdue(due_before, as_of, HOME_ZONE)

    day = due_on + timedelta(days=counted)
    assert start_of(day, HOME_ZONE) > as_of
    assert counted == 0 or start_of(day - timedelta(days=1), HOME_ZONE) <= as_of


@given(days, st.sampled_from(["Asia/Ho_Chi_Minh", "UTC", "Pacific/Kiritimati", "America/New_York"]))
def test_a_day_runs_from_its_first_to_its_last_microsecond(day: date, name: str) -> None:
    zone = ZoneInfo(name)

    assert day_of(start_of(day, zone), zone) == day == day_of(end_of(day, zone), zone)
    assert day_of(start_of(day, zone) - MICROSECOND, zone) == day - timedelta(days=1)
    assert end_of(day, zone) + MICROSECOND == start_of(day + timedelta(days=1), zone)


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2021, date(2021, 12, 17)), (2024, date(2024, 12, 18)), (2026, date(2026, 12, 17))],
)
def test_a_year_is_due_at_the_end_of_the_second_working_day_after_its_period(year: int, expected: date) -> None:
    assert due_day(year) == expected


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        ([date(2021, 12, 15)], date(2021, 12, 18)),
        ([date(2021, 12, 16)], date(2021, 12, 18)),
        ([date(2021, 12, 15), date(2021, 12, 16), date(2021, 12, 17)], date(2021, 12, 22)),
        ([date(2021, 12, 14)], date(2021, 12, 17)),
        ([date(2021, 12, 17), date(2021, 12, 18)], date(2021, 12, 17)),
    ],
)
def test_only_a_holiday_in_between_moves_the_deadline(free: list[date], expected: date) -> None:
    assert due_day(2021, *free) == expected


def test_a_deadline_may_fall_on_a_weekend_or_a_holiday_because_it_ends_a_working_day() -> None:
    assert due_day(2022) == date(2022, 12, 17)
    assert date(2022, 12, 17).strftime("%A") == "Saturday"


def test_the_first_year_begins_when_the_plan_was_issued() -> None:
    assert (terms(2021).starts_on, terms(2021).ends_on) == (date(2021, 5, 31), date(2021, 12, 14))


def test_there_is_no_year_before_the_first() -> None:
    assert ANNUAL.terms(2020, (), HOME_ZONE) is None


@pytest.mark.parametrize("year", [LAST_YEAR + 1, 9999, 10_000, 10**80])
def test_there_is_no_year_beyond_those_that_can_be_asked_about(year: int) -> None:
    assert ANNUAL.terms(LAST_YEAR, (), HOME_ZONE) is not None
    assert ANNUAL.terms(year, (), HOME_ZONE) is None


def test_a_cycle_says_what_it_is_and_that_its_date_is_a_default() -> None:
    cycle = terms(2024)

    assert (cycle.code, cycle.annual, cycle.confirmed) == ("2024", True, False)
    assert "12.4" in cycle.basis


def test_each_year_begins_the_day_after_the_last_one_ended() -> None:
    for year in range(2022, 2100):
        assert terms(year).starts_on == terms(year - 1).ends_on + timedelta(days=1)


@given(st.dates(date(2021, 5, 31), date(2099, 12, 31)))
def test_a_day_falls_in_the_cycle_that_is_named_for_it(day: date) -> None:
    cycle = terms(ANNUAL.year_of(day))

    assert cycle.starts_on <= day <= cycle.ends_on


def test_the_year_turns_on_the_fifteenth_of_december() -> None:
    assert [ANNUAL.year_of(date(2021, 12, day)) for day in (14, 15)] == [2021, 2022]


def test_a_working_day_is_monday_to_friday_and_no_holiday() -> None:
    week = [date(2021, 6, 14) + timedelta(days=n) for n in range(7)]

    working = [day.isoweekday() for day in week if is_working_day(day, {date(2021, 6, 16)})]

    assert working == [1, 2, 4, 5]


@given(st.dates(date(2021, 12, 1), date(2022, 1, 31)), st.integers(0, 15), holidays)
def test_the_nth_working_day_has_n_working_days_up_to_it(day: date, count: int, free: frozenset[date]) -> None:
    found = working_day_after(day, count, free)

    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert sum(is_working_day(each, free) for each in between) == count
    assert found == day if count == 0 else is_working_day(found, free)
