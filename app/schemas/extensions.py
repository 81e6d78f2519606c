"""Extensions on the wire: asked for, given, refused."""

from uuid import UUID

from app.schemas.base import Day, DeadlineDay, DocumentNumber, Instant, Narrative, RequestModel, ResponseModel
from app.schemas.obligations import ObligationOut


class ExtensionIn(RequestModel):
    """Moves the deadline to before a day in the plan's zone: that day is the first one that is late."""

    due_before_on: DeadlineDay
    reason: Narrative
    document_number: DocumentNumber | None = None


class ExtensionRequestIn(ExtensionIn):
    """Asks for a later deadline; `received_on` belongs to a request on paper that a coordinator enters."""

    received_on: Day | None = None


class ExtensionRefusalIn(RequestModel):
    """Refuses the request that is pending."""

    reason: Narrative
    document_number: DocumentNumber | None = None


class ExtensionRefusalOut(ResponseModel):
    """A later deadline was refused."""

    id: UUID
    obligation: UUID
    reason: str
    document_number: str | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class ExtensionOut(ExtensionRefusalOut):
    """A later deadline, an exclusive instant, that was given or asked for."""

    due_before: Instant


class Extended(ResponseModel):
    """The extension that was recorded, and where its obligation stands now."""

    extension: ExtensionOut
    obligation: ObligationOut


class ExtensionRequested(ResponseModel):
    """The request that was recorded, and where its obligation stands now: a request moves nothing."""

    request: ExtensionOut
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
