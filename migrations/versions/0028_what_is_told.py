"""What a caller is told of an obligation counts what it may know of, and a version is of a moment.

Stored facts say how many acts there were that everybody may know of who sees the standing, and apart from these how
many on evidence, and when the last of either was recorded.  So the column that counted all of them goes.  They also say
when the last act came by which an obligation stands otherwise (`changed_at`): a status document is dated by that, and
not by acts that do not show in it.

An annulment says on which evidence the act is that it takes back, if it is on one: whoever may not read that evidence
reads neither, and is not told how many there were.  It is one of the acts that there were since it was received.

An auditor reads what a coordinator reads: each policy by which rows are read, and each view, that names the one names
the other as well, but for the addresses of calendars, which are given and not read.

A coordinator who is sure that what looks like a child's name is none says why, and that stays with the act: whoever
reads the act's history reads it, and a coordinator alone writes it.

No stored facts stand any more: the service stores them anew.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0028"
down_revision = "0027"
version_before_stops = "It counts up the versions of obligations in a column that is gone."
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ROLE = "(SELECT dondoc_role())"
STANDING, NARRATORS = f"{ROLE} IN ('coordinator', 'integrator', 'system')", f"{ROLE} IN ('coordinator', 'system')"
INVOLVED, HELPED = (f"dondoc_{check}(plan_id, obligation_id)" for check in ("is_involved", "helps"))
OWNED_SINCE = "dondoc_owned_since(plan_id, obligation_id, received_at, recorded_at)"
OF_NONE = f"(obligation_id IS NULL AND {ROLE} <> '')"
KNOWN = "(evidence_id IS NULL OR dondoc_sees_evidence(plan_id, evidence_id))"
OF_A_PAPER = "(paper_report_id IS NOT NULL AND dondoc_sees_paper(plan_id, paper_report_id))"
READERS = f"({OF_NONE} AND paper_report_id IS NULL) OR {OF_A_PAPER} OR {OWNED_SINCE} OR {HELPED}"
ANNULMENTS = f"{NARRATORS} OR (({READERS}) AND {KNOWN})"
ASSURANCES = f"{NARRATORS} OR (({OF_NONE} OR {OWNED_SINCE} OR {HELPED}) AND {KNOWN})"
ANNULMENTS_BEFORE = f"{NARRATORS} OR {READERS}"

FACTS: dict[str, Any] = {
    "version": sa.Integer(),
    "evidence_acts": sa.Integer(),
    "evidence_acted_at": INSTANT,
    "changed_at": INSTANT,
}
OF_WHICH_EVIDENCE = """
    WITH RECURSIVE on_evidence AS (
        SELECT e.plan_id, e.id AS act_id, e.id AS evidence_id FROM evidence e
        UNION ALL
        SELECT w.plan_id, w.id, w.evidence_id FROM withdrawal w
        UNION ALL
        SELECT a.plan_id, a.id, o.evidence_id FROM annulment a
        JOIN on_evidence o ON o.plan_id = a.plan_id AND o.act_id = a.act_id
    )
"""
"""An annulment is on the evidence of the act that it takes back, which may be an annulment itself."""
RECEIVED = """
    UPDATE annulled_act t SET received_at = a.received_at FROM annulment a
    WHERE a.plan_id = t.plan_id AND a.id = t.annulment_id
"""
ROLES = ("reporter", "coordinator", "integrator", "auditor", "admin")
READS_ALL, READS_ALL_WITH_AUDITOR = "'coordinator'::text", "'coordinator'::text, 'auditor'::text"
"""How PostgreSQL spells who reads everything, in a list of roles."""
EVIDENCE_FACT = "id, plan_id, obligation_id, received_at, recorded_at, kind, of_owner"


def upgrade() -> None:
    _facts()
    _annulments()
    _assurances()
    _view_of_evidence(f"{EVIDENCE_FACT}, update_id")
    # A function that sets something is not planned anew in every place that asks it, which costs more than it takes.
    op.execute("ALTER FUNCTION dondoc_followed(uuid[]) SET search_path = public, pg_temp")
    _roles(*ROLES)
    _let_read(READS_ALL, READS_ALL_WITH_AUDITOR)


def downgrade() -> None:
    _let_read(READS_ALL_WITH_AUDITOR, READS_ALL)
    op.execute("UPDATE client SET role = 'reporter', disabled_at = coalesce(disabled_at, now()) WHERE role = 'auditor'")
    _roles(*(one for one in ROLES if one != "auditor"))
    op.execute("ALTER FUNCTION dondoc_followed(uuid[]) RESET search_path")
    op.drop_table("assurance")
    op.execute("DROP VIEW evidence_fact")
    _view_of_evidence(EVIDENCE_FACT)
    op.execute(f"ALTER POLICY may_select ON annulment USING ({ANNULMENTS_BEFORE})")
    op.drop_column("annulled_act", "received_at")
    for table in ("annulled_act", "annulment"):
        op.drop_column(table, "evidence_id")
    for name in FACTS:
        op.drop_column("standing_facts", name)
    op.add_column("obligation", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("obligation", "version", server_default=None)
    op.execute("GRANT UPDATE (version) ON obligation TO dondoc_app")
    op.execute("UPDATE standing_facts SET settled_from = 'infinity'")


def _facts() -> None:
    for name, kind in FACTS.items():
        op.add_column("standing_facts", sa.Column(name, kind, nullable=True))
    op.execute(f"GRANT UPDATE ({', '.join(FACTS)}) ON standing_facts TO dondoc_app")
    op.execute(
        "UPDATE standing_facts f SET settled_from = 'infinity', changed_at = o.updated_at FROM obligation o"
        " WHERE o.plan_id = f.plan_id AND o.id = f.id"
    )
    # Only who asks for the last of these can use it: it is no index of a plan's obligations.
    there = sa.text("changed_at IS NOT NULL")
    op.create_index("ix_standing_facts_changed", "standing_facts", ["plan_id", "changed_at"], postgresql_where=there)
    op.drop_column("obligation", "version")


def _annulments() -> None:
    op.add_column("annulled_act", sa.Column("received_at", INSTANT, nullable=True))
    for table, act_id in (("annulment", "id"), ("annulled_act", "act_id")):
        op.add_column(table, sa.Column("evidence_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            f"fk_{table}_evidence_id_plan_id", table, "evidence", ["evidence_id", "plan_id"], ["id", "plan_id"]
        )
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        op.execute(
            f"{OF_WHICH_EVIDENCE} UPDATE {table} t SET evidence_id = o.evidence_id FROM on_evidence o"
            f" WHERE o.plan_id = t.plan_id AND o.act_id = t.{act_id}"
        )
        if table == "annulled_act":
            op.execute(RECEIVED)
        # The checks of keys that are still open would forbid what comes.
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    op.alter_column("annulled_act", "received_at", nullable=False)
    op.create_index(
        "ix_annulled_act_evidence",
        "annulled_act",
        ["plan_id", "obligation_id", "evidence_id"],
        postgresql_where=sa.text("evidence_id IS NOT NULL"),
    )
    op.execute(f"ALTER POLICY may_select ON annulment USING ({ANNULMENTS})")


def _assurances() -> None:
    name, clock = "assurance", sa.text("clock_timestamp()")
    parts: list[SchemaItem] = [
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in ("id", "plan_id", "client_id", "act_id")),
        *(sa.Column(one, sa.Uuid(), nullable=True) for one in ("obligation_id", "evidence_id")),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, server_default=clock, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
        *(
            sa.ForeignKeyConstraint(
                [f"{one}_id", "plan_id"], [f"{one}.id", f"{one}.plan_id"], name=f"fk_{name}_{one}_id_plan_id"
            )
            for one in ("obligation", "evidence")
        ),
    ]
    op.create_table(name, *parts)
    op.create_index(f"ix_{name}_act", name, ["plan_id", "act_id"])
    op.execute(f"GRANT SELECT, INSERT ON {name} TO dondoc_app")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )
    op.execute(
        f"CREATE TRIGGER kept AFTER INSERT OR DELETE OR UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION dondoc_keep()"
    )
    op.execute(
        f"CREATE TRIGGER stamped BEFORE INSERT ON {name} FOR EACH ROW WHEN (current_user = 'dondoc_app')"
        " EXECUTE FUNCTION dondoc_stamp_recorded_at_client_id()"
    )
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_select ON {name} FOR SELECT TO dondoc_app USING ({ASSURANCES})")
    op.execute(f"CREATE POLICY may_insert ON {name} FOR INSERT TO dondoc_app WITH CHECK ({NARRATORS})")


def _view_of_evidence(columns: str) -> None:
    op.execute(f"CREATE OR REPLACE VIEW evidence_fact AS SELECT {columns} FROM evidence WHERE {STANDING} OR {INVOLVED}")
    op.execute("GRANT SELECT ON evidence_fact TO dondoc_app")


def _roles(*roles: str) -> None:
    op.drop_constraint("role", "client")
    op.create_check_constraint("role", "client", sa.column("role").in_(roles))


def _let_read(known: str, instead: str) -> None:
    """Let policies and views that name some roles name others, whichever they are by now.

    `told_act` has named both from the beginning (see 0024).
    """
    op.execute(
        f"""
        DO $do$ DECLARE one record; BEGIN
            FOR one IN SELECT tablename, policyname, qual FROM pg_policies
                WHERE schemaname = 'public' AND cmd = 'SELECT' AND tablename <> 'calendar_feed'
                AND strpos(qual, $w${known}$w$) > 0
            LOOP EXECUTE format('ALTER POLICY %I ON %I USING (%s)', one.policyname, one.tablename,
                replace(one.qual, $w${known}$w$, $w${instead}$w$)); END LOOP;
            FOR one IN SELECT viewname, definition FROM pg_views
                WHERE schemaname = 'public' AND viewname <> 'told_act' AND strpos(definition, $w${known}$w$) > 0
            LOOP EXECUTE format('CREATE OR REPLACE VIEW %I AS %s', one.viewname,
                replace(one.definition, $w${known}$w$, $w${instead}$w$)); END LOOP;
        END $do$
        """
    )
