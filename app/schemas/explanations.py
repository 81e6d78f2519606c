"""Explanations on the wire: facts, signals, the rule that matched, the clock, the calendar, the legal basis."""

from collections.abc import Collection
from dataclasses import fields
from datetime import date, datetime
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from app.database.statements import Row
from app.domain.calendar import day_of, days_overdue, last_day_on_time
from app.domain.completion import RULES, ClaimState, Facts, Force, Signal, Status, decide, missing, signals_of
from app.domain.explanation import CLASSIFICATION, FORCES, STATUSES, number_of, text_of
from app.schemas.base import Instant, ResponseModel, TextOut
from app.schemas.plans import BodyName
from app.schemas.views import counted_basis

COLUMNS = {"claim": "claim_state"}
"""What the rule reads, where a column of the standing has another name for it."""


class RuleOut(ResponseModel):
    """The rule that matched: its place in the table, which is read from top to bottom, and what it needs."""

    number: int
    status: Status
    needs: list[Signal]
    text: TextOut


class SignalOut(ResponseModel):
    """One yes or no that the rules read."""

    signal: Signal
    holds: bool
    text: TextOut


class FactsOut(ResponseModel):
    """What the history says; an instant is null for what has not happened, or does not stand."""

    owner: BodyName
    owner_since: Instant | None
    claim: ClaimState | None
    first_submitted_at: Instant | None
    last_submitted_at: Instant | None
    done_since: Instant | None
    proven_since: Instant | None
    completed_at: Instant | None
    accepted_at: Instant | None
    returned_at: Instant | None
    times_returned: int
    evidence_count: int
    condition_met: bool
    missing: list[str]


class ClockOut(ResponseModel):
    """The instant that is asked about, beside the deadline; days are those of the plan's time zone."""

    time_zone: str
    as_of: Instant
    today: date
    due_before: Instant
    last_day_on_time: date
    days_left: int
    days_overdue: int


class CalendarOut(ResponseModel):
    """Where the deadline comes from: the cycle's basis, with the count of its working days, and what moved it since."""

    cycle: str
    starts_on: date
    ends_on: date
    original_due_before: Instant
    basis: TextOut
    confirmed: bool
    moved_by: Literal["extension", "cycle_deadline"] | None
    document_number: str | None


class PlanBasisOut(ResponseModel):
    """What the duty rests on: the plan's own sentence, whether it orders or asks, and who sorts tasks as we do."""

    plan: str
    number: str
    issuer: str
    issued_on: date
    duty: str
    text: str
    source_line: int
    condition: str | None
    force: Force
    force_text: TextOut
    classification: str


class ExplanationOut(ResponseModel):
    """Why an obligation stands where it stands at an instant."""

    obligation: UUID
    as_of: Instant
    known_at: Instant | None
    status: Status
    rule: RuleOut
    signals: list[SignalOut]
    facts: FactsOut
    clock: ClockOut
    calendar: CalendarOut
    legal_basis: PlanBasisOut


def explanation_out(row: Row, more: Row, as_of: datetime, known_at: datetime | None) -> ExplanationOut:
    """Explain one row of the standing; `more` says what the standing itself does not need."""
    holding = signals_of(_facts_of(row), as_of)
    status = decide(holding)
    return ExplanationOut(
        obligation=row["id"],
        as_of=as_of,
        known_at=known_at,
        status=status,
        rule=_rule(status),
        signals=[_signal(signal, signal in holding) for signal in Signal],
        facts=_facts({**row, **more}, holding),
        clock=_clock(row, as_of),
        calendar=CalendarOut.model_validate({**row, **more, "basis": counted_basis(more)}),
        legal_basis=_basis(row, more),
    )


def _facts_of(row: Row) -> Facts:
    """Return what the rule reads of a row, so that the domain itself says what follows from it."""
    return Facts(**{one.name: row[COLUMNS.get(one.name, one.name)] for one in fields(Facts)})


def _rule(status: Status) -> RuleOut:
    needs = [signal for signal in Signal if signal in dict(RULES)[status]]
    return RuleOut(number=number_of(status), status=status, needs=needs, text=TextOut.of(STATUSES[status]))


def _signal(signal: Signal, holds: bool) -> SignalOut:
    return SignalOut(signal=signal, holds=holds, text=TextOut.of(text_of(signal, holds=holds)))


def _facts(row: Row, holding: Collection[Signal]) -> FactsOut:
    owner = BodyName(code=row["owner_code"], name=row["owner_name"])
    lacking = missing(holding, row["unmet_targets"] or ())
    return FactsOut.model_validate({**row, "owner": owner, "claim": row["claim_state"], "missing": lacking})


def _clock(row: Row, as_of: datetime) -> ClockOut:
    zone, due_before = ZoneInfo(row["time_zone"]), row["due_before"]
    today, last_day = day_of(as_of, zone), last_day_on_time(due_before, zone)
    return ClockOut(
        time_zone=row["time_zone"],
        as_of=as_of,
        today=today,
        due_before=due_before,
        last_day_on_time=last_day,
        days_left=max(0, (last_day - today).days),
        days_overdue=days_overdue(due_before, as_of, zone) if row["status"] == Status.OVERDUE else 0,
    )


def _basis(row: Row, more: Row) -> PlanBasisOut:
    shown = {
        "duty": row["duty_code"],
        "plan": row["plan"],
        "condition": more["condition_marker"],
        "force": row["force"],
        "force_text": TextOut.of(FORCES[Force(row["force"])]),
        "classification": CLASSIFICATION,
    }
    return PlanBasisOut.model_validate({**more, **shown})
