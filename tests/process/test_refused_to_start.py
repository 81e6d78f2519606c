"""What an operator gets wrong is one sentence and status 1, no trace, no secret; being told to end is status 0."""

import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.process.running import Running, lay_out

pytestmark = pytest.mark.load

NOBODY_THERE = "postgresql://nobody:geheim-123@127.0.0.1:1/none"
PLAN_FOLDER = "seeds/115-kh-ubnd-2021"
COMMANDS = [
    ["migrate"],
    ["seed", PLAN_FOLDER],
    ["client", "list"],
    ["client", "add", "x", "--role", "admin"],
    ["verify"],
    ["holidays", "import", "2027", "--plan", "x"],
    ["evidence", "tidy"],
    ["backup", "{folder}/backup"],
]


def ended(tmp_path: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    service = Running(tmp_path, **settings)
    service.http.close()
    command = [str(Path(sys.executable).with_name("dondoc")), *(word.format(folder=tmp_path) for word in words)]
    return subprocess.run(command, env=service.environment(), capture_output=True, text=True, check=False)  # noqa: S603


def is_one_sentence(done: subprocess.CompletedProcess[str]) -> bool:
    """Say whether a command failed as people are told, and told no secret."""
    lines = done.stderr.strip().splitlines()
    return (done.returncode, len(lines)) == (1, 1) and "geheim" not in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_without_its_database_a_command_says_so_in_one_sentence(tmp_path: Path, words: list[str]) -> None:
    done = ended(tmp_path, *words, DATABASE_URL=NOBODY_THERE)

    assert is_one_sentence(done), done.stderr
    assert "nobody answers" in done.stderr


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://me:geheim-123@host/db?channel_binding=require", "channel_binding"),
        ("postgresql://me:geheim-123@host/db?sslrootcert=/none/at/all", "sslrootcert"),
        ("postgresql://me:geheim-123@host/db?unheard_of=1", "unheard_of"),
        ("mysql://me:geheim-123@host/db", "postgresql://"),
    ],
)
def test_an_address_that_asks_too_much_is_refused_by_the_name_of_what_it_asks(
    tmp_path: Path, url: str, why: str
) -> None:
    for words in (["serve"], ["migrate"]):
        done = ended(tmp_path, *words, DATABASE_URL=url)
        assert is_one_sentence(done), done.stderr
        assert why in done.stderr


def test_a_port_that_is_taken_is_said_before_anything_is_begun(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = ended(tmp_path, "serve", PORT=str(taken.getsockname()[1]))

    assert is_one_sentence(done), done.stderr
    assert "PORT" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_service_that_waits_for_its_database_says_why_once(tmp_path: Path) -> None:
    service = Running(tmp_path, DATABASE_URL=NOBODY_THERE)
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(service.command(), env=service.environment(), stdout=log, stderr=log)  # noqa: S603
    try:
        answers = [_status(service, process) for _ in range(40)]
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait()
        service.http.close()

    assert (set(answers), status) == ({503}, 0)
    said = (tmp_path / "log").read_text("utf-8")
    assert said.count("database unavailable") == 1
    assert "nobody answers at its address" in said
    assert "geheim" not in said


def _status(service: Running, process: subprocess.Popen[bytes]) -> int:
    while True:
        assert process.poll() is None
        try:
            return service.http.get("/readyz").status_code
        except httpx.TransportError:
            continue


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_that_is_told_to_end_is_not_ready_drains_and_ends_with_0(tmp_path: Path, workers: str) -> None:
    lay_out(tmp_path)
    service = Running(tmp_path, DONDOC_DRAIN_SECONDS="3", DONDOC_WORKERS=workers)
    try:
        service.start()
        assert service.process is not None
        service.process.send_signal(signal.SIGTERM)
        statuses = set()
        while 503 not in statuses:
            statuses.add(service.http.get("/readyz").status_code)
        # Whoever has not noticed yet is still answered.
        assert service.http.get("/healthz").status_code == 200
        assert service.process.wait() == 0
    finally:
        service.stop()
        service.http.close()
