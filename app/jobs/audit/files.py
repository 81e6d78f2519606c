"""Files: the bytes in the store beside the digests that rows promise."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, fetch_all
from app.queries.evidence import every_promised
from app.stores import ContentLost, Store
from app.stores.base import name_of


@dataclass(frozen=True)
class FilesVerdict:
    """How many files were read, and what is wrong."""

    files: int
    faults: Sequence[str]


async def verify(connection: AsyncConnection, store: Store) -> FilesVerdict:
    """Read every file that a row promises, and hold its bytes to the digest of the row."""
    promised = await fetch_all(connection, every_promised)
    read = [await asyncio.to_thread(_fault, store, row) for row in promised]
    return FilesVerdict(len(promised), [fault for fault in read if fault])


def _fault(store: Store, row: Row) -> str | None:
    digest, size = sha256(), 0
    try:
        # One byte more is asked for than there may be.
        for chunk in store.open(name_of(row["id"], row["sha256"]), 0, row["size"] + 1):
            digest.update(chunk)
            size += len(chunk)
    except ContentLost:
        if not size:
            return _said(row, "are gone")
    return None if digest.hexdigest() == row["sha256"] else _said(row, "are not what they were")


def _said(row: Any, what: str) -> str:
    return f"evidence_content {row['id']}: the bytes of evidence {row['evidence_id']} {what}"
