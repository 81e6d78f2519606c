"""Becomes the right user, keeps next to no privilege, and turns into PostgreSQL.

Executed by its path, `python -I -S launch.py UID GID PARENT FOLDER PROGRAM ARGUMENTS…`, so it imports nothing of ours.
It is a program and not a `preexec_fn`, because that would run Python between fork and exec of a process with threads.

Started by root, it can meet a folder above the data or above the programs that only root may pass, as `mktemp -d` makes
them.  Nobody's permissions are changed for that: the server keeps one capability instead, the weakest that is enough,
and only where it is needed.
"""

import ctypes
import os
import signal
import sys
from contextlib import suppress

_DAC_OVERRIDE, _DAC_READ_SEARCH, _SETPCAP = 1, 2, 8
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_GET_SECUREBITS, _PR_SET_SECUREBITS = 1, 8, 27, 28
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 38, 47
_AMBIENT_RAISE, _AMBIENT_CLEAR_ALL = 2, 4
# access(2), by which PostgreSQL looks for its programs, ignores the capabilities of a user without this bit.
_NO_SETUID_FIXUP = 1 << 2
_CAPABILITY_VERSION_3 = 0x20080522
_LINUX = sys.platform == "linux"


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def main(arguments: list[str]) -> None:
    """Become the user, and the program."""
    uid, gid, parent = map(int, arguments[:3])
    folder, program = arguments[3:5]
    os.umask(0o077)
    if uid != os.geteuid():
        _become(uid, gid)
        _gain_reach(folder, program)
    if _LINUX:
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _end_with(parent)
    os.execv(program, arguments[4:])  # noqa: S606 - no shell is what we want.


def _become(uid: int, gid: int) -> None:
    if _LINUX:
        _prctl(_PR_SET_KEEPCAPS, 1)
    try:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    except OSError as error:
        sys.exit(f"PostgreSQL does not run as root, and root may not become user {uid} here ({error.strerror}).")


def _gain_reach(folder: str, program: str) -> None:
    """Keep the weakest capability that is enough, if one is needed; exec drops every other."""
    obstacle = _unreachable(folder, program)
    for capability in (_DAC_READ_SEARCH, _DAC_OVERRIDE) if obstacle else ():
        if _keep(capability) and not _unreachable(folder, program):
            return
    if obstacle:
        sys.exit(
            f"{obstacle} cannot be reached by {_name()}, the user whom PostgreSQL runs as when root starts it.  "
            f"Choose another DONDOC_DATA_DIR, or another place to install, or do not run as root."
        )


def _unreachable(folder: str, program: str) -> str:
    """Name the one of the two that cannot be reached, or nothing."""
    try:
        os.stat(os.path.join(folder, "."))  # noqa: PTH116, PTH118 - a Path would drop the dot, which asks to pass.
    except PermissionError:
        return folder
    return "" if os.access(program, os.R_OK | os.X_OK) else program


def _keep(capability: int) -> bool:
    """Hold one capability so that it survives exec; False if root itself lacks it here, or the system knows no such."""
    permitted, wanted = _permitted() if _LINUX else 0, 1 << capability
    if not permitted & wanted:
        return False
    _set_capabilities(permitted & 1 << _SETPCAP, permitted, 0)
    with suppress(OSError):
        _prctl(_PR_SET_SECUREBITS, _libc().prctl(_PR_GET_SECUREBITS) | _NO_SETUID_FIXUP)
    _set_capabilities(wanted, permitted, wanted)
    with suppress(OSError):
        _prctl(_PR_CAP_AMBIENT, _AMBIENT_CLEAR_ALL)
        _prctl(_PR_CAP_AMBIENT, _AMBIENT_RAISE, capability)
        return True
    return False


def _end_with(parent: int) -> None:
    """Ask for a fast shutdown when the thread that started us ends, as it does when its process is killed.

    It comes last: changing the user forgets it, exec does not.  A parent that ended before is not told of anymore.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
    if os.getppid() != parent:
        sys.exit("The process that wanted PostgreSQL is gone.")


def _permitted() -> int:
    sets = (_Sets * 2)()
    _checked(_libc().capget(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), sets))
    return int(sets[0].permitted)


def _set_capabilities(effective: int, permitted: int, inheritable: int) -> None:
    """All that we hold are among the first 32; the second word loses the rest."""
    sets = (_Sets * 2)(_Sets(effective, permitted, inheritable))
    _checked(_libc().capset(ctypes.byref(_Header(_CAPABILITY_VERSION_3, 0)), sets))


def _prctl(option: int, first: int, second: int = 0) -> None:
    words = (ctypes.c_ulong(word) for word in (first, second, 0, 0))
    _checked(_libc().prctl(option, *words))


def _checked(result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _name() -> str:
    import pwd  # noqa: PLC0415 - only a message needs it.

    with suppress(KeyError):
        return f"the user {pwd.getpwuid(os.getuid()).pw_name}"
    return f"user {os.getuid()}"


if __name__ == "__main__":
    main(sys.argv[1:])
