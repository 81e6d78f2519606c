"""A service over a copy of the seeded plan that keeps what is written, for longer than one test."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from app.commands.clients import NewClient
from app.database.engine import connect
from embedded_postgres import APP, Address
from tests.conftest import Trusting, create_database, url_of
from tests.given import Service


@asynccontextmanager
async def service_over_a_copy(
    address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]
) -> AsyncIterator[Service]:
    """Copy the seeded plan and serve the copy."""
    name = f"copy_{uuid4().hex}"
    await create_database(address, name, template)
    database = Trusting(connect(url_of(address, APP, name), pool_size=8).engine)
    async with Service.over(database, keys_dir, cast) as serving:
        yield serving
    await database.close()
