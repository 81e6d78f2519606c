"""Paper reports: what came in on paper, registered once."""

from datetime import date
from uuid import UUID

from sqlalchemy import text as sql
from sqlmodel import Index

from app.domain.access import Classification
from app.models.base import ActRow, belongs_to, by_client, choice, text


class PaperReport(ActRow, table=True):
    """One row is one paper on which a body, `body_id`, reports on many duties: it is itself evidence of each.

    `received_on` is the day on which it came in, `received_at` the instant from which it counts.  No two that count
    have the same number of the same body and year.  What people wrote of it stands in its evidence, and can be erased.
    """

    __tablename__ = "paper_report"
    __table_args__ = (
        Index("ix_paper_report_number", "plan_id", "body_id", "number"),
        belongs_to("body", "body_id"),
        by_client(),
    )

    body_id: UUID
    number: str = text(60)
    issued_on: date
    received_on: date
    classification: Classification = choice(Classification, "classification")


def of_paper(table: str) -> Index:
    """Spell the index by which what belongs to a paper is found."""
    there = sql("paper_report_id IS NOT NULL")
    return Index(f"ix_{table}_paper_report", "plan_id", "paper_report_id", postgresql_where=there)
