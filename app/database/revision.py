"""Whether a database has every migration of this code; Alembic itself is only for those who change a database."""

from functools import cache

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.settings import ROOT

_TABLE = text("SELECT to_regclass('alembic_version') IS NOT NULL")
_REVISIONS = text("SELECT version_num FROM alembic_version")


async def at_head(connection: AsyncConnection) -> bool:
    """Say whether a database has every migration that this code knows."""
    return bool(await connection.scalar(_TABLE)) and set(await connection.scalars(_REVISIONS)) == {head()}


@cache
def head() -> str:
    """Return the last revision: they are numbered, each file by its own."""
    files = (ROOT / "migrations" / "versions").glob("[0-9]*_*.py")
    return max((file.name for file in files), default="").partition("_")[0]
