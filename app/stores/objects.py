"""A store in a bucket: Amazon S3 and whatever speaks its protocol, Google Cloud Storage, Azure Blob Storage.

Credentials and endpoints stand in the environment, under the names that each provider gives them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import from_url

from app.stores.base import CHUNK, ContentLost

PIECE_BYTES, PIECES_AT_ONCE = 5 * 1024 * 1024, 2
"""How a large file is sent: what one upload holds in memory."""


class StoreUnavailable(OSError):
    """The bucket cannot be reached, or refuses."""


class ObjectStore:
    """Keeps bytes in a bucket, at `s3://bucket/prefix`, `gs://bucket/prefix` or `az://account/container/prefix`."""

    def __init__(self, url: str) -> None:
        self._bucket = from_url(
            url,
            # The whole of a request must fit, and whoever is given a file may be slow.  Without TLS only goes an
            # endpoint that an operator has named so, such as one on the same machine.
            client_options={"connect_timeout": "5s", "timeout": "600s", "allow_http": True},
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )

    def keep(self, part: Path, name: str) -> None:
        """Send a part; the bucket has it for good when it says so."""
        with _reaching():
            obstore.put(self._bucket, name, part, chunk_size=PIECE_BYTES, max_concurrency=PIECES_AT_ONCE)

    def open(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Ask for the bytes at once, and read them as they are asked for."""
        try:
            with _reaching():
                found = obstore.get(self._bucket, name, options={"range": (start, end)})
        except FileNotFoundError:
            raise ContentLost from None
        return _read(found.stream(min_chunk_size=CHUNK), end - start)

    def remove(self, name: str) -> None:
        """Remove an object."""
        with suppress(FileNotFoundError), _reaching():
            obstore.delete(self._bucket, name)

    def names(self, *, older_than: datetime) -> Iterator[str]:
        """Yield the names of the objects that are older than an instant."""
        with _reaching():
            for some in obstore.list(self._bucket):
                yield from (one["path"] for one in some if one["last_modified"] < older_than)


def _read(pieces: Iterable[Any], size: int) -> Iterator[bytes]:
    with _reaching():
        for piece in pieces:
            size -= len(piece)
            yield bytes(piece)
    if size:
        raise ContentLost


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        raise StoreUnavailable(type(error).__name__) from error
