"""The second gate: row-level security on everything that belongs to an obligation, and on clients.

Each transaction of the application says who calls: `dondoc.role` (a client's role, or `system` for the service's own
duties), `dondoc.client` (its id) and `dondoc.bodies` (the bodies that a reporter may report for).  Whoever says nothing
sees nothing.  The
policies say what `app/domain/access.py` says; a test compares the two.

How a later table joins in: a table with an `obligation_id` gets `ENABLE ROW LEVEL SECURITY` and one policy for each
command that `dondoc_app` is granted, made of `NARRATORS` or `STANDING` and, after an OR, of `INVOLVED` or `OWNED`.  The
cheap arm comes first, so that a coordinator passes by it alone, and is a sub-select, so that it is worked out once a
statement and not once a row.  The other arm is a function and no sub-query: a standing reads ten tables, and planning
ten sub-queries would cost more than it takes to answer.  Also, a sub-query may be hashed: then each row that is written
would ask of every row of the other table whose it is.

A standing is the same whoever asks, so it must count evidence and read reports whose words the asker may not see: the
views `…_fact` show what decides it, and no word, to whoever may read the standing.  They look with their owner's
rights.

The tables' owner passes by: migrations, seeds and the operator's commands act for no caller.  FORCE would only make
them say `system` first, which whoever owns the tables can say as well.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROLE, BODIES, DUTIES = (f"(SELECT dondoc_{name}())" for name in ("role", "bodies", "duties"))
STANDING = f"{ROLE} IN ('coordinator', 'integrator', 'system')"
"""Who reads every standing."""
NARRATORS = f"{ROLE} IN ('coordinator', 'system')"
"""Who reads and writes every word."""
CLIENT_READERS = f"{ROLE} IN ('admin', 'system')"
ADMIN, SYSTEM = f"{ROLE} = 'admin'", f"{ROLE} = 'system'"
OWN = f"owner_id = ANY ({BODIES}::uuid[])"
COORDINATED = f"duty_id = ANY ({DUTIES}::uuid[])"
INVOLVED = "dondoc_is_involved(plan_id, obligation_id)"
"""A reporter whose bodies own or coordinate the row's obligation."""
OWNED = "dondoc_owns(plan_id, obligation_id)"
MINE = f"body_id = ANY ({BODIES}::uuid[])"
PUBLIC = f"({ROLE} = 'integrator' AND classification = 'public')"
CLEARED = f"({INVOLVED} AND (classification <> 'restricted' OR {MINE} OR {OWNED}))"
ITS_OWN = f"{SYSTEM} OR client_id = (SELECT dondoc_client())"
"""What a client has sent and been answered, which holds every word of it."""

DECISIONS = ("review", "extension", "extension_refusal", "condition_decision")
"""What only a coordinator gives."""

POLICIES = {
    "obligation": {
        "SELECT": f"{STANDING} OR {OWN} OR {COORDINATED}",
        "INSERT": NARRATORS,
        "UPDATE": f"{NARRATORS} OR {OWN} OR {COORDINATED}",
    },
    "progress_update": {"SELECT": f"{NARRATORS} OR {INVOLVED}", "INSERT": f"{NARRATORS} OR {OWNED}"},
    "measurement": {
        "SELECT": f"{NARRATORS} OR dondoc_sees_update(plan_id, update_id)",
        "INSERT": f"{NARRATORS} OR dondoc_owns_update(plan_id, update_id)",
    },
    "evidence": {
        "SELECT": f"{NARRATORS} OR {PUBLIC} OR {CLEARED}",
        "INSERT": f"{NARRATORS} OR ({MINE} AND {INVOLVED})",
    },
    "withdrawal": {
        "SELECT": f"{NARRATORS} OR dondoc_sees_evidence(plan_id, evidence_id)",
        "INSERT": f"{NARRATORS} OR dondoc_attached(plan_id, evidence_id)",
    },
    "contribution": {"SELECT": f"{NARRATORS} OR {INVOLVED}", "INSERT": f"{SYSTEM} OR ({MINE} AND {INVOLVED})"},
    "extension_request": {"SELECT": f"{NARRATORS} OR {INVOLVED}", "INSERT": f"{NARRATORS} OR {OWNED}"},
    **{decision: {"SELECT": f"{NARRATORS} OR {INVOLVED}", "INSERT": NARRATORS} for decision in DECISIONS},
    "sealed_standing": {"SELECT": f"{STANDING} OR {INVOLVED}", "INSERT": NARRATORS},
    "client": {"SELECT": CLIENT_READERS, "INSERT": ADMIN, "UPDATE": ADMIN},
    "client_secret": {"SELECT": CLIENT_READERS, "INSERT": ADMIN, "DELETE": ADMIN},
    "client_body": {"SELECT": CLIENT_READERS, "INSERT": ADMIN, "DELETE": ADMIN},
    "idempotency_record": dict.fromkeys(("SELECT", "INSERT", "DELETE"), ITS_OWN),
    "client_reference": dict.fromkeys(("SELECT", "INSERT"), ITS_OWN),
    "revoked_token": dict.fromkeys(("SELECT", "INSERT", "DELETE"), SYSTEM),
}

FACTS = {
    "progress_update": "state, percent",
    "evidence": "",
    "withdrawal": "evidence_id",
    "review": "outcome",
    "extension": "due_before",
    "extension_request": "",
    "extension_refusal": "",
    "condition_decision": "met",
    "contribution": "",
}
"""What of each history decides a standing, beside whose and when."""
FUNCTIONS = {
    "role()": ("text", "current_setting('dondoc.role', true)"),
    "client()": ("uuid", "nullif(current_setting('dondoc.client', true), '')::uuid"),
    "bodies()": (
        "uuid[]",
        "CASE WHEN dondoc_role() = 'reporter'"
        " THEN coalesce(nullif(current_setting('dondoc.bodies', true), ''), '{}')::uuid[] ELSE '{}' END",
    ),
    "duties()": ("uuid[]", "ARRAY(SELECT p.duty_id FROM duty_partner p WHERE p.body_id = ANY (dondoc_bodies()))"),
}
CHECKS = {
    "is_involved": ("obligation", f"{OWN} OR {COORDINATED}"),
    "owns": ("obligation", OWN),
    "sees_update": ("progress_update", "true"),
    "owns_update": ("progress_update", "dondoc_owns(o.plan_id, o.obligation_id)"),
    "sees_evidence": ("evidence", "true"),
    "attached": ("evidence", MINE),
}
"""Functions of a row's ids, in PL/pgSQL, which plans them once a connection; the policies of its table hold in them."""


def upgrade() -> None:
    _add_to_clients()
    for name, (kind, body) in FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION dondoc_{name} RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE RETURN {body}")
    for name, (table, condition) in CHECKS.items():
        op.execute(
            f"CREATE FUNCTION dondoc_{name}(plan uuid, asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE"
            f" PARALLEL SAFE SET search_path = public, pg_temp AS $$ BEGIN RETURN EXISTS (SELECT FROM {table} o"
            f" WHERE o.plan_id = plan AND o.id = asked AND ({condition})); END $$"
        )
    for table, policies in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in policies.items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )
    for table, columns in FACTS.items():
        shown = ", ".join(filter(None, ("id, plan_id, obligation_id, received_at, recorded_at", columns)))
        op.execute(f"CREATE VIEW {table}_fact AS SELECT {shown} FROM {table} WHERE {STANDING} OR {INVOLVED}")
        op.execute(f"GRANT SELECT ON {table}_fact TO dondoc_app")
    op.execute(
        "CREATE VIEW measurement_fact AS SELECT m.id, m.plan_id, m.update_id, m.target_id, m.value FROM measurement m"
        f" JOIN progress_update u ON u.plan_id = m.plan_id AND u.id = m.update_id WHERE {STANDING} OR"
        " dondoc_is_involved(u.plan_id, u.obligation_id)"
    )
    op.execute("GRANT SELECT ON measurement_fact TO dondoc_app")
    # How large a plan is, is no secret: it shows in the plan itself.
    op.execute("CREATE VIEW plan_size AS SELECT plan_id, count(*) AS obligations FROM obligation GROUP BY plan_id")
    op.execute("GRANT SELECT ON plan_size TO dondoc_app")


def _add_to_clients() -> None:
    op.add_column("client", sa.Column("scopes", sa.ARRAY(sa.String(60)), nullable=True))
    op.add_column("client", sa.Column("issuer", sa.String(300), nullable=True))
    op.add_column("client", sa.Column("subject", sa.String(255), nullable=True))
    op.add_column("client", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("client", "version", server_default=None)
    op.create_unique_constraint(op.f("uq_client_issuer_subject"), "client", ["issuer", "subject"])
    op.create_check_constraint(op.f("ck_client_subject_of_issuer"), "client", "(issuer IS NULL) = (subject IS NULL)")
    op.add_column("client_secret", sa.Column("slot", sa.Integer(), server_default="1", nullable=False))
    op.alter_column("client_secret", "slot", server_default=None)
    op.execute(
        "UPDATE client_secret s SET slot = n.slot FROM (SELECT id, row_number() OVER (PARTITION BY client_id ORDER BY"
        " created_at, id) AS slot FROM client_secret) n WHERE n.id = s.id"
    )
    op.create_check_constraint(op.f("ck_client_secret_two"), "client_secret", "slot BETWEEN 1 AND 2")
    op.create_unique_constraint(op.f("uq_client_secret_client_id_slot"), "client_secret", ["client_id", "slot"])
    op.drop_index(op.f("ix_client_secret_client_id"), table_name="client_secret")
    op.create_index("ix_duty_partner_body", "duty_partner", ["body_id"])
    op.create_table(
        "revoked_token",
        sa.Column("jti", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_revoked_token")),
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON revoked_token TO dondoc_app")
    op.execute("GRANT INSERT, UPDATE (name, scopes, issuer, subject, disabled_at, version) ON client TO dondoc_app")
    op.execute("GRANT INSERT, DELETE ON client_secret, client_body TO dondoc_app")


def downgrade() -> None:
    op.execute("DROP VIEW plan_size")
    for table in (*FACTS, "measurement"):
        op.execute(f"DROP VIEW {table}_fact")
    for table, policies in POLICIES.items():
        for command in policies:
            op.execute(f"DROP POLICY may_{command.lower()} ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for name in CHECKS:
        op.execute(f"DROP FUNCTION dondoc_{name}(uuid, uuid)")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION dondoc_{name}")
    _take_from_clients()


def _take_from_clients() -> None:
    op.execute("REVOKE INSERT, DELETE ON client_secret, client_body FROM dondoc_app")
    op.execute("REVOKE INSERT, UPDATE (name, scopes, issuer, subject, disabled_at, version) ON client FROM dondoc_app")
    op.drop_table("revoked_token")
    op.drop_index("ix_duty_partner_body", table_name="duty_partner")
    op.create_index(op.f("ix_client_secret_client_id"), "client_secret", ["client_id"])
    op.drop_constraint(op.f("uq_client_secret_client_id_slot"), "client_secret")
    op.drop_column("client_secret", "slot")
    op.drop_constraint(op.f("uq_client_issuer_subject"), "client")
    for column in ("version", "subject", "issuer", "scopes"):
        op.drop_column("client", column)
