"""The tables: plans with their bodies, duties and cycles; obligations and their history; clients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "reporter",
                "coordinator",
                "integrator",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("name", name=op.f("uq_client_name")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(300), nullable=True),
        sa.Column("etag", sa.String(80), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("pk_idempotency_record")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("title_vi", sa.String(1000), nullable=False),
        sa.Column("title_en", sa.String(1000), nullable=False),
        sa.Column("issuer", sa.String(300), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("source", sa.String(200), nullable=True),
        sa.Column("legal_bases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cycle_rules", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("slug", name=op.f("uq_plan_slug")),
    )
    op.create_table(
        "body",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("no", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("search", sa.String(500), nullable=False),
        sa.Column("heading", sa.String(500), nullable=True),
        sa.Column(
            "force",
            sa.Enum("directed", "requested", name="force", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("open_class", sa.Boolean(), nullable=False),
        sa.Column("source_line", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(1000), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_body_group_id_plan_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_body_plan_id")),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_body")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_body_plan_id_code")),
    )
    op.create_table(
        "client_secret",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_secret_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_secret")),
    )
    op.create_index(op.f("ix_client_secret_client_id"), "client_secret", ["client_id"], unique=False)
    op.create_table(
        "cycle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("annual", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis", sa.String(1000), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_cycle_plan_id")),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_cycle_plan_id_code")),
    )
    op.create_table(
        "holiday",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_holiday_plan_id")),
        sa.PrimaryKeyConstraint("plan_id", "observed_on", name=op.f("pk_holiday")),
    )
    op.create_table(
        "client_body",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_client_body_body_id_plan_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_body_client_id")),
        sa.PrimaryKeyConstraint("client_id", "plan_id", "body_id", name=op.f("pk_client_body")),
    )
    op.create_table(
        "duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title_vi", sa.String(300), nullable=False),
        sa.Column("title_en", sa.String(300), nullable=False),
        sa.Column("text", sa.String(5000), nullable=False),
        sa.Column("search", sa.String(8000), nullable=False),
        sa.Column("source_line", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "action", "reporting", "liability", name="kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "force",
            sa.Enum("directed", "requested", name="force", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column(
            "recurrence",
            sa.Enum(
                "every_cycle",
                "annual",
                "once",
                "cycle",
                name="recurrence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("recurrence_cycle", sa.String(40), nullable=True),
        sa.Column("condition_type", sa.String(60), nullable=True),
        sa.Column(
            "condition_scope",
            sa.Enum("whole", "clause", name="condition_scope", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("condition_marker", sa.String(500), nullable=True),
        sa.Column("basis_type", sa.String(60), nullable=True),
        sa.Column("basis_marker", sa.String(500), nullable=True),
        sa.Column("mirrors", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("note", sa.String(1000), nullable=True),
        sa.CheckConstraint(
            "(recurrence = 'cycle') = (recurrence_cycle IS NOT NULL)", name=op.f("ck_duty_recurrence_cycle")
        ),
        sa.ForeignKeyConstraint(
            ["body_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_duty_body_id_plan_id")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_duty_plan_id")),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_duty")),
        sa.UniqueConstraint("plan_id", "code", name=op.f("uq_duty_plan_id_code")),
    )
    op.create_table(
        "duty_owner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "force",
            sa.Enum("directed", "requested", name="force", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["body_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_duty_owner_body_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id", "plan_id"], ["duty.id", "duty.plan_id"], name=op.f("fk_duty_owner_duty_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_duty_owner")),
        sa.UniqueConstraint("plan_id", "duty_id", "body_id", name=op.f("uq_duty_owner_plan_id_duty_id_body_id")),
    )
    op.create_table(
        "duty_partner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=True),
        sa.Column("named_as", sa.String(300), nullable=True),
        sa.CheckConstraint("(body_id IS NULL) <> (named_as IS NULL)", name=op.f("ck_duty_partner_body_or_name")),
        sa.ForeignKeyConstraint(
            ["body_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_duty_partner_body_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id", "plan_id"], ["duty.id", "duty.plan_id"], name=op.f("fk_duty_partner_duty_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_duty_partner")),
        sa.UniqueConstraint("plan_id", "duty_id", "position", name=op.f("uq_duty_partner_plan_id_duty_id_position")),
    )
    op.create_table(
        "obligation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("cycle_id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "force",
            sa.Enum("directed", "requested", name="force", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_obligation_body_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["cycle_id", "plan_id"], ["cycle.id", "cycle.plan_id"], name=op.f("fk_obligation_cycle_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["duty_id", "plan_id"], ["duty.id", "duty.plan_id"], name=op.f("fk_obligation_duty_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_obligation_owner_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_obligation")),
        sa.UniqueConstraint(
            "plan_id", "cycle_id", "duty_id", "owner_id", name=op.f("uq_obligation_plan_id_cycle_id_duty_id_owner_id")
        ),
    )
    op.create_index("ix_obligation_duty_owner", "obligation", ["plan_id", "duty_id", "owner_id"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("duty_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("metric", sa.String(500), nullable=False),
        sa.Column("comparator", sa.String(2), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("unit", sa.String(30), nullable=False),
        sa.Column("direction", sa.String(30), nullable=True),
        sa.Column("marker", sa.String(300), nullable=True),
        sa.Column("aim", sa.ARRAY(sa.Numeric(precision=18, scale=6)), nullable=True),
        sa.CheckConstraint("comparator IN ('=', '>', '>=', '<', '<=')", name=op.f("ck_target_comparator")),
        sa.ForeignKeyConstraint(
            ["duty_id", "plan_id"], ["duty.id", "duty.plan_id"], name=op.f("fk_target_duty_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_target")),
        sa.UniqueConstraint("plan_id", "duty_id", "code", name=op.f("uq_target_plan_id_duty_id_code")),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("link", "document", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column(
            "classification",
            sa.Enum(
                "public",
                "internal",
                "restricted",
                name="classification",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("url", sa.String(2000), nullable=True),
        sa.Column("number", sa.String(60), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("issuer", sa.String(300), nullable=True),
        sa.Column("document_number", sa.String(60), nullable=True),
        sa.CheckConstraint(
            "kind <> 'document' OR (number IS NOT NULL AND issued_on IS NOT NULL AND issuer IS NOT NULL)",
            name=op.f("ck_evidence_document_is_named"),
        ),
        sa.CheckConstraint("kind <> 'link' OR url IS NOT NULL", name=op.f("ck_evidence_link_has_url")),
        sa.ForeignKeyConstraint(
            ["body_id", "plan_id"], ["body.id", "body.plan_id"], name=op.f("fk_evidence_body_id_plan_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_evidence_client_id")),
        sa.ForeignKeyConstraint(
            ["obligation_id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=op.f("fk_evidence_obligation_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_evidence")),
    )
    op.create_index(
        "ix_evidence_history",
        "evidence",
        ["plan_id", "obligation_id", "received_at", "recorded_at", "id"],
        unique=False,
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("due_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(10000), nullable=False),
        sa.Column("document_number", sa.String(60), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_extension_client_id")),
        sa.ForeignKeyConstraint(
            ["obligation_id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=op.f("fk_extension_obligation_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_extension")),
    )
    op.create_index(
        "ix_extension_history",
        "extension",
        ["plan_id", "obligation_id", "received_at", "recorded_at", "id"],
        unique=False,
    )
    op.create_table(
        "progress_update",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "not_started",
                "in_progress",
                "completed",
                "not_applicable",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("summary", sa.String(10000), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("late_reason", sa.String(10000), nullable=True),
        sa.Column("document_number", sa.String(60), nullable=True),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_progress_update_percent")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_progress_update_client_id")),
        sa.ForeignKeyConstraint(
            ["obligation_id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=op.f("fk_progress_update_obligation_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_progress_update")),
    )
    op.create_index(
        "ix_progress_update_history",
        "progress_update",
        ["plan_id", "obligation_id", "received_at", "recorded_at", "id"],
        unique=False,
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column(
            "outcome",
            sa.Enum("accepted", "returned", name="outcome", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("reason", sa.String(10000), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_review_client_id")),
        sa.ForeignKeyConstraint(
            ["obligation_id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=op.f("fk_review_obligation_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_review")),
    )
    op.create_index(
        "ix_review_history", "review", ["plan_id", "obligation_id", "received_at", "recorded_at", "id"], unique=False
    )
    op.create_table(
        "measurement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("update_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["target_id", "plan_id"], ["target.id", "target.plan_id"], name=op.f("fk_measurement_target_id_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["update_id", "plan_id"],
            ["progress_update.id", "progress_update.plan_id"],
            name=op.f("fk_measurement_update_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_measurement")),
    )
    op.create_index("ix_measurement_update", "measurement", ["plan_id", "update_id", "target_id"], unique=True)
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("evidence_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(10000), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_withdrawal_client_id")),
        sa.ForeignKeyConstraint(
            ["evidence_id", "plan_id"],
            ["evidence.id", "evidence.plan_id"],
            name=op.f("fk_withdrawal_evidence_id_plan_id"),
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id", "plan_id"],
            ["obligation.id", "obligation.plan_id"],
            name=op.f("fk_withdrawal_obligation_id_plan_id"),
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_withdrawal")),
        sa.UniqueConstraint("plan_id", "evidence_id", name=op.f("uq_withdrawal_plan_id_evidence_id")),
    )


def downgrade() -> None:
    op.drop_table("withdrawal")
    op.drop_index("ix_measurement_update", table_name="measurement")
    op.drop_table("measurement")
    op.drop_index("ix_review_history", table_name="review")
    op.drop_table("review")
    op.drop_index("ix_progress_update_history", table_name="progress_update")
    op.drop_table("progress_update")
    op.drop_index("ix_extension_history", table_name="extension")
    op.drop_table("extension")
    op.drop_index("ix_evidence_history", table_name="evidence")
    op.drop_table("evidence")
    op.drop_table("target")
    op.drop_index("ix_obligation_duty_owner", table_name="obligation")
    op.drop_table("obligation")
    op.drop_table("duty_partner")
    op.drop_table("duty_owner")
    op.drop_table("duty")
    op.drop_table("client_body")
    op.drop_table("holiday")
    op.drop_table("cycle")
    op.drop_index(op.f("ix_client_secret_client_id"), table_name="client_secret")
    op.drop_table("client_secret")
    op.drop_table("body")
    op.drop_table("plan")
    op.drop_table("idempotency_record")
    op.drop_table("client")
