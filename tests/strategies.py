"""Random histories for Hypothesis.

Instants are few and close to the boundaries, so that ties and late recordings are the rule rather than the exception.
An id sorts by a random rank first: acts of the same two instants come in any order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from app.domain.completion import ClaimState, ReviewOutcome
from tests.given import FIRST
from tests.histories import (
    ALONE,
    BEGIN_2022,
    DUE_2021,
    DUE_2022,
    DUE_FIRST,
    GOOD_FIGURES,
    MEASURED,
    ONCE,
    Act,
    Annulment,
    Condition,
    Evidence,
    Extension,
    Review,
    Subject,
    Transfer,
    Update,
    Withdrawal,
)
from tests.oracle import lacking, place, untouched

SUCCESSORS = ("so-y-te", "so-tu-phap", "cong-an")
MOMENT, DAY = timedelta(microseconds=1), timedelta(days=1)
AROUND_THE_DEADLINE = (DUE_FIRST - DAY, DUE_FIRST - MOMENT, DUE_FIRST, DUE_FIRST + MOMENT, DUE_FIRST + DAY)
AROUND_THE_CYCLES = (DUE_FIRST - MOMENT, DUE_FIRST, BEGIN_2022 - MOMENT, BEGIN_2022, DUE_2021 - MOMENT, DUE_2021)
LONG_AFTER = DUE_2022 + DAY
INSTANTS = sorted({*AROUND_THE_DEADLINE, *AROUND_THE_CYCLES, DUE_2022 - MOMENT, DUE_2022, LONG_AFTER})
AROUND_THE_LIMITS = {
    "3.2-a": ("99.999999", "100", "100.000001"),
    "3.2-b": ("99.999999", "100", "100.000001"),
    "3.2-c": ("89.999999", "90", "90.000001"),
    "3.2-d": ("4.999999", "5", "7.5"),
}

_instants = st.one_of(st.just(LONG_AFTER), st.sampled_from(INSTANTS))
moments = st.tuples(_instants, st.one_of(st.none(), _instants))
"""An `as_of` and a `known_at`."""
_near_limits = {code: st.sampled_from([*map(Decimal, near)]) for code, near in AROUND_THE_LIMITS.items()}
_figures = st.one_of(
    st.just(GOOD_FIGURES),
    st.just({**GOOD_FIGURES, "3.2-a": None, "3.2-c": None}),
    st.fixed_dictionaries({}, optional=_near_limits),
    st.fixed_dictionaries({}, optional=_near_limits).map(lambda some: GOOD_FIGURES | dict([*some.items()][:1])),
)
_states = st.sampled_from([ClaimState.COMPLETED, ClaimState.COMPLETED, *ClaimState])
_mostly_good = st.sampled_from([GOOD_FIGURES, GOOD_FIGURES, {**GOOD_FIGURES, "3.2-c": Decimal(80)}])
_percents = st.sampled_from([None, 0, 40, 100])
_kinds = st.sampled_from([Update, Update, Update, Evidence, Evidence, Withdrawal, Extension, Condition, Transfer])
_plots = st.one_of(st.lists(_kinds, max_size=4), st.lists(_kinds, min_size=4, max_size=9))


@st.composite
def histories(draw: st.DrawFn, subjects: Sequence[Subject] = (*ALONE, *ONCE)) -> dict[Subject, list[Act]]:
    """Draw a history for each obligation."""
    numbers = count(1)
    return {subject: draw(_history(subject, numbers)) for subject in subjects}


@st.composite
def _history(draw: st.DrawFn, subject: Subject, numbers: Iterator[int]) -> list[Act]:
    in_rounds = draw(st.integers(0, 2)) == 0
    acts: list[Act] = draw((_rounds if in_rounds else _events)(subject, numbers))
    # A coordinator finds out what should never have been recorded.
    for _ in range(draw(st.sampled_from([1, 1, 2] if in_rounds else [0, 0, 1, 2, 3]))):
        acts += draw(_annulment(subject, next(numbers), acts))
    return acts


@st.composite
def _events(draw: st.DrawFn, subject: Subject, numbers: Iterator[int]) -> list[Act]:
    """Draw acts in any order, and what a coordinator says of what is there."""
    acts: list[Act] = []
    for kind in draw(_plots):
        acts += draw(_act(subject, kind, next(numbers), acts))
    instants = st.sampled_from(_near(subject, LONG_AFTER))
    for at in sorted(draw(st.lists(instants, max_size=3))):
        acts += draw(_review(subject, next(numbers), acts, at))
    return acts


@st.composite
def _rounds(draw: st.DrawFn, subject: Subject, numbers: Iterator[int]) -> list[Act]:
    """Draw reports that are reviewed before the next one comes: one acceptance may carry what another one needs."""
    acts: list[Act] = []
    instants = st.sampled_from(_near(subject))
    rounds = sorted(draw(st.lists(instants, min_size=3, max_size=4, unique=True)))
    for at in rounds:
        paper = draw(st.integers(0, 4)) == 0
        times: dict[str, Any] = {"received_at": at, "recorded_at": LONG_AFTER if paper else at}
        figures = draw(_mostly_good) if subject is MEASURED else {}
        state = ClaimState.COMPLETED if at in {rounds[0], rounds[-1]} else draw(_states)
        acts.append(Update(id=UUID(int=next(numbers)), **times, state=state, figures=figures, paper=paper))
        if draw(st.integers(0, 4)) == 0:
            acts.append(Evidence(id=UUID(int=next(numbers)), received_at=at, recorded_at=at))
        acts += draw(_review(subject, next(numbers), acts, at))
    return acts


@st.composite
def _act(draw: st.DrawFn, subject: Subject, kind: type[Act], number: int, before: Sequence[Act]) -> list[Act]:
    near = st.sampled_from(_near(subject))
    base = {"id": UUID(int=draw(st.integers(0, 3)) << 96 | number), **_times(draw(near), draw(near))}
    if kind is Update:
        figures = draw(_figures) if subject is MEASURED else {}
        paper = base["received_at"] < base["recorded_at"] and draw(st.booleans())
        return [Update(**base, state=draw(_states), percent=draw(_percents), figures=figures, paper=paper)]
    if kind is Extension:
        return [Extension(**base, due_before=draw(near))]
    if kind is Transfer:
        owner, passed = draw(st.sampled_from(SUCCESSORS)), sum(isinstance(act, Transfer) for act in before)
        return [Transfer(**base, owner=owner, succession=passed)]
    if kind is Condition:
        return [Condition(**base, met=draw(st.booleans()))]
    if kind is Withdrawal:
        return _withdrawals(base, before)
    return [draw(_evidence(base, before))]


@st.composite
def _evidence(draw: st.DrawFn, base: dict[str, Any], before: Sequence[Act]) -> Evidence:
    """Attach an evidence of the owner or of a partner; some came with an update."""
    if draw(st.integers(0, 3)) == 0:
        return Evidence(**base, of_owner=False)
    updates = [act for act in before if isinstance(act, Update)]
    if not updates or draw(st.booleans()):
        return Evidence(**base)
    of = draw(st.sampled_from(updates))
    times = {"received_at": of.received_at, "recorded_at": of.recorded_at}
    return Evidence(**{**base, **times}, update_id=of.id)


@st.composite
def _review(draw: st.DrawFn, subject: Subject, number: int, before: Sequence[Act], at: datetime) -> list[Act]:
    """Review the latest update that is there by an instant, or any; an acceptance waives what its update lacks."""
    review = Review(id=UUID(int=3 << 96 | number), received_at=at, recorded_at=at, outcome=ReviewOutcome.RETURNED)
    updates = sorted((act for act in before if isinstance(act, Update) and act.recorded_at <= at), key=place)
    if not updates:
        return []
    review = replace(review, update_id=(updates[-1] if draw(st.integers(0, 3)) else draw(st.sampled_from(updates))).id)
    of = next(one for one in updates if one.id == review.update_id)
    if of.state not in {ClaimState.COMPLETED, ClaimState.NOT_APPLICABLE} or draw(st.integers(0, 2)) == 0:
        return [review]
    accepted = replace(review, outcome=ReviewOutcome.ACCEPTED)
    known = [act for act in before if act.recorded_at <= at]
    return [replace(accepted, waives=lacking(accepted, sorted([*known, accepted], key=place), subject))]


@st.composite
def _annulment(draw: st.DrawFn, subject: Subject, number: int, before: Sequence[Act]) -> list[Act]:
    """Take an act back, once everything is there."""
    able = [act for act in untouched(before, subject) if not isinstance(act, Transfer)]
    if not able:
        return []
    since = max(act.recorded_at for act in before)
    at = draw(st.sampled_from([since, LONG_AFTER])) if since < LONG_AFTER else LONG_AFTER
    act_id = draw(st.sampled_from(able)).id
    return [Annulment(id=UUID(int=4 << 96 | number), received_at=at, recorded_at=at, act_id=act_id)]


def _near(subject: Subject, *more: datetime) -> list[datetime]:
    several = subject.once or subject.cycle != FIRST
    return [*(AROUND_THE_CYCLES if several else AROUND_THE_DEADLINE), *more]


def _times(one: datetime, other: datetime) -> dict[str, Any]:
    """Nothing is recorded before it was received."""
    return {"received_at": one, "recorded_at": max(one, other)}


def _withdrawals(base: Mapping[str, Any], before: Sequence[Act]) -> list[Act]:
    """Withdraw the first evidence that still stands, if any, and not before it was there."""
    withdrawn = {act.evidence_id for act in before if isinstance(act, Withdrawal)}
    for act in before:
        if isinstance(act, Evidence) and act.id not in withdrawn:
            at = max(base["recorded_at"], act.recorded_at)
            return [Withdrawal(id=base["id"], evidence_id=act.id, received_at=at, recorded_at=at)]
    return []
