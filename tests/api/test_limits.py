"""Limits: how often a client and an address may ask for a token, and how many requests are let in at once."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from limits.errors import StorageError

from app.commands.clients import NewClient
from app.database.engine import Database
from app.settings import Settings
from tests.api.asking import problem_of
from tests.given import Caller, Service

GRANT = {"grant_type": "client_credentials"}


@asynccontextmanager
async def limited(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], **settings: Any
) -> AsyncIterator[Service]:
    """Serve with other limits."""
    configured = Settings(keys_dir_or_default=keys_dir, **settings)
    async with Service.over(database, keys_dir, cast, configured) as service:
        yield service


async def ask(
    service: Service, caller: Caller, *, secret: str | None = None, address: str = "10.0.0.1"
) -> httpx.Response:
    """Ask for a token from an address."""
    transport = httpx.ASGITransport(service.app, raise_app_exceptions=False, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        proof = (str(caller.client_id), secret or caller.secret)
        return await http.post("/v1/oauth/token", data=GRANT, auth=proof)


async def test_a_client_that_asks_too_often_is_told_when_to_come_back(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient]
) -> None:
    async with limited(database, keys_dir, cast, token_limit="3/minute") as service:
        answers = [await ask(service, service.police) for _ in range(4)]

        assert [answer.status_code for answer in answers[:3]] == [200] * 3
        problem_of(answers[3], 429, "too-many-requests")
        assert 1 <= int(answers[3].headers["retry-after"]) <= 60
        assert (await ask(service, service.health)).status_code == 200


async def test_nobody_locks_a_client_out_by_guessing_its_secret(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient]
) -> None:
    async with limited(database, keys_dir, cast, token_limit="3/minute") as service:
        for _ in range(9):
            problem_of(await ask(service, service.police, secret="wrong", address="10.0.0.66"), 401, "client-unknown")

        assert (await ask(service, service.police)).status_code == 200


@pytest.mark.parametrize(("same", "other"), [("10.0.0.1", "10.0.0.2"), ("2001:db8::1", "2001:db8:0:1::1")])
async def test_an_address_that_asks_too_often_is_told_so_whatever_it_sends(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], same: str, other: str
) -> None:
    async with limited(database, keys_dir, cast, address_limit="3/minute") as service:
        for _ in range(3):
            problem_of(await ask(service, service.police, secret="wrong", address=same), 401, "client-unknown")

        refused = await ask(service, service.health, address=same)
        problem_of(refused, 429, "too-many-requests")
        assert int(refused.headers["retry-after"]) >= 1
        assert (await ask(service, service.health, address=other)).status_code == 200


async def test_a_whole_ipv6_site_counts_as_one_address(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient]
) -> None:
    async with limited(database, keys_dir, cast, address_limit="2/minute") as service:
        sites = [f"2001:db8::{n}" for n in range(1, 4)]
        answers = [(await ask(service, service.police, address=site)).status_code for site in sites]

    assert answers == [200, 200, 429]


async def test_the_limit_passes(database: Database, keys_dir: Path, cast: Mapping[str, NewClient]) -> None:
    async with limited(database, keys_dir, cast, token_limit="1/second") as service:
        assert (await ask(service, service.police)).status_code == 200
        refused = await ask(service, service.police)
        await asyncio.sleep(int(refused.headers.get("retry-after", 0)))

        assert (await ask(service, service.police)).status_code == 200


class Slow:
    """Lets requests begin, and holds them until the test lets them end."""

    def __init__(self, service: Service) -> None:
        self.working, self.go_on, self._begun = 0, asyncio.Event(), asyncio.Condition()
        database: Any = service.app.state.database
        self._reading = database.reading
        database.reading = self.reading

    @asynccontextmanager
    async def reading(self, identity: Any) -> AsyncIterator[Any]:
        async with self._begun:
            self.working += 1
            self._begun.notify_all()
        await self.go_on.wait()
        async with self._reading(identity) as connection:
            yield connection

    async def holds(self, number: int) -> None:
        """Wait until so many requests are at work."""
        async with self._begun:
            await self._begun.wait_for(lambda: self.working >= number)


async def test_what_cannot_be_worked_on_soon_is_told_at_once_to_come_back(
    own_database: Database, keys_dir: Path, cast: Mapping[str, NewClient]
) -> None:
    async with limited(own_database, keys_dir, cast, max_working=2, max_waiting=3) as service:
        slow = Slow(service)
        begun = [asyncio.create_task(service.police.get("/v1/plans")) for _ in range(5)]
        await slow.holds(2)
        await asyncio.sleep(0.05)

        refused = await service.police.get("/v1/plans")

        problem_of(refused, 503, "service-unavailable")
        assert int(refused.headers["retry-after"]) >= 1
        assert (slow.working, [task.done() for task in begun]) == (2, [False] * 5)
        assert (await service.http.get("/healthz")).status_code == 200
        slow.go_on.set()
        assert [answer.status_code for answer in await asyncio.gather(*begun)] == [200] * 5
        assert (await service.police.get("/v1/plans")).status_code == 200


async def test_whoever_waits_too_long_is_told_so(
    own_database: Database, keys_dir: Path, cast: Mapping[str, NewClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.middleware.admission.PATIENCE_SECONDS", 0.05)
    async with limited(own_database, keys_dir, cast, max_working=1, max_waiting=3) as service:
        slow = Slow(service)
        begun = asyncio.create_task(service.police.get("/v1/plans"))
        await slow.holds(1)

        problem_of(await service.police.get("/v1/plans"), 503, "service-unavailable")

        slow.go_on.set()
        assert (await begun).status_code == 200


class NeverEnding(httpx.AsyncByteStream):
    """A body of which the rest does not come."""

    def __init__(self) -> None:
        self.waited_for = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"grant_type="
        self.waited_for.set()
        await asyncio.Event().wait()


async def test_whoever_never_ends_a_body_takes_nobodys_place(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient]
) -> None:
    async with limited(database, keys_dir, cast, max_working=1, max_waiting=0) as service:
        body = NeverEnding()
        slow = asyncio.create_task(service.http.post("/v1/oauth/token", content=body))
        await body.waited_for.wait()

        assert (await service.police.get("/v1/plans")).status_code == 200

        assert not slow.done()
        slow.cancel()


async def test_a_body_that_does_not_come_in_time_is_refused(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.middleware.admission.BODY_SECONDS", 0.05)

    problem_of(await service.http.post("/v1/oauth/token", content=NeverEnding()), 400, "unreadable-request")


async def test_addresses_of_ipv4_that_are_written_as_ipv6_are_told_apart(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient]
) -> None:
    async with limited(database, keys_dir, cast, address_limit="1/minute") as service:
        asked = [await ask(service, service.police, address=f"::ffff:10.0.0.{n}") for n in (1, 2, 1)]
        asked.append(await ask(service, service.police, address="10.0.0.1"))

    assert [answer.status_code for answer in asked] == [200, 200, 429, 429]


async def test_nobody_gets_a_token_uncounted(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> bool:
        raise StorageError(ConnectionError("no store"))

    monkeypatch.setattr(service.app.state.token_limits.limiter, "hit", broken)

    problem_of(await ask(service, service.police), 503, "service-unavailable")


@pytest.mark.parametrize(("depth", "status"), [(31, 422), (33, 400), (900, 400)])
async def test_a_body_is_nested_only_so_deep(service: Service, depth: int, status: int) -> None:
    path = "/v1/plans/x/cycles"

    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        body = b'{"code": ' + opening * depth + b"1" + closing * depth + b"}"
        assert (await service.coordinator.send(path, body)).status_code == status


async def test_brackets_in_text_are_no_nesting(service: Service) -> None:
    response = await service.police.post("/v1/plans/x/cycles", {"code": "[" * 40 + '\\"{' * 40})

    assert response.status_code in {403, 422}
