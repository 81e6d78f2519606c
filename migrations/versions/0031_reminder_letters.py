"""Reminder letters: documents that urge bodies, kept as they were made, and the numbers that they got afterwards.

A letter is an act on each obligation that it names.  Its number is a row of its own, since nothing that was recorded is
changed: of several the one recorded last is right.

The second gate (see 0008): a coordinator alone records letters; whoever sees the history of an obligation sees those
about it, and an auditor all (see 0028).
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NARRATORS = "(SELECT dondoc_role()) IN ('coordinator', 'system')"
READ_ALL = "(SELECT dondoc_role()) IN ('coordinator', 'auditor', 'system')"
CHECKS = "dondoc_owned_since(plan_id, one, received_at, recorded_at) OR dondoc_helps(plan_id, one)"
SEES = {
    "reminder_letter": f"{READ_ALL} OR EXISTS (SELECT FROM unnest(obligation_ids) one WHERE {CHECKS})",
    # The policy of the letters holds in it.
    "reminder_number": f"{READ_ALL} OR EXISTS (SELECT FROM reminder_letter l WHERE l.plan_id = reminder_number.plan_id"
    " AND l.id = letter_id)",
}


def upgrade() -> None:
    _table("reminder_letter", _ids("cycle_id", "body_id"), _of_letter(), cycle_id="cycle", body_id="body")
    op.create_index("ix_reminder_letter_cycle", "reminder_letter", ["plan_id", "cycle_id", "recorded_at", "id"])
    number: list[SchemaItem] = [
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
    ]
    _table("reminder_number", _ids("letter_id"), number, letter_id="reminder_letter")
    op.create_index("ix_reminder_number_letter", "reminder_number", ["plan_id", "letter_id", "recorded_at", "id"])


def downgrade() -> None:
    op.drop_table("reminder_number")
    op.drop_table("reminder_letter")


def _ids(*names: str) -> list[SchemaItem]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _of_letter() -> list[SchemaItem]:
    kind = sa.Enum("due_soon", "overdue", name="kind", native_enum=False, create_constraint=False, length=24)
    return [
        sa.Column("kind", kind, nullable=False),
        sa.CheckConstraint(sa.column("kind").in_(("due_soon", "overdue")), name=op.f("kind")),
        sa.Column("obligation_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    ]


def _table(name: str, ids: list[SchemaItem], columns: list[SchemaItem], **refers: str) -> None:
    clock = sa.text("clock_timestamp()")
    parts: list[SchemaItem] = [
        *_ids("id", "plan_id", "client_id"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=clock, nullable=False),
        *ids,
        *columns,
        sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
        *(
            sa.ForeignKeyConstraint(
                [column, "plan_id"], [f"{of}.id", f"{of}.plan_id"], name=f"fk_{name}_{column}_plan_id"
            )
            for column, of in refers.items()
        ),
    ]
    op.create_table(name, *parts)
    _keep(name)
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_select ON {name} FOR SELECT TO dondoc_app USING ({SEES[name]})")
    op.execute(f"CREATE POLICY may_insert ON {name} FOR INSERT TO dondoc_app WITH CHECK ({NARRATORS})")


def _keep(name: str) -> None:
    """Let nobody change its rows, and the database say of each what it was."""
    op.execute(f"GRANT SELECT, INSERT ON {name} TO dondoc_app")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )
    op.execute(
        f"CREATE TRIGGER kept AFTER INSERT OR DELETE OR UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION dondoc_keep()"
    )
    op.execute(
        f"CREATE TRIGGER stamped BEFORE INSERT ON {name} FOR EACH ROW WHEN (current_user = 'dondoc_app')"
        " EXECUTE FUNCTION dondoc_stamp_recorded_at_client_id()"
    )
