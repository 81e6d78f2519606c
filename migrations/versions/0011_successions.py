"""Bodies are succeeded by others: proposed, decided, and each obligation passed over by a row of its history.

The second gate follows (see 0008): what a reporter may write on is what its bodies owe now, by the latest transfer, and
what they help with; what it may read is also what came while they owed it, for it may ask where things stood then, and
the application keeps each answer to its instant.  Whoever attached an evidence goes on reading it.  `dondoc_taken`
looks with its owner's rights, since the policy of the transfers asks it; it tells a caller of what has passed to its
own bodies alone.  A duty owed once is one deed over all its cycles, so whoever has taken one of them must find the
others.

Going down forgets the bodies that came after the plan, once nothing refers to them any more.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("succession", "succession_decision", "transfer")

ROLE, BODIES, DUTIES = (f"(SELECT dondoc_{name}())" for name in ("role", "bodies", "duties"))
STANDING, NARRATORS = f"{ROLE} IN ('coordinator', 'integrator', 'system')", f"{ROLE} IN ('coordinator', 'system')"
SYSTEM = f"{ROLE} = 'system'"
OWN, COORDINATED = f"owner_id = ANY ({BODIES}::uuid[])", f"duty_id = ANY ({DUTIES}::uuid[])"
TAKEN = "id = ANY ((SELECT dondoc_taken())::uuid[])"
INVOLVED, OWNED, HELPED = (f"dondoc_{check}(plan_id, obligation_id)" for check in ("is_involved", "owns", "helps"))
OWNED_SINCE = "dondoc_owned_since(plan_id, obligation_id, received_at, recorded_at)"
"""Whoever owned it when the act came, or came to own it later: a predecessor reads nothing of its successor."""
MINE = f"body_id = ANY ({BODIES}::uuid[])"
PUBLIC = f"({ROLE} = 'integrator' AND classification = 'public')"
WORDS, WORDS_BEFORE = f"{NARRATORS} OR {OWNED_SINCE} OR {HELPED}", f"{NARRATORS} OR {INVOLVED}"
ALTERED = {
    **{
        (table, "SELECT"): (WORDS, WORDS_BEFORE)
        for table in (
            *("progress_update", "contribution", "review", "condition_decision"),
            *("extension", "extension_request", "extension_refusal"),
        )
    },
    ("evidence", "SELECT"): (
        f"{NARRATORS} OR {PUBLIC} OR {MINE} OR {OWNED_SINCE} OR ({HELPED} AND classification <> 'restricted')",
        f"{NARRATORS} OR {PUBLIC} OR ({INVOLVED} AND (classification <> 'restricted' OR {MINE} OR {OWNED}))",
    ),
    ("evidence", "INSERT"): (
        f"{NARRATORS} OR ({MINE} AND ({OWNED} OR {HELPED}))",
        f"{NARRATORS} OR ({MINE} AND {INVOLVED})",
    ),
    ("contribution", "INSERT"): (
        f"{SYSTEM} OR ({MINE} AND ({OWNED} OR {HELPED}))",
        f"{SYSTEM} OR ({MINE} AND {INVOLVED})",
    ),
    ("obligation", "SELECT"): (
        f"{STANDING} OR {OWN} OR {COORDINATED} OR {TAKEN}",
        f"{STANDING} OR {OWN} OR {COORDINATED}",
    ),
    ("obligation", "UPDATE"): (
        f"{NARRATORS} OR dondoc_owns(plan_id, id) OR {COORDINATED}",
        f"{NARRATORS} OR {OWN} OR {COORDINATED}",
    ),
}
"""Policies of earlier tables: what they become, and what they were."""
POLICIES = {
    "succession": {"SELECT": "true", "INSERT": NARRATORS},
    "succession_decision": {"SELECT": "true", "INSERT": NARRATORS},
    "transfer": {"SELECT": f"{STANDING} OR {INVOLVED}", "INSERT": NARRATORS},
}
LAST_OWNER = (
    "coalesce((SELECT t.owner_id FROM transfer t WHERE t.plan_id = o.plan_id AND t.obligation_id = o.id"
    " ORDER BY t.received_at DESC, t.recorded_at DESC, t.id DESC LIMIT 1), o.owner_id)"
)
CHECKS = {
    "is_involved": f"o.{OWN} OR o.{COORDINATED} OR o.{TAKEN}",
    "owns": f"{LAST_OWNER} = ANY ({BODIES}::uuid[])",
    "helps": f"o.{COORDINATED}",
}
CHECKS_BEFORE = {"is_involved": f"{OWN} OR {COORDINATED}", "owns": OWN}


def upgrade() -> None:
    op.add_column("body", sa.Column("joined_on", sa.Date(), nullable=True))
    op.execute("GRANT INSERT ON body TO dondoc_app")
    succession()
    decision()
    transfer()
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO dondoc_app")
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )
    gate()


def downgrade() -> None:
    gate_before()
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM client_body USING body WHERE body.id = client_body.body_id AND joined_on IS NOT NULL")
    op.execute(
        """
        DELETE FROM body WHERE joined_on IS NOT NULL
        AND NOT EXISTS (SELECT FROM evidence WHERE evidence.body_id = body.id)
        AND NOT EXISTS (SELECT FROM contribution WHERE contribution.body_id = body.id)
        """
    )
    op.execute("REVOKE INSERT ON body FROM dondoc_app")
    op.drop_column("body", "joined_on")


def gate() -> None:
    """Let what has passed over be seen and written on by whom it has passed to."""
    op.execute(
        """
        CREATE FUNCTION dondoc_taken() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
        SET search_path = public, pg_temp AS $$ SELECT ARRAY(
            SELECT t.obligation_id FROM transfer t WHERE t.owner_id = ANY (dondoc_bodies())
            UNION
            SELECT line.id FROM transfer t
            JOIN obligation o ON o.plan_id = t.plan_id AND o.id = t.obligation_id
            JOIN duty d ON d.plan_id = o.plan_id AND d.id = o.duty_id AND d.recurrence = 'once'
            JOIN obligation line
                ON line.plan_id = o.plan_id AND line.duty_id = o.duty_id AND line.owner_id = o.owner_id
            WHERE t.owner_id = ANY (dondoc_bodies())
        ) $$
        """
    )
    for name, condition in CHECKS.items():
        check(name, condition)
    for table, policies in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in policies.items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )
    op.execute(
        """
        CREATE FUNCTION dondoc_owned_since(plan uuid, asked uuid, received timestamptz, recorded timestamptz)
        RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
        BEGIN RETURN dondoc_owns(plan, asked) OR EXISTS (
            SELECT FROM transfer t JOIN succession s ON s.plan_id = t.plan_id AND s.id = t.succession_id
            WHERE t.plan_id = plan AND t.obligation_id = asked AND s.predecessor_id = ANY (dondoc_bodies())
            AND (t.received_at > received OR t.recorded_at > recorded)
        ); END $$
        """
    )
    for (table, command), (condition, _) in ALTERED.items():
        alter(table, command, condition)
    shown = "id, plan_id, obligation_id, received_at, recorded_at, owner_id, body_id"
    op.execute(f"CREATE VIEW transfer_fact AS SELECT {shown} FROM transfer WHERE {STANDING} OR {INVOLVED}")
    op.execute("GRANT SELECT ON transfer_fact TO dondoc_app")


def gate_before() -> None:
    """Let an obligation be the owner's that the plan names, and nobody else's."""
    for (table, command), (_, condition) in ALTERED.items():
        alter(table, command, condition)
    op.execute("DROP VIEW transfer_fact")
    for name, condition in CHECKS_BEFORE.items():
        check(name, condition)
    op.execute("DROP FUNCTION dondoc_owned_since(uuid, uuid, timestamptz, timestamptz)")
    op.execute("DROP FUNCTION dondoc_helps(uuid, uuid)")
    for table, policies in POLICIES.items():
        for command in policies:
            op.execute(f"DROP POLICY may_{command.lower()} ON {table}")
    op.execute("DROP FUNCTION dondoc_taken()")


def check(name: str, condition: str) -> None:
    """Make a function of an obligation's ids, or make it anew."""
    op.execute(
        f"CREATE OR REPLACE FUNCTION dondoc_{name}(plan uuid, asked uuid) RETURNS boolean LANGUAGE plpgsql STABLE"
        " PARALLEL SAFE SET search_path = public, pg_temp AS $$ BEGIN RETURN EXISTS (SELECT FROM obligation o"
        f" WHERE o.plan_id = plan AND o.id = asked AND ({condition})); END $$"
    )


def alter(table: str, command: str, condition: str) -> None:
    """Give a policy another condition."""
    clause = "WITH CHECK" if command == "INSERT" else "USING"
    op.execute(f"ALTER POLICY may_{command.lower()} ON {table} {clause} ({condition})")


def succession() -> None:
    """Make the table of what is proposed."""
    named = "(successor_code IS NULL) = (successor_name IS NULL)"
    op.create_table(
        "succession",
        *ids("succession"),
        *refers("succession", "predecessor_id", "body"),
        sa.Column("successor_code", sa.String(60), nullable=True),
        sa.Column("successor_name", sa.String(400), nullable=True),
        sa.Column("kind", choice("kind", "merged", "split", "renamed", "dissolved"), nullable=False),
        sa.Column("duties", sa.ARRAY(sa.String(20)), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("act_number", sa.String(60), nullable=True),
        sa.Column("act_title", sa.String(1000), nullable=False),
        sa.Column("act_issued_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(1000), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        recorded_at(),
        sa.CheckConstraint(named, name="ck_succession_successor_is_named"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name="fk_succession_plan_id"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_succession_client_id"),
    )


def decision() -> None:
    """Make the table of what is confirmed or rejected."""
    name = "succession_decision"
    op.create_table(
        name,
        *act(name),
        *refers(name, "succession_id", "succession"),
        sa.Column("outcome", choice("outcome", "confirmed", "rejected"), nullable=False),
        *refers(name, "successor_id", "body", nullable=True),
        sa.Column("reason", sa.String(10000), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'confirmed') = (successor_id IS NOT NULL)", name=f"ck_{name}_confirmed_has_successor"
        ),
        sa.UniqueConstraint("plan_id", "succession_id", name=f"uq_{name}_plan_id_succession_id"),
    )


def transfer() -> None:
    """Make the table of what has passed over."""
    op.create_table(
        "transfer",
        *act("transfer"),
        *refers("transfer", "obligation_id", "obligation"),
        *refers("transfer", "owner_id", "body"),
        *refers("transfer", "body_id", "body"),
        *refers("transfer", "succession_id", "succession"),
        sa.UniqueConstraint(
            "plan_id", "obligation_id", "succession_id", name="uq_transfer_plan_id_obligation_id_succession_id"
        ),
    )
    in_order = ["plan_id", "obligation_id", "received_at", "recorded_at", "id"]
    op.create_index("ix_transfer_history", "transfer", in_order, unique=False)
    op.create_index("ix_transfer_owner", "transfer", ["owner_id"], unique=False)


def act(name: str) -> tuple[SchemaItem, ...]:
    """Spell an act of a client."""
    return (
        *ids(name),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        recorded_at(),
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


def recorded_at() -> SchemaItem:
    """Spell the instant at which the database wrote a row."""
    clock = sa.text("clock_timestamp()")
    return sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=clock, nullable=False)


def choice(name: str, *values: str) -> sa.Enum:
    """Spell a choice as text with a CHECK."""
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
