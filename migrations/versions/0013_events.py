"""Events: what was changed, their one order, what was signed of it, and up to when deadlines were watched.

Events are told from now on: what happened before has no event, and no deadline that has passed by now gets one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import UserDefinedType

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROLE = "(SELECT dondoc_role())"
SYSTEM = f"{ROLE} = 'system'"
INVOLVED = "dondoc_is_involved(plan_id, obligation_id)"
CONCERNED = "dondoc_owns(plan_id, obligation_id) OR dondoc_helps(plan_id, obligation_id)"
KEPT = ("event", "sequenced_event", "checkpoint")
POLICIES = {
    "event": {
        "SELECT": SYSTEM,
        "INSERT": f"{ROLE} IN ('coordinator', 'system') OR (obligation_id IS NOT NULL AND {INVOLVED})",
    },
    "sequenced_event": {
        "SELECT": f"{ROLE} IN ('coordinator', 'integrator', 'system')"
        f" OR ({ROLE} = 'reporter' AND (obligation_id IS NULL OR {CONCERNED}))",
        "INSERT": SYSTEM,
    },
    "checkpoint": {"SELECT": f"{ROLE} <> ''", "INSERT": SYSTEM},
    "deadline_watch": {"SELECT": SYSTEM, "UPDATE": SYSTEM},
}


class TransactionId(UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    _events()
    _what_is_signed_and_watched()
    op.execute("CREATE VIEW feed_head AS SELECT coalesce(max(seq), 0) AS seq FROM sequenced_event")
    op.execute("CREATE VIEW plan_change AS SELECT plan_id, xid FROM event")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(KEPT)} TO dondoc_app")
    op.execute("GRANT SELECT ON feed_head, plan_change, deadline_watch TO dondoc_app")
    op.execute("GRANT UPDATE (watched_until) ON deadline_watch TO dondoc_app")
    for table in KEPT:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )
    for table, policies in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in policies.items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )


def downgrade() -> None:
    op.execute("DROP VIEW feed_head, plan_change")
    for table in ("deadline_watch", *reversed(KEPT)):
        op.drop_table(table)


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        sa.Column("cycle_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("xid", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_event_plan_id"),
        sa.PrimaryKeyConstraint("id", "plan_id", name="pk_event"),
    )
    op.create_index("ix_event_xid", "event", ["xid", "id"], unique=False)
    op.create_table(
        "sequenced_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("node", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["id", "plan_id"], ["event.id", "event.plan_id"], name="fk_sequenced_event_id_plan_id"),
        sa.PrimaryKeyConstraint("id", "plan_id", name="pk_sequenced_event"),
        sa.UniqueConstraint("seq", name="uq_sequenced_event_seq"),
    )


def _what_is_signed_and_watched() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_checkpoint"),
        sa.UniqueConstraint("size", name="uq_checkpoint_size"),
    )
    op.create_table(
        "deadline_watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("watched_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deadline_watch"),
    )
    op.execute("INSERT INTO deadline_watch (id, watched_until) VALUES (1, clock_timestamp())")
