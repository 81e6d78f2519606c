"""`make bench`: how long the service takes for its main reads and its write, beside a bare handler in the same run.

The limit is a bare FastAPI handler that returns the same number of bytes, ready-made, with no token and no database.
One connection, one request after the other, rounds interleaved; what is shown is the median, the 99th percentile and
the ratio of the medians.
"""

import base64
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from bench import events, tokens
from tests.given import PLAN, TRAINING
from tests.process.running import Running, free_port, running

ROUNDS = 5
CALLS = 40
UNLIMITED = "100000/second"
BARE = """
import uvicorn
from fastapi import FastAPI, Request, Response
app = FastAPI()

@app.api_route("/{size}", methods=["GET", "POST"])
async def bare(size: int, request: Request, a: str = "", b: str = "") -> Response:
    await request.body()
    return Response(b"x" * size, media_type="application/json")

uvicorn.run(app, port=%d, http="h11", log_level="error", access_log=False, timeout_keep_alive=600)
"""


class Calls:
    """One kind of call on one kept connection; remembers how long each took, in milliseconds."""

    def __init__(self, port: int, method: str, path: str, headers: Callable[[], dict[str, str]], body: bytes = b""):
        self._http = http.client.HTTPConnection("127.0.0.1", port)
        self._asked = method, path, headers, body
        self.took: list[float] = []
        self.size = 0

    def run(self, times: int) -> None:
        """Call some times."""
        method, path, headers, body = self._asked
        for _ in range(times):
            sent, began = headers(), time.perf_counter()
            self._http.request(method, path, body, sent)
            answer = self._http.getresponse()
            self.size = len(answer.read())
            self.took.append((time.perf_counter() - began) * 1000)
            assert answer.status in {200, 201}, answer.status

    def forget(self) -> None:
        """Drop what the warm-up took."""
        self.took.clear()


@contextmanager
def bare_service() -> Iterator[int]:
    """Run the bare handler."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", BARE % port])  # noqa: S603  Our own text.
    try:
        time.sleep(2)
        yield port
    finally:
        process.terminate()
        process.wait()


def measured(service: Running) -> dict[str, Calls]:
    """Name the calls that are measured."""
    coordinator = {"Authorization": f"Bearer {service.token('coordinator')}"}
    police = {"Authorization": f"Bearer {service.token('cong-an')}", "Content-Type": "application/json"}
    update = json.dumps({"state": "in_progress", "percent": 40, "summary": "Đang thực hiện."}).encode()
    return {
        "overdue page of 100": Calls(
            service.port, "GET", f"/v1/obligations?plan={PLAN}&cycle=2021-06-15&status=overdue", lambda: coordinator
        ),
        "one obligation": Calls(service.port, "GET", f"/v1/obligations/{TRAINING}", lambda: coordinator),
        "status of a cycle": Calls(
            service.port, "GET", f"/v1/plans/{PLAN}/status?cycle=2021-06-15", lambda: coordinator
        ),
        "status of the plan": Calls(service.port, "GET", f"/v1/plans/{PLAN}/status", lambda: coordinator),
        "update": Calls(
            service.port,
            "POST",
            f"/v1/obligations/{TRAINING}/updates",
            lambda: police | {"Idempotency-Key": uuid4().hex},
            update,
        ),
    }


def of_tokens(service: Running) -> dict[str, Calls]:
    """Name the calls that show what getting, and verifying, a token costs: the same read with and without."""
    client = json.loads((service.data_dir / "clients.json").read_text())["coordinator"]
    proof = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    form = {"Authorization": f"Basic {proof}", "Content-Type": "application/x-www-form-urlencoded"}
    issued = [service.fresh_token("coordinator") for _ in range(CALLS * (ROUNDS + 1))]
    old, new = issued[0], iter(issued)
    return {
        "token": Calls(service.port, "POST", "/v1/oauth/token", lambda: form, b"grant_type=client_credentials"),
        "keys, no token": Calls(service.port, "GET", "/.well-known/jwks.json", dict),
        "plans, known token": Calls(service.port, "GET", "/v1/plans", lambda: {"Authorization": f"Bearer {old}"}),
        "plans, new token": Calls(service.port, "GET", "/v1/plans", lambda: {"Authorization": f"Bearer {next(new)}"}),
    }


def compare(name: str, ours: Calls, bare_port: int) -> None:
    """Measure one call and its limit in turns, and print a line."""
    ours.run(CALLS // 4)
    limit = Calls(bare_port, "GET", f"/{ours.size}?a=1&b=2", dict)
    limit.run(CALLS // 4)
    ours.forget()
    limit.forget()
    for _ in range(ROUNDS):
        ours.run(CALLS)
        limit.run(CALLS)
    median, bare = statistics.median(ours.took), statistics.median(limit.took)
    p99 = statistics.quantiles(ours.took, n=100)[98]
    print(f"{name:22} {ours.size:8} B {median:9.2f} ms {p99:9.2f} ms {bare:9.2f} ms {bare / median:8.3f}")


def main() -> None:
    """Measure everything."""
    print(f"{'call':22} {'answer':>10} {'median':>12} {'p99':>12} {'bare median':>12} {'of limit':>8}")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), DONDOC_TOKEN_LIMIT=UNLIMITED, DONDOC_ADDRESS_LIMIT=UNLIMITED) as service,
        bare_service() as bare_port,
    ):
        for name, calls in (measured(service) | of_tokens(service)).items():
            compare(name, calls, bare_port)
    for name, microseconds in tokens.measured().items():
        print(f"{name:40} {microseconds:8.1f} µs")
    for name, figure in events.measured().items():
        print(f"{name:40} {figure:8.2f}")


main()
