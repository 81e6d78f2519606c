"""Mail: where owners are reminded, and the mail of each day, which is a queue and the record of what went out.

The operator gives addresses, as the owner of the tables; the service alone reads them (see 0008) and writes mails down.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT dondoc_role()) = 'system'"
POLICIES = {"mail_address": ("SELECT",), "mail_digest": ("SELECT", "INSERT", "UPDATE")}


def upgrade() -> None:
    every = (
        sa.Column(f"{kind}_every_days", sa.Integer(), nullable=False) for kind in ("due_soon", "overdue", "returned")
    )
    op.create_table(
        "mail_address",
        *_of_body("mail_address"),
        sa.Column("address", sa.String(254), nullable=False),
        *every,
        sa.Column("silent_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("plan_id", "body_id", name="pk_mail_address"),
    )
    states = ("nothing", "pending", "handed", "sent", "refused")
    state = sa.Enum(*states, name="state", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "mail_digest",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_of_body("mail_digest"),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kinds", sa.ARRAY(sa.String(24)), nullable=False),
        sa.Column("state", state, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_digest"),
        sa.UniqueConstraint("plan_id", "body_id", "on_day", name="uq_mail_digest_plan_id_body_id_on_day"),
    )
    op.execute("GRANT SELECT ON mail_address TO dondoc_app")
    op.execute("GRANT SELECT, INSERT, UPDATE (state, attempts, next_attempt_at) ON mail_digest TO dondoc_app")
    for table, commands in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command in commands:
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({SYSTEM})"
            )


def downgrade() -> None:
    op.drop_table("mail_digest")
    op.drop_table("mail_address")


def _of_body(name: str) -> tuple[SchemaItem, ...]:
    clock = sa.text("clock_timestamp()")
    return (
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in ("plan_id", "body_id")),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=clock, nullable=False),
        sa.ForeignKeyConstraint(["body_id", "plan_id"], ["body.id", "body.plan_id"], name=f"fk_{name}_body_id_plan_id"),
    )
