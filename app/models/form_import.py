"""Imports of forms that are recorded later: what is to be recorded, and what became of each line."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Index, SQLModel

from app.domain.imports import ImportState, LineResult
from app.models.base import by_client, choice, instant, key, of_plan, text


class FormImport(SQLModel, table=True):
    """One row is a form that a client has sent, and how far its recording has come.

    `next_attempt_at` lies ahead also while a process is at it, so that another one goes on if that one ends.  `lines`
    are those that were filled in, once the form has been read.
    """

    __tablename__ = "form_import"
    __table_args__ = (
        by_client(),
        of_plan(),
        Index("ix_form_import_next", "next_attempt_at", postgresql_where=sql("state IN ('waiting', 'running')")),
    )

    id: UUID = key()
    plan_id: UUID
    client_id: UUID
    name: str = text(60)
    dry_run: bool
    as_is: bool
    is_json: bool
    vietnamese: bool
    state: ImportState = choice(ImportState, "state")
    attempts: int = Field(default=0)
    next_attempt_at: datetime = instant()
    lines: int | None = Field(default=None, sa_type=Integer)
    recorded: int = Field(default=0)
    replayed: int = Field(default=0)
    refused: int = Field(default=0)
    blank: int = Field(default=0)
    remarks: list[Any] = Field(sa_type=JSONB)
    problem: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    received_at: datetime = instant()
    finished_at: datetime | None = instant()


class FormImportPart(SQLModel, table=True):
    """One row is a piece of the form as it was sent, sealed with a key that is not in the database.

    Nobody has looked through it for personal data yet: it goes as soon as its lines are recorded.
    """

    __tablename__ = "form_import_part"
    __table_args__ = (ForeignKeyConstraint(["import_id"], ["form_import.id"], ondelete="CASCADE"),)

    import_id: UUID = key()
    n: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    content: bytes = Field(sa_type=LargeBinary)


class FormImportLine(SQLModel, table=True):
    """One row is what became of one line, as the wire shows it."""

    __tablename__ = "form_import_line"
    __table_args__ = (ForeignKeyConstraint(["import_id"], ["form_import.id"], ondelete="CASCADE"),)

    import_id: UUID = key()
    line: int = Field(primary_key=True, sa_type=Integer, sa_column_kwargs={"autoincrement": False})
    result: LineResult = choice(LineResult, "result")
    content: bytes = Field(sa_type=LargeBinary)
