"""Evidence: what proves an update; a file's bytes and who read them; its withdrawal and its erasure."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, func
from sqlmodel import Field, Index, UniqueConstraint

from app.domain.access import Classification
from app.domain.files import MediaType
from app.models.base import (
    HistoryRow,
    PlanRow,
    belongs_to,
    by_client,
    choice,
    instant,
    of_history,
    optional_text,
    own_columns,
    recorded,
    text,
)
from app.models.paper import of_paper


class EvidenceKind(StrEnum):
    """What an evidence is."""

    LINK = "link"
    DOCUMENT = "document"
    FILE = "file"


class Evidence(HistoryRow, table=True):
    """One row is one link, one reference to an official document by number, date and issuer, or one announced file.

    `body_id` is the owner or partner on whose behalf it was attached (`of_owner`: the owner, as known when it was
    recorded, whose evidence alone proves), `update_id` the update that it came with, if any, `paper_report_id` the
    paper that it is, if it is one that reports on many duties.
    A file proves nothing until its bytes are there: see `EvidenceContent`.  `size` (bytes) and `sha256` (hexadecimal,
    when it was announced) are what the bytes must be.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        *of_history("evidence"),
        belongs_to("body", "body_id"),
        belongs_to("progress_update", "update_id"),
        belongs_to("evidence", "supersedes"),
        belongs_to("paper_report", "paper_report_id"),
        of_paper("evidence"),
        UniqueConstraint("plan_id", "supersedes"),
        CheckConstraint(
            "kind <> 'document' OR (number IS NOT NULL AND issued_on IS NOT NULL)", name="document_is_named"
        ),
        CheckConstraint("kind <> 'file' OR (media_type IS NOT NULL AND size > 0)", name="file_is_described"),
    )

    body_id: UUID
    of_owner: bool
    update_id: UUID | None = None
    kind: EvidenceKind = choice(EvidenceKind, "kind")
    classification: Classification = choice(Classification, "classification")
    number: str | None = optional_text(60)
    issued_on: date | None = None
    document_number: str | None = optional_text(60)
    media_type: MediaType | None = choice(MediaType, "media_type", optional=True, length=80)
    size: int | None = None
    sha256: str | None = optional_text(64)
    supersedes: UUID | None = None
    paper_report_id: UUID | None = None


class EvidenceText(PlanRow, table=True):
    """One row is what people wrote of one evidence (`id` is the evidence's), apart so that it can be erased by law.

    Nothing of it is ever changed; it goes only together with an `Erasure`.  `salt` is drawn by chance and goes, too: of
    the digest that stays, nobody can tell whether a guess at the words is right.
    """

    __tablename__ = "evidence_text"
    __table_args__ = (ForeignKeyConstraint(["id", "plan_id"], ["evidence.id", "evidence.plan_id"]),)

    title: str = text(500)
    url: str | None = optional_text(2000)
    issuer: str | None = optional_text(300)
    file_name: str | None = optional_text(255)
    salt: UUID = Field(default=None, sa_column_kwargs={"server_default": func.gen_random_uuid(), "nullable": False})


NAMED = {"body_id", "update_id", "of_owner", "paper_report_id"}
OWN = tuple(name for name in own_columns(Evidence) if name not in NAMED)
"""What is said of an evidence itself, and stays."""
WRITTEN = tuple(name for name in own_columns(EvidenceText) if name != "salt")


class EvidenceContent(HistoryRow, table=True):
    """One row says that the bytes of one file are kept; `size` in bytes, `sha256` in hexadecimal.

    The scan of a paper report is one file of many evidence, kept once: `kept_as` is the row under whose id, if not this
    one's own.  It was not announced, so that the row says its `media_type`.
    """

    __tablename__ = "evidence_content"
    __table_args__ = (
        UniqueConstraint("plan_id", "evidence_id"),
        *of_history("evidence_content"),
        Index("ix_evidence_content_client", "client_id"),
        belongs_to("evidence", "evidence_id"),
    )

    evidence_id: UUID
    size: int
    sha256: str = text(64)
    media_type: MediaType | None = choice(MediaType, "media_type", optional=True, length=80)
    kept_as: UUID | None = None


class EvidenceRead(PlanRow, table=True):
    """One row is one time that a client was given bytes of one file; `received_at` is when it asked.

    It is kept like history, and is no act on the obligation: nothing changes by it.
    """

    __tablename__ = "evidence_read"
    __table_args__ = (
        Index("ix_evidence_read_history", "plan_id", "evidence_id", "recorded_at", "id"),
        belongs_to("obligation", "obligation_id"),
        by_client(),
        belongs_to("evidence", "evidence_id"),
    )

    evidence_id: UUID
    obligation_id: UUID
    client_id: UUID
    received_at: datetime = instant()
    recorded_at: datetime = recorded()
    sha256: str = text(64)


class Erasure(HistoryRow, table=True):
    """One row says that the words and the bytes of one evidence were erased, why, and on what legal basis."""

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("plan_id", "evidence_id"),
        *of_history("erasure"),
        belongs_to("evidence", "evidence_id"),
    )

    evidence_id: UUID
    reason: str = text(10_000)
    legal_basis: str = text(500)


class Withdrawal(HistoryRow, table=True):
    """One row ends the effect of one evidence, from the instant it was received."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        *of_history("withdrawal"),
        Index("ix_withdrawal_evidence", "plan_id", "evidence_id"),
        belongs_to("evidence", "evidence_id"),
    )

    evidence_id: UUID
    reason: str = text(10_000)
