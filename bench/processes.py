"""What runs during a measurement: the service, the limits, PostgreSQL; and what each spends."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

POLLS = 3000
POLLED_EVERY_SECONDS = 0.02


@dataclass(frozen=True)
class Server:
    """A process that listens, and how many seconds it took to answer for the first time."""

    port: int
    pid: int
    seconds_to_ready: float = 0

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def bytes(self) -> int:
        """The memory that it holds alone, with its workers."""
        return sum(_private_bytes(one) for one in _family(self.pid))


def seconds_of(pid: int) -> float:
    """Add up the processor's time that a process has spent, with its children, those that have ended included."""
    return sum(_seconds(one) for one in _family(pid))


@contextmanager
def listening(arguments: Sequence[str], port: int, ready: str, settings: Mapping[str, str]) -> Iterator[Server]:
    """Run a Python process until it answers, and end it at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DONDOC_"))}
    began = time.perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(  # noqa: S603  Our own commands.
            [sys.executable, *arguments], env={**kept, **settings}, stdout=nowhere
        )
    try:
        _wait(process, port, ready)
        yield Server(port, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, path: str) -> None:
    for _ in range(POLLS):
        assert process.poll() is None, "a process of the measurement has ended"
        with suppress(OSError, http.client.HTTPException):
            if _status(port, path) < 500:
                return
        time.sleep(POLLED_EVERY_SECONDS)
    raise AssertionError("a process of the measurement never became ready")


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0
    ended = getattr(times, "children_user", 0) + getattr(times, "children_system", 0)
    return float(times.user + times.system + ended)


def _private_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:
        return 0
