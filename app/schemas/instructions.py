"""Instructions of leaders, on the wire."""

from datetime import date
from uuid import UUID

from app.schemas.base import (
    Day,
    DeadlineDay,
    DocumentNumber,
    Instant,
    Name,
    Narrative,
    Reopening,
    RequestModel,
    ResponseModel,
)
from app.schemas.obligations import ObligationOut


class InstructionIn(RequestModel):
    """What a leader said: today, unless it says otherwise.

    `leader` is who, by office and name; `by_on` the last day by which it is wanted, which moves no deadline and changes
    no status.
    """

    words: Narrative
    leader: Name
    given_on: Day | None = None
    by_on: DeadlineDay | None = None
    document_number: DocumentNumber | None = None
    reopened_by: Reopening = None


class InstructionOut(ResponseModel):
    """What a leader said, on which day, and until which day it is wanted."""

    id: UUID
    obligation: UUID
    words: str
    leader: str
    given_on: date
    by_on: date | None
    document_number: str | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class Instructed(ResponseModel):
    """The instruction that was recorded, and where its obligation stands: an instruction changes no status."""

    instruction: InstructionOut
    obligation: ObligationOut
