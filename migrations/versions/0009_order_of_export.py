"""An index in the plan's order, by which an export walks through a cycle page by page."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_obligation_order", "obligation", ["plan_id", "cycle_id", "position", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_obligation_order", table_name="obligation")
