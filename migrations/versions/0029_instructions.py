"""Instructions: a leader's words on an obligation, entered by a coordinator.

No standing reads them but for when an obligation was last touched, which is stored: they unsettle what is (see 0015).
The second gate (see 0008): whoever reads the words on an obligation
(see 0011, and 0028 of auditors) reads these; a coordinator alone records them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NAME = "instruction"
STANDING = "(SELECT dondoc_role()) IN ('coordinator', 'auditor', 'integrator', 'system')"
NARRATORS = "(SELECT dondoc_role()) IN ('coordinator', 'system')"
READERS = (
    "(SELECT dondoc_role()) IN ('coordinator', 'auditor', 'system')"
    " OR dondoc_owned_since(plan_id, obligation_id, received_at, recorded_at)"
    " OR dondoc_helps(plan_id, obligation_id)"
)
BEFORE = (
    *("update", "evidence", "withdrawal", "contribution", "review", "extension", "extension_request"),
    *("extension_refusal", "condition_decision"),
)
AFTER = (
    *("transfer", "paper_report", "cycle_deadline", "cycle_closing"),
    *("cycle_opening", "succession", "membership", "annulment"),
)
"""What could be taken back before, up to where the new kind stands and behind it."""


def upgrade() -> None:
    op.create_table(NAME, *_columns())
    op.create_index(f"ix_{NAME}_history", NAME, ["plan_id", "obligation_id", "received_at", "recorded_at", "id"])
    op.execute(f"GRANT SELECT, INSERT ON {NAME} TO dondoc_app")
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {NAME}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
    )
    op.execute(
        f"CREATE TRIGGER kept AFTER INSERT OR DELETE OR UPDATE ON {NAME} FOR EACH ROW EXECUTE FUNCTION dondoc_keep()"
    )
    op.execute(
        f"CREATE TRIGGER stamped BEFORE INSERT ON {NAME} FOR EACH ROW WHEN (current_user = 'dondoc_app')"
        " EXECUTE FUNCTION dondoc_stamp_recorded_at_client_id()"
    )
    op.execute(
        f"CREATE TRIGGER facts_of_act AFTER INSERT ON {NAME} REFERENCING NEW TABLE AS acts"
        " FOR EACH STATEMENT EXECUTE FUNCTION dondoc_facts_of_act()"
    )
    op.execute(f"ALTER TABLE {NAME} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_select ON {NAME} FOR SELECT TO dondoc_app USING ({READERS})")
    op.execute(f"CREATE POLICY may_insert ON {NAME} FOR INSERT TO dondoc_app WITH CHECK ({NARRATORS})")
    op.execute(
        f"CREATE VIEW {NAME}_fact AS SELECT id, plan_id, obligation_id, received_at, recorded_at FROM {NAME}"  # noqa: S608
        f" WHERE {STANDING} OR dondoc_is_involved(plan_id, obligation_id)"
    )
    op.execute(f"GRANT SELECT ON {NAME}_fact TO dondoc_app")
    _can_be_annulled(*BEFORE, NAME, *AFTER)


def downgrade() -> None:
    """Going down, annulments of instructions stay in the record; none is added."""
    _can_be_annulled(*BEFORE, *AFTER, valid=False)
    op.execute(f"DROP VIEW {NAME}_fact")
    op.drop_table(NAME)


def _columns() -> tuple[SchemaItem, ...]:
    return (
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in ("id", "plan_id", "obligation_id", "client_id")),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        *(sa.Column(one, sa.String(length), nullable=False) for one, length in (("words", 10000), ("leader", 300))),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=True),
        sa.Column("document_number", sa.String(60), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{NAME}_client_id"),
        sa.ForeignKeyConstraint(
            ["obligation_id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=f"fk_{NAME}_obligation_id_plan_id",
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{NAME}"),
    )


def _can_be_annulled(*kinds: str, valid: bool = True) -> None:
    for table in ("annulment", "annulled_act"):
        op.drop_constraint(op.f("kind"), table)
        op.create_check_constraint(
            op.f("kind"), table, sa.column("kind").in_(kinds), postgresql_not_valid=not valid or None
        )
