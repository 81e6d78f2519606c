"""A `dondoc serve` process of its own, with an embedded PostgreSQL, on a free port of the loopback."""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx

# Tests that a shell has put into the background would have all that they start ignore Ctrl-C, too.
signal.signal(signal.SIGINT, signal.default_int_handler)
PATIENCE = 600
"""Polls before we give up on a process; only a hang ever gets there."""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    """One service: it can be started again on the same data after it was killed."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir, self.port, self._settings = data_dir, int(settings.get("PORT") or free_port()), settings
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        # One client for all calls: a new one each time would read the certificate store anew.
        self.http = httpx.Client(base_url=self.base, timeout=60)
        self._tokens: dict[str, str] = {}

    def start(self) -> None:
        """Start the service and return when it is ready."""
        with (self.data_dir / "service.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  Our own command, of our own environment.
                self.command(), env=self.environment(), stdout=log, stderr=log
            )
        self.wait_until_ready()

    def command(self) -> list[str | Path]:
        """Return what is run."""
        return [Path(sys.executable).with_name("dondoc"), "serve"]

    def environment(self) -> dict[str, str]:
        """Return the settings of this service."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DONDOC_"))}
        return kept | {"DONDOC_DATA_DIR": str(self.data_dir), "PORT": str(self.port)} | self._settings

    def wait_until_ready(self) -> None:
        """Poll until the service and its database answer."""
        for _ in range(PATIENCE):
            assert self.process is not None
            assert self.process.poll() is None, (self.data_dir / "service.log").read_text()
            try:
                if self.http.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError("the service never became ready")

    def kill(self) -> None:
        """Kill the service as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End the service as an operator would."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()

    def wait_until_let_go(self) -> None:
        """Poll until PostgreSQL has ended, too: it does so by itself when the service has."""
        for _ in range(PATIENCE):
            if not (self.data_dir / "postgres" / "cluster" / "postmaster.pid").exists():
                return
            time.sleep(0.1)
        raise AssertionError("PostgreSQL never ended")

    def kill_postgres(self) -> None:
        """Kill the embedded PostgreSQL's postmaster."""
        pid = int((self.data_dir / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)

    def token(self, name: str) -> str:
        """Get a token for one of the demo clients, once: it outlives a crash of the service."""
        if name not in self._tokens:
            self._tokens[name] = self.fresh_token(name)
        return self._tokens[name]

    def fresh_token(self, name: str) -> str:
        """Get another token for one of the demo clients."""
        client = json.loads((self.data_dir / "clients.json").read_text())[name]
        answer = self.http.post(
            "/v1/oauth/token",
            auth=(client["client_id"], client["client_secret"]),
            data={"grant_type": "client_credentials"},
        )
        answer.raise_for_status()
        token: str = answer.json()["access_token"]
        return token

    def get(self, name: str, path: str, **params: Any) -> Any:
        """Read something as one of the demo clients."""
        answer = self.http.get(path, params=params, headers={"Authorization": f"Bearer {self.token(name)}"})
        answer.raise_for_status()
        return answer.json()

    def dondoc(self, *words: str | Path, status: int = 0) -> str:
        """Run a command on the data of this service, and return what it says."""
        command = [Path(sys.executable).with_name("dondoc"), *words]
        # Our own command, of our own environment.
        ended = subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)  # noqa: S603
        assert ended.returncode == status, ended.stderr
        return ended.stdout + (ended.stderr if status else "")

    def stream(self, name: str, path: str, **params: Any) -> Iterator[bytes]:
        """Read something that is long, piece by piece, however long it takes."""
        headers = {"Authorization": f"Bearer {self.fresh_token(name)}"}
        with self.http.stream("GET", path, params=params, headers=headers, timeout=None) as answer:
            answer.raise_for_status()
            yield from answer.iter_bytes()


@cache
def started_once() -> Path:
    """Start a service for the first time and end it; return its data.

    A service that starts on a copy has no database to make, to migrate and to fill, which takes as long as the rest.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="dondoc-"))
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    service = Running(data_dir)
    try:
        service.start()
    finally:
        service.stop()
        service.http.close()
    service.wait_until_let_go()
    (data_dir / "service.log").unlink()
    return data_dir


def lay_out(data_dir: Path) -> None:
    """Copy the data of a service that has been started before into an empty folder; files keep their owners."""
    subprocess.run(["cp", "-a", f"{started_once()}/.", data_dir], check=True)  # noqa: S603, S607  Our own folder.


@contextmanager
def running(data_dir: Path, **settings: str) -> Iterator[Running]:
    """Run a service for a while, with settings other than the defaults."""
    service = Running(data_dir, **settings)
    try:
        lay_out(data_dir)
        service.start()
        yield service
    finally:
        service.stop()
        service.http.close()
