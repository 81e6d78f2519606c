"""`dondoc evidence`: the bytes of files, and what was erased of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from app.cli.running import owner, plainly, run
from app.commands.tidying import GRACE, tidy
from app.settings import Settings
from app.stores.opening import open_parts, open_store

cli = typer.Typer(help="Evidence: the bytes of files, and what was erased.", no_args_is_help=True)


@cli.command("tidy")
def tidy_evidence(
    hours: Annotated[float, typer.Option("--older-than", help="In hours; 0 only while nobody uploads.", min=0)] = (
        GRACE / timedelta(hours=1)
    ),
    force: Annotated[bool, typer.Option("--force", help="Also when most files are unknown to the database.")] = False,
) -> None:
    """Remove what crashed uploads left behind; the service does so every hour for what is a day old."""
    settings, before = Settings(), datetime.now(UTC) - timedelta(hours=hours)
    with plainly(), owner() as url:
        store, parts = open_store(settings), open_parts(settings)
        done = run(url, lambda connection: tidy(connection, store, parts, before=before, force=force))
        typer.echo(f"removed {done.parts} parts and {done.files} files")


@cli.command("erased")
def list_erased() -> None:
    """Print what was erased by law, a line each: keep it beside backups, for `dondoc restore --erased`."""
    # Few commands need what speaks of erasures.
    from app.server import erased  # noqa: PLC0415

    with plainly(), owner() as url:
        for one in run(url, erased.every):
            typer.echo(one.spelled())


@cli.command("erase-again")
def erase_again(
    file: Annotated[Path, typer.Argument(help="What `dondoc evidence erased` printed.")],
) -> None:
    """Erase what was erased before, and came back with a backup that is older than that."""
    from app.server import erased  # noqa: PLC0415

    with plainly():
        those, store = erased.read(file), open_store(Settings())
        with owner() as url:
            again = asyncio.run(erased.erase_again(url, store, those, now=datetime.now(UTC)))
    typer.echo(f"{again} evidence is erased again.")
