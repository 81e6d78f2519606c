"""Tidying the store of files: what crashed uploads left behind, and what an erasure could not remove at once, goes."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import fetch_all
from app.domain.errors import Hindrance
from app.queries.evidence import promised
from app.stores import Parts, Store
from app.stores.base import content_id_of

GRACE = timedelta(hours=24)
"""How old something must be before it can be told from an upload that is under way, which lasts minutes at most."""
BATCH = 500
FEW = 100


class StoreOfAnotherDatabase(Hindrance):
    """Most of what is kept is unknown to the database: it is more likely the wrong one than all of it an orphan."""

    def __init__(self, orphans: int, kept: int) -> None:
        super().__init__(
            f"{orphans} kept files are unknown to this database, and only {kept} are known.  Nothing was removed: is it"
            " the database that belongs to this store?  With --force they are removed."
        )


@dataclass(frozen=True)
class Tidied:
    """How many parts and how many kept files were removed."""

    parts: int
    files: int


async def tidy(
    connection: AsyncConnection, store: Store, parts: Parts, *, before: datetime, force: bool = False
) -> Tidied:
    """Remove the parts that nobody has written to, and the kept files that no row promises, since an instant.

    Raises:
        StoreOfAnotherDatabase: more files are orphans than are not, and they are not few.
    """
    orphans, known = [], 0
    names = store.names(older_than=before)
    while batch := await asyncio.to_thread(lambda: list(islice(names, BATCH))):
        unknown = await _unknown(connection, batch)
        known += len(batch) - len(unknown)
        orphans += unknown
    if len(orphans) > max(known, FEW) and not force:
        raise StoreOfAnotherDatabase(len(orphans), known)
    stale = await asyncio.to_thread(lambda: parts.remove_stale(older_than=before))
    await asyncio.to_thread(_remove, store, orphans)
    return Tidied(stale, len(orphans))


async def _unknown(connection: AsyncConnection, names: Iterable[str]) -> list[str]:
    """Keep the names of ours that no row promises; what is no name of ours is nothing of ours to remove."""
    ids = dict(_ids(names))
    kept = {row["id"] for row in await fetch_all(connection, promised, content_ids=list(ids.values()))}
    return [name for name, content_id in ids.items() if content_id not in kept]


def _ids(names: Iterable[str]) -> Iterator[tuple[str, UUID]]:
    for name in names:
        if content_id := content_id_of(name):
            yield name, content_id


def _remove(store: Store, names: Iterable[str]) -> None:
    for name in names:
        store.remove(name)
