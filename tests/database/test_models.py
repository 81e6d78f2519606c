"""The models and the migrated database say the same: nothing has drifted, down to the names and values of CHECKs."""

import re
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, Enum, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.database.embedded import Address
from app.domain.completion import COMPARATORS
from tests.conftest import as_owner


async def test_the_models_say_what_the_migrations_make(address: Address, migrated: str) -> None:
    def differences(connection: Connection) -> Any:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)

    async with as_owner(address, migrated) as connection:
        assert await connection.run_sync(differences) == []


async def checks_of(connection: AsyncConnection) -> dict[tuple[str, str], str]:
    """Return each CHECK by its table and name."""
    checks = (
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
    )
    return {(table, name): definition for table, name, definition in await connection.execute(text(checks))}


async def test_checks_have_the_names_that_the_models_give_them(address: Address, migrated: str) -> None:
    named = {
        (table.name, str(constraint.name))
        for table in SQLModel.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }

    async with as_owner(address, migrated) as connection:
        found = set(await checks_of(connection))

    assert found == named


CHOICES = {
    (table.name, column.name): list(column.type.enums)
    for table in SQLModel.metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, Enum)
} | {("target", "comparator"): list(COMPARATORS)}


@pytest.mark.parametrize(("table", "column"), CHOICES)
async def test_a_choice_allows_the_values_of_its_enum_and_no_other(
    address: Address, migrated: str, table: str, column: str
) -> None:
    async with as_owner(address, migrated) as connection:
        checks = await checks_of(connection)

    over_column = re.compile(rf"CHECK \(\(\({column}\)::text = ANY \(")
    allowed = [
        re.findall(r"'([^']+)'::character varying", definition)
        for (name, _), definition in checks.items()
        if name == table and over_column.match(definition)
    ]
    assert allowed == [CHOICES[table, column]]


def test_the_enums_of_the_models_are_all_found() -> None:
    assert {("progress_update", "state"), ("review", "outcome"), ("client", "role")} <= set(CHOICES)
