"""A connection is used only when it has proven what everything relies on; one that cannot is refused in a sentence."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from anyio import fail_after, to_thread
from asyncpg import PostgresError
from sqlalchemy import text

from app.database import migrations
from app.database.address import Connection, read
from app.database.engine import SYSTEM, Database, connect, prove
from app.database.failures import DatabaseUnfit, Failure, cause_of, kind_of
from app.database.statements import driver_of
from embedded_postgres import APP, OWNER, Address
from tests.api.asking import problem_of
from tests.conftest import as_owner, create_database, url_of
from tests.given import Service


@asynccontextmanager
async def made(address: Address, words: str) -> AsyncIterator[str]:
    """Make a database as the words say, and give its name."""
    name = f"odd_{uuid4().hex}"
    opened = connect(url_of(address, OWNER, "dondoc"), role=None)
    async with opened.engine.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} {words}"))
    await opened.close()
    yield name


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_that_cannot_hold_vietnamese_is_refused_by_everything(
    address: Address, migrated: str, encoding: str
) -> None:
    as_it_is = f"ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
    async with made(address, as_it_is) as name:
        with pytest.raises(DatabaseUnfit, match="ENCODING 'UTF8'"):
            await to_thread.run_sync(migrations.upgrade, url_of(address, OWNER, name))
        with pytest.raises(DatabaseUnfit, match=encoding):
            await prove(url_of(address, APP, name))


async def test_a_login_that_may_not_be_our_role_is_refused(address: Address, migrated: str) -> None:
    with pytest.raises(DatabaseUnfit, match="may not act as pg_monitor"):
        await prove(url_of(address, APP, migrated), role="pg_monitor")
    with pytest.raises(DatabaseUnfit, match="GRANT nobody_has_it TO"):
        await prove(url_of(address, APP, migrated), role="nobody_has_it")


async def test_a_login_that_could_be_the_owner_again_is_refused(address: Address, migrated: str) -> None:
    with pytest.raises(DatabaseUnfit, match="make a login for the service"):
        await prove(url_of(address, OWNER, migrated))

    await prove(url_of(address, APP, migrated))
    await prove(url_of(address, OWNER, migrated), role=None)


async def test_what_only_an_operator_can_mend_is_refused_before_serving(address: Address, migrated: str) -> None:
    good = url_of(address, APP, migrated)
    for url, why in (
        (good.replace(address.password(APP), "wrong"), "password"),
        (good.replace(f"/{migrated}?", "/nowhere?"), "no database of that name"),
        (f"{good}&options=-c%20no_such_thing=1", "options"),
    ):
        with pytest.raises(Exception, match=why) as refused:
            await prove(url)
        assert address.password(APP) not in str(refused.value)


async def test_a_database_that_is_only_away_may_come_back(tmp_path: object) -> None:
    await prove("postgresql://nobody:nothing@127.0.0.1:9/nowhere")


async def test_a_server_of_an_older_version_is_refused(address: Address, migrated: str) -> None:
    """The version is the one thing of a server that cannot be had here: what we want is raised instead."""
    from app.database import entrance  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(entrance, "OLDEST", 99)
        with pytest.raises(DatabaseUnfit, match="PostgreSQL 99 or later"):
            await prove(url_of(address, APP, migrated))


async def test_no_two_statements_of_any_process_have_one_name(address: Address, migrated: str) -> None:
    one, other = [await read(url_of(address, APP, migrated)).connect({}) for _ in range(2)]
    found = await _names(one) | await _names(other)
    for connection in (one, other):
        await connection.close()

    assert len(found) == 4
    assert len({name.rsplit("_", 1)[0] for name in found}) == 1


async def _names(connection: Connection) -> set[str]:
    await connection.fetch("SELECT 1")
    return {row["name"] for row in await connection.fetch("SELECT name FROM pg_prepared_statements")}


@pytest.mark.parametrize("way", ["password", "name", "closed", "login"])
async def test_who_is_not_let_in_any_more_is_unavailable_and_recovers(
    own_service: Service, own_database: Database, address: Address, way: str
) -> None:
    name = str(own_database.engine.url.database)
    before, turn = own_service.app.state.database, url_of(address, APP, name)
    if way == "password":
        away = connect(turn.replace(address.password(APP), "rotated"))
    elif way == "name":
        away = connect(url_of(address, APP, "renamed"))
    elif way == "login":
        # What may not log in is refused as whoever the server's rules leave out: roles cannot be made here.
        away = connect(turn.replace(f"//{APP}:", "//left_out:"))
    else:
        away = connect(turn)
        await own_database.close()
        await _as_owner(address, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    own_service.app.state.database = away

    problem = await own_service.police.get("/v1/plans")

    problem_of(problem, 503, "service-unavailable")
    assert int(problem.headers["retry-after"]) > 0
    if way == "closed":
        await _as_owner(address, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    else:
        own_service.app.state.database = before
    assert (await own_service.police.get("/v1/plans")).status_code == 200
    await away.close()


async def _as_owner(address: Address, statement: str) -> None:
    opened = connect(url_of(address, OWNER, "dondoc"), role=None)
    async with opened.engine.connect() as connection:
        await connection.execute(text(statement))
    await opened.close()


async def test_a_table_that_changes_under_a_prepared_statement_costs_nobody_an_answer(
    own_service: Service, own_database: Database, address: Address
) -> None:
    paths = ("/v1/plans", "/v1/obligations?limit=2", "/v1/plans")
    for _ in range(3):
        assert [(await own_service.police.get(path)).status_code for path in paths] == [200, 200, 200]

    async with as_owner(address, str(own_database.engine.url.database)) as connection:
        await connection.execute(text("ALTER TABLE plan ALTER COLUMN number TYPE text"))
        await connection.execute(text("ALTER TABLE idempotency_record ALTER COLUMN location TYPE varchar(999)"))

    assert [(await own_service.police.get(path)).status_code for path in paths] == [200, 200, 200]


ASKED = "SELECT * FROM plan"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@asynccontextmanager
async def outdated(address: Address, name: str) -> AsyncIterator[Database]:
    """Open a pool whose two idle connections have prepared what is no statement any more."""
    opened = connect(url_of(address, APP, name), pool_size=2)
    async with opened.reading(SYSTEM) as one, opened.reading(SYSTEM) as other:
        for connection in (one, other):
            await driver_of(connection).fetch(ASKED)
    async with as_owner(address, name) as owner:
        await owner.execute(text("ALTER TABLE plan ALTER COLUMN number TYPE text"))
    yield opened
    await opened.close()


async def _others(address: Address, name: str) -> int:
    async with as_owner(address, name) as owner:
        return await owner.scalar(text(CONNECTIONS)) or 0


async def _ask(opened: Database) -> object:
    async with opened.reading(SYSTEM) as connection:
        return await driver_of(connection).fetch(ASKED)


async def test_an_outdated_statement_is_one_that_is_tried_again(own_database: Database, address: Address) -> None:
    async with outdated(address, str(own_database.engine.url.database)) as opened:
        with pytest.raises(PostgresError) as refused:
            await _ask(opened)

        assert kind_of(refused.value) is Failure.UNAVAILABLE
        assert await _ask(opened)


async def test_what_is_in_use_while_others_are_dropped_is_closed_when_it_is_given_back(
    own_database: Database, address: Address
) -> None:
    name = str(own_database.engine.url.database)
    async with outdated(address, name) as opened:
        async with opened.reading(SYSTEM):
            with pytest.raises(PostgresError):
                await _ask(opened)

        with fail_after(30):
            while await _others(address, name):
                continue


@pytest.mark.parametrize(("state", "said"), [("28P01", "password"), ("28000", "come in"), ("53300", "taken")])
def test_the_cause_is_told_in_our_own_words(state: str, said: str) -> None:
    error = PostgresError('role "dondoc_app" of 10.1.2.3')
    error.sqlstate = state

    assert said in cause_of(error)
    assert "10.1.2.3" not in cause_of(error)


async def test_a_database_that_others_create_is_proven_too(address: Address, template: str) -> None:
    name = f"copy_{uuid4().hex}"
    await create_database(address, name, template)

    await prove(url_of(address, APP, name))
