"""History is append-only: the application may not change it, and nor may the owner of the database."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.database.embedded import APP, OWNER, Address
from app.database.engine import APP_ROLE, Database
from app.models import Measurement
from app.models.base import HistoryRow, table
from tests.conftest import as_owner

FORBIDDEN, APPEND_ONLY = "42501", "23001"
"""PostgreSQL's codes: insufficient_privilege and restrict_violation."""
BEFORE_UPDATE_DELETE_OR_TRUNCATE_ONCE_A_STATEMENT = 2 | 16 | 8 | 32
"""The bits of `pg_trigger.tgtype`."""
CHANGES = ("UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE")


def kinds_of(base: type[HistoryRow]) -> Iterator[str]:
    """Name the tables of all acts, however deep their models stand below the base."""
    for model in base.__subclasses__():
        if hasattr(model, "__table__"):
            yield table(model).name
        yield from kinds_of(model)


HISTORY = sorted({*kinds_of(HistoryRow), table(Measurement).name})


@pytest.fixture
async def owner(address: Address, shared_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Connect to this worker's copy of the plan as the database's owner."""
    async with as_owner(address, "shared") as connection:
        yield connection


@pytest.fixture
async def application(database: Database) -> AsyncIterator[AsyncConnection]:
    """Connect as the application does."""
    async with database.writing() as connection:
        yield connection


async def refusal_of(connection: AsyncConnection, statement: str) -> str | None:
    """Try a statement, undo it, and return the code with which it was refused; none when it went through."""
    savepoint = await connection.begin_nested()
    try:
        await connection.execute(text(statement))
    except DBAPIError as error:
        return str(getattr(error.orig, "sqlstate", None))
    finally:
        await savepoint.rollback()
    return None


def test_the_models_know_which_tables_are_history() -> None:
    assert {"progress_update", "measurement", "evidence", "withdrawal", "review", "extension"} <= set(HISTORY)


async def test_tests_run_as_the_application(application: AsyncConnection) -> None:
    assert await application.scalar(text("SELECT current_user")) == APP_ROLE == APP


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("history", HISTORY)
async def test_the_application_may_not_change_history(application: AsyncConnection, history: str, change: str) -> None:
    assert await refusal_of(application, change.format(history)) == FORBIDDEN


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("history", HISTORY)
async def test_the_owner_cannot_change_history_either(owner: AsyncConnection, history: str, change: str) -> None:
    assert await refusal_of(owner, change.format(history)) == APPEND_ONLY


async def test_every_table_of_history_has_the_trigger(owner: AsyncConnection) -> None:
    triggers = """
        SELECT c.relname, t.tgtype, t.tgenabled::text FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE p.proname = 'refuse_to_change_history'
    """

    found = {name: (kind, enabled) for name, kind, enabled in await owner.execute(text(triggers))}

    assert found == dict.fromkeys(HISTORY, (BEFORE_UPDATE_DELETE_OR_TRUNCATE_ONCE_A_STATEMENT, "O"))


@pytest.mark.parametrize("history", HISTORY)
async def test_the_application_may_read_history_and_add_to_it_and_nothing_else(
    application: AsyncConnection, history: str
) -> None:
    granted = """
        SELECT privilege_type FROM information_schema.role_table_grants
        WHERE grantee = current_user AND table_name = :history
        UNION SELECT privilege_type FROM information_schema.role_column_grants
        WHERE grantee = current_user AND table_name = :history
    """

    found = await application.execute(text(granted), {"history": history})

    assert set(found.scalars()) == {"SELECT", "INSERT"}


@pytest.mark.parametrize(
    "name",
    [
        "plan",
        "body",
        "duty",
        "duty_owner",
        "duty_partner",
        "target",
        "holiday",
        "client",
        "client_secret",
        "client_body",
        "alembic_version",
    ],
)
async def test_the_application_may_not_add_plans_or_clients_or_take_them_away(
    application: AsyncConnection, name: str
) -> None:
    assert await refusal_of(application, f"INSERT INTO {name} DEFAULT VALUES") == FORBIDDEN
    assert await refusal_of(application, f"DELETE FROM {name}") == FORBIDDEN  # noqa: S608


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
        "UPDATE client SET role = role",
        "CREATE TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "ALTER TABLE review DISABLE TRIGGER append_only",
        "DROP TABLE review",
        "DROP FUNCTION refuse_to_change_history() CASCADE",
        "SET session_replication_role = replica",
        f"SET ROLE {OWNER}",
    ],
)
async def test_the_application_may_not_move_deadlines_or_make_itself_stronger(
    application: AsyncConnection, statement: str
) -> None:
    assert await refusal_of(application, statement) == FORBIDDEN


async def test_the_application_counts_versions_up(application: AsyncConnection) -> None:
    assert await refusal_of(application, "UPDATE obligation SET version = version + 1, updated_at = now()") is None


async def test_the_application_owns_nothing(application: AsyncConnection) -> None:
    owned = "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"

    assert (await application.execute(text(owned))).scalars().all() == []
