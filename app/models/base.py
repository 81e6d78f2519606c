"""How columns and keys are spelled.

Every business table carries `plan_id` in its key, so that a distributed PostgreSQL can keep a plan together; ids are
made here, never by the database.  Times are `timestamp with time zone`; choices are text with a CHECK.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

import uuid_utils.compat
from sqlalchemy import DateTime, Enum, ForeignKeyConstraint, Table, func
from sqlalchemy.sql.elements import conv
from sqlmodel import Field, Index, SQLModel

NAMESPACE = UUID("8f3c1c1e-6f4b-5d39-9a5b-1a5f3f0c7d11")
"""The same plan has the same ids on every installation: names below this one are hashed (RFC 9562, version 5)."""

# Rows are written and read as rows of tables, and nothing validates them: nobody waits for their validators.
SQLModel.model_config["defer_build"] = True
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def stable_id(*names: str) -> UUID:
    """Return the id that these names have everywhere, e.g. `("115-kh-ubnd-2021", "cycle", "2026")`."""
    return uuid5(NAMESPACE, "\x1f".join(names))


def new_id() -> UUID:
    """Return a fresh id that sorts by time (RFC 9562, version 7)."""
    return uuid_utils.compat.uuid7()


def table(model: type[SQLModel]) -> Table:
    """Return the table of a model, whose columns type-check as columns."""
    return model.__table__  # type: ignore[attr-defined, no-any-return]


def own_columns(model: type[SQLModel]) -> tuple[str, ...]:
    """Name the columns that a model has beside those of every row of its kind."""
    return tuple(name for name in model.__annotations__ if name in table(model).c)


def key() -> Any:
    """Spell a part of the primary key."""
    return Field(primary_key=True)


def text(length: int) -> Any:
    """Spell a text column of bounded length."""
    return Field(max_length=length)


def optional_text(length: int) -> Any:
    """Spell a text column that may be empty."""
    return Field(default=None, max_length=length)


def choice(
    values: type[StrEnum], name: str, *, optional: bool = False, length: int = 24, default: StrEnum | None = None
) -> Any:
    """Spell a choice: text with a CHECK over the enum's values; a native enum cannot be downgraded.

    The CHECK has the bare name, since that is what migrations give it.
    """
    kind = Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=length,
        name=conv(name),
        values_callable=lambda enum: [member.value for member in enum],
    )
    if default is not None:
        # The database gives it: a version of the service that does not know the column yet writes rows, too.
        return Field(sa_type=kind, sa_column_kwargs={"server_default": default.value})
    return Field(default=None, sa_type=kind) if optional else Field(sa_type=kind)


def copied(values: type[StrEnum], *, optional: bool = False) -> Any:
    """Spell a choice that is copied from where it was made, and checked there."""
    kind = Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda enum: [member.value for member in enum],
    )
    return Field(default=None, sa_type=kind) if optional else Field(sa_type=kind)


def instant() -> Any:
    """Spell an instant."""
    return Field(sa_type=DateTime(timezone=True))


def recorded() -> Any:
    """Spell the instant at which the database wrote a row; `now()` would be the start of the transaction."""
    return Field(
        default=None,
        sa_type=DateTime(timezone=True),
        sa_column_kwargs={"server_default": func.clock_timestamp(), "nullable": False},
    )


def belongs_to(name: str, column: str, *, within: str = "plan_id", **options: Any) -> ForeignKeyConstraint:
    """Spell a reference inside the same plan."""
    return ForeignKeyConstraint([column, within], [f"{name}.id", f"{name}.plan_id"], **options)


def of_plan() -> ForeignKeyConstraint:
    """Spell the reference to the plan itself."""
    return ForeignKeyConstraint(["plan_id"], ["plan.id"])


def by_client() -> ForeignKeyConstraint:
    """Spell the reference to the client that acted."""
    return ForeignKeyConstraint(["client_id"], ["client.id"])


def of_history(name: str) -> tuple[Any, ...]:
    """Spell the references of a table of acts, and the index by which a history is read in order."""
    in_order = Index(f"ix_{name}_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id")
    return in_order, belongs_to("obligation", "obligation_id"), by_client()


class PlanRow(SQLModel):
    """One row of a plan: `id` is the row's, `plan_id` the plan's."""

    id: UUID = key()
    plan_id: UUID = key()


class ActRow(PlanRow):
    """One act of a client, never changed and never deleted.

    `received_at` is when the coordinating office received it, `recorded_at` when the database wrote it.
    """

    client_id: UUID
    received_at: datetime = instant()
    recorded_at: datetime = recorded()


class HistoryRow(ActRow):
    """One act in the history of an obligation."""

    obligation_id: UUID
