"""What clients call the reports that they send many at a time: a name is used once and never given back."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_reference",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("client_ref", sa.String(200), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("update_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_reference_client_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_client_reference_plan_id")),
        sa.PrimaryKeyConstraint("client_id", "client_ref", name=op.f("pk_client_reference")),
    )
    op.execute("GRANT SELECT, INSERT ON client_reference TO dondoc_app")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_reference"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )


def downgrade() -> None:
    op.drop_table("client_reference")
