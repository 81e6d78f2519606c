"""Bodies change: successions to many and to nobody, members of open classes, partners whose places pass.

A confirmed succession has parts, one for each successor, or one without a successor when the body ends; until now it
had one successor.  A transfer may say that nobody owes an obligation from then on (`ends`): whose it was it stays.

An obligation of a duty owed once that is opened for a successor belongs to the lines of the bodies that it follows
(`lines`); where that column is empty it belongs to the line of its owner alone, as all did before.

The second gate (see 0008): a successor reads what its predecessors did in the duties that it took over, and goes on to
write only on what it owns; a partner's place is that of whoever succeeds it in all, and of the members of a class.
`dondoc_followed` and `dondoc_places` say so, going back from the bodies that ask; for nearly all of them they find
nothing to go back to.

Bodies and obligations that stood in the plan before this migration were always known; bodies that joined it were known
since the decision that made them join.  What is opened once a succession is confirmed is opened for the successors, and
nothing of it passes over by that succession any more.

Going down keeps of each confirmed succession the first successor, and forgets those to nobody, members and partners
that were named later.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0020"
down_revision = "0019"
version_before_stops = "It passes on obligations without the lines to which they belong."
branch_labels = None
depends_on = None

NARRATORS = "(SELECT dondoc_role()) IN ('coordinator', 'system')"
STANDING = "(SELECT dondoc_role()) IN ('coordinator', 'integrator', 'system')"
INVOLVED = "dondoc_is_involved(plan_id, obligation_id)"
TABLES = ("succession_part", "membership", "membership_ending", "partner_naming")
"""Tables of acts on a plan: everybody may read who owes what, and a coordinator decides it."""

SAME_LINE = "coalesce(line.lines, ARRAY[line.owner_id]) && coalesce(o.lines, ARRAY[o.owner_id])"
SAME_OWNER = "line.owner_id = o.owner_id"

CONFIRMED = """
    CREATE VIEW confirmed_part AS
    SELECT s.plan_id, s.id AS succession_id, p.position, s.predecessor_id, p.successor_id, s.effective_on, p.duties,
        p.whole
    FROM succession s
    JOIN succession_part p ON p.plan_id = s.plan_id AND p.succession_id = s.id
    JOIN succession_decision d ON d.plan_id = s.plan_id AND d.succession_id = s.id
    WHERE coalesce((
        SELECT a.counts FROM annulled_act a WHERE a.plan_id = d.plan_id AND a.act_id = d.id
        ORDER BY a.recorded_at DESC, a.id DESC LIMIT 1
    ), true)
"""
"""The parts of confirmed successions that no annulment has taken back."""
SUCCEEDED = """
    CREATE VIEW succeeded_duty AS
    SELECT p.plan_id, p.succession_id, p.position, p.predecessor_id, p.successor_id, p.effective_on,
        d.id AS duty_id, d.code AS duty_code, p.whole
    FROM confirmed_part p
    JOIN duty d ON d.plan_id = p.plan_id AND CASE
        WHEN p.duties IS NOT NULL THEN d.code = ANY (p.duties)
        ELSE NOT EXISTS (
            SELECT FROM confirmed_part other WHERE other.plan_id = p.plan_id
            AND other.predecessor_id = p.predecessor_id AND other.succession_id <> p.succession_id
            AND d.code = ANY (other.duties)
        )
    END
"""
"""Who takes over which duties of whom; a part without duties is for what no other succession of the body names."""
FOLLOWED = """
    CREATE FUNCTION dondoc_followed(bodies uuid[])
    RETURNS TABLE (plan_id uuid, duty_id uuid, body_id uuid) LANGUAGE sql STABLE PARALLEL SAFE AS $$
        WITH RECURSIVE chain AS (
            SELECT s.plan_id, s.duty_id, s.predecessor_id AS body_id, s.effective_on
            FROM succeeded_duty s WHERE s.successor_id = ANY (bodies)
            UNION
            SELECT s.plan_id, s.duty_id, s.predecessor_id, s.effective_on
            FROM chain c JOIN succeeded_duty s
                ON s.plan_id = c.plan_id AND s.duty_id = c.duty_id AND s.successor_id = c.body_id
            WHERE s.effective_on <= c.effective_on
        )
        SELECT DISTINCT c.plan_id, c.duty_id, c.body_id FROM chain c
    $$
"""
PLACES = """
    CREATE FUNCTION dondoc_places(bodies uuid[]) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
        WITH RECURSIVE whole AS (
            SELECT p.plan_id, p.predecessor_id, p.successor_id, p.effective_on FROM confirmed_part p WHERE p.whole
        ), held AS (
            SELECT b.id AS body_id, 'infinity'::date AS until FROM unnest(bodies) b(id)
            UNION
            SELECT w.predecessor_id, w.effective_on FROM held h JOIN whole w ON w.successor_id = h.body_id
            WHERE w.effective_on <= h.until AND NOT EXISTS (
                SELECT FROM whole g WHERE g.predecessor_id = h.body_id
                AND g.effective_on >= w.effective_on AND g.effective_on < h.until
            )
        ), standing AS (
            SELECT DISTINCT h.body_id FROM held h WHERE NOT EXISTS (
                SELECT FROM whole g WHERE g.predecessor_id = h.body_id AND g.effective_on < h.until
            )
        ), today AS (
            SELECT m.class_id FROM standing s JOIN membership m ON m.member_id = s.body_id
            JOIN plan p ON p.id = m.plan_id
            WHERE m.from_on <= (clock_timestamp() AT TIME ZONE p.time_zone)::date AND NOT EXISTS (
                SELECT FROM membership_ending e WHERE e.plan_id = m.plan_id AND e.membership_id = m.id
                AND e.until_on < (clock_timestamp() AT TIME ZONE p.time_zone)::date
            )
        )
        SELECT coalesce(array_agg(found.id), '{}') FROM (
            SELECT body_id AS id FROM standing UNION SELECT class_id FROM today
        ) found
    $$
"""
DUTIES = """
    CREATE OR REPLACE FUNCTION dondoc_duties() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN dondoc_role() <> 'reporter' THEN '{}'::uuid[] ELSE ARRAY(
        SELECT p.duty_id FROM duty_partner p WHERE p.body_id = ANY ((SELECT dondoc_places(dondoc_bodies()))::uuid[])
        UNION
        SELECT n.duty_id FROM partner_naming n WHERE n.body_id = ANY ((SELECT dondoc_places(dondoc_bodies()))::uuid[])
    ) END
"""
DUTIES_BEFORE = """
    CREATE OR REPLACE FUNCTION dondoc_duties() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN ARRAY(SELECT p.duty_id FROM duty_partner p WHERE p.body_id = ANY (dondoc_bodies()))
"""
TAKEN = """
    CREATE OR REPLACE FUNCTION dondoc_taken() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
        WITH mine AS (
            SELECT t.obligation_id AS id FROM transfer t WHERE t.owner_id = ANY (dondoc_bodies())
            UNION
            SELECT o.id FROM dondoc_followed(dondoc_bodies()) f
            JOIN obligation o ON o.plan_id = f.plan_id AND o.duty_id = f.duty_id AND o.owner_id = f.body_id
            UNION
            SELECT t.obligation_id FROM dondoc_followed(dondoc_bodies()) f
            JOIN transfer t ON t.plan_id = f.plan_id AND t.owner_id = f.body_id
            JOIN obligation o ON o.plan_id = t.plan_id AND o.id = t.obligation_id AND o.duty_id = f.duty_id
            UNION
            SELECT o.id FROM obligation o WHERE o.lines && dondoc_bodies()
            UNION
            SELECT o.id FROM obligation o WHERE o.owner_id = ANY (dondoc_bodies()) AND o.lines IS NOT NULL
        )
        SELECT ARRAY(
            SELECT id FROM mine
            UNION
            SELECT line.id FROM mine
            JOIN obligation o ON o.id = mine.id
            JOIN duty d ON d.plan_id = o.plan_id AND d.id = o.duty_id AND d.recurrence = 'once'
            JOIN obligation line ON line.plan_id = o.plan_id AND line.duty_id = o.duty_id AND {same_line}
        )
    $$
"""
TAKEN_BEFORE = """
    CREATE OR REPLACE FUNCTION dondoc_taken() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER
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
OWNED_SINCE = """
    CREATE OR REPLACE FUNCTION dondoc_owned_since(
        plan uuid, asked uuid, received timestamptz, recorded timestamptz
    ) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    DECLARE mine uuid[];
    BEGIN
        IF dondoc_owns(plan, asked) THEN RETURN true; END IF;
        SELECT array_agg(f.body_id) INTO mine FROM dondoc_followed(dondoc_bodies()) f
        JOIN obligation o ON o.plan_id = f.plan_id AND o.duty_id = f.duty_id
        WHERE o.plan_id = plan AND o.id = asked;
        RETURN EXISTS (
            SELECT FROM obligation o WHERE o.plan_id = plan AND o.id = asked AND coalesce(
                (SELECT t.owner_id FROM transfer t WHERE t.plan_id = o.plan_id AND t.obligation_id = o.id
                 AND coalesce((
                     SELECT a.counts FROM annulled_act a WHERE a.plan_id = t.plan_id AND a.act_id = t.id
                     ORDER BY a.recorded_at DESC, a.id DESC LIMIT 1
                 ), true)
                 ORDER BY t.received_at DESC, t.recorded_at DESC, t.id DESC LIMIT 1), o.owner_id
            ) = ANY (mine)
        ) OR EXISTS (
            SELECT FROM transfer t JOIN succession s ON s.plan_id = t.plan_id AND s.id = t.succession_id
            WHERE t.plan_id = plan AND t.obligation_id = asked
            AND s.predecessor_id = ANY (coalesce(mine, '{}') || dondoc_bodies())
            AND (t.received_at > received OR t.recorded_at > recorded)
        );
    END $$
"""
OWNED_SINCE_BEFORE = """
    CREATE OR REPLACE FUNCTION dondoc_owned_since(
        plan uuid, asked uuid, received timestamptz, recorded timestamptz
    ) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
    BEGIN RETURN dondoc_owns(plan, asked) OR EXISTS (
        SELECT FROM transfer t JOIN succession s ON s.plan_id = t.plan_id AND s.id = t.succession_id
        WHERE t.plan_id = plan AND t.obligation_id = asked AND s.predecessor_id = ANY (dondoc_bodies())
        AND (t.received_at > received OR t.recorded_at > recorded)
    ); END $$
"""
TRANSFERS = "id, plan_id, obligation_id, received_at, recorded_at, owner_id, body_id"


def upgrade() -> None:
    op.add_column("obligation", sa.Column("lines", sa.ARRAY(sa.Uuid()), nullable=True))
    _recorded("obligation")
    op.create_index(
        "ix_obligation_lines",
        "obligation",
        ["lines"],
        postgresql_using="gin",
        postgresql_where=sa.text("lines IS NOT NULL"),
    )
    op.add_column("transfer", sa.Column("ends", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("standing_facts", sa.Column("ended_by", sa.Uuid(), nullable=True))
    op.execute("GRANT UPDATE (ended_by) ON standing_facts TO dondoc_app")
    _bodies()
    _successions()
    _members_and_partners()
    for table in TABLES:
        _append_only(table)
    _learn(SAME_OWNER, SAME_LINE)
    for view in (CONFIRMED, SUCCEEDED):
        op.execute(view)
    op.execute("GRANT SELECT ON succeeded_duty, confirmed_part TO dondoc_app")
    for function in (FOLLOWED, PLACES, DUTIES, TAKEN.format(same_line=SAME_LINE), OWNED_SINCE):
        op.execute(function)
    op.execute(
        f"CREATE OR REPLACE VIEW transfer_fact AS SELECT {TRANSFERS}, ends, succession_id FROM transfer"
        f" WHERE {STANDING} OR {INVOLVED}"
    )
    # Whatever was stored was worked out without what is new.
    op.execute("UPDATE standing_facts SET settled_from = 'infinity' WHERE settled_from < 'infinity'")


def downgrade() -> None:
    op.execute("DROP VIEW transfer_fact")
    op.execute(f"CREATE VIEW transfer_fact AS SELECT {TRANSFERS} FROM transfer WHERE {STANDING} OR {INVOLVED}")
    op.execute("GRANT SELECT ON transfer_fact TO dondoc_app")
    for function in (DUTIES_BEFORE, TAKEN_BEFORE, OWNED_SINCE_BEFORE):
        op.execute(function)
    _learn(SAME_LINE, SAME_OWNER)
    op.execute("DROP FUNCTION dondoc_places(uuid[])")
    op.execute("DROP FUNCTION dondoc_followed(uuid[])")
    op.execute("DROP VIEW succeeded_duty")
    op.execute("DROP VIEW confirmed_part")
    _successions_before()
    _partners_before()
    for table in reversed(TABLES):
        op.drop_table(table)
    for table, column in (
        *(("body", "recorded_at"), ("body", "others"), ("standing_facts", "ended_by")),
        *(("transfer", "ends"), ("obligation", "recorded_at"), ("obligation", "lines")),
    ):
        op.drop_column(table, column)


def _bodies() -> None:
    op.add_column("body", sa.Column("others", sa.Boolean(), server_default=sa.false(), nullable=False))
    _recorded("body")
    op.execute(
        "UPDATE body b SET recorded_at = d.recorded_at FROM (SELECT successor_id, min(recorded_at) AS recorded_at"
        " FROM succession_decision GROUP BY successor_id) d WHERE d.successor_id = b.id AND b.joined_on IS NOT NULL"
    )


def _recorded(table: str) -> None:
    """Let rows say since when they have been known; those that are there were always."""
    ever, clock = sa.text("'-infinity'"), sa.text("clock_timestamp()")
    op.add_column(table, sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=ever, nullable=False))
    op.alter_column(table, "recorded_at", server_default=clock)


def _successions() -> None:
    name = "succession_part"
    op.create_table(
        name,
        *_ids(name),
        *_refers(name, "succession_id", "succession"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_refers(name, "successor_id", "body", nullable=True),
        sa.Column("duties", sa.ARRAY(sa.String(20)), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("plan_id", "succession_id", "position", name=f"uq_{name}_plan_id_succession_id_position"),
    )
    op.create_index("ix_succession_part_successor", name, ["successor_id"])
    op.execute(
        "INSERT INTO succession_part (id, plan_id, succession_id, position, successor_id, duties, whole)"
        " SELECT d.id, d.plan_id, d.succession_id, 1, d.successor_id, s.duties, s.duties IS NULL"
        " FROM succession_decision d JOIN succession s ON s.plan_id = d.plan_id AND s.id = d.succession_id"
        " WHERE d.outcome = 'confirmed'"
    )
    op.drop_constraint("ck_succession_decision_confirmed_has_successor", "succession_decision")
    op.drop_constraint("fk_succession_decision_successor_id_plan_id", "succession_decision")
    op.drop_column("succession_decision", "successor_id")
    json, named = sa.dialects.postgresql.JSONB(), "jsonb_build_object('code', successor_code, 'name', successor_name)"
    op.add_column("succession", sa.Column("successors", json, server_default="[]", nullable=False))
    op.add_column("succession", sa.Column("ends", sa.Boolean(), server_default=sa.false(), nullable=False))
    with _history_open("succession"):
        op.execute(
            f"UPDATE succession SET successors = jsonb_build_array({named} || '{{\"duties\": null}}')"
            " WHERE successor_code IS NOT NULL"
        )
    op.drop_constraint("ck_succession_successor_is_named", "succession")
    op.drop_column("succession", "successor_code")
    op.drop_column("succession", "successor_name")


def _successions_before() -> None:
    for column, length in (("successor_code", 60), ("successor_name", 400)):
        op.add_column("succession", sa.Column(column, sa.String(length), nullable=True))
    op.add_column("succession_decision", sa.Column("successor_id", sa.Uuid(), nullable=True))
    with _history_open("succession", "succession_decision", "transfer"):
        op.execute(
            "UPDATE succession SET successor_code = successors->0->>'code', successor_name = successors->0->>'name'"
        )
        op.execute("DELETE FROM transfer WHERE ends")
        op.execute(
            "UPDATE succession_decision d SET successor_id = (SELECT p.successor_id FROM succession_part p"
            " WHERE p.plan_id = d.plan_id AND p.succession_id = d.succession_id ORDER BY p.position LIMIT 1)"
        )
        op.execute("DELETE FROM succession_decision WHERE outcome = 'confirmed' AND successor_id IS NULL")
    op.drop_column("succession", "ends")
    op.drop_column("succession", "successors")
    op.create_check_constraint(
        "ck_succession_successor_is_named", "succession", "(successor_code IS NULL) = (successor_name IS NULL)"
    )
    op.create_foreign_key(
        *("fk_succession_decision_successor_id_plan_id", "succession_decision", "body"),
        *(["successor_id", "plan_id"], ["id", "plan_id"]),
    )
    op.create_check_constraint(
        "ck_succession_decision_confirmed_has_successor",
        "succession_decision",
        "(outcome = 'confirmed') = (successor_id IS NOT NULL)",
    )


def _members_and_partners() -> None:
    op.create_table(
        "membership",
        *_act("membership"),
        *_refers("membership", "class_id", "body"),
        *_refers("membership", "member_id", "body"),
        sa.Column("from_on", sa.Date(), nullable=False),
        *_letter(),
    )
    op.create_index("ix_membership_member", "membership", ["member_id"])
    op.create_table(
        "membership_ending",
        *_act("membership_ending"),
        *_refers("membership_ending", "membership_id", "membership"),
        sa.Column("until_on", sa.Date(), nullable=False),
        *_letter(),
        sa.UniqueConstraint("plan_id", "membership_id", name="uq_membership_ending_plan_id_membership_id"),
    )
    op.create_table(
        "partner_naming",
        *_act("partner_naming"),
        *_refers("partner_naming", "duty_id", "duty"),
        *_refers("partner_naming", "body_id", "body"),
        *_letter(),
        sa.UniqueConstraint("plan_id", "duty_id", "body_id", name="uq_partner_naming_plan_id_duty_id_body_id"),
    )
    op.create_index("ix_partner_naming_body", "partner_naming", ["body_id"])
    op.drop_constraint("ck_duty_partner_body_or_name", "duty_partner")
    op.create_check_constraint(
        "ck_duty_partner_body_or_name", "duty_partner", "body_id IS NOT NULL OR named_as IS NOT NULL"
    )
    op.add_column("duty_partner", sa.Column("open", sa.Boolean(), server_default=sa.false(), nullable=False))


def _partners_before() -> None:
    op.drop_column("duty_partner", "open")
    op.drop_constraint("ck_duty_partner_body_or_name", "duty_partner")
    op.execute("UPDATE duty_partner SET named_as = NULL WHERE body_id IS NOT NULL")
    op.create_check_constraint(
        "ck_duty_partner_body_or_name", "duty_partner", "(body_id IS NULL) <> (named_as IS NULL)"
    )


def _learn(known: str, instead: str) -> None:
    """Let the functions that say of which obligations the facts stand no more look for a line otherwise."""
    op.execute(
        f"""
        DO $do$ DECLARE one record; BEGIN
            FOR one IN SELECT pg_get_functiondef(oid) AS said FROM pg_proc
                WHERE proname LIKE 'dondoc\\_facts\\_of\\_%' AND strpos(prosrc, $w${known}$w$) > 0
            LOOP EXECUTE replace(one.said, $w${known}$w$, $w${instead}$w$); END LOOP;
        END $do$
        """
    )


class _history_open:  # noqa: N801  It is used like a function.
    """Let a migration change tables of history, which nobody else can."""

    def __init__(self, *tables: str) -> None:
        self._tables = tables

    def __enter__(self) -> None:
        for table in self._tables:
            op.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")

    def __exit__(self, *_: object) -> None:
        for table in self._tables:
            op.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def _append_only(table: str) -> None:
    op.execute(f"GRANT SELECT, INSERT ON {table} TO dondoc_app")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_select ON {table} FOR SELECT TO dondoc_app USING (true)")
    op.execute(f"CREATE POLICY may_insert ON {table} FOR INSERT TO dondoc_app WITH CHECK ({NARRATORS})")


def _act(name: str) -> tuple[SchemaItem, ...]:
    """Spell an act of a client."""
    clock = sa.text("clock_timestamp()")
    return (
        *_ids(name),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=clock, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
    )


def _letter() -> tuple[SchemaItem, ...]:
    """Spell the letter by which something was decided."""
    return (
        sa.Column("document_number", sa.String(60), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(10000), nullable=False),
    )


def _ids(name: str) -> tuple[SchemaItem, ...]:
    """Spell the key of a row of a plan."""
    columns = (sa.Column("id", sa.Uuid(), nullable=False), sa.Column("plan_id", sa.Uuid(), nullable=False))
    return *columns, sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}")


def _refers(table: str, column: str, to: str, *, nullable: bool = False) -> tuple[SchemaItem, ...]:
    """Spell a reference inside the same plan."""
    reference = sa.ForeignKeyConstraint(
        [column, "plan_id"], [f"{to}.id", f"{to}.plan_id"], name=f"fk_{table}_{column}_plan_id"
    )
    return sa.Column(column, sa.Uuid(), nullable=nullable), reference
