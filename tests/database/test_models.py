"""The models and the migrated database say the same: nothing has drifted, down to the values of each CHECK."""

import re
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Enum
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.domain.completion import COMPARATORS
from app.models.redacted_views import VIEWS
from embedded_postgres import Address
from tests.conftest import as_owner, create_database
from tests.database.catalog import schema_of

VERSIONS = "alembic_version"


async def test_the_models_say_what_the_migrations_make(address: Address, migrated: str) -> None:
    def differences(connection: Connection) -> Any:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)

    async with as_owner(address, migrated) as connection:
        assert await connection.run_sync(differences) == []


async def test_tables_made_from_the_models_are_those_of_the_migrations_down_to_the_last_check(
    address: Address, migrated: str
) -> None:
    name = f"made_{uuid4().hex}"
    await create_database(address, name)
    async with as_owner(address, name) as connection:
        await connection.run_sync(SQLModel.metadata.create_all)

    async with as_owner(address, name) as made, as_owner(address, migrated) as grown:
        found = [await tables_of(made), await tables_of(grown)]

    assert found[0] == found[1]
    assert {kind for kind, *_ in found[0]} == {"column", "constraint", "index"}


async def tables_of(connection: AsyncConnection) -> set[tuple[Any, ...]]:
    """Return what models can say of a schema; rights and triggers are for the migrations alone."""
    described, others = {"column", "constraint", "index"}, {VERSIONS, *VIEWS.tables}
    return {(kind, of, *it) for kind, of, *it in await schema_of(connection) if kind in described and of not in others}


CHOICES = {
    (table.name, column.name): list(column.type.enums)
    for table in SQLModel.metadata.tables.values()
    for column in table.columns
    if isinstance(column.type, Enum) and column.type.create_constraint
} | {("target", "comparator"): list(COMPARATORS)}


@pytest.mark.parametrize(("table", "column"), CHOICES)
async def test_a_choice_allows_the_values_of_its_enum_and_no_other(
    address: Address, migrated: str, table: str, column: str
) -> None:
    over_column = re.compile(rf"\w+ CHECK \(\(\({column}\)::text = ANY \(")
    async with as_owner(address, migrated) as connection:
        schema = await schema_of(connection)

    allowed = [
        re.findall(r"'([^']+)'::character varying", definition)
        for kind, of, definition in schema
        if (kind, of) == ("constraint", table) and over_column.match(definition)
    ]
    assert allowed == [CHOICES[table, column]]


def test_the_enums_of_the_models_are_all_found() -> None:
    assert {("progress_update", "state"), ("review", "outcome"), ("client", "role")} <= set(CHOICES)
