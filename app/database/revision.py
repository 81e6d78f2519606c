"""Whether a database has every migration of this code; Alembic itself is only for those who change a database.

A later version may have migrated it further: a migration that the version before does not survive says so in its
file, and `dondoc migrate` runs it only when told that nobody of that version serves.
"""

from functools import cache

from sqlalchemy import column, func, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Statement, fetch_all, fetch_only
from app.settings import ROOT


async def at_head(connection: AsyncConnection) -> bool:
    """Say whether a database has every migration that this code knows, or later ones."""
    return (await revision_of(connection) or "") >= head()


async def revision_of(connection: AsyncConnection) -> str | None:
    """Return the last migration that a database has had; in four digits each, numbers sort as they are."""
    if not (await fetch_only(connection, _migrated))["is_so"]:
        return None
    return max((row["version_num"] for row in await fetch_all(connection, _revisions)), default=None)


def _migrated() -> Statement:
    return select(func.to_regclass("alembic_version").is_not(None).label("is_so"))


def _revisions() -> Statement:
    return select(column("version_num")).select_from(table("alembic_version"))


@cache
def head() -> str:
    """Return the last revision: they are numbered, each file by its own."""
    files = (ROOT / "migrations" / "versions").glob("[0-9]*_*.py")
    return max((file.name for file in files), default="").partition("_")[0]
