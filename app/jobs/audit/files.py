"""Files: the bytes in the store beside the digests that rows promise."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

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
    # What is kept once for many is read once, and said of each.
    wanted = {row["content_id"]: (row["id"], row["sha256"], row["size"]) for row in promised}
    wrong = {one: await asyncio.to_thread(_fault, store, *one) for one in dict.fromkeys(wanted.values())}
    faults = [_said(row, fault) for row in promised if (fault := wrong[wanted[row["content_id"]]])]
    return FilesVerdict(len(wrong), faults)


def _fault(store: Store, kept_as: UUID, expected: str, promised: int) -> str | None:
    digest, size = sha256(), 0
    try:
        # One byte more is asked for than there may be.
        for chunk in store.open(name_of(kept_as, expected), 0, promised + 1):
            digest.update(chunk)
            size += len(chunk)
    except ContentLost:
        if not size:
            return "are gone"
    return None if (digest.hexdigest(), size) == (expected, promised) else "are not what they were"


def _said(row: Row, what: str) -> str:
    return f"evidence_content {row['content_id']}: the bytes of evidence {row['evidence_id']} {what}"
