"""The facts of each obligation, stored; the database says itself when they stand no longer.

Every obligation has a row, made with it.  Its facts are filled by the service, by the expression that answers from the
histories, which a script cannot know; until then the row says that it never stands, and the histories are asked.

Whatever leaves a row in a history, by whichever way, makes the facts stand no more: of its obligation and, of a duty
owed once, of those in the other cycles, since the deed is one.  The rows are held from then on, so that acts on them
follow each other, and the last one stores what all of them amount to.  What a plan says of a duty, a cycle or a target
changes when it is seeded anew; then nothing of the plan stands.  The functions act with their owner's rights: whoever
may leave an act must not be able to leave stored facts beside it.

The second gate (see 0008): who reads an obligation reads its facts; who can act on one stores what its history says.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HISTORIES = (
    *("progress_update", "evidence", "evidence_content", "withdrawal", "erasure", "review", "contribution"),
    *("extension", "extension_request", "extension_refusal", "condition_decision", "transfer"),
)
ACTED_ON = {
    **dict.fromkeys(HISTORIES, ("act", "SELECT plan_id, obligation_id AS id FROM acts")),
    "measurement": (
        "measurement",
        "SELECT u.plan_id, u.obligation_id AS id FROM acts a"
        " JOIN progress_update u ON u.plan_id = a.plan_id AND u.id = a.update_id",
    ),
    "cycle_deadline": (
        "deadline",
        "SELECT o.plan_id, o.id FROM acts a JOIN obligation o ON o.plan_id = a.plan_id AND o.cycle_id = a.cycle_id",
    ),
}
"""Each table of acts: the name of its function, and which obligations its acts are on."""
SAID_BY_PLAN = {
    "plan": "UPDATE OF time_zone",
    "cycle": "UPDATE OF starts_on, opened_at, due_before",
    "duty": "UPDATE OF recurrence",
    "target": "INSERT OR UPDATE OR DELETE",
}
PLAN_OF = {"plan": "NEW.id", "target": "coalesce(NEW.plan_id, OLD.plan_id)"}
COPIED = ("cycle_id", "duty_id", "owner_id", "position", "force")
NEVER = "'infinity'"

ROLE, BODIES, DUTIES = (f"(SELECT dondoc_{name}())" for name in ("role", "bodies", "duties"))
STANDING, NARRATORS = f"{ROLE} IN ('coordinator', 'integrator', 'system')", f"{ROLE} IN ('coordinator', 'system')"
THEIRS = (
    f"planned_owner_id = ANY ({BODIES}::uuid[]) OR duty_id = ANY ({DUTIES}::uuid[])"
    " OR id = ANY ((SELECT dondoc_taken())::uuid[])"
)
FACTS = (
    *("owner_id", "body_id", "due_before", "latest_state", "claim_state", "awaiting_review", "condition_met"),
    *("claim_percent", "claim_received_at", "review_outcome", "review_received_at", "updated_at", "evidence_count"),
    *("done_since", "proven_since", "unmet_targets", "completed_at", "owed", "is_open"),
    *("settled_from", "settled_until", "known_from"),
)


def upgrade() -> None:
    _table()
    op.execute(_made("obligation"))
    _function("facts_made", _made("made") + "; RETURN NULL;")
    _after("obligation", "facts_made", "INSERT", "STATEMENT", "REFERENCING NEW TABLE AS made")
    for name, acted_on in dict(ACTED_ON.values()).items():
        _function(f"facts_of_{name}", _unsettle(acted_on))
    for table, (name, _) in ACTED_ON.items():
        _after(table, f"facts_of_{name}", "INSERT", "STATEMENT", "REFERENCING NEW TABLE AS acts")
    for table, events in SAID_BY_PLAN.items():
        _function(f"facts_by_{table}", _unsettle_plan(PLAN_OF.get(table, "NEW.plan_id")) + " RETURN NULL;")
        _after(table, f"facts_by_{table}", events, "ROW")
    copied = ", ".join(f"{'planned_' * (name == 'owner_id')}{name} = NEW.{name}" for name in COPIED)
    altered = f"UPDATE standing_facts SET {copied} WHERE id = NEW.id AND plan_id = NEW.plan_id;"
    _function("facts_by_obligation", f"{altered} {_unsettle_plan('NEW.plan_id')} RETURN NULL;")
    _after("obligation", "facts_by_obligation", f"UPDATE OF {', '.join((*COPIED, 'body_id', 'due_before'))}", "ROW")
    _gate()


def downgrade() -> None:
    for table, (name, _) in ACTED_ON.items():
        op.execute(f"DROP TRIGGER facts_of_{name} ON {table}")
    for table in (*SAID_BY_PLAN, "obligation"):
        op.execute(f"DROP TRIGGER facts_by_{table} ON {table}")
        op.execute(f"DROP FUNCTION dondoc_facts_by_{table}()")
    op.execute("DROP TRIGGER facts_made ON obligation")
    for name in ("made", *(f"of_{name}" for name in dict(ACTED_ON.values()))):
        op.execute(f"DROP FUNCTION dondoc_facts_{name}()")
    op.drop_table("standing_facts")


def _table() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "standing_facts",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "plan_id")),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("cycle_id", "duty_id", "planned_owner_id")),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("force", sa.String(24), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("owner_id", "body_id")),
        sa.Column("due_before", instant, nullable=True),
        *(sa.Column(name, sa.String(24), nullable=True) for name in ("latest_state", "claim_state")),
        *(sa.Column(name, sa.Boolean(), nullable=True) for name in ("awaiting_review", "condition_met")),
        sa.Column("claim_percent", sa.Integer(), nullable=True),
        sa.Column("claim_received_at", instant, nullable=True),
        sa.Column("review_outcome", sa.String(24), nullable=True),
        *(sa.Column(name, instant, nullable=True) for name in ("review_received_at", "updated_at")),
        sa.Column("evidence_count", sa.Integer(), nullable=True),
        *(sa.Column(name, instant, nullable=True) for name in ("done_since", "proven_since")),
        sa.Column("unmet_targets", sa.ARRAY(sa.String(30)), nullable=True),
        sa.Column("completed_at", instant, nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=True) for name in ("owed", "is_open")),
        *(sa.Column(name, instant, nullable=False) for name in ("settled_from", "settled_until", "known_from")),
        sa.ForeignKeyConstraint(
            ["id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=op.f("fk_standing_facts_id_plan_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_standing_facts")),
    )
    by_deadline, is_open = ["due_before", "position", "id"], sa.text("is_open")
    for name, columns, where in (
        ("due", ["plan_id", *by_deadline], None),
        ("due_anywhere", by_deadline, None),
        ("open", ["plan_id", *by_deadline], is_open),
        ("open_anywhere", by_deadline, is_open),
        ("plan_settled_from", ["plan_id", "settled_from"], None),
        ("settled_from", ["settled_from"], None),
        ("settled_until", ["settled_until"], None),
        ("known_from", ["known_from"], None),
    ):
        op.create_index(f"ix_standing_facts_{name}", "standing_facts", columns, postgresql_where=where)


def _made(source: str) -> str:
    ends = ("settled_from", "settled_until", "known_from")
    into = ", ".join(("id", "plan_id", *(f"{'planned_' * (name == 'owner_id')}{name}" for name in COPIED), *ends))
    values = ", ".join(("id", "plan_id", *COPIED, *(NEVER for _ in ends)))
    return f"INSERT INTO standing_facts ({into}) SELECT {values} FROM {source}"


def _unsettle(acted_on: str) -> str:
    return f"""
        WITH kin AS (
            SELECT DISTINCT line.id FROM ({acted_on}) act
            JOIN obligation o ON o.plan_id = act.plan_id AND o.id = act.id
            JOIN duty d ON d.plan_id = o.plan_id AND d.id = o.duty_id
            JOIN obligation line
                ON line.plan_id = o.plan_id AND line.duty_id = o.duty_id AND line.owner_id = o.owner_id
            WHERE line.id = o.id OR d.recurrence = 'once'
        )
        SELECT array_agg(id ORDER BY id) INTO touched FROM kin;
        PERFORM FROM standing_facts WHERE id = ANY (touched) ORDER BY id FOR UPDATE;
        UPDATE standing_facts SET settled_from = {NEVER} WHERE id = ANY (touched) AND settled_from < {NEVER};
        RETURN NULL;
    """


def _unsettle_plan(plan_id: str) -> str:
    return f"UPDATE standing_facts SET settled_from = {NEVER} WHERE plan_id = {plan_id} AND settled_from < {NEVER};"


def _function(name: str, body: str) -> None:
    op.execute(
        f"CREATE FUNCTION dondoc_{name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ DECLARE touched uuid[]; BEGIN {body} END $$"
    )
    op.execute(f"REVOKE EXECUTE ON FUNCTION dondoc_{name}() FROM PUBLIC")


def _after(table: str, function: str, events: str, each: str, referencing: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {function} AFTER {events} ON {table} {referencing} FOR EACH {each}"
        f" EXECUTE FUNCTION dondoc_{function}()"
    )


def _gate() -> None:
    op.execute("GRANT SELECT ON standing_facts TO dondoc_app")
    op.execute(f"GRANT UPDATE ({', '.join(FACTS)}) ON standing_facts TO dondoc_app")
    op.execute("ALTER TABLE standing_facts ENABLE ROW LEVEL SECURITY")
    for command, everyone in (("SELECT", STANDING), ("UPDATE", NARRATORS)):
        op.execute(
            f"CREATE POLICY may_{command.lower()} ON standing_facts FOR {command} TO dondoc_app"
            f" USING ({everyone} OR {THEIRS})"
        )
