"""Conditional reads, with a cache that others wrote (RFC 9111): it asks again, and is sent only what has changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hishel import AsyncSqliteStorage, CacheOptions
from hishel.httpx import AsyncCacheTransport

from tests.given import DOCUMENT, FIRST, INVESTIGATION, PLAN, TRAINING, Service

READS = [
    f"/v1/plans/{PLAN}/status?cycle={FIRST}",
    f"/v1/plans/{PLAN}/status",
    f"/v1/obligations?plan={PLAN}&cycle={FIRST}&limit=500",
    f"/v1/obligations?plan={PLAN}&limit=7",
    "/v1/reminders",
    "/v1/extension-requests",
    f"/v1/obligations/{TRAINING}",
    f"/v1/plans/{PLAN}",
    f"/v1/plans/{PLAN}/duties",
    f"/v1/plans/{PLAN}/duties/3.4",
    f"/v1/plans/{PLAN}/cycles",
    "/v1/events",
]


@dataclass
class Watched(httpx.AsyncBaseTransport):
    """Passes requests on to the service, and remembers how each was answered."""

    to: httpx.AsyncBaseTransport
    answered: list[tuple[int, int]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.to.handle_async_request(request)
        await response.aread()
        self.answered.append((response.status_code, len(response.content)))
        return response


@dataclass
class Cached:
    """A client with a private cache, and what came through to the service."""

    http: httpx.AsyncClient
    answered: list[tuple[int, int]]

    async def get(self, service: Service, path: str) -> httpx.Response:
        token = service.coordinator.token()
        return await self.http.get(path, headers={"Authorization": f"Bearer {token}", "Cache-Control": "no-cache"})


@pytest.fixture
async def cached(service: Service, tmp_path: Path) -> AsyncIterator[Cached]:
    """Give a client that caches what it may."""
    watched = Watched(httpx.ASGITransport(service.app))
    storage = AsyncSqliteStorage(database_path=tmp_path / "cache.db")
    cache = AsyncCacheTransport(watched, storage, rfc=CacheOptions(shared=False))
    async with httpx.AsyncClient(transport=cache, base_url="http://service") as http:
        yield Cached(http, watched.answered)
    await storage.close()


@pytest.mark.parametrize("path", READS)
async def test_what_has_not_changed_is_not_sent_again(service: Service, cached: Cached, path: str) -> None:
    first = await cached.get(service, path)
    service.clock.now += timedelta(seconds=2)
    again = await cached.get(service, path)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert cached.answered == [(200, len(first.content)), (304, 0)]


@pytest.mark.parametrize("path", [READS[0], READS[1], f"/v1/obligations?cycle={FIRST}", f"/v1/obligations/{TRAINING}"])
async def test_what_has_changed_is_sent(service: Service, cached: Cached, path: str) -> None:
    first = await cached.get(service, path)
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    again = await cached.get(service, path)

    assert again.content != first.content
    assert [status for status, _ in cached.answered] == [200, 200]


async def test_what_another_may_read_is_never_taken_from_the_cache(service: Service, cached: Cached) -> None:
    path = f"/v1/obligations/{INVESTIGATION}"
    await cached.get(service, path)

    token = {"Authorization": f"Bearer {service.health.token()}"}
    assert (await cached.http.get(path, headers=token)).status_code == 404
