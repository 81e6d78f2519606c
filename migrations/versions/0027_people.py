"""People, who come in by a page instead of by a token.

A person is a client of a kind of its own: acts, rights and the second gate (see 0008) name clients, and so know people
without a word more.  A person has no secret and no subject, so no token is ever theirs; a system has no session.

An invitation is a link that works once; of it, as of a session, only a digest is kept.  Neither row ever goes: together
they say who came in, when, and how.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ROLE = "(SELECT dondoc_role())"
SYSTEM, ADMINS = f"{ROLE} = 'system'", f"{ROLE} IN ('admin', 'system')"
POLICIES = {
    "person_invitation": {"SELECT": SYSTEM, "INSERT": ADMINS, "UPDATE": SYSTEM},
    "person_session": {"SELECT": SYSTEM, "INSERT": SYSTEM, "UPDATE": SYSTEM},
}
CHANGED = {"person_invitation": "used_at", "person_session": "seen_at, ended_at"}


def upgrade() -> None:
    kind: sa.Column[str] = sa.Column(
        "kind", _choice("kind", "system", "person"), server_default="system", nullable=False
    )
    op.add_column("client", kind)
    op.execute("SELECT dondoc_restate('client')")
    op.create_check_constraint(op.f("kind"), "client", sa.column("kind").in_(("system", "person")))
    op.create_check_constraint(op.f("ck_client_person_has_no_subject"), "client", "kind = 'system' OR subject IS NULL")
    op.create_table("person_invitation", *_of_person("person_invitation", _instant("expires_at"), _later("used_at")))
    came_by: sa.Column[str] = sa.Column("came_by", _choice("came_by", "invitation", "oidc", "passkey"), nullable=False)
    one_of = sa.CheckConstraint(sa.column("came_by").in_(("invitation", "oidc", "passkey")), name=op.f("came_by"))
    columns = (came_by, one_of, _instant("seen_at"), _later("ended_at"))
    op.create_table("person_session", *_of_person("person_session", *columns))
    for table, policies in POLICIES.items():
        op.execute(f"GRANT SELECT, INSERT, UPDATE ({CHANGED[table]}) ON {table} TO dondoc_app")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in policies.items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )


def downgrade() -> None:
    """Going down, people stay in the history as clients that have no secret."""
    op.drop_table("person_session")
    op.drop_table("person_invitation")
    op.drop_constraint(op.f("ck_client_person_has_no_subject"), "client")
    op.drop_constraint(op.f("kind"), "client")
    op.drop_column("client", "kind")


def _of_person(name: str, *columns: SchemaItem) -> tuple[SchemaItem, ...]:
    return (
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in ("id", "client_id")),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _instant("began_at"),
        *columns,
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=f"fk_{name}_client_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("digest", name=f"uq_{name}_digest"),
    )


def _instant(name: str) -> SchemaItem:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _later(name: str) -> SchemaItem:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=False, length=24)
