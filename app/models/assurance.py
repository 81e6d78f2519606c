"""Assurances: a coordinator is sure that no name in the words of an act is a child's, and says why."""

from uuid import UUID

from sqlmodel import Index

from app.models.base import ActRow, belongs_to, by_client, text


class Assurance(ActRow, table=True):
    """One row lets the words of one act, `act_id`, pass the guard although they hold what looks like a child's name.

    `obligation_id` and `evidence_id` are what the act is on: whoever may not know of that, knows of neither.
    """

    __tablename__ = "assurance"
    __table_args__ = (
        Index("ix_assurance_act", "plan_id", "act_id"),
        belongs_to("obligation", "obligation_id"),
        belongs_to("evidence", "evidence_id"),
        by_client(),
    )

    obligation_id: UUID | None = None
    evidence_id: UUID | None = None
    act_id: UUID
    reason: str = text(500)
