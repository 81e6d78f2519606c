"""The programs of PostgreSQL as processes: one that ends by itself, and the server, which is watched."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from embedded_postgres import launch
from embedded_postgres.binaries import Binaries
from embedded_postgres.errors import EmbeddedUnavailable
from embedded_postgres.folder import Account, Folder

# Nothing is inherited: a PG* variable of the caller's would change what the server does.
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
_MOST_LOG_BYTES = 4_000_000
_LAST_LINES = 12
_FAST, _AT_ONCE, _BY_FORCE = signal.SIGINT, signal.SIGQUIT, signal.SIGKILL


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, run as the right user on one data directory."""

    binaries: Binaries
    account: Account
    folder: Folder

    def command(self, program: str, *arguments: str) -> list[str]:
        """Spell the command line.  The interpreter reads neither the environment nor the site's packages."""
        path = str(self.binaries.path / program)
        numbers = (str(number) for number in (self.account.uid, self.account.gid, os.getpid()))
        launcher = (sys.executable, "-I", "-S", str(Path(launch.__file__).resolve()))
        return [*launcher, *numbers, str(self.folder.path), path, *arguments]

    def run(self, program: str, *arguments: str, told: str = "") -> None:
        """Run one program to its end; what it is told comes by its standard input, where no other user sees it."""
        done = subprocess.run(  # noqa: S603 - every word of the command is ours.
            self.command(program, *arguments),
            input=told,
            capture_output=True,
            text=True,
            errors="replace",
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            check=False,
        )
        if done.returncode != 0:
            raise EmbeddedUnavailable(f"PostgreSQL's {program} failed:\n{_last_lines(done.stderr)}")


class Server:
    """One server process.  It is in a session of its own: Ctrl-C at the terminal is for us, and we stop it in turn."""

    def __init__(self, programs: Programs) -> None:
        folder = programs.folder
        self._log = folder.log
        limit_log(folder)
        log = folder.open_log()
        self._said_before = os.fstat(log).st_size
        try:
            self._process = subprocess.Popen(  # noqa: S603 - every word of the command is ours.
                programs.command("postgres", "-D", str(folder.cluster), "-c", f"config_file={folder.settings}"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(log)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def gone(self) -> bool:
        """Say whether the process has ended."""
        return self._process.poll() is not None

    def last_words(self) -> str:
        """Give the end of what this process wrote to the log."""
        with self._log.open("rb") as file:
            file.seek(self._said_before)
            return _last_lines(file.read().decode(errors="replace"))

    def stop(self, patience_seconds: float = 10) -> None:
        """Ask for a fast shutdown; if that takes too long, end it so that the next start has to recover."""
        for sign in (_FAST, _AT_ONCE, _BY_FORCE):
            if self.gone():
                return
            self._process.send_signal(sign)
            try:
                self._process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                continue


def limit_log(folder: Folder) -> None:
    """Keep the log small.  It is emptied in place, because the server keeps appending to the file that it has open."""
    log = folder.log
    if log.exists() and log.stat().st_size > _MOST_LOG_BYTES:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


def _last_lines(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-_LAST_LINES:])
