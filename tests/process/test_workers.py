"""`dondoc serve --workers 2`: both answer, duties are done once, who dies is replaced, and all end together."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.given import PLAN, TRAINING
from tests.process.running import PATIENCE, Running, lay_out

pytestmark = pytest.mark.load

TOKENS = 7


class SideBySide(Running):
    """A service of two processes."""

    def command(self) -> list[str | Path]:
        """Return what is run."""
        return [*super().command(), "--workers", "2"]

    def said(self, event: str) -> list[dict[str, Any]]:
        """Return what was logged of a kind."""
        lines = (self.data_dir / "service.log").read_text("utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [line for line in found if line["event"] == event]

    @property
    def pids(self) -> dict[int, int]:
        """Return the process that serves under each number."""
        return {line["worker"]: line["pid"] for line in self.said("worker started")}

    def is_replaced(self, number: int, dead: int) -> bool:
        """Say whether another process serves under a number."""
        return self.pids[number] != dead

    @contextmanager
    def alone(self, number: int) -> Iterator[httpx.Client]:
        """Let one process answer while the others stand still; connections are new ones."""
        others = [pid for other, pid in self.pids.items() if other != number]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            with httpx.Client(base_url=self.base, timeout=60) as http:
                yield http
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)


@contextmanager
def side_by_side(data_dir: Path) -> Iterator[SideBySide]:
    """Run two processes on an embedded PostgreSQL, both of which answer."""
    running_service = SideBySide(data_dir, DONDOC_ADDRESS_LIMIT=f"{TOKENS}/minute")
    try:
        lay_out(data_dir)
        running_service.start()
        wait_until(lambda: len(running_service.pids) == 2)
        yield running_service
    finally:
        running_service.stop()
        running_service.http.close()


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SideBySide]:
    """Give a service that outlives a test, and whose processes are replaced."""
    with side_by_side(tmp_path_factory.mktemp("workers")) as found:
        yield found


@pytest.fixture
def service(tmp_path: Path) -> Iterator[SideBySide]:
    """Give a service to end."""
    with side_by_side(tmp_path) as found:
        yield found


def lives(pid: int) -> bool:
    """Say whether a process runs; one that has ended may wait for somebody to notice."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_until(condition: Callable[[], bool]) -> None:
    """Poll until something has happened; only a hang never ends."""
    for _ in range(PATIENCE):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")


def ask(http: httpx.Client, token: str) -> int:
    """Ask for something that the database knows."""
    return http.get("/v1/plans", headers={"Authorization": f"Bearer {token}"}).status_code


def test_each_process_answers_and_one_that_dies_is_replaced(lasting: SideBySide) -> None:
    token = lasting.token("coordinator")
    for number in (0, 1):
        with lasting.alone(number) as http:
            assert ask(http, token) == 200

    for number in (1, 0):
        dead = lasting.pids[number]
        os.kill(dead, signal.SIGKILL)
        wait_until(partial(lasting.is_replaced, number, dead))
        with lasting.alone(number) as http:
            assert ask(http, token) == 200
    assert [(line["worker"], line["code"]) for line in lasting.said("worker ended")] == [(1, -9), (0, -9)]


@pytest.mark.parametrize("number", [0, 1])
def test_a_process_that_hangs_is_replaced(lasting: SideBySide, number: int) -> None:
    hangs = lasting.pids[number]

    os.kill(hangs, signal.SIGSTOP)

    wait_until(partial(lasting.is_replaced, number, hangs))
    with lasting.alone(number) as http:
        assert ask(http, lasting.token("coordinator")) == 200
    assert (number, hangs) in [(line["worker"], line["pid"]) for line in lasting.said("worker hangs")]


def test_tokens_are_counted_once_for_all_processes(service: SideBySide) -> None:
    statuses = []
    for number in (0, 1):
        with service.alone(number) as http:
            for _ in range(TOKENS - 2):
                answer = http.post("/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=("x", "y"))
                statuses.append(answer.status_code)
    assert statuses == [401] * TOKENS + [429] * (TOKENS - 4)
    assert int(answer.headers["retry-after"]) > 0


def test_the_services_own_duties_are_done_once_whichever_process_is_written_to(lasting: SideBySide) -> None:
    reporter = {"Authorization": f"Bearer {lasting.token('cong-an')}"}
    coordinator = {"Authorization": f"Bearer {lasting.token('coordinator')}"}

    def events(http: httpx.Client) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = http.get("/v1/events?limit=500", headers=coordinator).json()["items"]
        return items

    written = []
    for number in (0, 1):
        with lasting.alone(number) as http:
            sent = {"state": "in_progress", "percent": 10 * number, "summary": "Đang triển khai."}
            headers = reporter | {"Idempotency-Key": f"worker-{number}"}
            answer = http.post(f"/v1/obligations/{TRAINING}/updates", json=sent, headers=headers)
            written.append(answer.json()["update"]["id"])
            again = http.post(f"/v1/obligations/{TRAINING}/updates", json=sent, headers=headers)
            assert again.json() == answer.json()

    # Who does the duties stands still no more: what both wrote gets its place.
    with lasting.alone(0) as http:
        wait_until(lambda: {item["act"] for item in events(http)} >= set(written))
        items = events(http)
    told = [item for item in items if item["act"] in written]
    assert len(told) == len({item["id"] for item in told})
    assert {item["act"] for item in told} == set(written)
    assert [item["seq"] for item in items] == list(range(1, len(items) + 1))
    assert {item["plan"] for item in told} == {PLAN}


def test_told_to_stop_all_processes_end_and_the_database_is_let_go(service: SideBySide) -> None:
    pids = [*service.pids.values()]
    service.stop()

    assert service.process is not None
    assert service.process.returncode == 0
    assert not any(map(lives, pids))
    assert not (service.data_dir / "postgres" / "cluster" / "postmaster.pid").exists()
    assert service.said("worker ended") == []


def test_processes_end_when_nobody_looks_after_them(service: SideBySide) -> None:
    pids = [*service.pids.values()]
    service.kill()
    wait_until(lambda: not any(map(lives, pids)))

    service.start()
    assert service.get("coordinator", "/v1/plans")


def test_a_service_whose_processes_cannot_start_ends(tmp_path: Path) -> None:
    service = SideBySide(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", DONDOC_TOKEN_LIMIT="often")
    with pytest.raises(AssertionError, match="often"):
        service.start()

    assert service.process is not None
    assert service.process.returncode == 1
    assert service.said("worker started") == []
    service.http.close()


def test_more_connections_than_the_embedded_postgresql_has_are_refused() -> None:
    with pytest.raises(ValueError, match="DONDOC_POOL_SIZE"):
        Settings(workers=50, pool_size=4, database_url=None)

    assert Settings(workers=50, pool_size=4, database_url=SecretStr("postgresql://db.example/dondoc")).workers == 50


def test_what_keeps_every_process_from_starting_is_said_in_words(tmp_path: Path) -> None:
    service = SideBySide(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    (tmp_path / "keys").mkdir(mode=0o700)
    (tmp_path / "keys" / "pepper").write_bytes(b"known to all")
    (tmp_path / "keys" / "pepper").chmod(0o644)
    with pytest.raises(AssertionError, match="chmod 600") as said:
        service.start()

    assert "Traceback" not in str(said.value)
    service.http.close()
