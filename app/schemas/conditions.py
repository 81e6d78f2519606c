"""Decisions on conditions, on the wire."""

from uuid import UUID

from app.schemas.base import (
    DeadlineDay,
    DocumentNumber,
    Instant,
    Narrative,
    NotPersonal,
    Reopening,
    ResponseModel,
)
from app.schemas.obligations import ObligationOut


class ConditionDecisionIn(NotPersonal):
    """Says that the condition is met, or is not, from a day in the plan's zone on."""

    met: bool
    from_on: DeadlineDay
    reason: Narrative
    document_number: DocumentNumber | None = None
    reopened_by: Reopening = None


class ConditionDecisionOut(ResponseModel):
    """Whether the condition is met from `received_at` on, the first instant of the day that was named."""

    id: UUID
    obligation: UUID
    met: bool
    reason: str
    document_number: str | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class ConditionDecided(ResponseModel):
    """The decision that was recorded, and where its obligation stands now."""

    decision: ConditionDecisionOut
    obligation: ObligationOut
