"""Receipts on the wire: that a report was received, when, what it said, and the digest by which it can be checked."""

from hashlib import sha256
from typing import Literal
from uuid import UUID

from app.domain.completion import ClaimState
from app.schemas.base import Day, Instant, ResponseModel
from app.schemas.consolidated_report import ReportedCycle, ReportedPlan
from app.schemas.letterheads import LetterheadOut
from app.schemas.obligations import DutyRef
from app.schemas.plans import BodyName
from app.schemas.updates import MeasurementOut, UpdateOut

DIGESTED = frozenset(
    {
        *("id", "obligation", "state", "percent", "summary", "occurred_on", "measurements", "late_reason"),
        *("document_number", "client", "received_at", "recorded_at"),
    }
)
"""What of a report its digest is of: evidence may be attached, and taken back, later."""


class ReceiptOut(ResponseModel):
    """That a report was received, and what it said; `id` is the update's, `sha256` the digest of what was received.

    `check` is the address at which anybody who holds the receipt learns whether it is true.
    """

    id: UUID
    plan: ReportedPlan
    cycle: ReportedCycle
    duty: DutyRef
    owner: BodyName
    obligation: UUID
    state: ClaimState
    percent: int | None
    summary: str
    occurred_on: Day | None
    measurements: list[MeasurementOut]
    late_reason: str | None
    document_number: str | None
    received_at: Instant
    recorded_at: Instant
    sha256: str
    check: str
    letterhead: LetterheadOut


class ReceiptConfirmed(ResponseModel):
    """A receipt with this digest was given, for what was received then; nothing else is told."""

    confirmed: Literal[True]
    received_at: Instant


def digest_of(update: UpdateOut) -> str:
    """Return the SHA-256 of what was received, as the API tells it."""
    return sha256(update.model_dump_json(include=set(DIGESTED)).encode()).hexdigest()
