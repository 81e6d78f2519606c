"""Ways in that people have beside an invitation: an account at the province's provider of identities, or a passkey.

Neither is a secret: of a passkey the public key is kept.  A way in is ended and never removed, so that it stays known
who could come in, and by what.  What proved who came, be it an answer of the provider or of a passkey, begins one
session: the second one breaks a constraint.
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

SYSTEM = "(SELECT dondoc_role()) = 'system'"
KINDS = ("oidc", "passkey")


def upgrade() -> None:
    op.create_table(
        "person_way",
        *(sa.Column(one, sa.Uuid(), nullable=False) for one in ("id", "client_id")),
        sa.Column(
            "came_by",
            sa.Enum(*KINDS, name="way", native_enum=False, create_constraint=False, length=24),
            nullable=False,
        ),
        sa.Column("known_as", sa.String(2000), nullable=False),
        sa.Column("shown_as", sa.String(200), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(sa.column("came_by").in_(KINDS), name=op.f("way")),
        sa.CheckConstraint("(came_by = 'passkey') = (public_key IS NOT NULL)", name=op.f("ck_person_way_has_its_key")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name="fk_person_way_client_id"),
        sa.PrimaryKeyConstraint("id", name="pk_person_way"),
    )
    lives = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_person_way_known_as", "person_way", ["came_by", "known_as"], unique=True, postgresql_where=lives
    )
    op.create_index("ix_person_way_client_id", "person_way", ["client_id"])
    op.add_column("person_session", sa.Column("proof", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint("uq_person_session_proof", "person_session", ["proof"])
    op.execute("GRANT SELECT, INSERT, UPDATE (uses, used_at, ended_at) ON person_way TO dondoc_app")
    op.execute("ALTER TABLE person_way ENABLE ROW LEVEL SECURITY")
    for command, clause in (("SELECT", "USING"), ("INSERT", "WITH CHECK"), ("UPDATE", "USING")):
        op.execute(f"CREATE POLICY may_{command.lower()} ON person_way FOR {command} TO dondoc_app {clause} ({SYSTEM})")


def downgrade() -> None:
    op.drop_constraint("uq_person_session_proof", "person_session")
    op.drop_column("person_session", "proof")
    op.drop_table("person_way")
