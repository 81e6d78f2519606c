"""Annulments: what was recorded by mistake counts nowhere, and stays.

A row of `annulled_act` says that an act counts from then on, or does not; the latest one decides.  The database says of
every obligation whose act is taken back or comes back that its stored facts stand no longer (see 0015), and of all
obligations of a cycle when an act on the cycle is.

The second gate (see 0008): whoever reads an obligation's history reads what was annulled in it and why; whoever reads
its standing learns which acts count, since the standing rests on it.  An owner is whoever the last transfer names that
counts.  A withdrawal that was annulled does not keep its evidence from being withdrawn again.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = (
    *("update", "evidence", "withdrawal", "contribution", "review", "extension", "extension_request"),
    *("extension_refusal", "condition_decision", "transfer", "paper_report", "cycle_deadline", "cycle_closing"),
    *("cycle_opening", "succession", "membership", "annulment"),
)
TABLES = ("annulment", "annulled_act")
ROLE, BODIES = (f"(SELECT dondoc_{name}())" for name in ("role", "bodies"))
STANDING, NARRATORS = f"{ROLE} IN ('coordinator', 'integrator', 'system')", f"{ROLE} IN ('coordinator', 'system')"
OF_NONE = f"(obligation_id IS NULL AND {ROLE} <> '')"
"""An act on a cycle or a plan, which everybody reads who says who it is."""
INVOLVED, OWNED, HELPED = (f"dondoc_{check}(plan_id, obligation_id)" for check in ("is_involved", "owns", "helps"))
OWNED_SINCE = "dondoc_owned_since(plan_id, obligation_id, received_at, recorded_at)"
POLICIES = {
    "annulment": {
        "SELECT": f"{NARRATORS} OR {OF_NONE} OR {OWNED_SINCE} OR {HELPED}",
        "INSERT": f"{NARRATORS} OR {OWNED}",
    },
    "annulled_act": {"SELECT": f"{STANDING} OR {OF_NONE} OR {INVOLVED}", "INSERT": f"{NARRATORS} OR {OWNED}"},
}
COUNTS = (
    "coalesce((SELECT a.counts FROM annulled_act a WHERE a.plan_id = t.plan_id AND a.act_id = t.id"
    " ORDER BY a.recorded_at DESC, a.id DESC LIMIT 1), true)"
)
TOUCHED = """
    SELECT plan_id, obligation_id AS id FROM acts WHERE obligation_id IS NOT NULL
    UNION ALL
    SELECT o.plan_id, o.id FROM acts a JOIN obligation o ON o.plan_id = a.plan_id AND o.cycle_id = a.cycle_id
"""


def upgrade() -> None:
    op.create_table(
        "annulment",
        *_ids("annulment"),
        *_of_whom("annulment"),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        _kind(),
        sa.Column("reason", sa.String(10000), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        _recorded_at(),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_annulment_client_id"),
    )
    op.create_table(
        "annulled_act",
        *_ids("annulled_act"),
        *_refers("annulled_act", "annulment_id", "annulment"),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        _kind(),
        sa.Column("counts", sa.Boolean(), nullable=False),
        *_of_whom("annulled_act"),
        _recorded_at(),
    )
    for name, table, columns in _indexes():
        op.create_index(name, table, ["plan_id", *columns])
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO dondoc_app")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in POLICIES[table].items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )
    op.execute(_function(_unsettle()))
    op.execute("REVOKE EXECUTE ON FUNCTION dondoc_facts_of_annulment() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER facts_of_annulment AFTER INSERT ON annulled_act REFERENCING NEW TABLE AS acts"
        " FOR EACH STATEMENT EXECUTE FUNCTION dondoc_facts_of_annulment()"
    )
    op.drop_constraint("uq_withdrawal_plan_id_evidence_id", "withdrawal")
    op.create_index("ix_withdrawal_evidence", "withdrawal", ["plan_id", "evidence_id"])
    _owner_is(f"t.plan_id = o.plan_id AND t.obligation_id = o.id AND {COUNTS}")


def downgrade() -> None:
    _owner_is("t.plan_id = o.plan_id AND t.obligation_id = o.id")
    op.execute("ALTER TABLE withdrawal DISABLE TRIGGER append_only")
    op.execute(
        "DELETE FROM withdrawal w USING withdrawal later WHERE later.plan_id = w.plan_id"
        " AND later.evidence_id = w.evidence_id AND (later.recorded_at, later.id) > (w.recorded_at, w.id)"
    )
    op.execute("ALTER TABLE withdrawal ENABLE TRIGGER append_only")
    op.drop_index("ix_withdrawal_evidence", "withdrawal")
    op.create_unique_constraint("uq_withdrawal_plan_id_evidence_id", "withdrawal", ["plan_id", "evidence_id"])
    op.execute("UPDATE standing_facts SET settled_from = 'infinity' WHERE EXISTS (SELECT FROM annulled_act)")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION dondoc_facts_of_annulment()")


def _owner_is(last: str) -> None:
    """Say whose an obligation is: the new owner of its last transfer."""
    owner = (
        f"coalesce((SELECT t.owner_id FROM transfer t WHERE {last}"
        " ORDER BY t.received_at DESC, t.recorded_at DESC, t.id DESC LIMIT 1), o.owner_id)"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION dondoc_owns(plan uuid, asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE"
        " PARALLEL SAFE SET search_path = public, pg_temp AS $$ BEGIN RETURN EXISTS (SELECT FROM obligation o"
        f" WHERE o.plan_id = plan AND o.id = asked AND ({owner} = ANY ({BODIES}::uuid[]))); END $$"
    )


def _unsettle() -> str:
    return f"""
        WITH kin AS (
            SELECT DISTINCT line.id FROM ({TOUCHED}) act
            JOIN obligation o ON o.plan_id = act.plan_id AND o.id = act.id
            JOIN duty d ON d.plan_id = o.plan_id AND d.id = o.duty_id
            JOIN obligation line
                ON line.plan_id = o.plan_id AND line.duty_id = o.duty_id AND line.owner_id = o.owner_id
            WHERE line.id = o.id OR d.recurrence = 'once'
        )
        SELECT array_agg(id ORDER BY id) INTO touched FROM kin;
        PERFORM FROM standing_facts WHERE id = ANY (touched) ORDER BY id FOR UPDATE;
        UPDATE standing_facts SET settled_from = 'infinity' WHERE id = ANY (touched) AND settled_from < 'infinity';
        RETURN NULL;
    """


def _function(body: str) -> str:
    return (
        "CREATE FUNCTION dondoc_facts_of_annulment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ DECLARE touched uuid[]; BEGIN {body} END $$"
    )


def _indexes() -> tuple[tuple[str, str, list[str]], ...]:
    return (
        ("ix_annulment_history", "annulment", ["obligation_id", "received_at", "recorded_at", "id"]),
        ("ix_annulment_act", "annulment", ["act_id"]),
        ("ix_annulled_act_act", "annulled_act", ["act_id", "recorded_at", "id"]),
        ("ix_annulled_act_obligation", "annulled_act", ["obligation_id", "recorded_at"]),
        ("ix_annulled_act_cycle", "annulled_act", ["cycle_id", "recorded_at"]),
        ("ix_annulled_act_annulment", "annulled_act", ["annulment_id"]),
    )


def _ids(name: str) -> tuple[SchemaItem, ...]:
    columns = (sa.Column("id", sa.Uuid(), nullable=False), sa.Column("plan_id", sa.Uuid(), nullable=False))
    return *columns, sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}")


def _of_whom(name: str) -> tuple[SchemaItem, ...]:
    of = (("obligation_id", "obligation"), ("cycle_id", "cycle"))
    return tuple(part for column, to in of for part in _refers(name, column, to, nullable=True))


def _refers(table: str, column: str, to: str, *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    key = [column, "plan_id"]
    reference = sa.ForeignKeyConstraint(key, [f"{to}.id", f"{to}.plan_id"], name=f"fk_{table}_{column}_plan_id")
    return sa.Column(column, sa.Uuid(), nullable=nullable), reference


def _kind() -> SchemaItem:
    kinds = sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=24)
    return sa.Column("kind", kinds, nullable=False)


def _recorded_at() -> SchemaItem:
    clock = sa.text("clock_timestamp()")
    return sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=clock, nullable=False)
