"""Starts the server, keeps it alive, stops it."""

import atexit
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from embedded_postgres import address as addresses
from embedded_postgres import binaries, cluster, settings, stale
from embedded_postgres.address import Address
from embedded_postgres.errors import EmbeddedUnavailable
from embedded_postgres.folder import Account, Folder, release
from embedded_postgres.health import Health, ask
from embedded_postgres.server import Programs, Server, limit_log

# Recovery after a crash can take minutes; a server that says that it is starting is believed that long.
_START_SECONDS = 600
# Processes of a killed server may still finish a statement before they notice.
_PREDECESSOR_SECONDS = 60
_PAUSE_SECONDS = 0.05
_PULSE_SECONDS = 0.5
_PULSES_PER_QUESTION = 10
_SILENCES = 5
_HUNG_SECONDS = 5.0
_FIRST_BACKOFF_SECONDS, _LONGEST_BACKOFF_SECONDS = 0.5, 30.0
_PREDECESSOR = "pre-existing shared memory block"
Thing = TypeVar("Thing")


def quiet(_: str) -> None:
    """Say nothing."""


def running(directory: Path) -> Address | None:
    """Give the address of the server on a data directory if one answers there, e.g. for `psql`.

    It asks the server, so call it from a thread without an event loop.
    """
    try:
        address = addresses.saved(Folder(directory.resolve()))
    except OSError:
        return None
    return address if address and ask(address)[0] is Health.ANSWERS else None


class Embedded:
    """PostgreSQL on one data directory, held by this process.  Use it from one thread, best as a context manager.

    The system ends a server together with the thread that started it (see `launch`).  So a thread that does nothing
    else starts them, and it lives until `stop`, or until this process ends in whatever way.
    """

    def __init__(self, directory: Path, *, durable: bool = True, say: Callable[[str], None] = quiet) -> None:
        self._folder = Folder(directory.resolve())
        self._durable = durable
        self._say = say
        self._stopping = threading.Event()
        self._starter: ThreadPoolExecutor | None = None
        self._watcher: threading.Thread | None = None
        self._lock: int | None = None
        self._programs: Programs | None = None
        self._address: Address | None = None
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    @property
    def address(self) -> Address:
        """How to reach the server that was started."""
        return _started(self._address)

    @property
    def pid(self) -> int:
        """The server's process; another one after it had to be started again."""
        return _started(self._server).pid

    def start(self) -> Address:
        """Start the server, on a new database the first time, and return when it answers the service's role."""
        self._stopping.clear()
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dondoc-postgres")
        try:
            self._starter.submit(self._prepare_and_rise).result()
        except BaseException as error:
            self.stop()
            if isinstance(error, OSError):
                raise EmbeddedUnavailable(_explained(error)) from error
            raise
        atexit.register(self.stop)
        return self.address

    def watch(self) -> None:
        """From now on, start the server again when it ended or fell silent."""
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._keep_alive, name="dondoc-postgres-watch", daemon=True)
            self._watcher.start()

    def stop(self) -> None:
        """Stop the server and let the data directory go.  What was started only in part is stopped, too."""
        atexit.unregister(self.stop)
        self._stopping.set()
        if self._watcher:
            self._watcher.join()
        if self._starter:
            self._starter.shutdown()
        if self._server:
            self._server.stop()
        self._let_go()
        self._watcher = self._starter = self._server = self._programs = self._address = None

    def _let_go(self) -> None:
        if self._lock is None:
            return
        if self._address and self._programs:
            settings.remove_socket_directory(self._address.socket_dir, self._programs.account)
            self._folder.address.unlink(missing_ok=True)
        release(self._lock)
        self._lock = None

    def _prepare_and_rise(self) -> None:
        found = binaries.find()
        account = self._folder.prepare()
        self._lock = self._folder.hold()
        self._programs = Programs(found, account, self._folder)
        stale.clear(self._folder)
        self._ensure_cluster(self._programs)
        self._address = self._choose_address(account)
        self._rise()

    def _ensure_cluster(self, programs: Programs) -> None:
        if cluster.missing(self._folder):
            self._say(f"Making a new PostgreSQL database in {self._folder.path} …")
        cluster.ensure(programs, durable=self._durable)

    def _choose_address(self, account: Account) -> Address:
        former = addresses.saved(self._folder)
        if former:
            settings.remove_socket_directory(former.socket_dir, account)
        socket_dir = settings.choose_socket_directory(self._folder, account)
        settings.write(self._folder, socket_dir, durable=self._durable)
        addresses.save(self._folder, socket_dir)
        return _started(addresses.saved(self._folder))

    def _rise(self) -> None:
        """Start a server and wait for its answer; start it again while its predecessor's last processes end."""
        programs, address = _started(self._programs), self.address
        deadline = time.monotonic() + _PREDECESSOR_SECONDS
        while True:
            stale.clear(self._folder)
            settings.make_socket_directory(address.socket_dir, programs.account)
            self._server = Server(programs)
            problem = self._await_answer(self._server, address)
            if problem is None:
                return
            self._server.stop(_HUNG_SECONDS)
            if _PREDECESSOR not in problem or time.monotonic() > deadline or self._stopping.wait(_PAUSE_SECONDS):
                raise EmbeddedUnavailable(f"The embedded PostgreSQL does not start:\n{problem}")

    def _await_answer(self, server: Server, address: Address) -> str | None:
        """Wait until the server answers, and give the reason if it will not."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if server.gone():
                return server.last_words()
            health, words = ask(address)
            if health is Health.ANSWERS:
                return None
            if health is Health.REFUSES:
                return f"{words}\nIf the passwords in {address.passfile} are not its own, remove that file."
            if self._stopping.wait(_PAUSE_SECONDS):
                return "It was told to stop."
        return f"It did not answer in {_START_SECONDS} seconds.\n{server.last_words()}"

    def _keep_alive(self) -> None:
        silences = 0
        for pulse in itertools.count(1):
            if self._stopping.wait(_PULSE_SECONDS):
                return
            with suppress(OSError):
                limit_log(self._folder)
            # A first silence is asked about at once: the next questions tell whether it was an accident.
            if silences or pulse % _PULSES_PER_QUESTION == 0:
                silences = silences + 1 if ask(self.address)[0] is Health.SILENT else 0
            if _started(self._server).gone() or silences >= _SILENCES:
                self._revive()
                silences = 0

    def _revive(self) -> None:
        """Start the server again, however long that takes; only `stop` or the end of the process ends the attempts."""
        self._say("PostgreSQL ended or does not answer; starting it again.")
        delay = _FIRST_BACKOFF_SECONDS
        while not self._stopping.is_set():
            problem = self._try_to_rise()
            if problem is None:
                return
            self._say(f"{problem}\nTrying again in {delay:g} seconds.")
            self._stopping.wait(delay)
            delay = min(2 * delay, _LONGEST_BACKOFF_SECONDS)

    def _try_to_rise(self) -> str | None:
        """Start the server again, and give the reason if it does not start."""
        _started(self._server).stop(_HUNG_SECONDS)
        try:
            _started(self._starter).submit(self._rise).result()
        except (EmbeddedUnavailable, OSError) as error:
            return str(error)
        except RuntimeError:
            # The interpreter is ending and takes no more work.
            self._stopping.set()
            return None
        self._say("PostgreSQL answers again.")
        return None


def _started(thing: Thing | None) -> Thing:
    if thing is None:
        raise EmbeddedUnavailable("The embedded PostgreSQL has not been started.")
    return thing


def _explained(error: OSError) -> str:
    hint = "  Run as the user who owns the data, or set DONDOC_DATA_DIR to another folder."
    return f"The embedded PostgreSQL does not start: {error}.{hint if isinstance(error, PermissionError) else ''}"
