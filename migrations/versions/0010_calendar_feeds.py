"""Addresses of calendars: they are added and revoked, and never taken out of the record."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

THEIRS = "(SELECT dondoc_role()) IN ('coordinator', 'system') OR body_id = ANY ((SELECT dondoc_bodies())::uuid[])"
"""Who may know and change the addresses of a body's calendar: the coordinator, and who reports for the body."""


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["body_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_calendar_feed_body_id_plan_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_calendar_feed_client_id")),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_calendar_feed")),
    )
    op.create_index(
        "uq_calendar_feed_body",
        "calendar_feed",
        ["plan_id", "body_id"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.execute("GRANT SELECT, INSERT ON calendar_feed TO dondoc_app")
    op.execute("GRANT UPDATE (revoked_at) ON calendar_feed TO dondoc_app")
    op.execute("ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY")
    for command, clause in {"SELECT": "USING", "INSERT": "WITH CHECK", "UPDATE": "USING"}.items():
        name = f"may_{command.lower()}"
        op.execute(f"CREATE POLICY {name} ON calendar_feed FOR {command} TO dondoc_app {clause} ({THEIRS})")


def downgrade() -> None:
    op.drop_table("calendar_feed")
