"""Extensions: the owner asks for a later deadline, the coordinator moves it or refuses."""

from datetime import date, datetime

from sqlmodel import Index

from app.models.base import HistoryRow, instant, of_history, optional_text, text


class Extension(HistoryRow, table=True):
    """One row is a letter that moves one obligation's deadline: received at the end of the day it was decided on.

    Of several, the one decided last is in force, which is the last one in the order of a history: a letter of an
    earlier day was received before it, and of one day the one that was recorded later comes last.
    """

    __tablename__ = "extension"
    __table_args__ = (*of_history("extension"), Index("ix_extension_due", "plan_id", "due_before"))

    due_before: datetime = instant()
    reason: str = text(10_000)
    document_number: str | None = optional_text(60)
    decided_on: date


class ExtensionRequest(HistoryRow, table=True):
    """One row asks for a later deadline; it is pending until an extension, a refusal or another request follows."""

    __tablename__ = "extension_request"
    __table_args__ = of_history("extension_request")

    due_before: datetime = instant()
    reason: str = text(10_000)
    document_number: str | None = optional_text(60)


class ExtensionRefusal(HistoryRow, table=True):
    """One row refuses the request that was then pending; the deadline stays."""

    __tablename__ = "extension_refusal"
    __table_args__ = of_history("extension_refusal")

    reason: str = text(10_000)
    document_number: str | None = optional_text(60)
