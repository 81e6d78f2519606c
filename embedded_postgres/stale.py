"""What a dead process left behind: servers that outlived their service, their children, and notes of numbers long gone.

Only called by the process that holds the lock, so whatever is found here belongs to nobody anymore.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from embedded_postgres.errors import EmbeddedUnavailable
from embedded_postgres.folder import Folder

_PATIENCE_SECONDS = 30
_PAUSE_SECONDS = 0.05


def clear(folder: Folder) -> None:
    """Stop what still runs on the data, and make sure that no stranger is taken for it."""
    _end(lambda: servers(folder), (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL))
    # A busy child notices its server's death only after its statement, which nobody waits for, and blocks the data.
    _end(lambda: _children(folder), (signal.SIGQUIT, signal.SIGKILL))
    _disown(folder.cluster / "postmaster.pid")


def servers(folder: Folder) -> list[int]:
    """Find what serves our cluster or makes it: the command line names the cluster, or its draft."""
    cluster = str(folder.cluster)
    return [
        pid
        for pid, (program, *words) in _processes()
        if Path(program).name in {"postgres", "initdb"}
        and any(word == cluster or word.startswith(f"{cluster}.new-") for word in words)
    ]


def _children(folder: Folder) -> list[int]:
    """Find the processes that a server of ours made: they call themselves by the name that only our cluster has."""
    return [pid for pid, words in _processes() if words[0].startswith(f"postgres: {folder.name}: ")]


def _end(find: Callable[[], list[int]], signs: Sequence[signal.Signals]) -> None:
    """Send ever stronger signals.  Each goes only to what is found at that moment, so never to a reused number."""
    for sign in signs:
        for pid in find():
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
        if _ended(find):
            return
    raise EmbeddedUnavailable(f"Processes of an earlier server do not end: {find()}.")


def _ended(find: Callable[[], list[int]]) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while find():
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _processes() -> Iterator[tuple[int, list[str]]]:
    """Read every process's command line.  Of all that /proc tells, this needs no privilege in a container."""
    if sys.platform != "linux":
        yield from _listed_processes()
        return
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(entry.name), os.fsdecode((entry / "cmdline").read_bytes()).split("\0")


def _listed_processes() -> Iterator[tuple[int, list[str]]]:
    """Where there is no /proc, a list of processes must do; it does not tell where one word ends."""
    listed = subprocess.run(["ps", "-axwwo", "pid=,command="], capture_output=True, text=True, check=False)  # noqa: S607
    for line in listed.stdout.splitlines():
        pid, _, command = line.strip().partition(" ")
        program, _, rest = command.partition(" -D ")
        yield int(pid), [program, rest.partition(" -c ")[0]]


def _disown(noted: Path) -> None:
    """Put our own number in the place of the dead server's, which may be anybody's by now, mostly in containers.

    PostgreSQL passes over its parent's number.  Removing the file instead would lose the key of the shared memory, by
    which it sees that processes of the dead server still work on the data.
    """
    if not noted.exists():
        return
    first, _, rest = noted.read_text(encoding="utf-8").partition("\n")
    if not rest:
        # A crash while the file was written leaves it empty, and PostgreSQL would refuse to start.
        noted.unlink()
    elif _alive(abs(int(first))):
        with os.fdopen(os.open(noted, os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW), "w", encoding="utf-8") as file:
            file.write(f"{os.getpid()}\n{rest}")


def _alive(pid: int) -> bool:
    """Say whether a process has the number; one that nobody has counted as dead yet has it, too."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
