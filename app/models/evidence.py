"""Evidence: what proves an update, and its withdrawal."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Index, UniqueConstraint

from app.domain.access import Classification
from app.models.base import HistoryRow, belongs_to, by_client, choice, optional_text, text


class EvidenceKind(StrEnum):
    """What an evidence is."""

    LINK = "link"
    DOCUMENT = "document"


class Evidence(HistoryRow, table=True):
    """One row is one link, or one reference to an official document by number, date and issuer.

    `body_id` is the owner or partner on whose behalf it was attached, `update_id` the update that it came with, if any.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        Index("ix_evidence_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        belongs_to("obligation", "obligation_id"),
        by_client(),
        belongs_to("body", "body_id"),
        belongs_to("progress_update", "update_id"),
        CheckConstraint("kind <> 'link' OR url IS NOT NULL", name="link_has_url"),
        CheckConstraint(
            "kind <> 'document' OR (number IS NOT NULL AND issued_on IS NOT NULL AND issuer IS NOT NULL)",
            name="document_is_named",
        ),
    )

    body_id: UUID
    update_id: UUID | None = None
    kind: EvidenceKind = choice(EvidenceKind, "kind")
    title: str = text(500)
    classification: Classification = choice(Classification, "classification")
    url: str | None = optional_text(2000)
    number: str | None = optional_text(60)
    issued_on: date | None = None
    issuer: str | None = optional_text(300)
    document_number: str | None = optional_text(60)


class Withdrawal(HistoryRow, table=True):
    """One row ends the effect of one evidence, from the instant it was received."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        UniqueConstraint("plan_id", "evidence_id"),
        Index("ix_withdrawal_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        belongs_to("obligation", "obligation_id"),
        by_client(),
        belongs_to("evidence", "evidence_id"),
    )

    evidence_id: UUID
    reason: str = text(10_000)
