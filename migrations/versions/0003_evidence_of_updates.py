"""Evidence says which update it came with, so that a history can show the update as it was received.

Rows from before say nothing: history is never edited, and a guess is no record.  They stand beside their updates.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evidence", sa.Column("update_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_evidence_update_id_plan_id"),
        "evidence",
        "progress_update",
        ["update_id", "plan_id"],
        ["id", "plan_id"],
    )


def downgrade() -> None:
    op.drop_column("evidence", "update_id")
