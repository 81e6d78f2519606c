"""The primary dies under load and its standby is promoted: the service goes on by itself, by an address of two hosts.

`DONDOC_KILLS=20` kills as often as was promised; without it, some times, in the same way.
"""

import json
import os
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from embedded_postgres import APP, OWNER
from tests.given import PLAN
from tests.process.pair import Pair, pair
from tests.process.running import PATIENCE, Running

pytestmark = pytest.mark.load

KILLS = int(os.environ.get("DONDOC_KILLS", "2"))
BETWEEN = 40
"""How many reports are acknowledged between one kill and the next."""
OWNER_OF_DUTIES = "so-ldtbxh"


class Reporting(threading.Thread):
    """Reports again and again until it is told to end, and remembers what was acknowledged."""

    def __init__(self, service: Running, obligation: str) -> None:
        super().__init__(daemon=True)
        self._service, self._token = service, service.fresh_token("reporter")
        self._path = f"/v1/obligations/{obligation}/updates"
        self.acknowledged: set[str] = set()
        self.unexpected: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Report; what got no answer is repeated with its key."""
        with httpx.Client(base_url=self._service.base, headers={"Authorization": f"Bearer {self._token}"}) as http:
            while not self.ended.is_set():
                self._report(http, f"{self.name}-{len(self.acknowledged)}")

    def _report(self, http: httpx.Client, key: str) -> None:
        while not self.ended.is_set():
            try:
                sent = {"state": "in_progress", "percent": 10, "summary": "Đang thực hiện."}
                answer = http.post(self._path, json=sent, headers={"Idempotency-Key": key}, timeout=5)
            except httpx.TransportError:
                continue
            if answer.status_code == 201:
                self.acknowledged.add(answer.json()["update"]["id"])
                return
            told_when = answer.status_code == 503 and "retry-after" in answer.headers
            if not told_when and answer.status_code != 409:
                self.unexpected.append(f"{answer.status_code} {answer.text}")
            time.sleep(0.05)


@pytest.mark.parametrize("synchronous", [True, False], ids=["synchronous", "asynchronous"])
def test_the_service_goes_on_with_the_standby_and_loses_nothing_that_it_acknowledged(
    tmp_path: Path, record_property: Callable[[str, str], None], synchronous: bool
) -> None:
    with pair(synchronous=synchronous) as servers:
        service = prepared(tmp_path, servers)
        try:
            service.start()
            owed = service.get("reporter", "/v1/obligations", owner=OWNER_OF_DUTIES, limit=4)["items"]
            reporting = [Reporting(service, one["id"]) for one in owed]
            away = report_through(reporting, servers, service)
            recorded = set(servers.primary.ask("SELECT id FROM progress_update").split())
        finally:
            service.stop()
            service.http.close()

    acknowledged = set[str]().union(*(one.acknowledged for one in reporting))
    lost = acknowledged - recorded
    kind = "synchronous" if synchronous else "asynchronous"
    figure = f"fail-over, {kind}: {KILLS} kills, {len(acknowledged)} acknowledged, {len(lost)} lost, away {away} s"
    record_property("figure", figure)
    assert [one.unexpected for one in reporting] == [[]] * len(reporting)
    assert not (synchronous and lost)
    assert len(recorded - acknowledged) <= len(reporting), "nothing was done twice: only the last of each has no answer"


def report_through(reporting: list[Reporting], servers: Pair, service: Running) -> list[float]:
    """Kill the primary again and again while reports come in; return how long each time none was acknowledged."""
    away = []
    for one in reporting:
        one.start()
    for _ in range(KILLS):
        wait_for_more(reporting, BETWEEN)
        since = time.monotonic()
        servers.fail_over()
        wait_for_more(reporting, 1)
        away.append(round(time.monotonic() - since, 1))
    wait_for_more(reporting, BETWEEN)
    for one in reporting:
        one.ended.set()
    for one in reporting:
        one.join()
    return away


def wait_for_more(reporting: list[Reporting], number: int) -> None:
    """Wait until some more reports are acknowledged."""
    before = sum(len(one.acknowledged) for one in reporting)
    for _ in range(PATIENCE):
        if sum(len(one.acknowledged) for one in reporting) >= before + number:
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing is acknowledged any more: {[one.unexpected[-1:] for one in reporting]}")


def prepared(tmp_path: Path, servers: Pair, **more: str) -> Running:
    """Migrate and seed the primary, and introduce those who report and read."""
    owner = {"DATABASE_OWNER_URL": servers.address(OWNER)}
    service = Running(tmp_path, DATABASE_URL=servers.address(APP), **owner, **more)
    service.dondoc("migrate")
    service.dondoc("seed", "seeds/115-kh-ubnd-2021")
    added = service.dondoc("client", "add", "x", "--role", "reporter", "--plan", PLAN, "--body", OWNER_OF_DUTIES)
    client = dict(re.findall(r"^(client_id|client_secret)=(\S+)$", added, re.MULTILINE))
    (tmp_path / "clients.json").write_text(json.dumps({"reporter": client}))
    return service
