"""Behind PgBouncer: what cannot be right is refused, and what is accepted gives nobody another one's answer."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio import to_thread
from sqlalchemy import text

from app.commands.clients import NewClient
from app.database import migrations
from app.database.engine import NOBODY, SYSTEM, Database, connect, prove
from app.database.failures import DatabaseUnfit
from embedded_postgres import OWNER, Address
from tests.outside.pgbouncer import of_version, pooling, url_through
from tests.process.running import Running

pytestmark = pytest.mark.poolers
SETTINGS = "jit, plan_cache_mode, random_page_cost, statement_timeout, lock_timeout, role"
SETTINGS += ", idle_in_transaction_session_timeout, options"
GETS, ACTS = int(os.environ.get("DONDOC_TEST_GETS", "400")), int(os.environ.get("DONDOC_TEST_ACTS", "60"))
"""How much is asked of each mode; the whole measure is 5000 and 1000."""
OWN: dict[str, Any] = {"owner": "cong-an"}
"""What the police ask for: obligations on which they may report."""


@pytest.fixture(params=["old", "new"])
def program(request: pytest.FixtureRequest) -> Path:
    """Give a PgBouncer of either kind."""
    return needed(new=request.param == "new")


def needed(*, new: bool) -> Path:
    found = of_version(new=new)
    if found is None:
        pytest.skip(f"NOT CHECKED: there is no PgBouncer {'1.21 or later' if new else 'before 1.21'} here")
    return found


@pytest.fixture
def name(own_database: Database) -> str:
    return str(own_database.engine.url.database)


async def refused(address: Address, name: str, why: str, program: Path, **settings: Any) -> None:
    """Expect that a database behind a pooler is refused, in a sentence."""
    with pooling(program, address, **settings) as port, pytest.raises(DatabaseUnfit, match=why):
        await prove(url_through(port, address, name))


async def test_one_that_mixes_statements_up_is_refused(address: Address, name: str) -> None:
    for settings in ({"ignore_startup_parameters": SETTINGS}, {}):
        await refused(address, name, r"PgBouncer 1\.21", needed(new=False), pool_mode="transaction", **settings)


async def test_one_that_was_told_not_to_know_statements_is_refused(address: Address, name: str) -> None:
    settings: dict[str, Any] = {"pool_mode": "transaction", "max_prepared_statements": 0}
    await refused(address, name, "max_prepared_statements", needed(new=True), **settings)


async def test_one_that_has_a_single_session_to_lend_is_refused_too(address: Address, name: str) -> None:
    settings: dict[str, Any] = {"pool_mode": "transaction", "default_pool_size": 1}
    await refused(address, name, r"PgBouncer 1\.21", needed(new=False), **settings)


async def test_one_that_lends_for_a_statement_is_refused(program: Path, address: Address, name: str) -> None:
    with pooling(program, address, pool_mode="statement") as port, pytest.raises(DatabaseUnfit, match="pooler"):
        await prove(url_through(port, address, name))


async def test_nobody_migrates_without_a_session(address: Address, name: str) -> None:
    with (
        pooling(needed(new=True), address, pool_mode="transaction") as port,
        pytest.raises(DatabaseUnfit, match="DATABASE_OWNER_URL"),
    ):
        await to_thread.run_sync(migrations.upgrade, url_through(port, address, name, OWNER))


ACCEPTED = {
    "new, by transaction": (True, {"pool_mode": "transaction"}),
    "new, by transaction, parameters dropped": (
        True,
        {"pool_mode": "transaction", "ignore_startup_parameters": SETTINGS},
    ),
    "new, by session": (True, {"pool_mode": "session"}),
    "old, by session, parameters dropped": (False, {"pool_mode": "session", "ignore_startup_parameters": SETTINGS}),
}


@pytest.mark.parametrize("mode", ACCEPTED)
async def test_in_every_transaction_role_settings_and_identity_are_ours(address: Address, name: str, mode: str) -> None:
    new, settings = ACCEPTED[mode]
    with pooling(needed(new=new), address, **settings) as port:
        # The owner's login is the stronger one: that it does not matter is what the role is for.
        database = connect(url_through(port, address, name, OWNER), pool_size=3)
        asked = text(
            "SELECT current_user, current_setting('statement_timeout'), current_setting('TimeZone'), "
            "current_setting('plan_cache_mode'), current_setting('dondoc.role', true)"
        )
        for identity in (SYSTEM, NOBODY, SYSTEM, NOBODY):
            async with database.reading(identity) as one, database.writing(identity) as other:
                for connection in (one, other):
                    seen = tuple((await connection.execute(asked)).one())
                    assert seen == ("dondoc_app", "20s", "UTC", "force_generic_plan", identity.role)
        await database.close()


@contextmanager
def two_behind(port: int, address: Address, name: str, keys_dir: Path, folder: Path) -> Iterator[list[Running]]:
    """Run two services on one database behind a pooler; they have their keys in common."""
    url = url_through(port, address, name)
    common = {"DATABASE_URL": url, "DONDOC_KEYS_DIR": str(keys_dir), "DONDOC_ISSUER": "http://dondoc.test"}
    with ExitStack() as stack:
        services = []
        for number in range(2):
            (folder / f"{number}").mkdir()
            service = Running(folder / f"{number}", **common)
            stack.callback(service.http.close)
            stack.callback(service.stop)
            service.start()
            services.append(service)
        yield services


@pytest.fixture
async def clients() -> AsyncIterator[list[httpx.AsyncClient]]:
    opened: list[httpx.AsyncClient] = []
    yield opened
    for one in opened:
        await one.aclose()


@pytest.mark.parametrize("mode", ACCEPTED)
async def test_two_services_behind_one_pooler_give_no_wrong_answer(
    address: Address,
    name: str,
    keys_dir: Path,
    cast: Mapping[str, NewClient],
    tmp_path: Path,
    mode: str,
    clients: list[httpx.AsyncClient],
    record_property: Any,
) -> None:
    new, settings = ACCEPTED[mode]
    with (
        pooling(needed(new=new), address, default_pool_size=12, **settings) as port,
        two_behind(port, address, name, keys_dir, tmp_path) as services,
    ):
        police = cast["police"]
        clients += [httpx.AsyncClient(base_url=one.base, timeout=60) for one in services]
        proof = (str(police.id), police.secret)
        grant = await clients[0].post("/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=proof)
        sent = {"Authorization": f"Bearer {grant.json()['access_token']}"}
        listed = await clients[0].get("/v1/obligations", params=OWN, headers=sent)
        ids = [item["id"] for item in listed.json()["items"]]
        wrong = await _asked(clients, ids, sent) + await _acted(clients, ids, sent)
        logs = "".join((one.data_dir / "service.log").read_text() for one in services)
    record_property("figure", f"PgBouncer, {mode}: {len(wrong)} wrong answers in {GETS} GETs and {ACTS} acts")
    assert wrong == [], logs[-2000:]


async def _asked(clients: list[httpx.AsyncClient], ids: list[str], sent: dict[str, str]) -> list[Any]:
    """Ask both services, many questions at once, and return the answers that are not to the question."""
    turns = [(client, one) for (client, one), _ in zip(zip(cycle(clients), cycle(ids)), range(GETS), strict=False)]

    async def ask(client: httpx.AsyncClient, one: str, number: int) -> Any:
        if number % 2:
            answer = await client.get(f"/v1/obligations/{one}", headers=sent)
            return None if answer.status_code == 200 and answer.json()["id"] == one else (one, answer.text)
        limit = number % 5 + 1
        answer = await client.get("/v1/obligations", params=OWN | {"limit": limit}, headers=sent)
        right = answer.status_code == 200 and [item["id"] for item in answer.json()["items"]] == ids[:limit]
        return None if right else (limit, answer.text)

    return await _together([ask(client, one, number) for number, (client, one) in enumerate(turns)])


async def _acted(clients: list[httpx.AsyncClient], ids: list[str], sent: dict[str, str]) -> list[Any]:
    """Report to both services, and return what is not in the history of its obligation afterwards, once."""
    told = [(f"Đã làm việc số {number}.", ids[number % len(ids)]) for number in range(ACTS)]

    async def act(client: httpx.AsyncClient, summary: str, one: str) -> Any:
        body = {"state": "in_progress", "summary": summary}
        headers = sent | {"Idempotency-Key": summary.encode().hex()}
        answer = await client.post(f"/v1/obligations/{one}/updates", json=body, headers=headers)
        right = answer.status_code == 201 and answer.json()["update"]["summary"] == summary
        return None if right else (one, answer.text)

    wrong = await _together([act(client, *one) for client, one in zip(cycle(clients), told, strict=False)])
    for one in dict.fromkeys(ids[: len(told)]):
        history = await clients[0].get(f"/v1/obligations/{one}/history", headers=sent)
        found = sorted(item["summary"] for item in history.json()["items"] if "summary" in item)
        if found != sorted(summary for summary, of in told if of == one):
            wrong.append((one, found))
    return wrong


async def _together(calls: list[Any]) -> list[Any]:
    gate = asyncio.Semaphore(16)

    async def call(one: Any) -> Any:
        async with gate:
            return await one

    return [found for found in await asyncio.gather(*map(call, calls)) if found]
