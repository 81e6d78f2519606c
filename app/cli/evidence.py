"""`dondoc evidence`: the bytes of files."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from app.cli.running import owner, plainly, run
from app.commands.tidying import GRACE, tidy
from app.settings import Settings
from app.stores.opening import open_parts, open_store

cli = typer.Typer(help="Evidence: the bytes of files.", no_args_is_help=True)


@cli.callback()
def _of_evidence() -> None:
    """Keep the name of the only command."""


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
