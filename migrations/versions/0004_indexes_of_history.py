"""Two ways into the history that had no index: an obligation's withdrawals, and a plan's deadlines as extended."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_withdrawal_history", "withdrawal", ["plan_id", "obligation_id", "received_at", "recorded_at", "id"]
    )
    op.create_index("ix_extension_due", "extension", ["plan_id", "due_before"])


def downgrade() -> None:
    op.drop_index("ix_extension_due", table_name="extension")
    op.drop_index("ix_withdrawal_history", table_name="withdrawal")
