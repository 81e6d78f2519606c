"""Parts: files that are being received, on this machine's disk, each with the digest of what it holds so far."""

import hashlib
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO


@dataclass
class Part:
    """One file that is being received; `size` in bytes."""

    path: Path
    size: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)
    _file: BinaryIO = field(init=False)

    def __post_init__(self) -> None:
        self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._digest.update(data)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.size += len(data)

    def finish(self) -> None:
        """Bring every byte to the disk."""
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Forget the part, unless a store has taken it."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        """The digest of what has been written, in hexadecimal."""
        return str(self._digest.hexdigest())


class Parts:
    """The folder of parts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self) -> Part:
        """Begin to receive a file, under a name that nobody can guess."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Part(self._folder / f"{secrets.token_hex(16)}.part")

    def remove_stale(self, *, older_than: datetime) -> int:
        """Remove the parts that nobody has written to since an instant; say how many."""
        removed = 0
        for path in self._folder.glob("*.part"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < older_than.timestamp():
                    path.unlink()
                    removed += 1
        return removed
