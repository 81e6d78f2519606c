"""Reporting cycles on the wire."""

from datetime import date
from uuid import UUID

from app.schemas.base import (
    Code,
    Day,
    DeadlineDay,
    DocumentNumber,
    Instant,
    Narrative,
    Reopening,
    RequestModel,
    ResponseModel,
)


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
    """One letter that moved the deadline of the cycle, or confirmed it, and the day on which it was decided.

    Of several, the one that was decided last is in force.
    """

    id: UUID
    due_before: Instant
    reason: str
    document_number: str | None
    decided_on: date
    client: UUID
    received_at: Instant
    recorded_at: Instant


class CycleDetail(CycleOut):
    """A cycle with every letter on its deadline."""

    deadlines: list[CycleDeadlineOut]


class CycleList(ResponseModel):
    """Open cycles by deadline."""

    items: list[CycleOut]


class CycleIn(RequestModel):
    """Opens a cycle by its code: a year, or the code of a fixed cycle."""

    code: Code


class CycleDeadlineIn(RequestModel):
    """Moves the deadline of a cycle to before a day, by a letter that was decided today or on an earlier day.

    It must have been decided before the deadline that it moves passed.  A deadline that comes earlier than the one in
    force comes after today.  The day that is in force confirms it at any time.
    """

    due_before_on: DeadlineDay
    reason: Narrative
    document_number: DocumentNumber
    decided_on: Day | None = None
    reopened_by: Reopening = None


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
