"""Reminder letters: documents that urge, and decide nothing; and the numbers that they were given afterwards."""

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid
from sqlmodel import Field, Index

from app.domain.letters import LetterKind
from app.models.base import ActRow, belongs_to, by_client, choice, text


class ReminderLetter(ActRow, table=True):
    """One row is one letter to a body, `body_id`, about what it owes in a cycle: an act on each of `obligation_ids`.

    The document is kept as it was made, since nothing that it tells need stay so: `sha256` is its digest.
    """

    __tablename__ = "reminder_letter"
    __table_args__ = (
        Index("ix_reminder_letter_cycle", "plan_id", "cycle_id", "recorded_at", "id"),
        belongs_to("cycle", "cycle_id"),
        belongs_to("body", "body_id"),
        by_client(),
    )

    cycle_id: UUID
    body_id: UUID
    kind: LetterKind = choice(LetterKind, "kind")
    obligation_ids: list[UUID] = Field(sa_type=ARRAY(Uuid()))
    sha256: str = text(64)
    content: bytes


class ReminderNumber(ActRow, table=True):
    """One row says which number and day a letter was given; of several, the one recorded last is right."""

    __tablename__ = "reminder_number"
    __table_args__ = (
        Index("ix_reminder_number_letter", "plan_id", "letter_id", "recorded_at", "id"),
        belongs_to("reminder_letter", "letter_id"),
        by_client(),
    )

    letter_id: UUID
    number: str = text(60)
    issued_on: date
