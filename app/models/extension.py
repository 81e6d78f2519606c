"""Extensions: the owner asks for a later deadline, the coordinator moves it or refuses."""

from datetime import datetime

from sqlmodel import Index

from app.models.base import HistoryRow, instant, of_history, optional_text, text


class Extension(HistoryRow, table=True):
    """One row moves one obligation's deadline, from the instant it was received."""

    __tablename__ = "extension"
    __table_args__ = (*of_history("extension"), Index("ix_extension_due", "plan_id", "due_before"))

    due_before: datetime = instant()
    reason: str = text(10_000)
    document_number: str | None = optional_text(60)


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
