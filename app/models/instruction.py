"""Instructions: a leader's words on an obligation."""

from datetime import date

from app.models.base import HistoryRow, of_history, optional_text, text


class Instruction(HistoryRow, table=True):
    """One row is what a leader said on a day, as a coordinator entered it.

    `by_on` is the last day by which the leader wants it done; it is no deadline, and no standing reads it.
    """

    __tablename__ = "instruction"
    __table_args__ = of_history("instruction")

    words: str = text(10_000)
    leader: str = text(300)
    given_on: date
    by_on: date | None = None
    document_number: str | None = optional_text(60)
