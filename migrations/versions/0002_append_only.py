"""What the application may do, and that nobody changes history.

The role `dondoc_app` reads plans, adds to history, and touches nothing else.  Roles belong to the whole server, so
going down takes the rights away and leaves the role.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PLANS = ("plan", "body", "duty", "duty_owner", "duty_partner", "target", "holiday")
CLIENTS = ("client", "client_secret", "client_body")
OPENED = ("cycle", "obligation")
HISTORY = ("progress_update", "measurement", "evidence", "withdrawal", "review", "extension")


def upgrade() -> None:
    op.execute(
        """
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dondoc_app') THEN
                CREATE ROLE dondoc_app NOLOGIN;
            END IF;
            -- From 16 on, who makes a role is a member of it and still may not enter it.
            IF NOT pg_has_role(
                current_user,
                'dondoc_app',
                CASE WHEN current_setting('server_version_num')::integer < 160000 THEN 'MEMBER' ELSE 'SET' END
            ) THEN
                GRANT dondoc_app TO CURRENT_USER;
            END IF;
        END $$
        """
    )
    op.execute("GRANT USAGE ON SCHEMA public TO dondoc_app")
    op.execute(f"GRANT SELECT ON {', '.join(PLANS + CLIENTS)}, alembic_version TO dondoc_app")
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(OPENED + HISTORY)} TO dondoc_app")
    op.execute("GRANT UPDATE (version, updated_at) ON obligation TO dondoc_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON idempotency_record TO dondoc_app")
    op.execute(
        """
        CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'history is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )


def downgrade() -> None:
    for table in HISTORY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DROP FUNCTION refuse_to_change_history()")
    op.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM dondoc_app")
    op.execute("REVOKE UPDATE (version, updated_at) ON obligation FROM dondoc_app")
    op.execute("REVOKE USAGE ON SCHEMA public FROM dondoc_app")
