"""A replica on the loopback is read from, and nobody can tell: whoever has acted reads it, and a lag is nobody's.

`DONDOC_TEST_READS=10000` asks as often as was promised; without it, less often, in the same way.
"""

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Select, select

from app.database.engine import NOBODY, connect
from app.database.statements import fetch_only
from app.queries.events import snapshot
from embedded_postgres import APP
from tests.given import PLAN
from tests.process.pair import Pair, pair
from tests.process.running import PATIENCE, Running, free_port
from tests.process.test_failover import OWNER_OF_DUTIES, prepared

pytestmark = pytest.mark.load

READS = int(os.environ.get("DONDOC_TEST_READS", "100"))


class Watched:
    """A service that reads from a replica, and who calls it."""

    def __init__(self, service: Running, servers: Pair, numbers: str) -> None:
        self.service, self.servers, self._numbers = service, servers, numbers
        self.http = httpx.Client(base_url=service.base, timeout=30)
        self.http.headers["Authorization"] = f"Bearer {service.fresh_token('reporter')}"
        owed = self.ok("/v1/obligations", owner=OWNER_OF_DUTIES, limit=4)["items"]
        self.ids = [one["id"] for one in owed]

    def ok(self, path: str, position: str | None = None, **params: Any) -> Any:
        """Read something that must be answered."""
        answer = self.http.get(path, params=params, headers={"Dondoc-Position": position} if position else {})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def report(self, number: int) -> tuple[str, str, str]:
        """Report; return of which obligation, what, and the position."""
        one = self.ids[number % len(self.ids)]
        sent = {"state": "in_progress", "percent": 10, "summary": f"Đã làm việc số {number}."}
        answer = self.http.post(f"/v1/obligations/{one}/updates", json=sent, headers={"Idempotency-Key": f"n{number}"})
        assert answer.status_code == 201, answer.text
        return one, answer.json()["update"]["id"], answer.headers["Dondoc-Position"]

    def is_stale(self, number: int, *, carried: bool = False) -> bool:
        """Report, and say whether what is read at once lacks it: the history, or a list that is remembered."""
        before = self.version(number)
        one, update, position = self.report(number)
        if number % 2:
            history = self.ok(f"/v1/obligations/{one}/history", position if carried else None)
            return update not in [item["id"] for item in history["items"]]
        return self.version(number) <= before

    def version(self, number: int) -> int:
        """Return the version of an obligation as a list that is remembered shows it."""
        listed = self.ok("/v1/obligations", plan=PLAN, owner=OWNER_OF_DUTIES, limit=500)["items"]
        version: int = next(item["version"] for item in listed if item["id"] == self.ids[number % len(self.ids)])
        return version

    def number(self, name: str) -> float:
        """Return one of the numbers that operators watch."""
        found = re.search(rf"^{re.escape(name)} (\S+)$", httpx.get(self._numbers).text, re.MULTILINE)
        return float(found[1]) if found else 0

    def views(self, server: str) -> float:
        """Return how many views were opened on a server."""
        return self.number(f'dondoc_views_total{{server="{server}"}}')

    def wait_until_left_out(self, number: int) -> float:
        """Poll until so many replicas are left out; return after how many seconds."""
        since = time.monotonic()
        for _ in range(PATIENCE):
            if self.number("dondoc_replicas_left_out") == number:
                return time.monotonic() - since
            time.sleep(0.1)
        raise AssertionError((self.service.data_dir / "service.log").read_text()[-2000:])


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Run a primary, a replica, and a service that reads from both."""
    port = free_port()
    with pair(synchronous=False) as servers:
        replica = f"postgresql://{APP}@127.0.0.1:{servers.standby.port}/dondoc"
        more = {"DATABASE_REPLICA_URL": replica, "DONDOC_METRICS_PORT": str(port)}
        service = prepared(tmp_path_factory.mktemp("service"), servers, **more)
        try:
            service.start()
            found = Watched(service, servers, f"http://127.0.0.1:{port}/metrics")
            found.wait_until_left_out(0)
            yield found
            found.http.close()
        finally:
            service.stop()
            service.http.close()


def test_whoever_has_acted_reads_it_from_the_replica(
    watched: Watched, record_property: Callable[[str, str], None]
) -> None:
    before = watched.views("replica"), watched.views("primary")

    stale = sum(watched.is_stale(number, carried=number % 4 == 1) for number in range(READS))

    replica, primary = watched.views("replica") - before[0], watched.views("primary") - before[1]
    by = f"{replica:.0f} by the replica, {primary:.0f} by the primary"
    record_property("figure", f"replicas: {stale} stale of {READS} reads after an act; views {by}")
    assert stale == 0
    assert replica > 4 * primary, "the replica is what was read from"


def test_a_replica_that_lags_is_left_out_and_comes_back(
    watched: Watched, record_property: Callable[[str, str], None]
) -> None:
    standby = watched.servers.standby
    standby.ask("SELECT pg_wal_replay_pause()")
    since = time.monotonic()
    stale = [watched.is_stale(100_000)]
    watched.wait_until_left_out(1)
    after = time.monotonic() - since
    stale += [watched.is_stale(number) for number in range(100_001, 100_004)]
    ahead = watched.ok("/v1/obligations", "7FFFFFFFFFFFFFFF", owner=OWNER_OF_DUTIES)

    standby.ask("SELECT pg_wal_replay_resume()")
    back = watched.wait_until_left_out(0)

    record_property("figure", f"a replica that lags: left out within {after:.1f} s, back {back:.1f} s after it follows")
    assert not any(stale)
    assert after < 5
    assert ahead["items"], "a position that no replica has is the primary's"


def test_a_replicas_snapshot_holds_nothing_that_was_under_way(watched: Watched) -> None:
    servers = watched.servers
    with servers.primary.holding():
        later = int(servers.primary.ask("SELECT pg_current_xact_id()"))
        watched.report(200_000)
        watched.ok(f"/v1/obligations/{watched.ids[0]}")
        seen = asyncio.run(snapshot_of(servers.standby.port))

    xmin, xmax, running = seen.split(":")
    assert int(xmin) == int(xmax) < later
    assert running == ""


async def snapshot_of(port: int) -> str:
    """Return the snapshot that an answer of a replica would remember."""
    database = connect(f"postgresql://{APP}@127.0.0.1:{port}/dondoc", pool_size=1)
    try:
        async with database.reading(NOBODY) as connection:
            found: str = (await fetch_only(connection, taken))["snapshot"]
        return found
    finally:
        await database.close()


def taken() -> Select[Any]:
    return select(snapshot().label("snapshot"))


def test_a_replica_that_dies_costs_nobody_an_answer(watched: Watched) -> None:
    watched.wait_until_left_out(0)
    watched.servers.standby.stop()

    stale = [watched.is_stale(number) for number in range(300_000, 300_003)]

    assert not any(stale)
    watched.wait_until_left_out(1)
    log = (watched.service.data_dir / "service.log").read_text()
    assert '"near": false' in log
    assert "Traceback" not in log
