"""Reporting cycles on the wire."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.schemas.base import (
    Code,
    Day,
    DeadlineDay,
    DocumentNumber,
    Instant,
    Narrative,
    NotPersonal,
    Reopening,
    RequestModel,
    ResponseModel,
    TextOut,
    Title,
    Wrong,
)


class CycleOut(ResponseModel):
    """A reporting cycle: both days of the period are inclusive, deadlines are exclusive.

    `basis` says where the deadline in force comes from; `digest` is its seal's, once it is closed.  `opening` and
    `closing` are the ids of these two acts, by which they can be annulled.  A cycle of its own
    kind has titles, the letter that orders it and, unless it asks for all that every cycle does, its duties.
    """

    code: str
    annual: bool
    starts_on: date
    ends_on: date
    due_before: Instant
    last_day_on_time: date
    original_due_before: Instant
    basis: TextOut
    confirmed: bool
    opened_at: Instant
    closed_at: Instant | None
    opening: UUID
    closing: UUID | None
    digest: str | None
    title_vi: str | None
    title_en: str | None
    document_number: str | None
    decided_on: date | None
    duties: list[str] | None


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


OF_ITS_OWN_KIND = ("title_vi", "starts_on", "ends_on", "due_before_on", "document_number")
CODE_LENGTH = 40


class CycleIn(RequestModel):
    """Opens a cycle by its code, a year or the code of a fixed cycle; or one of its own kind, by all that it says.

    A cycle of its own kind is ordered by a letter, which was decided today or on an earlier day.  It asks for the
    duties that it names, which must be owed in every cycle; if it names none, for all of these.
    """

    code: Code
    title_vi: Title | None = None
    title_en: Title | None = None
    starts_on: DeadlineDay | None = None
    ends_on: DeadlineDay | None = None
    due_before_on: DeadlineDay | None = None
    document_number: DocumentNumber | None = None
    decided_on: Day | None = None
    duties: Annotated[tuple[Code, ...], Field(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = self.model_fields_set - {"code"}
        if given and not all(getattr(self, name) for name in OF_ITS_OWN_KIND):
            raise Wrong(f"must name its code alone, or with {', '.join(OF_ITS_OWN_KIND)}")
        if given and len(self.code) > CODE_LENGTH:
            raise Wrong(f"code must have at most {CODE_LENGTH} characters")
        if self.duties and len(set(self.duties)) < len(self.duties):
            raise Wrong("duties must name each duty once")
        return self

    @property
    def is_of_its_own_kind(self) -> bool:
        """Whether it says more than the code of a cycle of the plan."""
        return self.title_vi is not None


class CycleDeadlineIn(NotPersonal):
    """Moves the deadline of a cycle to before a day, by a letter that was decided today or on an earlier day.

    It must have been decided before the deadline that it moves passed.  A deadline that comes earlier than the one in
    force comes after today.  The day that is in force confirms it at any time.
    """

    due_before_on: DeadlineDay
    reason: Narrative
    document_number: DocumentNumber
    decided_on: Day | None = None
    reopened_by: Reopening = None


class ClosingIn(NotPersonal):
    """Closes a cycle whose deadline has passed."""

    reason: Narrative
    document_number: DocumentNumber | None = None


class SealOut(ResponseModel):
    """The seal of a closed cycle: SHA-256 over every standing in it `as_of` an instant, as it was known at another.

    Keep the digest outside of the database, in the minutes of the closing; `dondoc verify` works it out anew.
    """

    id: UUID
    cycle: str
    digest: str
    as_of: Instant
    known_at: Instant
    obligations: int
    reason: str
    document_number: str | None
    client: UUID
