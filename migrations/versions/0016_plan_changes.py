"""Whether a plan has changed is asked for each remembered answer: what other plans tell must not make it slower."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_event_plan_change", "event", ["plan_id", "xid"])


def downgrade() -> None:
    op.drop_index("ix_event_plan_change", "event")
