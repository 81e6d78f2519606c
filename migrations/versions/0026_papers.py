"""Papers that leave the house: how a plan is told in reports, and under whose name they go out.

A letterhead is never changed: another one is recorded after it, so that a report of the past is headed as it was.

The second gate (see 0008): whoever says who it is sees under whose name papers go out; a coordinator alone says it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ROLE = "(SELECT dondoc_role())"
SEES, RECORDS = f"{ROLE} <> ''", f"{ROLE} IN ('coordinator', 'system')"


def upgrade() -> None:
    op.add_column("plan", sa.Column("report_rules", JSONB(), server_default="{}", nullable=False))
    op.execute("SELECT dondoc_restate('plan')")
    _letterheads()


def downgrade() -> None:
    op.drop_table("letterhead")
    op.drop_column("plan", "report_rules")


def _letterheads() -> None:
    name = "letterhead"
    words = {"body": 300, "code": 30, "place": 100, "signer": 100}
    parts: list[SchemaItem] = [
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in ("id", "plan_id")),
        *(sa.Column(one, sa.String(length), nullable=False) for one, length in words.items()),
        *(sa.Column(one, sa.String(length), nullable=True) for one, length in (("superior", 300), ("unit", 30))),
        sa.Column("recipients", sa.ARRAY(sa.String(300)), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=f"fk_{name}_plan_id"),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
    ]
    op.create_table(name, *parts)
    op.create_index(f"ix_{name}_last", name, ["plan_id", "recorded_at", "id"])
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
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY may_select ON {name} FOR SELECT TO dondoc_app USING ({SEES})")
    op.execute(f"CREATE POLICY may_insert ON {name} FOR INSERT TO dondoc_app WITH CHECK ({RECORDS})")
