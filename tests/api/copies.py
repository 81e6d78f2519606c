"""A service over a database of its own: a copy of the seeded plan, or the plan as of the day of its issue."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from app.commands.clients import NewClient
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database.engine import connect
from app.security import token_keys
from embedded_postgres import APP, Address
from tests.conftest import PLAN_FOLDER, Trusting, as_owner, create_database, url_of
from tests.given import Service, introduce


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


@asynccontextmanager
async def service_from_the_first_day(address: Address, migrated: str, keys_dir: Path) -> AsyncIterator[Service]:
    """Serve the plan as it was seeded on the day of its issue."""
    name = f"story_{uuid4().hex}"
    await create_database(address, name, migrated)
    async with as_owner(address, name) as owner:
        await apply(owner, read(PLAN_FOLDER), now=datetime(2021, 5, 31, 2, tzinfo=UTC))
        cast = await introduce(owner, token_keys.load(keys_dir).digest_of)
    database = Trusting(connect(url_of(address, APP, name), pool_size=2).engine)
    async with Service.over(database, keys_dir, cast) as serving:
        yield serving
    await database.close()
