"""Obligations on the wire."""

from datetime import date
from uuid import UUID

from app.domain.completion import ClaimState, DutyKind, Force, Judgement, ReviewOutcome, Status
from app.schemas.base import Instant, ResponseModel
from app.schemas.plans import BodyName, BodyRef


class DutyRef(ResponseModel):
    """A duty by code and short titles."""

    code: str
    title_vi: str
    title_en: str


class ClaimOut(ResponseModel):
    """What the owner last reported that no return has voided."""

    state: ClaimState
    percent: int | None
    received_at: Instant


class ReviewRef(ResponseModel):
    """The latest review."""

    outcome: ReviewOutcome
    received_at: Instant


class ObligationOut(ResponseModel):
    """One duty × one owner × one cycle, and where it stands at the instant that was asked about.

    `days_overdue` counts calendar days after the last day on time, and is 0 unless the status is `overdue`.
    `inherited_from` is the body for which it was opened, when its owner has succeeded that one.  What nobody owes any
    more has no status: `ended_by` is the succession by which it ended.
    """

    id: UUID
    plan: str
    cycle: str
    duty: DutyRef
    body: BodyRef
    owner: BodyName
    force: Force
    kind: DutyKind
    due_before: Instant
    last_day_on_time: date
    original_due_before: Instant
    status: Status | None
    days_overdue: int
    missing: list[str]
    claim: ClaimOut | None
    evidence_count: int
    completed_at: Instant | None
    review: ReviewRef | None
    inherited_from: str | None
    ended_by: UUID | None
    waived: list[str]
    silent: bool
    last_reported_at: Instant | None
    judged: Judgement
    version: int


class ObligationList(ResponseModel):
    """A page of obligations, all as of the same instant."""

    as_of: Instant
    items: list[ObligationOut]
    next_cursor: str | None


class CountedObligationList(ObligationList):
    """A page of obligations, and how many all pages hold together."""

    total: int
