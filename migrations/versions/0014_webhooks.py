"""Webhooks: where events are sent to, and what became of each delivery.

A webhook is its client's alone, which the second gate (see 0008) keeps by the id of the client that calls; the service
itself sends, with the identity of the system.  The secrets are sealed by the application: the database never has them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ROLE = "(SELECT dondoc_role())"
SYSTEM = f"{ROLE} = 'system'"
MINE = "client_id = (SELECT dondoc_client())"
OF_MINE = "EXISTS (SELECT FROM webhook w WHERE w.id = webhook_id)"
DELIVERED = "EXISTS (SELECT FROM webhook_delivery d WHERE d.id = delivery_id)"
POLICIES = {
    "webhook": {
        "SELECT": f"{SYSTEM} OR {MINE}",
        "INSERT": f"{ROLE} IN ('reporter', 'coordinator', 'integrator') AND {MINE}",
        "UPDATE": f"{SYSTEM} OR {MINE}",
        "DELETE": MINE,
    },
    "webhook_delivery": {
        "SELECT": f"{SYSTEM} OR {OF_MINE}",
        "INSERT": f"{SYSTEM} OR {OF_MINE}",
        "UPDATE": f"{SYSTEM} OR {OF_MINE}",
        "DELETE": SYSTEM,
    },
    "webhook_attempt": {"SELECT": f"{SYSTEM} OR {DELIVERED}", "INSERT": SYSTEM},
}
CHANGED = {
    "webhook": "url, types, secret, former_secret, former_until, after_seq, version, disabled_at, disabled_because",
    "webhook_delivery": "state, attempts, next_attempt_at",
}


def upgrade() -> None:
    _webhooks()
    _deliveries()
    _attempts()
    for table, policies in POLICIES.items():
        op.execute(f"GRANT {', '.join(one for one in policies if one != 'UPDATE')} ON {table} TO dondoc_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in policies.items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )
    for table, columns in CHANGED.items():
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO dondoc_app")


def downgrade() -> None:
    for table in reversed(POLICIES):
        op.drop_table(table)


def _webhooks() -> None:
    op.create_table(
        "webhook",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("types", sa.ARRAY(sa.String(40)), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("former_secret", sa.LargeBinary(), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _recorded("created_at"),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", _choice("disabled_because", "asked", "gone", "failing"), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_webhook_client_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook"),
    )
    op.create_index("ix_webhook_client_id", "webhook", ["client_id"], unique=False)


def _deliveries() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("state", _choice("state", "pending", "delivered", "failed"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        _recorded("created_at"),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name="fk_webhook_delivery_webhook_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_delivery"),
        sa.UniqueConstraint("webhook_id", "event_id", name="uq_webhook_delivery_webhook_id_event_id"),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["webhook_id", "next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )


def _attempts() -> None:
    outcomes = ("delivered", "refused", "timed_out", "unreachable", "forbidden")
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", _choice("outcome", *outcomes), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_delivery.id"], name="fk_webhook_attempt_delivery_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_attempt"),
    )
    op.create_index("ix_webhook_attempt_delivery_id", "webhook_attempt", ["delivery_id", "attempted_at"], unique=False)


def _recorded(name: str) -> SchemaItem:
    clock = sa.text("clock_timestamp()")
    return sa.Column(name, sa.DateTime(timezone=True), server_default=clock, nullable=False)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)
