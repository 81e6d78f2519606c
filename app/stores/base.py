"""What a store can do.  Every call blocks: the service makes them in threads."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

CHUNK = 256 * 1024


class ContentLost(OSError):
    """Bytes that a row promises are not in the store."""


class ContentChanged(OSError):
    """The bytes in the store are not those that a row promises."""


class Store(Protocol):
    """Keeps bytes under names."""

    def keep(self, part: Path, name: str) -> None:
        """Make a part durable under a name; when this returns, a power cut cannot lose it."""

    def open(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Give the bytes from `start` up to, and without, `end`.

        Raises:
            ContentLost: there is nothing under the name.
        """

    def remove(self, name: str) -> None:
        """Remove what is under a name, if anything is."""

    def names(self, *, older_than: datetime) -> Iterator[str]:
        """Yield the names of what was kept before an instant."""


def name_of(content_id: UUID, sha256: str) -> str:
    """Return the name that bytes are kept under: their digest, and the id of the one row that may promise them."""
    return f"{sha256[:2]}/{sha256}.{content_id}"


def content_id_of(name: str) -> UUID | None:
    """Return the id in a name; none when it is no name of ours."""
    try:
        return UUID(name.rpartition(".")[2])
    except ValueError:
        return None
