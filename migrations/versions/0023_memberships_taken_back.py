"""A membership of a class, or its ending, can be taken back.

A body is a member of a class only by what counts: so the places of bodies, by which the second gate (see 0008) lets
them help, ask whether it does.  A membership whose ending was taken back can end once more: of one membership one
ending counts, which whoever records one sees to under the plan's lock.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TAKEN_BACK = """coalesce((
    SELECT NOT a.counts FROM annulled_act a WHERE a.plan_id = {0}.plan_id AND a.act_id = {0}.id
    ORDER BY a.recorded_at DESC, a.id DESC LIMIT 1
), false)"""
"""Whether an annulment that counts has taken an act back."""
PLACES = """
    CREATE OR REPLACE FUNCTION dondoc_places(bodies uuid[]) RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
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
            WHERE m.from_on <= (clock_timestamp() AT TIME ZONE p.time_zone)::date{member_counts} AND NOT EXISTS (
                SELECT FROM membership_ending e WHERE e.plan_id = m.plan_id AND e.membership_id = m.id
                AND e.until_on < (clock_timestamp() AT TIME ZONE p.time_zone)::date{ending_counts}
            )
        )
        SELECT coalesce(array_agg(found.id), '{{}}') FROM (
            SELECT body_id AS id FROM standing UNION SELECT class_id FROM today
        ) found
    $$
"""
KEY = ("membership_ending", ["plan_id", "membership_id"])


def upgrade() -> None:
    op.drop_constraint("uq_membership_ending_plan_id_membership_id", "membership_ending")
    op.create_index("ix_membership_ending_membership", *KEY)
    counts = {f"{name}_counts": f" AND NOT {TAKEN_BACK.format(name[0])}" for name in ("member", "ending")}
    op.execute(PLACES.format(**counts))


def downgrade() -> None:
    op.execute(PLACES.format(member_counts="", ending_counts=""))
    op.drop_index("ix_membership_ending_membership", "membership_ending")
    _keep_one_ending()
    op.create_unique_constraint("uq_membership_ending_plan_id_membership_id", *KEY)


def _keep_one_ending() -> None:
    """Of a membership that has ended more than once, keep the ending that counts; else the one recorded last."""
    op.execute("ALTER TABLE membership_ending DISABLE TRIGGER append_only")
    ordered = f"e.membership_id ORDER BY {TAKEN_BACK.format('e')}, e.recorded_at DESC, e.id DESC"
    op.execute(
        f"DELETE FROM membership_ending WHERE id IN (SELECT id FROM (SELECT e.id, row_number() OVER"  # noqa: S608
        f" (PARTITION BY e.plan_id, {ordered}) AS n FROM membership_ending e) told WHERE n > 1)"
    )
    op.execute("ALTER TABLE membership_ending ENABLE TRIGGER append_only")
