"""Extensions on the wire: asked for, given, refused."""

from uuid import UUID

from app.schemas.base import (
    Day,
    DeadlineDay,
    DocumentNumber,
    Instant,
    Narrative,
    NotPersonal,
    Reopening,
    ResponseModel,
)
from app.schemas.obligations import ObligationOut


class LaterDeadlineIn(NotPersonal):
    """A deadline before a day in the plan's zone: that day is the first one that is late."""

    due_before_on: DeadlineDay
    reason: Narrative
    document_number: DocumentNumber | None = None


class ExtensionIn(LaterDeadlineIn):
    """Moves the deadline to before a day, by a letter that was decided on a day: today, unless it says otherwise.

    A letter of an earlier day needs its number, and must have been decided before the deadline that it moves passed.
    """

    decided_on: Day | None = None
    reopened_by: Reopening = None


class ExtensionRequestIn(LaterDeadlineIn):
    """Asks for a later deadline; `received_on` belongs to a request on paper that a coordinator enters."""

    received_on: Day | None = None
    reopened_by: Reopening = None


class ExtensionRefusalIn(NotPersonal):
    """Refuses the request that is pending."""

    reason: Narrative
    document_number: DocumentNumber | None = None
    reopened_by: Reopening = None


class ExtensionRefusalOut(ResponseModel):
    """A later deadline was refused."""

    id: UUID
    obligation: UUID
    reason: str
    document_number: str | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class ExtensionRequestOut(ExtensionRefusalOut):
    """A later deadline, an exclusive instant, that was asked for."""

    due_before: Instant


class ExtensionOut(ExtensionRequestOut):
    """A later deadline, an exclusive instant, that a letter gave, and the day on which it was decided."""

    decided_on: Day


class Extended(ResponseModel):
    """The extension that was recorded, and where its obligation stands now."""

    extension: ExtensionOut
    obligation: ObligationOut


class ExtensionRequested(ResponseModel):
    """The request that was recorded, and where its obligation stands now: a request moves nothing."""

    request: ExtensionRequestOut
    obligation: ObligationOut


class ExtensionRefused(ResponseModel):
    """The refusal that was recorded, and where its obligation stands now."""

    refusal: ExtensionRefusalOut
    obligation: ObligationOut


class ExtensionRequestList(ResponseModel):
    """A page of the requests that are pending, oldest first, each with where its obligation stands."""

    as_of: Instant
    items: list[ExtensionRequested]
    next_cursor: str | None
