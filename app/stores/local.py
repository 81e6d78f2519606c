"""A store in a folder of this machine."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from app.stores.base import CHUNK, ContentLost


class LocalStore:
    """Keeps bytes in a folder that only its owner can read; parts must lie on the same file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, part: Path, name: str) -> None:
        """Move a part to its name, and bring the folders above it to the disk."""
        path = self._folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.rename(path)
        for folder in (path.parent, self._folder, self._folder.parent):
            _sync(folder)

    def open(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Open the file at once, and read it as it is asked for."""
        try:
            file = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            raise ContentLost from None
        return _read(file, start, end)

    def remove(self, name: str) -> None:
        """Remove a file, and bring its folder to the disk: what is erased must not come back after a power cut."""
        path = self._folder / name
        path.unlink(missing_ok=True)
        if path.parent.exists():
            _sync(path.parent)

    def names(self, *, older_than: datetime) -> Iterator[str]:
        """Yield the names of the files that are older than an instant."""
        for path in self._folder.glob("??/*"):
            if path.stat().st_mtime < older_than.timestamp():
                yield f"{path.parent.name}/{path.name}"


def _read(file: int, start: int, end: int) -> Iterator[bytes]:
    try:
        while start < end:
            data = os.pread(file, min(CHUNK, end - start), start)
            if not data:
                raise ContentLost
            yield data
            start += len(data)
    finally:
        os.close(file)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
