"""Two PostgreSQL servers on the loopback, one of which follows the other and can be promoted."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from embedded_postgres import APP, OWNER, binaries
from tests.outside.programs import PATIENCE, as_user, private_folder
from tests.process.running import free_port

USER = "nobody"
"""PostgreSQL does not run as root."""


class Server:
    """One server, and its data."""

    def __init__(self, folder: Path, user: str | None, *, synchronous: bool) -> None:
        self.port, self._data, self._log, self._user = free_port(), folder / "data", folder / "log", user
        self._settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "40",
            "synchronous_standby_names": "*" if synchronous else "",
            "wal_keep_size": "512MB",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Make an empty database with both roles."""
        self._run("initdb", "-D", str(self._data), "-U", OWNER, "-A", "trust", "--no-sync")
        self.start(synchronous_standby_names="")
        for statement in (f"CREATE ROLE {APP} LOGIN", f"CREATE DATABASE dondoc OWNER {OWNER}"):
            self.ask(statement, "postgres")
        self.stop(signal.SIGINT)

    def follow(self, other: "Server") -> None:
        """Become a copy of another server that follows it."""
        shutil.rmtree(self._data, ignore_errors=True)
        source = f"host=127.0.0.1 port={other.port} user={OWNER} application_name=p{self.port}"
        self._run("pg_basebackup", "-D", str(self._data), "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.start()

    def start(self, **settings: str) -> None:
        """Start it."""
        given = [word for name, value in (self._settings | settings).items() for word in ("-c", f"{name}={value}")]
        command = self._command("postgres", "-D", str(self._data), *given)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/")  # noqa: S603  Our own words.
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        ready = self._command("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port))
        for _ in range(PATIENCE):
            assert self._process, "it was stopped"
            assert self._process.poll() is None, self._log.read_text("utf-8", "replace")
            if subprocess.run(ready, check=False).returncode == 0:  # noqa: S603  Our own words.
                return
            time.sleep(0.1)
        raise AssertionError("a server never became ready")

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it: at once, as a power cut would, if nothing else is said."""
        if self._process is None:
            return
        if how is signal.SIGKILL:
            # What the postmaster leaves behind would go on answering.
            children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
            for pid in (self._process.pid, *map(int, children)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        else:
            self._process.send_signal(how)
        self._process.wait()
        self._process = None

    def promote(self) -> None:
        """Let it follow nobody any more."""
        self._run("pg_ctl", "promote", "-D", str(self._data), "-w")

    def ask(self, statement: str, database: str = "dondoc") -> str:
        """Ask it as its owner."""
        return self._run("psql", *self._where(database), "-XAtc", statement).strip()

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Leave a transaction under way that has its number."""
        command = self._command("psql", *self._where("dondoc"), "-XAt")
        with subprocess.Popen(  # noqa: S603  Our own words.
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/"
        ) as psql:
            assert psql.stdin, "it is a pipe"
            assert psql.stdout, "it is a pipe"
            psql.stdin.write("BEGIN; SELECT pg_current_xact_id();\n")
            psql.stdin.flush()
            while not psql.stdout.readline().strip().isdecimal():
                pass
            yield
            psql.stdin.close()

    def wait_until_followed(self) -> None:
        """Poll until somebody streams."""
        for _ in range(PATIENCE):
            if self.ask("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", "postgres") == "1":
                return
            time.sleep(0.1)
        raise AssertionError("nobody ever followed")

    def _where(self, database: str) -> tuple[str, ...]:
        return ("-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, "-d", database)

    def _command(self, program: str, *words: str) -> list[str]:
        return [*as_user(self._user), str(binaries.find().path / program), *words]

    def _run(self, program: str, *words: str) -> str:
        command = self._command(program, *words)
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")  # noqa: S603  Our own words.
        assert done.returncode == 0, done.stderr
        return done.stdout


class Pair:
    """A primary and its standby; after a fail-over they have changed places."""

    def __init__(self, first: Server, second: Server) -> None:
        self.primary, self.standby = first, second

    def address(self, role: str) -> str:
        """Spell the address of whichever is the primary."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in sorted((self.primary.port, self.standby.port)))
        return f"postgresql://{role}@{hosts}/dondoc?target_session_attrs=read-write"

    def fail_over(self) -> None:
        """Kill the primary, promote the other, and let a copy of it follow."""
        self.primary.stop()
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary
        self.standby.follow(self.primary)
        self.primary.wait_until_followed()


@contextmanager
def pair(*, synchronous: bool) -> Iterator[Pair]:
    """Run both; with a synchronous standby a commit waits until that has it."""
    user = USER if os.geteuid() == 0 else None
    with private_folder(user) as one, private_folder(user) as other:
        first, second = (Server(folder, user, synchronous=synchronous) for folder in (one, other))
        try:
            first.begin()
            first.start()
            second.follow(first)
            first.wait_until_followed()
            yield Pair(first, second)
        finally:
            for server in (second, first):
                server.stop()
