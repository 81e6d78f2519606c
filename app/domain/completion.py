"""The one rule: facts → signals → status.

Whoever wants to know where an obligation stands asks this table, in Python through `decide`, for sets through
the SQL that `standing/rule.py` makes of the same RULES and COMPARATORS.
Source: Decision 42/2014/QĐ-TTg for the four cells of done/open × in time/late; the plan for the rest.
"""

import operator
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import takewhile
from typing import Any, Protocol


class DutyKind(StrEnum):
    """What a duty asks for: something done, a report, or to answer for what happens."""

    ACTION = "action"
    REPORTING = "reporting"
    LIABILITY = "liability"


class Force(StrEnum):
    """Whether the plan orders, or asks a body that it cannot order (a court, a mass organisation)."""

    DIRECTED = "directed"
    REQUESTED = "requested"


class ClaimState(StrEnum):
    """What an owner says of its obligation in an update."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    NOT_APPLICABLE = "not_applicable"


class ReviewOutcome(StrEnum):
    """What the coordinator says of a claim."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


class Judgement(StrEnum):
    """What the coordinator has said so far, beside the owner's word; read top to bottom, the first that fits."""

    SILENT = "silent"
    RETURNED = "returned"
    AWAITING_REVIEW = "awaiting_review"
    ACCEPTED_WITH_WAIVER = "accepted_with_waiver"
    ACCEPTED = "accepted"
    IN_WORK = "in_work"


class Status(StrEnum):
    """Where an obligation stands at an instant; kept under the seals of closed cycles, and nowhere else."""

    NOT_APPLICABLE = "not_applicable"
    COMPLETED_ON_TIME = "completed_on_time"
    COMPLETED_LATE = "completed_late"
    OVERDUE = "overdue"
    AWAITED = "awaited"
    IN_PROGRESS = "in_progress"
    NOT_STARTED = "not_started"


class Missing(StrEnum):
    """What can keep an obligation from complete; of targets there may be several, each with its code."""

    REPORT = "report"
    EVIDENCE = "evidence"
    TARGET = "target"


class Signal(StrEnum):
    """A yes or no that the rule reads."""

    NOT_ARISING = "not_arising"
    DONE = "done"
    PROVEN = "proven"
    ON_TARGET = "on_target"
    IN_TIME = "in_time"
    STARTED = "started"
    PAST_DUE = "past_due"
    BINDING = "binding"


RULES: tuple[tuple[Status, frozenset[Signal]], ...] = (
    (Status.NOT_APPLICABLE, frozenset({Signal.NOT_ARISING})),
    (Status.COMPLETED_ON_TIME, frozenset({Signal.DONE, Signal.PROVEN, Signal.ON_TARGET, Signal.IN_TIME})),
    (Status.COMPLETED_LATE, frozenset({Signal.DONE, Signal.PROVEN, Signal.ON_TARGET})),
    (Status.OVERDUE, frozenset({Signal.PAST_DUE, Signal.BINDING})),
    (Status.AWAITED, frozenset({Signal.PAST_DUE})),
    (Status.IN_PROGRESS, frozenset({Signal.STARTED})),
    (Status.NOT_STARTED, frozenset()),
)
"""Read top to bottom; the first rule whose needs all hold wins.  Needs are positive only."""

CLOSING_RULES = tuple(takewhile(lambda rule: Signal.PAST_DUE not in rule[1], RULES))
"""The rules above those that read the time: while none of them applies, an obligation is open."""

STARTED_STATES = frozenset({ClaimState.IN_PROGRESS, ClaimState.COMPLETED})
"""Work has begun once the owner's latest update says so, even if that update was returned."""

REVIEWABLE_STATES = frozenset({ClaimState.COMPLETED, ClaimState.NOT_APPLICABLE})
"""What a coordinator can accept: the claims that close an obligation."""

COMPLETED_STATUSES = frozenset({Status.COMPLETED_ON_TIME, Status.COMPLETED_LATE})


class Comparison(Protocol):
    """Compares a measurement with a target's value: plain numbers here, columns in a query."""

    def __call__(self, measured: Any, value: Any, /) -> Any: ...


COMPARATORS: dict[str, Comparison] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
"""*Trên 90%* is `>`: 90.0 does not meet it."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What one clause of a duty wants measured, e.g. `3.2-c` > 90 %."""

    code: str
    comparator: str
    value: Decimal

    def is_met_by(self, measured: Decimal | None) -> bool:
        """Say whether the measurement is there and meets the target."""
        return measured is not None and bool(COMPARATORS[self.comparator](measured, self.value))


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the history says of one obligation at an instant; instants are aware and in UTC."""

    force: Force
    due_before: datetime
    latest_state: ClaimState | None
    """The state of the owner's latest update, also when a return has voided it."""
    nothing_arises: bool = False
    """Whether a `not_applicable` claim counts."""
    claims_completion: bool
    """Whether the claim is `completed`, full report or not."""
    done_since: datetime | None
    """The earliest full report since the last update that was none and the last return."""
    proven_since: datetime | None
    unmet_targets: Sequence[str] = ()
    """Codes of the targets that a completed claim neither meets nor was accepted without."""

    @property
    def completed_at(self) -> datetime | None:
        """The instant from which all conditions hold: the later of done and proven."""
        if self.done_since is None or self.proven_since is None:
            return None
        return max(self.done_since, self.proven_since)


def signals_of(facts: Facts, as_of: datetime) -> frozenset[Signal]:
    """Name the signals that hold at `as_of`."""
    completed_at = facts.completed_at
    holding = {
        Signal.NOT_ARISING: facts.nothing_arises,
        Signal.DONE: facts.claims_completion,
        Signal.PROVEN: facts.proven_since is not None,
        Signal.ON_TARGET: not facts.unmet_targets,
        Signal.IN_TIME: completed_at is not None and completed_at < facts.due_before,
        Signal.STARTED: facts.latest_state in STARTED_STATES,
        Signal.PAST_DUE: facts.due_before <= as_of,
        Signal.BINDING: facts.force is Force.DIRECTED,
    }
    return frozenset(signal for signal, holds in holding.items() if holds)


def decide(holding: Collection[Signal]) -> Status:
    """Return the status of the first rule whose needs all hold."""
    return next(status for status, needs in RULES if needs <= frozenset(holding))


def missing(holding: Collection[Signal], unmet_targets: Sequence[str]) -> list[str]:
    """List what keeps an obligation from complete: `report`, `evidence`, `target:3.2-c`.

    Targets are part of the report: none is unmet as long as there is no completed one.  All but the report, an
    acceptance can waive by these names.
    """
    if Signal.NOT_ARISING in holding:
        return []
    parts = {Missing.REPORT: Signal.DONE, Missing.EVIDENCE: Signal.PROVEN}
    lacking = [name.value for name, signal in parts.items() if signal not in holding]
    return lacking + [f"{Missing.TARGET}:{code}" for code in unmet_targets]
