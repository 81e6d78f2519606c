"""The application's role: it may do with each table what was decided, and nothing beside."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.database.engine import APP_ROLE, SYSTEM, connect
from app.models.redacted_views import VIEWS
from embedded_postgres import APP, OWNER, Address
from tests.conftest import url_of
from tests.database.rights import COLUMN_RIGHTS, FORBIDDEN, RIGHTS, refusal_of


def test_what_the_application_may_do_is_decided_for_every_table() -> None:
    assert set(RIGHTS) == {*SQLModel.metadata.tables, *VIEWS.tables, "alembic_version"}


async def test_there_is_nothing_else_in_the_database(application: AsyncConnection) -> None:
    relations = """
        SELECT relname FROM pg_class WHERE relkind NOT IN ('i', 't') AND relname <> 'row_digest_id_seq'
        AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
    """

    found = (await application.execute(text(relations))).scalars().all()

    assert sorted(found) == sorted(RIGHTS)


async def test_the_application_has_the_rights_that_were_decided_on_each_table(application: AsyncConnection) -> None:
    granted = """
        SELECT c.relname, a.privilege_type FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee IN (0, CAST(:app AS regrole))
    """

    found = {(name, right) for name, right in await application.execute(text(granted), {"app": APP})}

    assert found == {(name, right) for name, rights in RIGHTS.items() for right in rights}


async def test_the_application_has_the_rights_that_were_decided_on_single_columns(application: AsyncConnection) -> None:
    granted = """
        SELECT c.relname, t.attname, a.privilege_type
        FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN aclexplode(t.attacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee IN (0, CAST(:app AS regrole))
    """

    found = {tuple(row) for row in await application.execute(text(granted), {"app": APP})}

    assert found == COLUMN_RIGHTS


async def test_tests_run_as_the_application(application: AsyncConnection) -> None:
    assert await application.scalar(text("SELECT current_user")) == APP_ROLE == APP


async def test_the_application_leaves_a_stronger_login_behind(address: Address, template: str) -> None:
    strong = connect(url_of(address, OWNER, template))
    try:
        async with strong.reading(SYSTEM) as connection:
            assert await connection.scalar(text("SELECT current_user")) == APP
    finally:
        await strong.close()


async def test_the_application_has_no_powers_of_a_role(application: AsyncConnection) -> None:
    powers = """
        SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
        FROM pg_roles WHERE rolname = :app
    """

    assert await application.scalar(text(powers), {"app": APP}) is False


async def test_the_owner_is_no_superuser_and_passes_by_no_rule(owner: AsyncConnection) -> None:
    powers = "SELECT rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = :owner"

    assert await owner.scalar(text(powers), {"owner": OWNER}) is False


async def test_the_application_is_a_member_of_no_role(application: AsyncConnection) -> None:
    roles = "SELECT rolname FROM pg_roles WHERE rolname <> :app AND pg_has_role(:app, oid, 'MEMBER')"

    assert (await application.execute(text(roles), {"app": APP})).scalars().all() == []


async def test_the_application_owns_nothing(application: AsyncConnection) -> None:
    owned = "SELECT count(*) FROM pg_shdepend WHERE refobjid = CAST(:app AS regrole) AND deptype = 'o'"

    assert await application.scalar(text(owned), {"app": APP}) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE obligation SET due_before = due_before",
        "UPDATE obligation SET force = force",
        "UPDATE obligation SET owner_id = owner_id",
        "DELETE FROM obligation",
        "TRUNCATE obligation CASCADE",
        "UPDATE cycle SET due_before = due_before",
        "DELETE FROM cycle",
        "INSERT INTO plan DEFAULT VALUES",
        "UPDATE client SET role = role",
        "DELETE FROM client",
        "UPDATE client_secret SET digest = digest",
        "UPDATE client_body SET body_id = body_id",
        "UPDATE revoked_token SET expires_at = expires_at",
        "INSERT INTO client_body DEFAULT VALUES",
        "UPDATE idempotency_record SET body = body",
        "CREATE TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "ALTER TABLE review DISABLE TRIGGER append_only",
        "DROP TABLE review",
        "DROP FUNCTION refuse_to_change_history() CASCADE",
        "SET session_replication_role = replica",
        f"SET ROLE {OWNER}",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "INSERT INTO row_digest (table_name, row_id) VALUES ('plan', gen_random_uuid())",
        "UPDATE event SET recorded_at = recorded_at",
    ],
)
async def test_the_application_may_not_move_deadlines_or_make_itself_stronger(
    application: AsyncConnection, statement: str
) -> None:
    assert await refusal_of(application, statement) == FORBIDDEN


async def test_the_application_says_when_an_obligation_was_acted_on(application: AsyncConnection) -> None:
    assert await refusal_of(application, "UPDATE obligation SET updated_at = now()") is None
