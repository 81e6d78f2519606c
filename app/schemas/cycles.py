"""Reporting cycles on the wire."""

from datetime import date
from uuid import UUID

from app.schemas.base import Code, DeadlineDay, DocumentNumber, Instant, Narrative, RequestModel, ResponseModel


class CycleOut(ResponseModel):
    """A reporting cycle: both days of the period are inclusive, deadlines are exclusive.

    `basis` says where the deadline in force comes from; `digest` is its seal's, once it is closed.
    """

    code: str
    annual: bool
    starts_on: date
    ends_on: date
    due_before: Instant
    last_day_on_time: date
    original_due_before: Instant
    basis: str
    confirmed: bool
    opened_at: Instant
    closed_at: Instant | None
    digest: str | None


class CycleDeadlineOut(ResponseModel):
    """One act that moved the deadline of the cycle, or confirmed it."""

    id: UUID
    due_before: Instant
    reason: str
    document_number: str | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class CycleDetail(CycleOut):
    """A cycle with every act on its deadline."""

    deadlines: list[CycleDeadlineOut]


class CycleList(ResponseModel):
    """Open cycles by deadline."""

    items: list[CycleOut]


class CycleIn(RequestModel):
    """Opens a cycle by its code: a year, or the code of a fixed cycle."""

    code: Code


class CycleDeadlineIn(RequestModel):
    """Moves the deadline of a cycle that has not started to before a day; the day in force confirms it at any time."""

    due_before_on: DeadlineDay
    reason: Narrative
    document_number: DocumentNumber | None = None


class ClosingIn(RequestModel):
    """Closes a cycle whose deadline has passed."""

    reason: Narrative
    document_number: DocumentNumber | None = None


class SealOut(ResponseModel):
    """The seal of a closed cycle: SHA-256 over every standing in it `as_of` an instant, as it was known at another.

    Keep the digest outside of the database, in the minutes of the closing; `dondoc verify` works it out anew.
    """

    cycle: str
    digest: str
    as_of: Instant
    known_at: Instant
    obligations: int
    reason: str
    document_number: str | None
    client: UUID
