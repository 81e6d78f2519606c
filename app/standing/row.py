"""The standing: the columns that every list, total and explanation reads, with the types that they have."""

from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

from app.domain.completion import ClaimState, DutyKind, Force, Judgement, ReviewOutcome, Status


class ShownStanding(TypedDict):
    """What an answer is made of."""

    id: UUID
    plan: str
    time_zone: str
    cycle: str
    duty_code: str
    title_vi: str
    title_en: str | None
    kind: DutyKind
    force: Force
    body_no: int | None
    body_code: str
    owner_code: str
    owner_name: str
    due_before: datetime
    original_due_before: datetime
    status: Status
    not_arising: bool
    done: bool
    proven: bool
    on_target: bool
    in_time: bool
    started: bool
    past_due: bool
    binding: bool
    unmet_targets: list[str] | None
    claim_state: ClaimState | None
    claim_percent: int | None
    claim_received_at: datetime | None
    evidence_count: int
    version: int
    completed_at: datetime | None
    inherited_from: str | None
    ended_by: UUID | None
    review_outcome: ReviewOutcome | None
    review_received_at: datetime | None
    waived: list[str]
    silent: bool
    last_reported_at: datetime | None
    judged: Judgement


class StandingRow(ShownStanding):
    """One row of the standing: also what it is found, put in order, explained and sealed by."""

    plan_id: UUID
    cycle_id: UUID
    duty_id: UUID
    owner_id: UUID
    body_id: UUID
    position: int
    starts_on: date
    search: str
    owner_search: str
    owner_position: int
    latest_state: ClaimState | None
    awaiting_review: bool
    condition_met: bool
    nothing_arises: bool
    claims_completion: bool
    updated_at: datetime
    evidence_acts: int
    evidence_acted_at: datetime | None
    done_since: datetime | None
    proven_since: datetime | None
    owed: bool
    is_open: bool


SHOWN = tuple(ShownStanding.__annotations__)
COLUMNS = tuple(StandingRow.__annotations__)
