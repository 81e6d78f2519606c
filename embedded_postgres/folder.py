"""Where things lie under the data directory, who owns them, and which process holds them."""

import fcntl
import os
import pwd
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from embedded_postgres.errors import DataDirectoryInUse

_ROOT = 0
_NOBODY = 65534


@dataclass(frozen=True)
class Account:
    """The user whom the server runs as."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Folder:
    """The data directory.  Only `cluster` and `socket` are the server's own; it can change nothing else in it."""

    path: Path

    @property
    def name(self) -> str:
        """A name that no other cluster on this system has, for the server's processes to bear."""
        found = self.path.stat()
        return f"dondoc-{found.st_dev:x}-{found.st_ino:x}"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own files."""
        return self.path / "cluster"

    @property
    def socket(self) -> Path:
        """The private folder of the socket, where its path is short enough."""
        return self.path / "socket"

    @property
    def settings(self) -> Path:
        """The server's configuration."""
        return self.path / "dondoc.conf"

    @property
    def rules(self) -> Path:
        """Who may log in."""
        return self.path / "pg_hba.conf"

    @property
    def passfile(self) -> Path:
        """The passwords of our two roles, as libpq reads them."""
        return self.path / "pgpass"

    @property
    def shut(self) -> Path:
        """There once nobody may make large objects in the cluster."""
        return self.path / "no-large-objects"

    @property
    def address(self) -> Path:
        """Where the server listens, for other commands."""
        return self.path / "address"

    @property
    def lock(self) -> Path:
        """Held by the one process that runs the server."""
        return self.path / "lock"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.path / "log" / "postgres.log"

    def prepare(self) -> Account:
        """Make the folder, open to the server's user and to no one else's reading, and say who that user is."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        account = self._account()
        if self.path.stat().st_uid == os.geteuid():
            self.path.chmod(0o700 if account.uid == os.geteuid() else 0o711)
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        self._give_to_owner(self.log.parent)
        return account

    def _account(self) -> Account:
        """PostgreSQL refuses to run as root: then whoever owns the data serves it, and `nobody` if that is root."""
        if os.geteuid() != _ROOT:
            return Account(os.geteuid(), os.getegid())
        found = (self.cluster if self.cluster.exists() else self.path).stat()
        return _nobody() if found.st_uid == _ROOT else Account(found.st_uid, found.st_gid)

    def write(self, path: Path, text: str, mode: int = 0o600) -> None:
        """Write a whole file or none of it; the name never leads through a link that somebody else put there."""
        draft = path.with_name(path.name + ".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        self._give_to_owner(draft)
        draft.replace(path)

    def _give_to_owner(self, path: Path) -> None:
        """Root leaves nothing behind that the owner of the folder could not use tomorrow."""
        owner = self.path.stat()
        if os.geteuid() == _ROOT != owner.st_uid:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    def open_log(self) -> int:
        """Open the log for appending."""
        opened = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self._give_to_owner(self.log)
        return opened

    def hold(self) -> int:
        """Take the lock, which the system takes back when this process ends in whatever way."""
        held = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(held, 20).decode(errors="replace").strip()
            os.close(held)
            raise DataDirectoryInUse(_in_use(self.path, holder)) from None
        os.ftruncate(held, 0)
        os.write(held, f"{os.getpid()}\n".encode())
        self._give_to_owner(self.lock)
        return held


def release(held: int) -> None:
    """Let the lock go.  The file stays: unlinking it would let two processes each lock a file of their own."""
    with suppress(OSError):
        os.ftruncate(held, 0)
    os.close(held)


def _in_use(path: Path, holder: str) -> str:
    process = f"process {holder}" if holder else "another process"
    return (
        f"{process.capitalize()} runs PostgreSQL in {path} already.  Stop it, or set DONDOC_DATA_DIR to another folder."
    )


def _nobody() -> Account:
    with suppress(KeyError):
        found = pwd.getpwnam("nobody")
        return Account(found.pw_uid, found.pw_gid)
    return Account(_NOBODY, _NOBODY)
