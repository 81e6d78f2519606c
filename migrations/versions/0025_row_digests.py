"""A digest of every row that is kept, written by the database itself, so that nothing changes behind its back unseen.

Whatever writes, changes or takes away such a row, a trigger says so in `row_digest`: which row, the digest of what it
was and of what it is, and by which transaction.  No role may write there but through the trigger.  An event is numbered
with a digest of all that its transaction left there; so what was signed of the feed holds the rows, too.

Rows that are there already are given their digests as they are now, told by one event of this migration.  So are rows
that a later migration changes: `dondoc_tell_of_migration` is called after each (see env.py).  One that gives a table
another shape, other than by a column that may be null, calls `dondoc_restate` for it at its end.

`version` and `updated_at` are part of no digest: they count acts, and each act would write its obligation anew.  What
people wrote of an evidence goes with an erasure, so each such row holds a number drawn by chance: once it is gone,
nobody can guess at the words and see by the digest that the guess is right.

The database also says itself when something was recorded and in which transaction, and for whom: the application's role
is not asked.  Where the service acts for nobody, it names the client whose decision it carries out.

Stored facts are the service's alone to write, and large objects nobody's.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import UserDefinedType

revision = "0025"
down_revision = "0024"
version_before_stops = "It numbers events without the digest of what their transactions wrote."
branch_labels = None
depends_on = None

ROLE = "(SELECT dondoc_role())"
SYSTEM, NARRATORS = f"{ROLE} = 'system'", f"{ROLE} IN ('coordinator', 'system')"
INVOLVED = "dondoc_is_involved(plan_id, obligation_id)"
CONCERNED = "dondoc_owns(plan_id, obligation_id) OR dondoc_helps(plan_id, obligation_id)"
THEIRS = (
    "planned_owner_id = ANY ((SELECT dondoc_bodies())::uuid[]) OR duty_id = ANY ((SELECT dondoc_duties())::uuid[])"
    " OR id = ANY ((SELECT dondoc_taken())::uuid[])"
)
NO_PLAN = "'00000000-0000-0000-0000-000000000000'::uuid"
"""What an event is of that concerns no plan: a client, or who read what.  It is for whoever may know who read what."""

ACTS = (
    *("progress_update", "evidence", "evidence_content", "withdrawal", "erasure", "review", "contribution"),
    *("extension", "extension_request", "extension_refusal", "condition_decision", "transfer", "annulment"),
    *("cycle_deadline", "reopening", "seal", "succession_decision", "membership", "membership_ending"),
    *("partner_naming", "evidence_read", "holiday", "succession", "client_reference", "paper_report"),
)
"""What somebody did: with `client_id` and `recorded_at`."""
KEPT = (
    *("plan", "body", "duty", "duty_owner", "duty_partner", "target", "cycle"),
    *("client", "client_secret", "client_body", "calendar_feed"),
    *ACTS,
    *("measurement", "evidence_text", "annulled_act", "sealed_standing", "succession_part"),
)
OWED = (
    *("id", "plan_id", "cycle_id", "duty_id", "owner_id", "body_id", "position", "force"),
    *("due_before", "due_after_others_days", "lines", "recorded_at"),
)
"""The columns of an obligation that do not count acts."""

VALUES = {
    "recorded_at": "clock_timestamp()",
    "created_at": "clock_timestamp()",
    "client_id": "coalesce(dondoc_client(), NEW.client_id)",
}
STAMPED = {
    **dict.fromkeys(ACTS, ("recorded_at", "client_id")),
    **dict.fromkeys(("body", "cycle", "obligation"), ("recorded_at",)),
    **dict.fromkeys(("client", "client_secret"), ("created_at",)),
    "calendar_feed": ("created_at", "client_id"),
}
"""Which columns of a new row the database fills, whatever the application says."""
TOLD = (
    " NEW.recorded_at := least(greatest(NEW.recorded_at, now()), clock_timestamp());"
    " NEW.xid := pg_current_xact_id(); NEW.began_at := now();"
)
"""An event is recorded when its act was: an instant of its own transaction that has been."""

ROW_ID = (
    "coalesce(kept->>'id', encode(substr(sha256(convert_to(concat_ws(' ', kept->>'client_id', kept->>'plan_id',"
    " kept->>'body_id', kept->>'client_ref'), 'UTF8')), 1, 16), 'hex'))::uuid"
)
"""Of a row without an id, one that follows from its key."""
DIGEST = "sha256(convert_to(name || ' ' || jsonb_strip_nulls(kept - ARRAY['version', 'updated_at'])::text, 'UTF8'))"
FUNCTIONS = {
    "row_id(kept jsonb)": ("uuid", ROW_ID),
    "digest(name text, kept jsonb)": ("bytea", DIGEST),
}
KEEP = """
    CREATE FUNCTION dondoc_keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
    DECLARE was jsonb; becomes jsonb; before bytea; after bytea;
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            was := to_jsonb(OLD);
            before := dondoc_digest(TG_TABLE_NAME, was);
        END IF;
        IF TG_OP <> 'DELETE' THEN
            becomes := to_jsonb(NEW);
            after := dondoc_digest(TG_TABLE_NAME, becomes);
        END IF;
        IF before IS DISTINCT FROM after THEN
            INSERT INTO row_digest (table_name, row_id, before, after)
            VALUES (TG_TABLE_NAME, dondoc_row_id(coalesce(becomes, was)), before, after);
        END IF;
        RETURN NULL;
    END $$
"""
TELL = """
    CREATE FUNCTION dondoc_tell_of_migration() RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
        INSERT INTO event (id, plan_id, type)
        SELECT gen_random_uuid(), '00000000-0000-0000-0000-000000000000', 'record.restated'
        WHERE EXISTS (SELECT FROM row_digest WHERE xid = pg_current_xact_id() AND began_at = now())
    $$
"""
RESTATE = """
    CREATE FUNCTION dondoc_restate(name text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp
    SET timezone = 'UTC' SET bytea_output = 'hex' AS $$
    BEGIN
        EXECUTE format($do$
            INSERT INTO row_digest (table_name, row_id, before, after)
            SELECT %1$L, dondoc_row_id(row), said.digest, dondoc_digest(%1$L, row)
            FROM (SELECT to_jsonb(t) AS row FROM %1$I t) AS rows
            LEFT JOIN (
                SELECT row_id, digest FROM (
                    SELECT row_id, after AS digest, 1 AS times FROM row_digest WHERE table_name = %1$L
                    UNION ALL
                    SELECT row_id, before, -1 FROM row_digest WHERE table_name = %1$L
                ) AS every WHERE digest IS NOT NULL GROUP BY row_id, digest HAVING sum(times) > 0
            ) AS said ON said.row_id = dondoc_row_id(row)
            WHERE said.digest IS DISTINCT FROM dondoc_digest(%1$L, row)
        $do$, name);
    END $$
"""
LARGE_OBJECTS = """
    DO $$
    DECLARE one record;
    BEGIN
        FOR one IN SELECT oid, oid::regprocedure AS named FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
            AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite')
            AND has_function_privilege('public', oid, 'EXECUTE')
            AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one.named);
            -- Else every dump would take them away again, which whoever restores it may not be allowed to.
            INSERT INTO pg_init_privs (objoid, classoid, objsubid, privtype, initprivs)
            SELECT oid, 'pg_proc'::regclass, 0, 'i', proacl FROM pg_proc WHERE oid = one.oid
            AND NOT EXISTS (SELECT FROM pg_init_privs i WHERE i.objoid = one.oid AND i.classoid = 'pg_proc'::regclass);
        END LOOP;
    END $$
"""


class TransactionId(UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    _events()
    chance = sa.text("gen_random_uuid()")
    op.add_column("evidence_text", sa.Column("salt", sa.Uuid(), server_default=chance, nullable=False))
    _row_digests()
    for columns in dict.fromkeys(STAMPED.values()):
        _stamp("_".join(columns), "".join(f" NEW.{name} := {VALUES[name]};" for name in columns))
    _stamp("told", TOLD)
    _stamp("annulled", " SELECT a.recorded_at INTO NEW.recorded_at FROM annulment a WHERE a.id = NEW.annulment_id;")
    for table, columns in STAMPED.items():
        _stamped(table, "_".join(columns))
    _stamped("event", "told")
    _stamped("annulled_act", "annulled", when="")
    op.execute(f"ALTER POLICY may_update ON standing_facts USING ({SYSTEM})")
    op.execute(LARGE_OBJECTS)
    for table in (*KEPT, "obligation"):
        op.execute(f"SELECT dondoc_restate('{table}')")


def downgrade() -> None:
    op.execute(f"ALTER POLICY may_update ON standing_facts USING ({NARRATORS} OR {THEIRS})")
    for table in (*KEPT, "obligation"):
        op.execute(f"DROP TRIGGER kept ON {table}")
    for table in (*STAMPED, "event", "annulled_act"):
        op.execute(f"DROP TRIGGER stamped ON {table}")
    for name in ("annulled", "told", *("_".join(columns) for columns in dict.fromkeys(STAMPED.values()))):
        op.execute(f"DROP FUNCTION dondoc_stamp_{name}()")
    for function in ("restate(text)", "tell_of_migration()", "keep()", "digest(text, jsonb)", "row_id(jsonb)"):
        op.execute(f"DROP FUNCTION dondoc_{function}")
    op.drop_table("row_digest")
    op.drop_column("evidence_text", "salt")
    _events_before()


def _events() -> None:
    # What is of the house is of no plan.
    op.execute("ALTER TABLE event DROP CONSTRAINT fk_event_plan_id")
    op.alter_column("event", "occurred_at", server_default=sa.text("clock_timestamp()"))
    # Of those that were told before, nobody says when their transactions began.
    op.add_column("event", sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))
    op.alter_column("event", "began_at", server_default=sa.text("now()"))
    for name in ("salt", "record"):
        op.add_column("sequenced_event", sa.Column(name, sa.LargeBinary(), nullable=True))
    op.execute(
        "ALTER POLICY may_insert ON event WITH CHECK"
        f" ({NARRATORS} OR (obligation_id IS NOT NULL AND {INVOLVED}) OR (plan_id = {NO_PLAN} AND {ROLE} <> ''))"
    )
    op.execute(
        f"ALTER POLICY may_select ON sequenced_event USING ({NARRATORS} OR (plan_id <> {NO_PLAN} AND"
        f" ({ROLE} = 'integrator' OR ({ROLE} = 'reporter' AND (obligation_id IS NULL OR {CONCERNED})))))"
    )


def _events_before() -> None:
    """Let those of the house stay where they are in the one order, and be seen by nobody who would not know them."""
    op.execute(
        f"ALTER POLICY may_select ON sequenced_event USING ({SYSTEM} OR (plan_id <> {NO_PLAN} AND"
        f" ({ROLE} IN ('coordinator', 'integrator')"
        f" OR ({ROLE} = 'reporter' AND (obligation_id IS NULL OR {CONCERNED})))))"
    )
    op.execute(
        f"ALTER POLICY may_insert ON event WITH CHECK ({NARRATORS} OR (obligation_id IS NOT NULL AND {INVOLVED}))"
    )
    for name in ("record", "salt"):
        op.drop_column("sequenced_event", name)
    op.drop_column("event", "began_at")
    op.alter_column("event", "occurred_at", server_default=None)
    op.execute("ALTER TABLE event ADD CONSTRAINT fk_event_plan_id FOREIGN KEY (plan_id) REFERENCES plan (id) NOT VALID")


def _row_digests() -> None:
    op.create_table(
        "row_digest",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after", sa.LargeBinary(), nullable=True),
        sa.Column("xid", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_row_digest"),
    )
    op.create_index("ix_row_digest_transaction", "row_digest", ["xid", "began_at"])
    op.execute("GRANT SELECT ON row_digest TO dondoc_app")
    op.execute("ALTER TABLE row_digest ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_select ON row_digest FOR SELECT TO dondoc_app USING ({SYSTEM})")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON row_digest"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )
    for function, (kind, body) in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION dondoc_{function} RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE RETURN {body}")
    for function in (KEEP, TELL, RESTATE):
        op.execute(function)
    for function in ("keep()", "tell_of_migration()", "restate(text)"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION dondoc_{function} FROM PUBLIC")
    for table in KEPT:
        op.execute(_kept(table, "UPDATE"))
    op.execute(_kept("obligation", f"UPDATE OF {', '.join(OWED)}"))


def _kept(table: str, update: str) -> str:
    return (
        f"CREATE TRIGGER kept AFTER INSERT OR DELETE OR {update} ON {table} FOR EACH ROW EXECUTE FUNCTION dondoc_keep()"
    )


def _stamp(name: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION dondoc_stamp_{name}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp"
        f" AS $$ BEGIN{body} RETURN NEW; END $$"
    )


def _stamped(table: str, name: str, when: str = " WHEN (current_user = 'dondoc_app')") -> None:
    op.execute(
        f"CREATE TRIGGER stamped BEFORE INSERT ON {table} FOR EACH ROW{when} EXECUTE FUNCTION dondoc_stamp_{name}()"
    )
