"""What the rule reads of a history from now on: of which update a review is and what it waives, and whose evidence.

A review is of one update.  Those from before were of the claim that stood: the latest update that was received and
recorded by then.  An acceptance let pass whatever was missing; from now on it names that, so the earlier ones are given
what their update lacked: each target that it did not meet, and the evidence where none of the owner's stood.  A duty
that asks for a statement needs none.

Evidence proves for an owner when it was the owner's, or entered for it, as known when it was recorded.  A measurement
may also say that there was no case.  See docs/decisions for what this assumes, and what it changes.

No stored facts stand any more: the service stores them anew.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
version_before_stops = "It records reviews that name no update."
branch_labels = None
depends_on = None

ROLE, BODIES = (f"(SELECT dondoc_{name}())" for name in ("role", "bodies"))
STANDING, NARRATORS = f"{ROLE} IN ('coordinator', 'integrator', 'system')", f"{ROLE} IN ('coordinator', 'system')"
INVOLVED, OWNED, HELPED = (f"dondoc_{check}(plan_id, obligation_id)" for check in ("is_involved", "owns", "helps"))
MINE = f"body_id = ANY ({BODIES}::uuid[])"
ATTACHED = f"{NARRATORS} OR ({MINE} AND ({OWNED} OR ({HELPED} AND NOT of_owner)))"
ATTACHED_BEFORE = f"{NARRATORS} OR ({MINE} AND ({OWNED} OR {HELPED}))"
VIEWS = {
    "progress_update": ("state, percent", "document_number IS NOT NULL AS on_paper"),
    "review": ("outcome", "update_id, waives"),
    "evidence": ("kind", "of_owner"),
}
"""What of each history decides a standing: as before, and what is added."""
FACTS: dict[str, Any] = {
    "nothing_arises": sa.Boolean(),
    "claims_completion": sa.Boolean(),
    "waived": sa.ARRAY(sa.String(40)),
    "silent": sa.Boolean(),
    "last_reported_at": sa.DateTime(timezone=True),
    "judged": sa.String(24),
}
EARLIER = "(a.received_at, a.recorded_at, a.id) < (r.received_at, r.recorded_at, r.id)"
OF_WHICH = """
    UPDATE review r SET update_id = (
        SELECT u.id FROM progress_update u
        WHERE u.plan_id = r.plan_id AND u.obligation_id = r.obligation_id
        AND u.received_at <= r.received_at AND u.recorded_at <= r.recorded_at
        ORDER BY u.received_at DESC, u.recorded_at DESC, u.id DESC LIMIT 1
    )
"""
WHOSE = """
    UPDATE evidence e SET of_owner = e.document_number IS NOT NULL OR e.body_id = coalesce(
        (
            SELECT t.owner_id FROM transfer t
            WHERE t.plan_id = e.plan_id AND t.obligation_id = e.obligation_id
            AND t.received_at <= e.received_at AND t.recorded_at <= e.recorded_at
            ORDER BY t.received_at DESC, t.recorded_at DESC, t.id DESC LIMIT 1
        ),
        (SELECT o.owner_id FROM obligation o WHERE o.plan_id = e.plan_id AND o.id = e.obligation_id)
    )
"""
MET = " OR ".join(
    f"(t.comparator = '{comparator}' AND m.value {comparator} t.value)" for comparator in ("=", ">", ">=", "<", "<=")
)
UNMET = f"""
    SELECT 'target:' || t.code AS waived, t.position FROM target t
    WHERE t.plan_id = o.plan_id AND t.duty_id = o.duty_id AND NOT EXISTS (
        SELECT FROM measurement m
        WHERE m.plan_id = u.plan_id AND m.update_id = u.id AND m.target_id = t.id AND ({MET})
    )
"""
UNPROVEN = f"""
    SELECT 'evidence', -1 WHERE d.kind <> 'liability' AND NOT EXISTS (
        SELECT FROM evidence a
        LEFT JOIN evidence_content c ON c.plan_id = a.plan_id AND c.evidence_id = a.id
        WHERE a.plan_id = r.plan_id AND a.obligation_id = r.obligation_id AND a.of_owner AND {EARLIER}
        AND (a.kind <> 'file' OR (c.received_at, c.recorded_at, c.id) < (r.received_at, r.recorded_at, r.id))
        AND NOT EXISTS (
            SELECT FROM withdrawal w WHERE w.plan_id = a.plan_id AND w.evidence_id = a.id
            AND (w.received_at, w.recorded_at, w.id) < (r.received_at, r.recorded_at, r.id)
        )
    )
"""
WAIVED = f"""
    UPDATE review r SET waives = ARRAY(
        SELECT missing.waived FROM ({UNMET} UNION ALL {UNPROVEN}) AS missing ORDER BY missing.position
    )
    FROM progress_update u, obligation o, duty d
    WHERE r.outcome = 'accepted' AND u.plan_id = r.plan_id AND u.id = r.update_id AND u.state = 'completed'
    AND o.plan_id = r.plan_id AND o.id = r.obligation_id AND d.plan_id = o.plan_id AND d.id = o.duty_id
"""

STANDING_EVIDENCE = """
    SELECT FROM evidence e
    LEFT JOIN evidence_content c ON c.plan_id = e.plan_id AND c.evidence_id = e.id
    WHERE e.plan_id = o.plan_id AND e.obligation_id = o.id AND (e.kind <> 'file' OR c.id IS NOT NULL)
    AND NOT EXISTS (SELECT FROM withdrawal w WHERE w.plan_id = e.plan_id AND w.evidence_id = e.id)
"""
BY_PARTNERS = f"""
    SELECT p.slug, cy.code, d.code, b.code, o.id FROM obligation o
    JOIN plan p ON p.id = o.plan_id
    JOIN cycle cy ON cy.plan_id = o.plan_id AND cy.id = o.cycle_id
    JOIN duty d ON d.plan_id = o.plan_id AND d.id = o.duty_id
    JOIN body b ON b.plan_id = o.plan_id AND b.id = o.owner_id
    CROSS JOIN LATERAL (
        SELECT u.id, u.state FROM progress_update u WHERE u.plan_id = o.plan_id AND u.obligation_id = o.id
        ORDER BY u.received_at DESC, u.recorded_at DESC, u.id DESC LIMIT 1
    ) u
    WHERE u.state = 'completed' AND d.kind <> 'liability'
    AND NOT EXISTS (SELECT FROM review r WHERE r.plan_id = o.plan_id AND r.update_id = u.id)
    AND EXISTS ({STANDING_EVIDENCE} AND NOT e.of_owner) AND NOT EXISTS ({STANDING_EVIDENCE} AND e.of_owner)
    ORDER BY p.slug, cy.due_before, o.position, o.id
"""
"""What a partner's evidence alone proves; an acceptance has settled what it has seen, whosever the evidence was."""


def upgrade() -> None:
    op.add_column("review", sa.Column("update_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_review_update_id_plan_id", "review", "progress_update", ["update_id", "plan_id"], ["id", "plan_id"]
    )
    op.create_index("ix_review_update", "review", ["plan_id", "update_id"])
    op.add_column("review", sa.Column("waives", sa.ARRAY(sa.String(40)), server_default="{}", nullable=False))
    op.alter_column("review", "waives", server_default=None)
    op.add_column("evidence", sa.Column("of_owner", sa.Boolean(), server_default="false", nullable=False))
    op.alter_column("evidence", "of_owner", server_default=None)
    _fill("review", OF_WHICH)
    _fill("evidence", WHOSE)
    _fill("review", WAIVED)
    _list_what_only_partners_proved()
    op.add_column("measurement", sa.Column("cases", sa.Integer(), nullable=True))
    op.alter_column("measurement", "value", nullable=True)
    op.create_check_constraint(
        "ck_measurement_value_or_no_case",
        "measurement",
        "(value IS NULL) <> (cases IS NULL) AND cases = 0 IS NOT FALSE",
    )
    for name, column in FACTS.items():
        op.add_column("standing_facts", sa.Column(name, column, nullable=True))
    op.execute(f"GRANT UPDATE ({', '.join(FACTS)}) ON standing_facts TO dondoc_app")
    for table, (before, added) in VIEWS.items():
        _view(table, f"{before}, {added}")
    _view_of_measurements("m.value, m.cases")
    op.execute(f"ALTER POLICY may_insert ON evidence WITH CHECK ({ATTACHED})")
    op.execute("UPDATE standing_facts SET settled_from = 'infinity'")


def downgrade() -> None:
    op.execute(f"ALTER POLICY may_insert ON evidence WITH CHECK ({ATTACHED_BEFORE})")
    for view in (*VIEWS, "measurement"):
        op.execute(f"DROP VIEW {view}_fact")
    for table, (before, _) in VIEWS.items():
        _view(table, before)
    _view_of_measurements("m.value")
    for name in FACTS:
        op.drop_column("standing_facts", name)
    _fill("measurement", "DELETE FROM measurement WHERE value IS NULL")
    op.drop_constraint("ck_measurement_value_or_no_case", "measurement")
    op.alter_column("measurement", "value", nullable=False)
    op.drop_column("measurement", "cases")
    op.drop_column("evidence", "of_owner")
    op.drop_index("ix_review_update", "review")
    for name in ("waives", "update_id"):
        op.drop_column("review", name)
    op.execute("UPDATE standing_facts SET settled_from = 'infinity'")


def _list_what_only_partners_proved() -> None:
    """Name the obligations that are complete by a partner's evidence alone, and will be open."""
    found = op.get_bind().execute(sa.text(BY_PARTNERS)).all()
    if found and (config := op.get_context().config):
        config.print_stdout(f"Proven by a partner's evidence alone, and so open from now on: {len(found)}")
        for row in found:
            config.print_stdout("  %s %s %s %s %s", *row)


def _fill(table: str, statement: str) -> None:
    """Say more of a history than was recorded of it, which nothing but a migration may."""
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    op.execute(statement)
    # The checks of keys that are still open would forbid what comes.
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


def _view(table: str, columns: str) -> None:
    op.execute(
        f"CREATE OR REPLACE VIEW {table}_fact AS SELECT id, plan_id, obligation_id, received_at, recorded_at, {columns}"
        f" FROM {table} WHERE {STANDING} OR {INVOLVED}"
    )
    op.execute(f"GRANT SELECT ON {table}_fact TO dondoc_app")


def _view_of_measurements(figures: str) -> None:
    op.execute(
        f"CREATE OR REPLACE VIEW measurement_fact AS SELECT m.id, m.plan_id, m.update_id, m.target_id, {figures}"
        " FROM measurement m JOIN progress_update u ON u.plan_id = m.plan_id AND u.id = m.update_id"
        f" WHERE {STANDING} OR dondoc_is_involved(u.plan_id, u.obligation_id)"
    )
    op.execute("GRANT SELECT ON measurement_fact TO dondoc_app")
