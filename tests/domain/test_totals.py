"""Totals, rates and the roll-up, against sentences about plain lists of statuses."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.completion import Status
from app.domain.totals import Figures, Totals, completion_rate, due_completion_rate, owed, roll_up, total

NA, ON_TIME, LATE = Status.NOT_APPLICABLE, Status.COMPLETED_ON_TIME, Status.COMPLETED_LATE
OVERDUE, AWAITED, BEGUN, UNTOUCHED = Status.OVERDUE, Status.AWAITED, Status.IN_PROGRESS, Status.NOT_STARTED
ROUNDING = Fraction(1, 20_000)
statuses = st.lists(st.sampled_from(Status), max_size=12)


def in_words(some: Sequence[Status]) -> Status:
    """Roll up as docs/concepts.md says it, one obligation at a time."""
    applicable = [status for status in some if status is not NA]
    if not applicable:
        return NA
    if OVERDUE in applicable:
        return OVERDUE
    if AWAITED in applicable:
        return AWAITED
    if all(status in {ON_TIME, LATE} for status in applicable):
        return LATE if LATE in applicable else ON_TIME
    return UNTOUCHED if all(status is UNTOUCHED for status in applicable) else BEGUN


@given(statuses)
def test_the_roll_up_says_what_the_sentences_say(some: list[Status]) -> None:
    assert roll_up(Counter(some)) is in_words(some)


@pytest.mark.parametrize(
    ("some", "expected"),
    [
        ([], NA),
        ([NA, NA], NA),
        ([NA, UNTOUCHED], UNTOUCHED),
        ([NA, ON_TIME], ON_TIME),
        ([ON_TIME, LATE], LATE),
        ([ON_TIME, UNTOUCHED], BEGUN),
        ([LATE, UNTOUCHED], BEGUN),
        ([BEGUN, UNTOUCHED], BEGUN),
        ([BEGUN, ON_TIME], BEGUN),
        ([AWAITED, ON_TIME, BEGUN], AWAITED),
        ([OVERDUE, AWAITED, ON_TIME, NA], OVERDUE),
    ],
)
def test_the_worst_that_is_due_comes_first_then_how_far_they_are(some: list[Status], expected: Status) -> None:
    assert roll_up(Counter(some)) is expected


@given(st.lists(statuses, max_size=5))
def test_a_group_is_the_sum_of_its_members(members: list[list[Status]]) -> None:
    together = total(Figures(Counter(member)) for member in members).totals

    assert owed(together) == sum(len(member) for member in members)
    assert [together[status] for status in Status] == [sum(m.count(status) for m in members) for status in Status]


@given(statuses)
def test_the_counts_sum_to_what_is_owed(some: list[Status]) -> None:
    totals: Totals = Counter(some)

    assert owed(totals) == sum(totals[status] for status in Status) == len(some)


@given(statuses)
def test_the_completion_rate_leaves_out_what_does_not_apply(some: list[Status]) -> None:
    applicable = [status for status in some if status is not NA]
    completed = [status for status in some if status in {ON_TIME, LATE}]

    rate = completion_rate(Counter(some))

    assert_is_ratio(rate, len(completed), len(applicable))


@given(statuses)
def test_the_due_completion_rate_counts_only_completed_and_overdue(some: list[Status]) -> None:
    completed = [status for status in some if status in {ON_TIME, LATE}]

    rate = due_completion_rate(Counter(some))

    assert_is_ratio(rate, len(completed), len(completed) + some.count(OVERDUE))


def assert_is_ratio(rate: float | None, part: int, whole: int) -> None:
    """Allow the rounding to four decimals, and nothing where nothing can be divided."""
    assert (rate is None) == (whole == 0)
    if rate is not None:
        assert abs(Fraction(rate) - Fraction(part, whole)) <= ROUNDING
        assert 0 <= rate <= 1


def test_requested_bodies_that_are_awaited_do_not_lower_the_due_completion_rate() -> None:
    totals = Counter({ON_TIME: 3, LATE: 1, OVERDUE: 4, AWAITED: 92})

    assert due_completion_rate(totals) == 0.5
    assert completion_rate(totals) == 0.04


def test_rates_are_rounded_to_four_decimals() -> None:
    assert completion_rate(Counter({ON_TIME: 2, OVERDUE: 1})) == 0.6667
