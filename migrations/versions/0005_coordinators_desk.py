"""The coordinator's desk: what reviews, extensions, cycles and successions leave in the history."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

HISTORY = ("extension_request", "extension_refusal", "condition_decision", "contribution")
IN_ORDER = ["plan_id", "obligation_id", "received_at", "recorded_at", "id"]


def upgrade() -> None:
    op.add_column("plan", sa.Column("max_extensions", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("plan", "max_extensions", server_default=None)
    history("extension_request", sa.Column("due_before", sa.DateTime(timezone=True), nullable=False), *reasons())
    history("extension_refusal", *reasons())
    history("condition_decision", sa.Column("met", sa.Boolean(), nullable=False), *reasons())
    op.create_index("ix_condition_decision_since", "condition_decision", ["plan_id", "received_at"])
    history(
        "contribution", *refers("contribution", "body_id", "body"), sa.Column("note", sa.String(10000), nullable=False)
    )
    for table in HISTORY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO dondoc_app")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )


def downgrade() -> None:
    for table in reversed(HISTORY):
        op.drop_table(table)
    op.drop_column("plan", "max_extensions")


def history(name: str, *parts: SchemaItem) -> None:
    """Make a table of acts on obligations."""
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        recorded_at(),
        *parts,
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
        sa.ForeignKeyConstraint(
            ["obligation_id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=f"fk_{name}_obligation_id_plan_id",
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_history", name, IN_ORDER, unique=False)


def refers(table: str, column: str, to: str, *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    """Spell a reference inside the same plan."""
    ids = [column, "plan_id"]
    reference = sa.ForeignKeyConstraint(ids, [f"{to}.id", f"{to}.plan_id"], name=f"fk_{table}_{column}_plan_id")
    return sa.Column(column, sa.Uuid(), nullable=nullable), reference


def recorded_at() -> sa.Column[Any]:
    """Spell the instant at which the database wrote a row."""
    clock = sa.text("clock_timestamp()")
    return sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=clock, nullable=False)


def reasons() -> tuple[sa.Column[Any], sa.Column[Any]]:
    """Spell why, and by which document."""
    return (
        sa.Column("reason", sa.String(10000), nullable=False),
        sa.Column("document_number", sa.String(60), nullable=True),
    )
