"""Files that only the service's user may read, made once and whole, whichever of several processes makes them."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from app.domain.errors import Hindrance


class KeysExposed(Hindrance):
    """A key file can be read by others than its owner: run `chmod 600` on it."""


def make(path: Path, content: Callable[[], bytes]) -> None:
    """Make a file once; of two processes that start together, one writes and both read the same."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        if os.geteuid() == 0:
            # Whoever runs the service reads it, also when the operator is root.
            os.fchown(file.fileno(), path.parent.stat().st_uid, path.parent.stat().st_gid)
        file.write(content())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def read(path: Path) -> bytes:
    """Read a file.

    Raises:
        KeysExposed: others may read it.
    """
    if path.stat().st_mode & 0o077:
        raise KeysExposed(f"{KeysExposed.__doc__} ({path.name})")
    return path.read_bytes()
