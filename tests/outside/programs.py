"""Programs of other people that stand before, between and behind: found where they are, run as whom they may, ended."""

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 600
_ELSEWHERE = ("/usr/local/bin", "/usr/local/sbin", "/usr/sbin", "/usr/bin")


def every(name: str) -> list[Path]:
    """Find every program of a name."""
    places = [*os.environ["PATH"].split(os.pathsep), *_ELSEWHERE]
    found = {Path(place, name).resolve() for place in places if os.access(Path(place, name), os.X_OK)}
    return sorted(found)


def version_of(program: Path, *words: str) -> tuple[int, ...]:
    """Ask a program for its version."""
    said = subprocess.run([program, *words], capture_output=True, text=True, check=True)  # noqa: S603
    numbers = re.search(r"(\d+)\.(\d+)", said.stdout + said.stderr)
    assert numbers, said.stdout
    return int(numbers[1]), int(numbers[2])


@contextmanager
def private_folder(user: str | None = None) -> Iterator[Path]:
    """Give a folder of a user's own; root's temporary folders are closed to everybody else."""
    folder = Path(tempfile.mkdtemp(prefix="dondoc-"))
    if user:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def whoever_owns(path: Path) -> str | None:
    """Name the user to run as, so as to reach what that user owns; nobody else than ourselves unless we are root."""
    return pwd.getpwuid(path.stat().st_uid).pw_name if os.geteuid() == 0 else None


@contextmanager
def run(command: Sequence[str | Path], log: Path, port: int, user: str | None = None) -> Iterator[None]:
    """Run a program until it listens, and end it by its own id."""
    with log.open("ab") as out:
        process = subprocess.Popen([*as_user(user), *command], stdout=out, stderr=out)  # noqa: S603
    try:
        wait_until_listening(process, log, port)
        yield
    finally:
        process.terminate()
        process.wait()


def as_user(user: str | None) -> list[str]:
    """Become a user who may still go through the temporary folders of root, which are closed to everybody else."""
    if user is None:
        return []
    reach = "+dac_override,+dac_read_search"
    return ["setpriv", f"--reuid={user}", "--clear-groups", f"--inh-caps={reach}", f"--ambient-caps={reach}"]


def wait_until_listening(process: subprocess.Popen[bytes], log: Path, port: int) -> None:
    """Poll until a port is open."""
    for _ in range(PATIENCE):
        assert process.poll() is None, log.read_text("utf-8", "replace")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody ever listened on {port}")
