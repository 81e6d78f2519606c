"""A form as large as any that is taken needs little memory, however long its lines are."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import httpx
import pytest

from app.settings import ROOT
from tests.process.running import PATIENCE, Running, running

IMPORTS = "/v1/plans/115-kh-ubnd-2021/imports"
HEADINGS = "cycle,duty,owner,state,percent,summary,own\n"
ALLOWED_BYTES = 60 * 1024 * 1024
SIZE = 50 * 1024 * 1024
LINES = 1000


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    """Run a service that has recorded a form before, at once and later."""
    with running(tmp_path) as serving:
        for prefer in ("", "respond-async"):
            answer = sent(serving, HEADINGS + line(LINES, "x"), prefer)
            assert answer.status_code in {207, 202}, answer.text
        followed(serving, answer.headers["location"])
        yield serving


def line(number: int, own: str) -> str:
    """Spell one line of a form; its last column is of the sender's own."""
    return f"2026,3.{number % 3 + 1},cong-an,đang thực hiện,{number % 100},Dòng số {number},{own}\n"


def sent(service: Running, form: str, prefer: str = "") -> httpx.Response:
    """Send a form."""
    headers = {"Authorization": f"Bearer {service.token('cong-an')}", "Content-Type": "text/csv", "Prefer": prefer}
    return service.http.post(IMPORTS, content=form.encode(), headers=headers, timeout=None)


def followed(service: Running, place: str) -> dict[str, dict[str, int]]:
    """Ask how far an import has come, until it has."""
    for _ in range(PATIENCE):
        told: dict[str, dict[str, int]] = service.get("cong-an", place)
        if told["finished_at"]:
            return told
        sleep(0.5)
    raise AssertionError("the form was never recorded")


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds; a process that has ended holds none."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(int(text.split()[1]) * 1024 for text in status.splitlines() if text.startswith("VmRSS:"))


def held_bytes(service: Running) -> int:
    """Return what the service holds, with the process that reads a form."""
    assert service.process is not None
    pid = service.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    readers = [int(one) for one in children if b"app.commands.imports" in _command(int(one))]
    return sum(map(resident_bytes, (pid, *readers)))


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@contextmanager
def watched(service: Running) -> Iterator[list[int]]:
    """Look again and again how much memory is held while the block runs."""
    held, over = [held_bytes(service)], threading.Event()

    def watch() -> None:
        while not over.wait(0.05):
            held.append(held_bytes(service))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield held
    finally:
        over.set()
        watching.join()


def test_a_form_of_fifty_megabytes_adds_little_memory(
    service: Running, record_property: Callable[[str, object], None]
) -> None:
    own = "x" * (SIZE // LINES - 100)
    form = HEADINGS + "".join(line(n, own) for n in range(LINES))
    idle = held_bytes(service)

    with watched(service) as held:
        answer = sent(service, form)
        told = followed(service, answer.headers["location"])

    over_idle = max(held) - idle
    record_property("figure", f"a form of {len(form) >> 20} MiB: {over_idle >> 20} MiB over idle")
    assert SIZE * 0.99 < len(form.encode()) <= SIZE
    assert told["counts"] == {"recorded": LINES, "replayed": 0, "refused": 0, "blank": 0}
    assert over_idle < ALLOWED_BYTES


def test_what_reads_a_form_loads_neither_the_database_nor_what_serves() -> None:
    asked = "import app.commands.imports.__main__, sys; print(*{name.partition('.')[0] for name in sys.modules})"

    loaded = subprocess.run(  # noqa: S603  Our own words.
        [sys.executable, "-c", asked], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()

    assert {"sqlalchemy", "pydantic", "fastapi", "asyncpg", "asyncio"}.isdisjoint(loaded)
