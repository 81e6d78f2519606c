"""The order in which acts were recorded, for an inbox.

What came in is read by when it was recorded, of a plan or of some obligations: each event of an act says so, whatever
its kind.  Who may read the history of an obligation may know which acts on it were told of; others see events by their
place in the feed alone, as before.
"""

# ruff: noqa: S608  What the statement is made of stands in this file.
import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TOLD = "id, plan_id, type, act_id, obligation_id, occurred_at, recorded_at, xid"
READERS = "(SELECT dondoc_role()) IN ('coordinator', 'auditor', 'system') OR dondoc_is_involved(plan_id, obligation_id)"
OF_AN_ACT = "act_id IS NOT NULL AND obligation_id IS NOT NULL"


def upgrade() -> None:
    """Index the events of acts by when they were recorded, and show them to readers of histories."""
    op.create_index("ix_event_recorded", "event", ["plan_id", "recorded_at", "id"])
    there = sa.text("act_id IS NOT NULL")
    op.create_index("ix_event_obligation", "event", ["obligation_id", "recorded_at", "id"], postgresql_where=there)
    op.execute(f"CREATE VIEW told_act AS SELECT {TOLD} FROM event WHERE {OF_AN_ACT} AND ({READERS})")
    op.execute("GRANT SELECT ON told_act TO dondoc_app")


def downgrade() -> None:
    """Show them no more."""
    op.execute("DROP VIEW told_act")
    op.drop_index("ix_event_obligation", "event")
    op.drop_index("ix_event_recorded", "event")
