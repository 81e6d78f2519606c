"""The server's configuration, outside the server's own files: nothing done in the database changes it."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from embedded_postgres.address import APP, OWNER, PORT
from embedded_postgres.errors import EmbeddedUnavailable
from embedded_postgres.folder import Account, Folder

# The system's limit on the path of a Unix socket, without the final NUL.
_LONGEST_SOCKET_PATH = 107
_SOCKET: Final = f".s.PGSQL.{PORT}"
_SETTINGS = """\
# Dondoc writes this file before each start of the server.
include 'cluster/postgresql.conf'
hba_file = {rules}
allow_alter_system = off
cluster_name = '{name}'
update_process_title = on
listen_addresses = ''
port = {port}
unix_socket_directories = {socket}
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = '128MB'
timezone = 'UTC'
log_timezone = 'UTC'
# The log tells of the server and never of what people store.  A failed statement's message, detail and text can each
# hold a value, so none of them is logged: the service hears of its own errors.
logging_collector = off
log_destination = 'stderr'
log_line_prefix = '%m [%p] '
log_min_messages = 'log'
log_error_verbosity = 'terse'
log_min_error_statement = 'panic'
log_statement = 'none'
log_min_duration_statement = -1
log_min_duration_sample = -1
log_transaction_sample_rate = 0
log_autovacuum_min_duration = -1
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_lock_waits = off
log_checkpoints = off
"""
_HASTY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
_RULES = f"# Everybody else is refused, the superuser too.\nlocal all {OWNER},{APP} scram-sha-256\n"


def write(folder: Folder, socket_dir: Path, *, durable: bool) -> None:
    """Write both files.  Neither holds a secret, and the server's user has to read them."""
    paths = {"rules": _quoted(str(folder.rules)), "socket": _quoted(_listed(str(socket_dir)))}
    folder.write(folder.rules, _RULES, 0o644)
    settings = _SETTINGS.format(name=folder.name, port=PORT, **paths)
    folder.write(folder.settings, settings + ("" if durable else _HASTY), 0o644)


def choose_socket_directory(folder: Folder, account: Account) -> Path:
    """Choose the private folder of the socket: in the data directory, or elsewhere if its path would be too long."""
    if _fits(folder.socket):
        return folder.socket
    made = Path(tempfile.mkdtemp(prefix="dondoc-", dir=_short_temporary()))
    _give_to_server(made, account)
    return made


def make_socket_directory(path: Path, account: Account) -> None:
    """Have the folder, empty and the server's own; a cleaner of temporary files may have removed it in the meantime."""
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        _give_to_server(path, account)
    if not _is_ours(path, account):
        raise EmbeddedUnavailable(f"{path} belongs to somebody else.  Remove it, and start again.")
    clear_sockets(path)


def remove_socket_directory(path: Path, account: Account) -> None:
    """Remove the folder if it is still as we made it, and never anything else in it than the socket."""
    with suppress(OSError):
        if _is_ours(path, account):
            clear_sockets(path)
            path.rmdir()


def clear_sockets(path: Path) -> None:
    """Remove a dead server's socket; its lock file names a process that may be anybody's by now."""
    for name in (_SOCKET, f"{_SOCKET}.lock"):
        (path / name).unlink(missing_ok=True)


def _is_ours(path: Path, account: Account) -> bool:
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid


def _give_to_server(path: Path, account: Account) -> None:
    if os.geteuid() != account.uid:
        os.chown(path, account.uid, account.gid)


def _short_temporary() -> str:
    example = "dondoc-12345678"
    for candidate in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes a private folder in it.
        if _fits(Path(candidate) / example):
            return candidate
    raise EmbeddedUnavailable("No folder for temporary files has a path short enough for a socket; set TMPDIR.")


def _fits(directory: Path) -> bool:
    return len(os.fsencode(directory / _SOCKET)) <= _LONGEST_SOCKET_PATH


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _listed(path: str) -> str:
    """Spell one entry of a list of paths; a comma or a space in it must not part it."""
    return '"' + path.replace('"', '""') + '"'
