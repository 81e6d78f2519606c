"""Contributions: what partners have to say of an obligation that they coordinate."""

from uuid import UUID

from app.models.base import HistoryRow, belongs_to, of_history, text


class Contribution(HistoryRow, table=True):
    """One row is one note of a partner, `body_id`; it never changes what the owner claims."""

    __tablename__ = "contribution"
    __table_args__ = (*of_history("contribution"), belongs_to("body", "body_id"))

    body_id: UUID
    note: str = text(10_000)
