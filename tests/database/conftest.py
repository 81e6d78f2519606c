"""The two roles of the database, each on a connection of its own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.database.embedded import Address
from app.database.engine import Database
from tests.conftest import as_owner


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
