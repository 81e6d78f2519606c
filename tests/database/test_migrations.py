"""Migrations: up, down and up again, nothing lost on the way; and what they make is what the models say."""

import ast
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.script import ScriptDirectory
from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.clients import NewClient
from app.database import migrations
from app.database.embedded import APP, OWNER, Address
from app.domain.completion import ClaimState, ReviewOutcome
from app.settings import ROOT
from tests.conftest import as_owner, create_database, url_of
from tests.histories import GOOD_FIGURES, MEASURED, PLAIN, Evidence, Extension, Review, Update, Withdrawal, record

SCRIPTS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
FIRST = "0001"
NOON = datetime(2021, 6, 10, 5, tzinfo=UTC)

SCHEMA = """
    SELECT 'column', table_name, concat_ws(' ', column_name, data_type, udt_name, character_maximum_length,
        numeric_precision, numeric_scale, is_nullable, column_default)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'grant', table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = :app
    UNION ALL
    SELECT 'grant', table_name || '.' || column_name, privilege_type
    FROM information_schema.role_column_grants WHERE grantee = :app
    UNION ALL
    SELECT 'schema', nspname, has_schema_privilege(:app, oid, 'USAGE')::text FROM pg_namespace WHERE nspname = 'public'
"""


async def schema_of(connection: AsyncConnection) -> set[tuple[Any, ...]]:
    """Return all that migrations make: columns, constraints, indexes, triggers, functions and grants."""
    return {tuple(row) for row in await connection.execute(text(SCHEMA), {"app": APP})}


async def rows_of(connection: AsyncConnection, columns: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return what stands in the columns of each table."""
    found = {}
    for name, known in columns.items():
        shown = ", ".join(f'"{column}"' for column in known)
        rows = text(f"SELECT to_json(r)::text FROM (SELECT {shown} FROM {name}) r ORDER BY 1")  # noqa: S608
        found[name] = list((await connection.execute(rows)).scalars())
    return found


async def columns_of(connection: AsyncConnection) -> dict[str, list[str]]:
    """Name the columns of each table of ours."""
    named = """
        SELECT table_name, array_agg(column_name::text) AS columns FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version' GROUP BY table_name
    """
    return {row.table_name: row.columns for row in await connection.execute(text(named))}


async def new_database(address: Address, template: str | None = None) -> str:
    """Create a database for one test, empty or as a copy, and return its name."""
    name = f"migrated_{uuid4().hex}"
    await create_database(address, name, template)
    return name


async def upgrade(address: Address, name: str, revision: str = "head") -> None:
    await to_thread.run_sync(migrations.upgrade, url_of(address, OWNER, name), revision)


async def downgrade(address: Address, name: str, revision: str = "base") -> None:
    await to_thread.run_sync(migrations.downgrade, url_of(address, OWNER, name), revision)


async def test_up_down_and_up_again_ends_where_it_was(address: Address) -> None:
    name = await new_database(address)
    await upgrade(address, name)
    async with as_owner(address, name) as connection:
        first = await schema_of(connection)

    await downgrade(address, name)
    async with as_owner(address, name) as connection:
        emptied = await schema_of(connection)
    await upgrade(address, name)

    async with as_owner(address, name) as connection:
        assert await schema_of(connection) == first
        assert await migrations.at_head(connection)
    assert {kind for kind, name, _ in emptied if name not in {"alembic_version", "public"}} == set()
    assert {"column", "constraint", "index", "trigger", "function", "grant", "schema"} == {kind for kind, *_ in first}


async def test_each_step_goes_down_and_up_by_itself(address: Address) -> None:
    name = await new_database(address)
    for script in SCRIPTS:
        await upgrade(address, name, script.name[:4])
        async with as_owner(address, name) as connection:
            before = await schema_of(connection)

        await downgrade(address, name, "-1")
        await upgrade(address, name, "+1")

        async with as_owner(address, name) as connection:
            assert await schema_of(connection) == before, script.name


async def test_upgrading_twice_changes_nothing(address: Address, template: str) -> None:
    name = await new_database(address, template)

    await upgrade(address, name)

    async with as_owner(address, name) as upgraded, as_owner(address, template) as untouched:
        assert await schema_of(upgraded) == await schema_of(untouched)


async def test_a_plan_with_history_is_kept_from_the_first_migration_to_the_last(
    address: Address, template: str, cast: Mapping[str, NewClient]
) -> None:
    name = await new_database(address, template)
    async with as_owner(address, name) as connection:
        await write_some_of_everything(connection, cast["police"])
    await downgrade(address, name, FIRST)
    async with as_owner(address, name) as connection:
        columns = await columns_of(connection)
        before = await rows_of(connection, columns)

    await upgrade(address, name)

    async with as_owner(address, name) as connection:
        assert await rows_of(connection, columns) == before
    assert {table for table, rows in before.items() if not rows} <= {"idempotency_record"}


async def write_some_of_everything(connection: AsyncConnection, client: NewClient) -> None:
    """Give two obligations a history with each kind of act."""

    def at() -> dict[str, Any]:
        return {"id": uuid4(), "received_at": NOON, "recorded_at": NOON}

    evidence = Evidence(**at())
    told: dict[Subject, list[Act]] = {
        MEASURED: [Update(**at(), state=ClaimState.COMPLETED, figures=GOOD_FIGURES), evidence],
        PLAIN: [
            Review(**at(), outcome=ReviewOutcome.RETURNED),
            Extension(**at(), due_before=NOON),
        ],
    }
    withdrawn: dict[Subject, list[Act]] = {MEASURED: [Withdrawal(**at(), evidence_id=evidence.id)]}
    await record(connection, client.id, told)
    await record(connection, client.id, withdrawn)


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / "migrations" / "env.py"], ids=lambda path: path.name)
def test_a_migration_imports_nothing_of_the_application(script: Path) -> None:
    tree = ast.parse(script.read_text("utf-8"))

    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name for name in imported if name.split(".")[0] in {"app", "tests", ""}} == set()


def test_migrations_are_numbered_in_one_line() -> None:
    revisions = list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())[::-1]

    assert [revision.revision for revision in revisions] == [f"{n:04}" for n in range(1, len(SCRIPTS) + 1)]
    assert [revision.down_revision for revision in revisions] == [None, *(r.revision for r in revisions[:-1])]
    assert [Path(revision.path).name[:4] for revision in revisions] == [r.revision for r in revisions]
