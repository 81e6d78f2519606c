"""Cycles get acts of their own: their deadlines move before they start, and a seal closes them.

The calendar becomes append-only: the row of a day that was recorded last counts.  Going down keeps the days that are
off by then.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CYCLES = ("cycle_deadline", "seal", "sealed_standing")
IN_ORDER = ["received_at", "recorded_at", "id"]


def upgrade() -> None:
    cycles()
    keep_every_mark_of_the_calendar()
    for table in CYCLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO dondoc_app")
        refuse_changes(table)


def downgrade() -> None:
    keep_the_last_mark_of_the_calendar()
    op.alter_column("cycle", "basis", type_=sa.String(1000), postgresql_using="left(basis, 1000)")
    for table in reversed(CYCLES):
        op.drop_table(table)


def cycles() -> None:
    """Make the tables of acts on whole cycles."""
    op.alter_column("cycle", "basis", type_=sa.String(8000))
    acts("cycle_deadline", *refers("cycle_deadline", "cycle_id", "cycle"), due_before(), *reasons())
    op.create_index("ix_cycle_deadline_history", "cycle_deadline", ["plan_id", "cycle_id", *IN_ORDER], unique=False)
    op.create_index("ix_cycle_deadline_due", "cycle_deadline", ["plan_id", "due_before"], unique=False)
    acts(
        "seal",
        *refers("seal", "cycle_id", "cycle"),
        sa.Column("known_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        *reasons(),
        sa.UniqueConstraint("plan_id", "cycle_id", name="uq_seal_plan_id_cycle_id"),
    )
    name = "sealed_standing"
    op.create_table(
        name,
        *ids(name),
        *refers(name, "seal_id", "seal"),
        *refers(name, "obligation_id", "obligation"),
        status(),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.UniqueConstraint("plan_id", "seal_id", "obligation_id", name=f"uq_{name}_plan_id_seal_id_obligation_id"),
    )


def keep_every_mark_of_the_calendar() -> None:
    """Let a day be marked more than once."""
    fresh = sa.text("gen_random_uuid()")
    op.add_column("holiday", sa.Column("id", sa.Uuid(), server_default=fresh, nullable=False))
    op.add_column("holiday", sa.Column("observed", sa.Boolean(), server_default="true", nullable=False))
    for column in ("id", "observed"):
        op.alter_column("holiday", column, server_default=None)
    op.add_column("holiday", sa.Column("client_id", sa.Uuid(), nullable=True))
    op.add_column("holiday", recorded_at())
    op.alter_column("holiday", "name", type_=sa.String(300))
    op.drop_constraint("pk_holiday", "holiday")
    op.create_primary_key("pk_holiday", "holiday", ["id", "plan_id"])
    op.create_foreign_key("fk_holiday_client_id", "holiday", "client", ["client_id"], ["id"])
    op.create_index("ix_holiday_day", "holiday", ["plan_id", "observed_on", "recorded_at", "id"], unique=False)
    op.execute("GRANT INSERT ON holiday TO dondoc_app")
    refuse_changes("holiday")


def keep_the_last_mark_of_the_calendar() -> None:
    """Forget all marks of a day but the last, and the days that are no longer off."""
    op.execute("DROP TRIGGER append_only ON holiday")
    op.execute("REVOKE INSERT ON holiday FROM dondoc_app")
    op.execute(
        """
        DELETE FROM holiday WHERE NOT observed OR EXISTS (
            SELECT FROM holiday later
            WHERE later.plan_id = holiday.plan_id AND later.observed_on = holiday.observed_on
            AND (later.recorded_at, later.id) > (holiday.recorded_at, holiday.id)
        )
        """
    )
    op.drop_index("ix_holiday_day", table_name="holiday")
    op.drop_constraint("pk_holiday", "holiday")
    op.create_primary_key("pk_holiday", "holiday", ["plan_id", "observed_on"])
    op.alter_column("holiday", "name", type_=sa.String(200), postgresql_using="left(name, 200)")
    for column in ("recorded_at", "client_id", "observed", "id"):
        op.drop_column("holiday", column)


def refuse_changes(table: str) -> None:
    """Make a table append-only."""
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )


def acts(name: str, *parts: SchemaItem) -> None:
    """Make a table of acts of clients."""
    op.create_table(
        name,
        *ids(name),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        recorded_at(),
        *parts,
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
    )


def ids(name: str) -> tuple[SchemaItem, ...]:
    """Spell the key of a row of a plan."""
    columns = (sa.Column("id", sa.Uuid(), nullable=False), sa.Column("plan_id", sa.Uuid(), nullable=False))
    return *columns, sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}")


def refers(table: str, column: str, to: str, *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    """Spell a reference inside the same plan."""
    key = [column, "plan_id"]
    reference = sa.ForeignKeyConstraint(key, [f"{to}.id", f"{to}.plan_id"], name=f"fk_{table}_{column}_plan_id")
    return sa.Column(column, sa.Uuid(), nullable=nullable), reference


def recorded_at() -> sa.Column[Any]:
    """Spell the instant at which the database wrote a row."""
    clock = sa.text("clock_timestamp()")
    return sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=clock, nullable=False)


def due_before() -> sa.Column[Any]:
    """Spell a deadline."""
    return sa.Column("due_before", sa.DateTime(timezone=True), nullable=False)


def reasons() -> tuple[sa.Column[Any], sa.Column[Any]]:
    """Spell why, and by which document."""
    return (
        sa.Column("reason", sa.String(10000), nullable=False),
        sa.Column("document_number", sa.String(60), nullable=True),
    )


def status() -> sa.Column[Any]:
    """Spell where an obligation stood."""
    values = sa.Enum(
        "not_applicable",
        "completed_on_time",
        "completed_late",
        "overdue",
        "awaited",
        "in_progress",
        "not_started",
        name="status",
        native_enum=False,
        create_constraint=True,
        length=24,
    )
    return sa.Column("status", values, nullable=False)
