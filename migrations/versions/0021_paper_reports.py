"""Paper reports: one paper on which a body reports on many duties, registered once.

What it reports are updates like all others, and each has an evidence that is the paper itself: both name it.  Its scan
is kept once; every one of its evidence has a row of its own that says so, and names by `kept_as` the row under whose id
the bytes are kept, unless that is it.  What was not announced says itself of which media type it is.

An annulment can be of a whole paper; then it is on no obligation, and names the paper.

The second gate (see 0008): whoever sees an update or an evidence of a paper sees that it is registered, and why it was
taken back; a coordinator alone enters one, and says of what is recorded that it is of one.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NAME = "paper_report"
REFERRING = ("progress_update", "evidence", "annulment")
ROLE, BODIES = (f"(SELECT dondoc_{name}())" for name in ("role", "bodies"))
STANDING, NARRATORS = f"{ROLE} IN ('coordinator', 'integrator', 'system')", f"{ROLE} IN ('coordinator', 'system')"
MINE = f"body_id = ANY ({BODIES}::uuid[])"
INVOLVED, OWNED, HELPED = (f"dondoc_{check}(plan_id, obligation_id)" for check in ("is_involved", "owns", "helps"))
OWNED_SINCE = "dondoc_owned_since(plan_id, obligation_id, received_at, recorded_at)"
OF_NONE = f"(obligation_id IS NULL AND {ROLE} <> '')"
OF_A_PAPER = "(paper_report_id IS NOT NULL AND dondoc_sees_paper(plan_id, paper_report_id))"
NO_PAPER = "paper_report_id IS NULL"
REPORTED = f"{NARRATORS} OR {OWNED}", f"{NARRATORS} OR ({OWNED} AND {NO_PAPER})"
ATTACHING = f"{MINE} AND ({OWNED} OR ({HELPED} AND NOT of_owner))"
ATTACHED = f"{NARRATORS} OR ({ATTACHING})", f"{NARRATORS} OR ({ATTACHING} AND {NO_PAPER})"
ALTERED = {
    ("progress_update", "INSERT"): REPORTED,
    ("evidence", "INSERT"): ATTACHED,
    ("annulment", "INSERT"): REPORTED,
    ("annulment", "SELECT"): (
        f"{NARRATORS} OR {OF_NONE} OR {OWNED_SINCE} OR {HELPED}",
        f"{NARRATORS} OR ({OF_NONE} AND {NO_PAPER}) OR {OF_A_PAPER} OR {OWNED_SINCE} OR {HELPED}",
    ),
}
"""Policies of earlier tables: what they were, and what they become."""
SEES_A_PAPER = """
    CREATE FUNCTION dondoc_sees_paper(plan uuid, asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = public, pg_temp AS $$ BEGIN
        RETURN EXISTS (SELECT FROM progress_update u WHERE u.plan_id = plan AND u.paper_report_id = asked);
    END $$
"""
"""In PL/pgSQL, which plans it once a connection; the policy of the updates holds in it."""


def upgrade() -> None:
    op.create_table(NAME, *_columns())
    op.create_index("ix_paper_report_number", NAME, ["plan_id", "body_id", "number"])
    for table in REFERRING:
        op.add_column(table, sa.Column("paper_report_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            f"fk_{table}_paper_report_id_plan_id", table, NAME, ["paper_report_id", "plan_id"], ["id", "plan_id"]
        )
        op.create_index(
            f"ix_{table}_paper_report",
            table,
            ["plan_id", "paper_report_id"],
            postgresql_where=sa.text("paper_report_id IS NOT NULL"),
        )
    _contents()
    op.execute(f"GRANT SELECT, INSERT ON {NAME} TO dondoc_app")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {NAME}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )
    op.execute(SEES_A_PAPER)
    op.execute(f"ALTER TABLE {NAME} ENABLE ROW LEVEL SECURITY")
    sees = f"{NARRATORS} OR dondoc_sees_paper(plan_id, id)"
    op.execute(f"CREATE POLICY may_select ON {NAME} FOR SELECT TO dondoc_app USING ({sees})")
    op.execute(f"CREATE POLICY may_insert ON {NAME} FOR INSERT TO dondoc_app WITH CHECK ({NARRATORS})")
    for (table, command), (_, become) in ALTERED.items():
        _alter(table, command, become)


def downgrade() -> None:
    for (table, command), (were, _) in ALTERED.items():
        _alter(table, command, were)
    _contents_before()
    for table in reversed(REFERRING):
        op.drop_index(f"ix_{table}_paper_report", table)
        op.drop_constraint(f"fk_{table}_paper_report_id_plan_id", table)
        op.drop_column(table, "paper_report_id")
    op.drop_table(NAME)
    op.execute("DROP FUNCTION dondoc_sees_paper(uuid, uuid)")


def _contents() -> None:
    op.add_column("evidence_content", sa.Column("media_type", sa.String(80), nullable=True))
    op.create_check_constraint(op.f("media_type"), "evidence_content", sa.column("media_type").in_(MEDIA_TYPES))
    op.add_column("evidence_content", sa.Column("kept_as", sa.Uuid(), nullable=True))
    _view_of_contents("evidence_id, client_id, size, kept_as")


def _contents_before() -> None:
    """Going down, a document has no bytes any more."""
    op.execute("DROP VIEW evidence_content_fact")
    _view_of_contents("evidence_id, client_id, size")
    op.execute("ALTER TABLE evidence_content DISABLE TRIGGER append_only")
    op.execute("DELETE FROM evidence_content WHERE media_type IS NOT NULL")
    op.execute("ALTER TABLE evidence_content ENABLE TRIGGER append_only")
    op.drop_column("evidence_content", "kept_as")
    op.drop_constraint(op.f("media_type"), "evidence_content")
    op.drop_column("evidence_content", "media_type")


def _view_of_contents(columns: str) -> None:
    op.execute(
        "CREATE OR REPLACE VIEW evidence_content_fact AS SELECT id, plan_id, obligation_id, received_at, recorded_at,"
        f" {columns} FROM evidence_content WHERE {STANDING} OR {INVOLVED}"
    )
    op.execute("GRANT SELECT ON evidence_content_fact TO dondoc_app")


def _alter(table: str, command: str, condition: str) -> None:
    clause = "WITH CHECK" if command == "INSERT" else "USING"
    op.execute(f"ALTER POLICY may_{command.lower()} ON {table} {clause} ({condition})")


def _columns() -> tuple[SchemaItem, ...]:
    clock = sa.text("clock_timestamp()")
    classes = sa.Enum("public", "internal", "restricted", name="classification", native_enum=False, length=24)
    return (
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "plan_id", "client_id", "body_id")),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=clock, nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("issued_on", "received_on")),
        sa.Column("classification", classes, nullable=False),
        sa.CheckConstraint(sa.column("classification").in_(classes.enums), name="classification"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{NAME}_client_id"),
        sa.ForeignKeyConstraint(["body_id", "plan_id"], ["body.id", "body.plan_id"], name=f"fk_{NAME}_body_id_plan_id"),
        sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{NAME}"),
    )


MEDIA_TYPES = (
    *("application/pdf", "image/png", "image/jpeg"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
