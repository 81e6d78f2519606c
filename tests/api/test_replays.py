"""Replays by the thousand while one transaction in five crashes: every key has one effect.

`DONDOC_REPLAYS=20` replays as often as was promised, in all a thousand times and ten thousand times; without it each
key is replayed less often, in the same way.
"""

import asyncio
import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import SYSTEM, Identity
from tests.api.asking import listed, rows_of
from tests.conftest import Trusting
from tests.given import Service, item

KEYS_ALONE, KEYS_IN_ITEMS = 50, 500
REPLAYS = int(os.environ.get("DONDOC_REPLAYS", "8"))
AT_ONCE, SHARE = 32, 100
Sender = Callable[[Any], Awaitable[None]]


class Crashing(Trusting):
    """A database from which one transaction in five gets no answer: it was undone, or it was kept all the same."""

    dice = random.Random(7)  # noqa: S311

    @asynccontextmanager
    async def writing(self, identity: Identity = SYSTEM) -> AsyncIterator[AsyncConnection]:
        thrown = self.dice.random()
        async with super().writing(identity) as connection:
            yield connection
            if thrown < 0.1:
                raise ConnectionResetError
        if thrown >= 0.9:
            raise ConnectionResetError


@pytest.fixture
async def owed(own_service: Service) -> list[UUID]:
    """Let every transaction from here on be in danger; return what the police owe."""
    own_service.clock.catch_up()
    found = [UUID(one["id"]) for one in await listed(own_service.coordinator, owner="cong-an")]
    own_service.app.state.database = Crashing(own_service.app.state.database.engine)
    return found


async def all_at_once(work: Iterable[Any], send: Sender) -> None:
    """Send everything, so many at a time."""
    waiting = iter(work)

    async def worker() -> None:
        for one in waiting:
            await send(one)

    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))


async def until_answered(send: Sender, one: Any, keys: set[Any], answers: Mapping[Any, set[Any]]) -> None:
    """Send once more what was never answered, as a client does: where the machine is slow, more waits in vain."""
    for _ in range(AT_ONCE):
        if keys <= answers.keys():
            return
        await send(one)


def headers_of(service: Service, key: str) -> dict[str, str]:
    """Return the headers of a request under a key."""
    return {"Idempotency-Key": key, "Authorization": f"Bearer {service.police.token()}"}


async def effects(service: Service, before: dict[str, int]) -> tuple[int, int]:
    """Count the updates since, and how often a version was counted up."""
    after = await rows_of(service)
    return after["progress_update"] - before["progress_update"], after["versions"] - before["versions"]


async def test_replays_of_fifty_keys_have_fifty_effects(own_service: Service, owed: list[UUID]) -> None:
    answers: dict[int, set[bytes]] = defaultdict(set)
    failed: list[httpx.Response] = []
    before = await rows_of(own_service)
    replays = [key for key in range(KEYS_ALONE) for _ in range(REPLAYS)]
    random.Random(1).shuffle(replays)  # noqa: S311

    async def send(key: int) -> None:
        path = f"/v1/obligations/{owed[key % len(owed)]}/updates"
        sent = {"state": "in_progress", "summary": f"Báo cáo số {key}."}
        answer = await own_service.http.post(path, json=sent, headers=headers_of(own_service, f"key-{key}"))
        if answer.status_code == 201:
            answers[key].add(answer.content)
        else:
            failed.append(answer)

    await all_at_once(replays, send)
    for key in range(KEYS_ALONE):
        await until_answered(send, key, {key}, answers)

    assert len(replays) == KEYS_ALONE * REPLAYS
    assert {answer.status_code for answer in failed} == {409, 503}
    assert sum(answer.status_code == 503 for answer in failed) > len(replays) // 10
    assert await effects(own_service, before) == (KEYS_ALONE, KEYS_ALONE)
    assert {key: len(contents) for key, contents in answers.items()} == dict.fromkeys(range(KEYS_ALONE), 1)


async def test_replays_of_five_hundred_client_refs_have_five_hundred_effects(
    own_service: Service, owed: list[UUID]
) -> None:
    answers: dict[str, set[str]] = defaultdict(set)
    statuses: set[int] = set()
    before = await rows_of(own_service)
    dice = random.Random(1)  # noqa: S311
    requests = []
    for _ in range(REPLAYS):
        shuffled = dice.sample(range(KEYS_IN_ITEMS), KEYS_IN_ITEMS)
        requests += [shuffled[n : n + SHARE] for n in range(0, KEYS_IN_ITEMS, SHARE)]

    async def send(numbered: tuple[int, list[int]]) -> None:
        number, keys = numbered
        sent = [item(owed[key % len(owed)], summary=f"Báo cáo số {key}.", client_ref=f"ref-{key}") for key in keys]
        answer = await own_service.http.post(
            "/v1/updates", json={"items": sent}, headers=headers_of(own_service, f"request-{number}")
        )
        statuses.add(answer.status_code)
        for result in answer.json().get("results", ()):
            assert result["status"] == 201, result
            answers[result["client_ref"]].add(result["update"]["id"])

    await all_at_once(enumerate(requests), send)
    for number, keys in enumerate(requests):
        await until_answered(send, (number, keys), {f"ref-{key}" for key in keys}, answers)

    assert sum(map(len, requests)) == KEYS_IN_ITEMS * REPLAYS
    assert statuses == {207, 503}
    assert await effects(own_service, before) == (KEYS_IN_ITEMS, KEYS_IN_ITEMS)
    assert {len(ids) for ids in answers.values()} == {1}
    assert len(answers) == KEYS_IN_ITEMS
