"""One PostgreSQL a worker, one database migrated and seeded once; each test in a transaction that is undone.

A test that commits, or that needs several connections, asks for `own_database` instead.
"""

import gc
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.commands.clients import NewClient
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database import migrations
from app.database.engine import NOBODY, SYSTEM, Database, Identity, connect
from app.database.statements import BoundQuery, Row, driver_of
from app.security import token_keys
from app.settings import ROOT
from embedded_postgres import APP, OWNER, Address, Embedded
from tests.given import TODAY, Service, introduce


def pytest_xdist_auto_num_workers() -> int:
    """Run one worker more than there are processors: tests wait for PostgreSQL and for processes half of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests have measured (`record_property("figure", …)`)."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(str(value))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that start processes: each takes long, and at the end nobody would share them."""
    items.sort(key=lambda item: "process" not in item.path.parts)


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what was loaded for all tests, and look at the rest less often.

    It went through a million objects of modules and tests again and again, for a fifth of the time of short tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


INVENTING = (
    "CREATE SCHEMA tests",
    """
    CREATE FUNCTION tests.invent(name text, named text, told jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$ BEGIN
        EXECUTE format('INSERT INTO %1$I (%2$s) SELECT %2$s FROM jsonb_populate_recordset(NULL::%1$I, $1)', name, named)
        USING told;
    END $$
    """,
    f"GRANT USAGE ON SCHEMA tests TO {APP}",
)
"""Lets tests tell of a past that never was, with the instants at which it was recorded: the application cannot."""
ISSUED = datetime(2021, 5, 30, 17, tzinfo=UTC)
PLAN_FOLDER = ROOT / "seeds" / "115-kh-ubnd-2021"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run everything on one asyncio loop a worker."""
    return "asyncio"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """Run a PostgreSQL for this worker; its data may be lost in a crash, which makes it fast."""
    with Embedded(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        yield server.address


def url_of(address: Address, role: str, database: str) -> str:
    """Return the address of another database on the same server."""
    return address.url(role).replace("/dondoc?", f"/{database}?")


@asynccontextmanager
async def as_owner(address: Address, database: str) -> AsyncIterator[AsyncConnection]:
    """Open one transaction of the database's owner."""
    opened = connect(url_of(address, OWNER, database), role=None)
    try:
        async with opened.writing(SYSTEM) as connection:
            yield connection
    finally:
        await opened.close()


async def create_database(address: Address, name: str, template: str | None = None) -> None:
    """Create a database, empty or as a copy."""
    opened = connect(url_of(address, OWNER, "dondoc"), role=None)
    try:
        async with opened.engine.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")))
    finally:
        await opened.close()


@pytest.fixture(scope="session")
def migrated(address: Address) -> str:
    """Return the name of a database with every migration."""
    migrations.upgrade(address.url(OWNER))
    return "dondoc"


@pytest.fixture(scope="session")
async def cast(address: Address, migrated: str, keys_dir: Path) -> Mapping[str, NewClient]:
    """Seed the real plan as of TODAY into the template, and introduce the characters.

    Histories in the tests begin with the plan: its cycles have been recorded since then, as after an upgrade.
    """
    await create_database(address, "seeded", migrated)
    async with as_owner(address, "seeded") as connection:
        await apply(connection, read(PLAN_FOLDER), now=TODAY)
        introduced = await introduce(connection, token_keys.load(keys_dir).digest_of)
        for recorded in ("cycle SET recorded_at", "obligation SET recorded_at", "standing_facts SET known_from"):
            await connection.execute(text(f"UPDATE {recorded} = :on"), {"on": ISSUED})
        for statement in INVENTING:
            await connection.execute(text(statement))
    async with as_owner(address, "seeded") as connection:
        await connection.execute(text("ANALYZE"))
    return introduced


@pytest.fixture(scope="session")
def template(cast: Mapping[str, NewClient]) -> str:
    """Return the name of the database with the real plan and the characters."""
    return "seeded"


class Trusting(Database):
    """A database that takes a test which does not say for whom it looks for the service itself.

    The service always says for whom: there, the type checker asks for it.
    """

    @asynccontextmanager
    async def reading(self, identity: Identity = SYSTEM) -> AsyncIterator[AsyncConnection]:
        async with super().reading(identity) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, identity: Identity = SYSTEM) -> AsyncIterator[AsyncConnection]:
        async with super().writing(identity) as connection:
            yield connection


class OneConnection(Trusting):
    """A database of one connection, inside a transaction that nobody commits.

    A transaction of the service is a savepoint of it.  The driver is told so directly, as it is of a transaction:
    SQLAlchemy gives each savepoint a name of its own, and a statement that it prepares anew.
    """

    def __init__(self, engine: AsyncEngine, connection: AsyncConnection) -> None:
        super().__init__(engine)
        self._connection = connection

    @asynccontextmanager
    async def reading(self, identity: Identity = SYSTEM) -> AsyncIterator[AsyncConnection]:
        async with self.writing(identity) as connection:
            yield connection

    @asynccontextmanager
    async def writing(self, identity: Identity = SYSTEM) -> AsyncIterator[AsyncConnection]:
        driver = driver_of(self._connection)
        await driver.execute(f"SAVEPOINT within; {identity.entered}")
        try:
            yield self._connection
        except BaseException:
            await driver.execute("ROLLBACK TO within; RELEASE within")
            raise
        await driver.execute("RELEASE within")

    async def glance(self, asked: BoundQuery) -> list[Row]:
        await driver_of(self._connection).execute(NOBODY.entered)
        return await asked.on(self._connection)


@pytest.fixture(scope="session")
async def shared_engine(address: Address, template: str) -> AsyncIterator[AsyncEngine]:
    """Keep a pool to this worker's copy of the seeded plan, as the application's role."""
    await create_database(address, "shared", template)
    opened = connect(url_of(address, APP, "shared"))
    yield opened.engine
    await opened.close()


@pytest.fixture
async def database(shared_engine: AsyncEngine) -> AsyncIterator[Database]:
    """Give the seeded plan; whatever the test writes is undone."""
    async with shared_engine.connect() as connection:
        await driver_of(connection).execute("BEGIN")
        yield OneConnection(shared_engine, connection)
        await driver_of(connection).execute("ROLLBACK")


@pytest.fixture
async def own_database(address: Address, template: str) -> AsyncIterator[Database]:
    """Give a copy of the seeded plan to one test, with a pool of its own."""
    name = f"own_{uuid4().hex}"
    await create_database(address, name, template)
    opened = Trusting(connect(url_of(address, APP, name), pool_size=8).engine)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def keys_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for the keys of this worker."""
    return tmp_path_factory.mktemp("keys")


@pytest.fixture
async def service(database: Database, keys_dir: Path, cast: Mapping[str, NewClient]) -> AsyncIterator[Service]:
    """Serve the seeded plan in this process; whatever is written is undone."""
    async with Service.over(database, keys_dir, cast) as serving:
        yield serving


@pytest.fixture
async def own_service(own_database: Database, keys_dir: Path, cast: Mapping[str, NewClient]) -> AsyncIterator[Service]:
    """Serve a copy of the seeded plan that keeps what is written."""
    async with Service.over(own_database, keys_dir, cast) as serving:
        yield serving
