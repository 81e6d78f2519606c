"""A database as one file, as of one instant, and such a file put into an empty one: for backups and moves."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import SYSTEM, connect
from app.database.revision import revision_of
from app.database.statements import Prepared, Statement, fetch_all, fetch_only
from app.domain.errors import Hindrance
from app.models import Erasure, EvidenceContent
from app.models.base import table
from app.queries import events
from app.queries.evidence import KEPT_AS
from app.server import programs
from app.stores.base import name_of

_ROLE = Prepared(
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dondoc_app') THEN "
    "CREATE ROLE dondoc_app NOLOGIN; END IF; END $$",
    names=(),
    reads={},
)
"""A backup is of one database, and roles belong to the server."""


@dataclass(frozen=True)
class Seen:
    """How far a database was at an instant, and the names and sizes of the files that it promised."""

    revision: str
    position: int
    promised: Mapping[str, int]


async def dump(url: str, file: Path, folder: Path | None) -> Seen:
    """Write a database into a file, by the programs of a folder if one is named.

    Raises:
        Hindrance: there is nothing of ours in it.
    """
    database = connect(url, role=None)
    try:
        async with database.reading(SYSTEM) as connection:
            # What pg_dump reads is what this transaction sees, also of the feed's place.
            snapshot = (await fetch_only(connection, _exported))["snapshot"]
            seen = await _seen(connection)
            await programs.run(
                url, "pg_dump", "--format=custom", f"--snapshot={snapshot}", "--file", file, folder=folder
            )
    finally:
        await database.close()
    return seen


async def load(url: str, file: Path, folder: Path | None) -> Seen:
    """Write a file into a database that holds nothing yet, and return what it then is.

    Raises:
        Hindrance: it holds a plan.
    """
    database = connect(url, role=None)
    try:
        async with database.writing(SYSTEM) as connection:
            if await revision_of(connection) is not None:
                raise Hindrance("The database holds a plan already: name an empty one.")
            await _ROLE.fetch(connection, {})
        arguments = ("--single-transaction", "--exit-on-error", "--no-owner")
        await programs.run(url, "pg_restore", *arguments, file, folder=folder)
        async with database.reading(SYSTEM) as connection:
            return await _seen(connection)
    finally:
        await database.close()


async def promised_by(url: str) -> Mapping[str, int]:
    """Return the names and the sizes of the files that a database promises by now."""
    database = connect(url, role=None)
    try:
        async with database.reading(SYSTEM) as connection:
            return await _promised(connection)
    finally:
        await database.close()


async def _seen(connection: AsyncConnection) -> Seen:
    revision = await revision_of(connection)
    if revision is None:
        raise Hindrance("The database holds nothing of Dondoc.")
    return Seen(revision, (await fetch_only(connection, events.head))["seq"], await _promised(connection))


async def _promised(connection: AsyncConnection) -> dict[str, int]:
    """Return the names and the sizes of the files that must be there."""
    return {name_of(row["id"], row["sha256"]): row["size"] for row in await fetch_all(connection, _contents)}


def _contents() -> Statement:
    contents, erasures = table(EvidenceContent), table(Erasure)
    erased = exists().where(erasures.c.evidence_id == contents.c.evidence_id)
    return select(KEPT_AS.label("id"), contents.c.sha256, contents.c.size).where(~erased)


def _exported() -> Statement:
    return select(func.pg_export_snapshot().label("snapshot"))
