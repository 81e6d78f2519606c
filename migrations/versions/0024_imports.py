"""Imports of forms that are recorded later, and the order in which acts were recorded, for an inbox.

A form that takes long is kept until a process has recorded its lines, and what became of each line can be asked for
a while longer.  It is its client's alone, which the second gate (see 0008) keeps by the id of the client that calls;
the service records it, with the identity of the system, and then of the client.  The form itself was looked through by
nobody when it is kept: so its pieces are sealed by the application, and go when its lines are recorded.

What came in is read by when it was recorded, of a plan or of some obligations: each event of an act says so, whatever
its kind.  Who may read the history of an obligation may know which acts on it were told of; others see events by their
place in the feed alone, as before.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem

revision = "0024"
down_revision = "0020"
branch_labels = None
depends_on = None

ROLE = "(SELECT dondoc_role())"
SYSTEM = f"{ROLE} = 'system'"
MINE = "client_id = (SELECT dondoc_client())"
OF_MINE = "EXISTS (SELECT FROM form_import f WHERE f.id = import_id)"
POLICIES = {
    "form_import": {
        "SELECT": f"{SYSTEM} OR {MINE}",
        "INSERT": f"{ROLE} IN ('reporter', 'coordinator') AND {MINE}",
        "UPDATE": SYSTEM,
        "DELETE": SYSTEM,
    },
    "form_import_part": {"SELECT": SYSTEM, "INSERT": OF_MINE, "DELETE": SYSTEM},
    "form_import_line": {"SELECT": f"{SYSTEM} OR {OF_MINE}", "INSERT": SYSTEM},
}
TOLD = "id, plan_id, type, act_id, obligation_id, occurred_at, recorded_at, xid"
READERS = f"{ROLE} IN ('coordinator', 'system') OR dondoc_is_involved(plan_id, obligation_id)"
CHANGED = "state, attempts, next_attempt_at, lines, recorded, replayed, refused, blank, remarks, problem, finished_at"


def upgrade() -> None:
    _imports()
    _of_import("form_import_part", "n")
    _of_import(
        "form_import_line",
        "line",
        sa.Column("result", _choice("result", "recorded", "replayed", "refused"), nullable=False),
    )
    for table, policies in POLICIES.items():
        op.execute(f"GRANT {', '.join(one for one in policies if one != 'UPDATE')} ON {table} TO dondoc_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in policies.items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )
    op.execute(f"GRANT UPDATE ({CHANGED}) ON form_import TO dondoc_app")
    _inbox()


def downgrade() -> None:
    op.execute("DROP VIEW told_act")
    op.drop_index("ix_event_obligation", "event")
    op.drop_index("ix_event_recorded", "event")
    for table in reversed(POLICIES):
        op.drop_table(table)


def _inbox() -> None:
    op.create_index("ix_event_recorded", "event", ["plan_id", "recorded_at", "id"], unique=False)
    op.create_index(
        "ix_event_obligation",
        "event",
        ["obligation_id", "recorded_at", "id"],
        unique=False,
        postgresql_where=sa.text("act_id IS NOT NULL"),
    )
    op.execute(
        f"CREATE VIEW told_act AS SELECT {TOLD} FROM event"
        f" WHERE act_id IS NOT NULL AND obligation_id IS NOT NULL AND ({READERS})"
    )
    op.execute("GRANT SELECT ON told_act TO dondoc_app")


def _imports() -> None:
    op.create_table(
        "form_import",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "plan_id", "client_id")),
        sa.Column("name", sa.String(60), nullable=False),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("dry_run", "as_is", "is_json", "vietnamese")),
        sa.Column("state", _choice("state", "waiting", "running", "done", "failed"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("recorded", "replayed", "refused", "blank")),
        sa.Column("remarks", postgresql.JSONB(), nullable=False),
        sa.Column("problem", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_form_import_client_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_form_import_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_form_import"),
    )
    op.create_index(
        "ix_form_import_next",
        "form_import",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )


def _of_import(name: str, place: str, *columns: SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column(place, sa.Integer(), nullable=False, autoincrement=False),
        *columns,
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["form_import.id"], name=f"fk_{name}_import_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", place, name=f"pk_{name}"),
    )


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
