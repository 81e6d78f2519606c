"""The rule: every set of signals, and the instants at which a signal turns."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import pytest

from app.domain.completion import (
    COMPARATORS,
    COMPLETED_STATUSES,
    RULES,
    ClaimState,
    Facts,
    Force,
    Signal,
    Status,
    Target,
    decide,
    missing,
    signals_of,
)

DUE = datetime(2021, 6, 14, 17, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
DAY = timedelta(days=1)
COMPLETE = {Signal.DONE, Signal.PROVEN, Signal.ON_TARGET}
OPEN = Facts(
    force=Force.DIRECTED,
    due_before=DUE,
    latest_state=None,
    claims_completion=False,
    done_since=None,
    proven_since=None,
)
DONE = replace(
    OPEN,
    latest_state=ClaimState.COMPLETED,
    claims_completion=True,
    done_since=DUE - DAY,
    proven_since=DUE - DAY,
)


def every_set() -> Iterator[frozenset[Signal]]:
    """Yield all 256 sets of signals."""
    for size in range(len(Signal) + 1):
        yield from map(frozenset, combinations(Signal, size))


def in_words(holding: Collection[Signal]) -> Status:
    """Say the same as the rule, in nested sentences instead of a table."""
    if Signal.NOT_ARISING in holding:
        return Status.NOT_APPLICABLE
    if all(signal in holding for signal in COMPLETE):
        return Status.COMPLETED_ON_TIME if Signal.IN_TIME in holding else Status.COMPLETED_LATE
    if Signal.PAST_DUE in holding:
        return Status.OVERDUE if Signal.BINDING in holding else Status.AWAITED
    return Status.IN_PROGRESS if Signal.STARTED in holding else Status.NOT_STARTED


def standing(facts: Facts, as_of: datetime) -> Status:
    return decide(signals_of(facts, as_of))


def test_the_table_says_what_the_sentences_say_for_every_set_of_signals() -> None:
    sets = list(every_set())

    assert len(sets) == 256
    assert {holding: decide(holding) for holding in sets} == {holding: in_words(holding) for holding in sets}


def test_every_status_can_be_reached() -> None:
    assert {decide(holding) for holding in every_set()} == set(Status)


def test_every_status_has_one_rule_and_its_needs_alone_reach_it() -> None:
    assert [status for status, _ in RULES] == list(Status)
    assert [decide(needs) for _, needs in RULES] == list(Status)


def test_no_rule_stands_below_one_that_needs_no_more() -> None:
    for (_, above), (_, below) in combinations(RULES, 2):
        assert not above <= below


def test_a_set_may_be_any_collection() -> None:
    assert decide([Signal.PAST_DUE, Signal.BINDING]) is Status.OVERDUE
    assert decide(()) is Status.NOT_STARTED


@pytest.mark.parametrize("late_part", ["done_since", "proven_since"])
@pytest.mark.parametrize(
    ("received_at", "expected"),
    [
        (DUE - MOMENT, Status.COMPLETED_ON_TIME),
        (DUE, Status.COMPLETED_LATE),
        (DUE + MOMENT, Status.COMPLETED_LATE),
    ],
)
def test_the_deadline_itself_is_late_for_report_and_evidence(
    late_part: str, received_at: datetime, expected: Status
) -> None:
    changed: dict[str, Any] = {late_part: received_at}
    facts = replace(DONE, **changed)

    assert facts.completed_at == received_at
    assert standing(facts, DUE + DAY) is expected


@pytest.mark.parametrize("state", [None, ClaimState.NOT_STARTED, ClaimState.IN_PROGRESS])
@pytest.mark.parametrize(("force", "late"), [(Force.DIRECTED, Status.OVERDUE), (Force.REQUESTED, Status.AWAITED)])
def test_an_open_obligation_turns_late_at_the_deadline_and_not_before(
    state: ClaimState | None, force: Force, late: Status
) -> None:
    facts = replace(OPEN, force=force, latest_state=state)
    in_time = Status.IN_PROGRESS if state is ClaimState.IN_PROGRESS else Status.NOT_STARTED

    turning = [standing(facts, DUE + n * MOMENT) for n in (-1, 0, 1)]

    assert turning == [in_time, late, late]


def test_a_completed_obligation_stays_as_it_is_whatever_the_instant() -> None:
    assert {standing(DONE, DUE + n * DAY) for n in range(-5, 400, 7)} == {Status.COMPLETED_ON_TIME}


@pytest.mark.parametrize(
    "lacking",
    [
        {"done_since": None, "claims_completion": False},
        {"proven_since": None},
        {"done_since": None, "unmet_targets": ("3.2-c",)},
    ],
)
def test_what_lacks_one_part_is_not_completed(lacking: dict[str, Any]) -> None:
    facts = replace(DONE, **lacking)

    assert facts.completed_at is None
    assert standing(facts, DUE - MOMENT) is Status.IN_PROGRESS
    assert standing(facts, DUE) is Status.OVERDUE


def test_a_claim_that_nothing_arises_and_counts_does_so_long_after_the_deadline() -> None:
    facts = replace(OPEN, latest_state=ClaimState.NOT_APPLICABLE, nothing_arises=True)

    assert {standing(facts, DUE + n * DAY) for n in (-1, 0, 1)} == {Status.NOT_APPLICABLE}


def test_a_claim_that_nothing_arises_and_does_not_count_is_open_and_not_started() -> None:
    facts = replace(OPEN, latest_state=ClaimState.NOT_APPLICABLE)

    assert standing(facts, DUE - MOMENT) is Status.NOT_STARTED
    assert standing(facts, DUE) is Status.OVERDUE


def test_a_returned_report_leaves_the_work_begun() -> None:
    facts = replace(OPEN, latest_state=ClaimState.COMPLETED)

    assert standing(facts, DUE - MOMENT) is Status.IN_PROGRESS


def test_facts_turn_into_signals_one_by_one() -> None:
    instants = (None, DUE - MOMENT, DUE)
    for done, proven, claims, as_of in product(instants, instants, (False, True), (DUE - MOMENT, DUE)):
        unmet = () if done or not claims else ("a",)
        facts = replace(DONE, done_since=done, proven_since=proven, claims_completion=claims, unmet_targets=unmet)
        in_time = DUE not in {done, proven} and None not in {done, proven}

        assert signals_of(facts, as_of) == {
            Signal.STARTED,
            Signal.BINDING,
            *([Signal.DONE] if claims else []),
            *([Signal.PROVEN] if proven else []),
            *([] if unmet else [Signal.ON_TARGET]),
            *([Signal.IN_TIME] if in_time else []),
            *([Signal.PAST_DUE] if as_of == DUE else []),
        }


def test_missing_is_empty_exactly_when_waived_or_complete() -> None:
    for holding in every_set():
        unmet = [] if Signal.ON_TARGET in holding else ["3.2-c"]
        settled = decide(holding) in COMPLETED_STATUSES | {Status.NOT_APPLICABLE}

        assert (missing(holding, unmet) == []) is settled


def test_missing_names_report_then_evidence_then_targets() -> None:
    assert missing({Signal.PAST_DUE}, ()) == ["report", "evidence"]
    assert missing({Signal.DONE}, ("3.2-a", "3.2-c")) == ["evidence", "target:3.2-a", "target:3.2-c"]
    assert missing({Signal.PROVEN}, ()) == ["report"]
    assert missing({Signal.NOT_ARISING}, ("3.2-a",)) == []


@pytest.mark.parametrize(
    ("comparator", "meeting"),
    [("=", "90"), (">", "90.000001"), (">=", "90 90.000001"), ("<", "89.999999"), ("<=", "89.999999 90")],
)
def test_a_target_is_met_on_its_side_of_the_limit(comparator: str, meeting: str) -> None:
    target = Target(code="3.2-c", comparator=comparator, value=Decimal(90))

    met = [figure for figure in ("89.999999", "90", "90.000001") if target.is_met_by(Decimal(figure))]

    assert met == meeting.split()


@pytest.mark.parametrize("comparator", COMPARATORS)
def test_a_target_without_a_figure_is_not_met(comparator: str) -> None:
    assert not Target(code="3.2-c", comparator=comparator, value=Decimal(0)).is_met_by(None)
