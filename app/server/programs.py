"""PostgreSQL's own programs, pg_dump and pg_restore: found where they are, and run on a database."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

from app.database.address import read
from app.domain.errors import Hindrance
from embedded_postgres import EmbeddedUnavailable, binaries


async def run(url: str, program: str, *arguments: str | Path, folder: Path | None = None) -> None:
    """Run a program, of a folder or else the embedded server's or the system's, on the database of an address.

    Passwords go by the environment, which nobody else can read.

    Raises:
        Hindrance: it is not there, or has failed.
    """
    address = read(url)
    login = {f"PG{name.upper()}": value for name, value in address.login.items()}
    command = [_found(program, folder), *arguments, "--dbname", address.place]
    try:
        process = await asyncio.create_subprocess_exec(*command, env=login, stderr=asyncio.subprocess.PIPE)
    except OSError:
        raise Hindrance(f"{program} was not found: install PostgreSQL's client, or name its folder.") from None
    _, said = await process.communicate()
    if process.returncode:
        raise Hindrance(f"{program} failed: {said.decode('utf-8', 'replace').strip()}")


def _found(program: str, folder: Path | None) -> Path | str:
    if folder:
        return folder / program
    with suppress(EmbeddedUnavailable):
        return binaries.find().path / program
    return shutil.which(program) or program
