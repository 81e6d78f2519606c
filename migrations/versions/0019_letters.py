"""Letters decide deadlines and reopen figures; cycles of their own kind; duties that rest on what others report.

What was recorded before had no day on which it was decided: it is taken to have been decided on the day it was
received, so that each act stays where it was in its history.  A cycle was recorded when it was opened.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0019"
down_revision = "0018"
version_before_stops = "It records extensions without the day on which they were decided."
branch_labels = None
depends_on = None

LETTERS = ("extension", "cycle_deadline")
OF_ITS_OWN_KIND = ("title_vi", "title_en", "document_number", "decided_on", "duties")
IN_ORDER = ["received_at", "recorded_at", "id"]
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in LETTERS:
        _decided_when_received(table)
    op.add_column("cycle_deadline", sa.Column("working_days", sa.ARRAY(INSTANT), server_default="{}", nullable=False))
    op.alter_column("cycle_deadline", "working_days", server_default=None)
    _cycles()
    for table in ("duty", "obligation"):
        op.add_column(table, sa.Column("due_after_others_days", sa.Integer(), nullable=True))
    resting = sa.text("due_after_others_days IS NOT NULL")
    columns = ["plan_id", "due_before"]
    op.create_index("ix_obligation_due_after_others", "obligation", columns, postgresql_where=resting)
    # A closing can be annulled, and the cycle closed again.
    op.drop_constraint("uq_seal_plan_id_cycle_id", "seal")
    op.create_index("ix_seal_history", "seal", ["plan_id", "cycle_id", *IN_ORDER])
    _reopenings()
    _stored_facts()


def downgrade() -> None:
    op.drop_table("reopening")
    op.drop_index("ix_seal_history", "seal")
    op.create_unique_constraint("uq_seal_plan_id_cycle_id", "seal", ["plan_id", "cycle_id"])
    op.drop_index("ix_obligation_due_after_others", "obligation")
    for table in ("obligation", "duty"):
        op.drop_column(table, "due_after_others_days")
    for column in (*reversed(OF_ITS_OWN_KIND), "recorded_at"):
        op.drop_column("cycle", column)
    op.drop_column("cycle_deadline", "working_days")
    for table in reversed(LETTERS):
        op.drop_column(table, "decided_on")


def _decided_when_received(table: str) -> None:
    op.add_column(table, sa.Column("decided_on", sa.Date(), nullable=True))
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    op.execute(
        f"UPDATE {table} SET decided_on = timezone(plan.time_zone, {table}.received_at)::date"  # noqa: S608  See above.
        f" FROM plan WHERE plan.id = {table}.plan_id"
    )
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    op.alter_column(table, "decided_on", nullable=False)


def _cycles() -> None:
    op.add_column("cycle", sa.Column("recorded_at", INSTANT, nullable=True))
    op.execute("UPDATE cycle SET recorded_at = opened_at")
    op.alter_column("cycle", "recorded_at", nullable=False, server_default=sa.text("clock_timestamp()"))
    kinds: tuple[Any, ...] = (sa.String(300), sa.String(300), sa.String(60), sa.Date(), sa.ARRAY(sa.String(20)))
    for name, kind in zip(OF_ITS_OWN_KIND, kinds, strict=True):
        op.add_column("cycle", sa.Column(name, kind, nullable=True))


def _stored_facts() -> None:
    """Let what is stored say when its cycle was recorded; where a deadline was moved in two ways, it stands no more."""
    op.execute(
        "UPDATE standing_facts f SET known_from = greatest(f.known_from, c.recorded_at)"
        " FROM cycle c WHERE c.plan_id = f.plan_id AND c.id = f.cycle_id"
    )
    op.execute(
        "UPDATE standing_facts f SET settled_from = 'infinity'"
        " WHERE EXISTS (SELECT FROM extension e WHERE e.plan_id = f.plan_id AND e.obligation_id = f.id)"
        " AND EXISTS (SELECT FROM cycle_deadline d WHERE d.plan_id = f.plan_id AND d.cycle_id = f.cycle_id)"
    )


def _reopenings() -> None:
    name = "reopening"
    ids = [sa.Column(one, sa.Uuid(), nullable=False) for one in ("id", "plan_id", "client_id")]
    now = sa.text("clock_timestamp()")
    parts: list[SchemaItem] = [
        *ids,
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, server_default=now, nullable=False),
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in ("cycle_id", "act_id")),
        sa.Column("document_number", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
        sa.ForeignKeyConstraint(
            ["cycle_id", "plan_id"], ["cycle.id", "cycle.plan_id"], name=f"fk_{name}_cycle_id_plan_id"
        ),
    ]
    op.create_table(name, *parts)
    op.create_index(f"ix_{name}_act", name, ["plan_id", "act_id"])
    op.execute(f"GRANT SELECT, INSERT ON {name} TO dondoc_app")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )
