"""Files as evidence: what was announced, that the bytes came, who read them, and that something was erased by law.

What people wrote of an evidence moves to a table of its own, the only one of a history from which rows may go: a
trigger lets a row go only when its erasure is recorded.  Going down loses the files, which have no place below, and
what was erased stays erased.

Whoever may see an evidence may see its words, that its bytes came and that it was erased; who read it, only a
coordinator sees, with the names of the clients and nothing else of them, and every reader may add to.
"""

# ruff: noqa: S608  What the statements are made of stands in this file.

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

HISTORY = ("evidence_content", "evidence_read", "erasure")
TEXTS = {"title": sa.String(500), "url": sa.String(2000), "issuer": sa.String(300)}
ROLE = "(SELECT dondoc_role())"
NARRATORS = f"{ROLE} IN ('coordinator', 'system')"
SEEN, ATTACHED = (f"dondoc_{check}(plan_id, evidence_id)" for check in ("sees_evidence", "attached"))
HELD = "(dondoc_owns(plan_id, obligation_id) OR dondoc_helps(plan_id, obligation_id))"
"""A predecessor sends nothing more."""
POLICIES = {
    "evidence_text": {
        "SELECT": f"{NARRATORS} OR dondoc_sees_evidence(plan_id, id)",
        "INSERT": f"{NARRATORS} OR dondoc_attached(plan_id, id)",
        "DELETE": NARRATORS,
    },
    "evidence_content": {"SELECT": f"{NARRATORS} OR {SEEN}", "INSERT": f"{NARRATORS} OR ({ATTACHED} AND {HELD})"},
    "evidence_read": {"SELECT": NARRATORS, "INSERT": f"{NARRATORS} OR {SEEN}"},
    "erasure": {"SELECT": f"{NARRATORS} OR {SEEN}", "INSERT": NARRATORS},
}
"""Table by table, which rows a command may touch."""
FACTS = {"evidence_content": "evidence_id, client_id, size", "erasure": "evidence_id"}
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upgrade() -> None:
    _move_texts()
    _describe_files()
    for name, *more in _history_tables():
        op.create_table(name, *_act(name), *more)
    for table in ("evidence_content", "erasure"):
        columns = ["plan_id", "obligation_id", "received_at", "recorded_at", "id"]
        op.create_index(f"ix_{table}_history", table, columns)
    op.create_index("ix_evidence_content_client", "evidence_content", ["client_id"])
    op.create_index("ix_evidence_read_history", "evidence_read", ["plan_id", "evidence_id", "recorded_at", "id"])
    op.execute(f"GRANT SELECT, INSERT ON {', '.join(HISTORY)} TO dondoc_app")
    op.execute("GRANT SELECT, INSERT, DELETE ON evidence_text TO dondoc_app")
    for table in HISTORY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()"
        )
    _let_only_the_erased_go()
    _open_the_second_gate()


def _open_the_second_gate() -> None:
    for table, policies in POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for command, condition in policies.items():
            clause = "WITH CHECK" if command == "INSERT" else "USING"
            op.execute(
                f"CREATE POLICY may_{command.lower()} ON {table} FOR {command} TO dondoc_app {clause} ({condition})"
            )
    _view("evidence", "kind")
    for table, columns in FACTS.items():
        _view(table, columns)
    op.execute(f"CREATE VIEW client_name AS SELECT id, name, role FROM client WHERE {NARRATORS}")
    op.execute("GRANT SELECT ON client_name TO dondoc_app")


def _view(table: str, columns: str | None) -> None:
    """Show what decides a standing to whoever may read the standing."""
    shown = ", ".join(filter(None, ("id, plan_id, obligation_id, received_at, recorded_at", columns)))
    op.execute(
        f"CREATE OR REPLACE VIEW {table}_fact AS SELECT {shown} FROM {table} WHERE {ROLE} IN"
        " ('coordinator', 'integrator', 'system') OR dondoc_is_involved(plan_id, obligation_id)"
    )
    op.execute(f"GRANT SELECT ON {table}_fact TO dondoc_app")


def _move_texts() -> None:
    op.create_table(
        "evidence_text",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(500), nullable=False),
        sa.Column("url", sa.String(2000), nullable=True),
        sa.Column("issuer", sa.String(300), nullable=True),
        sa.Column("file_name", sa.String(255), nullable=True),
        sa.ForeignKeyConstraint(
            ["id", "plan_id"], ["evidence.id", "evidence.plan_id"], name=op.f("fk_evidence_text_id_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", "plan_id", name=op.f("pk_evidence_text")),
    )
    op.execute(
        "INSERT INTO evidence_text (id, plan_id, title, url, issuer)"
        " SELECT id, plan_id, title, url, issuer FROM evidence"
    )
    op.drop_constraint(op.f("ck_evidence_link_has_url"), "evidence")
    op.drop_constraint(op.f("ck_evidence_document_is_named"), "evidence")
    for name in TEXTS:
        op.drop_column("evidence", name)
    op.create_check_constraint(
        op.f("ck_evidence_document_is_named"),
        "evidence",
        "kind <> 'document' OR (number IS NOT NULL AND issued_on IS NOT NULL)",
    )


def _describe_files() -> None:
    _restate_kinds("link", "document", "file")
    op.add_column("evidence", sa.Column("media_type", sa.String(80), nullable=True))
    op.create_check_constraint(
        op.f("media_type"),
        "evidence",
        sa.column("media_type").in_(["application/pdf", "image/png", "image/jpeg", WORD, SHEET]),
    )
    op.add_column("evidence", sa.Column("size", sa.Integer(), nullable=True))
    op.add_column("evidence", sa.Column("sha256", sa.String(64), nullable=True))
    op.add_column("evidence", sa.Column("supersedes", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_evidence_supersedes_plan_id"), "evidence", "evidence", ["supersedes", "plan_id"], ["id", "plan_id"]
    )
    op.create_unique_constraint(op.f("uq_evidence_plan_id_supersedes"), "evidence", ["plan_id", "supersedes"])
    op.create_check_constraint(
        op.f("ck_evidence_file_is_described"),
        "evidence",
        "kind <> 'file' OR (media_type IS NOT NULL AND size > 0)",
    )


def _restate_kinds(*kinds: str) -> None:
    op.drop_constraint(op.f("kind"), "evidence")
    op.create_check_constraint(op.f("kind"), "evidence", sa.column("kind").in_(kinds))


def _history_tables() -> Iterator[tuple[Any, ...]]:
    size, digest = sa.Column("size", sa.Integer(), nullable=False), sa.Column("sha256", sa.String(64), nullable=False)
    yield "evidence_content", size, digest, _once("evidence_content")
    yield "evidence_read", sa.Column("sha256", sa.String(64), nullable=False)
    reason = sa.Column("reason", sa.String(10000), nullable=False)
    yield "erasure", reason, sa.Column("legal_basis", sa.String(500), nullable=False), _once("erasure")


def _once(table: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("plan_id", "evidence_id", name=op.f(f"uq_{table}_plan_id_evidence_id"))


def _act(table: str) -> Iterator[Any]:
    for name in ("id", "plan_id", "obligation_id", "client_id"):
        yield sa.Column(name, sa.Uuid(), nullable=False)
    yield sa.Column("received_at", sa.DateTime(timezone=True), nullable=False)
    now = sa.text("clock_timestamp()")
    yield sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=now, nullable=False)
    yield sa.Column("evidence_id", sa.Uuid(), nullable=False)
    yield sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f(f"fk_{table}_client_id"))
    for other in ("obligation", "evidence"):
        yield sa.ForeignKeyConstraint(
            [f"{other}_id", "plan_id"],
            [f"{other}.id", f"{other}.plan_id"],
            name=op.f(f"fk_{table}_{other}_id_plan_id"),
        )
    yield sa.PrimaryKeyConstraint("id", "plan_id", name=op.f(f"pk_{table}"))


def _let_only_the_erased_go() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_to_change_a_text() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN
                PERFORM FROM erasure e WHERE e.plan_id = OLD.plan_id AND e.evidence_id = OLD.id;
                IF FOUND THEN
                    RETURN OLD;
                END IF;
            END IF;
            RAISE EXCEPTION 'a text goes only with an erasure: % on % is refused', TG_OP, TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    for trigger, when in (("append_only", "UPDATE OR TRUNCATE"), ("only_erased", "DELETE")):
        each = "ROW" if when == "DELETE" else "STATEMENT"
        op.execute(
            f"CREATE TRIGGER {trigger} BEFORE {when} ON evidence_text"
            f" FOR EACH {each} EXECUTE FUNCTION refuse_to_change_a_text()"
        )


def downgrade() -> None:
    op.execute("DROP VIEW client_name")
    for table in (*FACTS, "evidence"):
        op.execute(f"DROP VIEW {table}_fact")
    _view("evidence", None)
    for table in HISTORY:
        op.drop_table(table)
    for table in ("evidence", "withdrawal"):
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    for name, kind in TEXTS.items():
        op.add_column("evidence", sa.Column(name, kind, nullable=True))
    op.execute(
        "UPDATE evidence e SET title = t.title, url = t.url, issuer = t.issuer FROM evidence_text t WHERE t.id = e.id"
    )
    op.drop_table("evidence_text")
    op.execute("DROP FUNCTION refuse_to_change_a_text()")
    _forget_files()
    for table in ("evidence", "withdrawal"):
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    op.drop_constraint(op.f("ck_evidence_document_is_named"), "evidence")
    op.create_check_constraint(
        op.f("ck_evidence_document_is_named"),
        "evidence",
        "kind <> 'document' OR (number IS NOT NULL AND issued_on IS NOT NULL AND issuer IS NOT NULL)",
    )
    op.create_check_constraint(op.f("ck_evidence_link_has_url"), "evidence", "kind <> 'link' OR url IS NOT NULL")


def _forget_files() -> None:
    for name in ("media_type", "ck_evidence_file_is_described"):
        op.drop_constraint(op.f(name), "evidence")
    op.drop_constraint(op.f("uq_evidence_plan_id_supersedes"), "evidence")
    op.drop_constraint(op.f("fk_evidence_supersedes_plan_id"), "evidence")
    op.execute("DELETE FROM withdrawal w USING evidence e WHERE e.id = w.evidence_id AND e.kind = 'file'")
    op.execute("DELETE FROM evidence WHERE kind = 'file'")
    for name in ("media_type", "size", "sha256", "supersedes"):
        op.drop_column("evidence", name)
    _restate_kinds("link", "document")
    op.execute(
        "UPDATE evidence SET title = '', url = CASE WHEN kind = 'link' THEN '' END,"
        " issuer = CASE WHEN kind = 'document' THEN '' END WHERE title IS NULL"
    )
    op.alter_column("evidence", "title", nullable=False)
