"""What was acknowledged survives kill -9 of the service and of PostgreSQL, exactly once."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from tests.process.running import PATIENCE, Running, running

pytestmark = pytest.mark.load

POSTS = 120
WRITERS = 4


class Writer(threading.Thread):
    """Posts one update after another, each with its own key, and repeats what got no answer."""

    def __init__(self, service: Running, token: str, obligations: Sequence[str], done: "Counter[str]") -> None:
        super().__init__()
        self._service, self._token, self._obligations, self._done = service, token, obligations, done
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Post them all."""
        try:
            with httpx.Client(base_url=self._service.base, headers={"Authorization": f"Bearer {self._token}"}) as http:
                for obligation in self._obligations:
                    self._post_until_acknowledged(http, obligation)
        except BaseException as error:  # noqa: BLE001  The test's thread raises it.
            self.failure = error

    def _post_until_acknowledged(self, http: httpx.Client, obligation: str) -> None:
        for _ in range(PATIENCE):
            try:
                answer = http.post(
                    f"/v1/obligations/{obligation}/updates",
                    json={"state": "in_progress", "percent": 10, "summary": f"Lần báo cáo của {obligation}"},
                    headers={"Idempotency-Key": f"crash-{obligation}"},
                )
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code == 201:
                self._done[obligation] += 1
                return
            assert answer.status_code in {409, 503}, answer.text
            time.sleep(0.1)
        raise AssertionError("an update was never acknowledged")


def test_every_acknowledged_update_survives_crashes_once(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        writers, done = prepare(service)

        for writer in writers:
            writer.start()
        for crash in (crash_service, crash_postgres, crash_service, crash_both):
            wait_for_progress(done)
            crash(service)
        for writer in writers:
            writer.join()

        assert [writer.failure for writer in writers] == [None] * WRITERS
        assert len(done) == POSTS
        coordinator = "coordinator"
        for obligation in done:
            acts = service.get(coordinator, f"/v1/obligations/{obligation}/history")["items"]
            assert [act["summary"] for act in acts] == [f"Lần báo cáo của {obligation}"]


def prepare(service: Running) -> tuple[list[Writer], "Counter[str]"]:
    """Give each writer its share of obligations of its own body."""
    done: Counter[str] = Counter()
    writers = []
    for body in ("so-ldtbxh", "so-gddt", "so-vhttdl", "ubnd-o-mon"):
        found = service.get("coordinator", "/v1/obligations", owner=body, limit=POSTS // WRITERS)["items"]
        writers.append(Writer(service, service.token(body), [one["id"] for one in found], done))
    return writers, done


def wait_for_progress(done: "Counter[str]") -> None:
    """Let some posts go through before the next crash."""
    target = min(len(done) + POSTS // 6, POSTS)
    for _ in range(PATIENCE):
        if len(done) >= target:
            return
        time.sleep(0.05)
    raise AssertionError("no post went through")


def crash_service(service: Running) -> None:
    """Kill the service in the middle of its work, and start it again."""
    service.kill()
    service.start()


def crash_postgres(service: Running) -> None:
    """Kill the database in the middle of its work; the service recovers by itself."""
    service.kill_postgres()
    service.wait_until_ready()


def crash_both(service: Running) -> None:
    """Kill both at once."""
    service.kill_postgres()
    crash_service(service)
