"""`dondoc verify --report`: whether a consolidated report says what the record says."""

from pathlib import Path

import typer

from app.cli.running import look, owner, plainly
from app.queries import consolidated_report as reports


def verify_report(file: Path) -> None:
    """Hold one document against the record; exit with 1 if its digest or any figure in its tables differs."""
    # Documents are verified by few.
    from app.reports.checking import figures_that_differ, paragraphs_changed, said_in  # noqa: PLC0415

    with plainly(), owner() as url:
        said = said_in(file.read_bytes())
        digest, content = look(url, reports.made_again, said)
        record = said_in(content)
    differing = list(figures_that_differ(said, record))
    typer.echo(f"{said.plan} {said.cycle}, as of {said.as_of}, known at {said.known_at}")
    typer.echo(f"Data: {'intact' if digest == said.digest else 'ALTERED'}, sha256 {said.digest}")
    typer.echo(f"Figures: {'ALTERED' if differing else 'intact'}")
    for difference in differing:
        typer.echo(f"    {difference}")
    typer.echo(f"Paragraphs edited: {paragraphs_changed(said, record)}")
    if differing or digest != said.digest:
        raise typer.Exit(1)
