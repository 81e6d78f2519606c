"""Reminder letters on the wire: whom to urge, what was made, and the number that it got afterwards."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.domain.letters import LetterKind
from app.schemas.base import Code, Day, DocumentNumber, Instant, RequestModel, ResponseModel
from app.schemas.plans import BodyName


class ReminderLettersIn(RequestModel):
    """Urges the bodies that owe something of the kind in a cycle: all of them, or some, numbered ones with members."""

    cycle: Code
    kind: LetterKind
    bodies: Annotated[list[Code], Field(min_length=1, max_length=200)] | None = None


class ReminderNumberIn(RequestModel):
    """What the document system gave a letter: its number, and the day on which it was issued."""

    number: DocumentNumber
    issued_on: Day


class ReminderLetterOut(ResponseModel):
    """A letter that urges one body about some of its obligations; `sha256` is the digest of the document.

    `number` and `issued_on` are null until they are entered.
    """

    id: UUID
    cycle: str
    body: BodyName
    kind: LetterKind
    obligations: list[UUID]
    sha256: str
    number: str | None
    issued_on: Day | None
    client: UUID
    received_at: Instant
    recorded_at: Instant


class ReminderLetterList(ResponseModel):
    """The letters about one cycle, in the order in which they were recorded."""

    items: list[ReminderLetterOut]
