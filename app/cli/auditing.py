"""`dondoc verify`: whether the record is what it was."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.running import owner, plainly, run
from app.commands import seals
from app.jobs import audit
from app.queries import consolidated_report as reports
from app.security import checkpoint_keys
from app.settings import Settings

Kept = Annotated[
    list[Path],
    typer.Option("--checkpoints", help="Answers of GET /v1/audit/checkpoints that were kept outside, one or several."),
]


Reported = Annotated[
    Path | None,
    typer.Option("--report", exists=True, dir_okay=False, help="A consolidated report: hold it against the record."),
]


def verify(kept: Kept = [], report: Reported = None) -> None:  # noqa: B006  Typer reads the default and never changes it.
    """Walk every event, and work the seal of every closed cycle out anew; exit with 1 if anything was changed.

    The first event that is not as it was is named, and every obligation under a seal that is not.  With --report, that
    document alone is held against the record: its digest, and every figure in its tables.
    """
    if report:
        _verify_report(report)
        return
    with plainly(), owner() as url:
        keys, notes = checkpoint_keys.read(Settings().keys_dir), list(_notes(kept))

        async def both(connection: AsyncConnection) -> tuple[audit.FeedVerdict, list[seals.Verdict]]:
            return await audit.verify(connection, keys.has_signed, notes), await seals.verify(connection)

        feed, verdicts = run(url, both)
    _tell_of_feed(feed)
    _tell_of_seals(verdicts)
    if feed.fault or any(verdict.differences for verdict in verdicts):
        raise typer.Exit(1)


def _verify_report(file: Path) -> None:
    # Documents are verified by few.
    from app.reports.checking import figures_that_differ, paragraphs_changed, said_in  # noqa: PLC0415

    with plainly(), owner() as url:
        said = said_in(file.read_bytes())
        digest, content = run(url, reports.made_again, said)
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


def _tell_of_feed(feed: audit.FeedVerdict) -> None:
    state = "ALTERED" if feed.fault else "intact"
    typer.echo(f"Events: {state}, {feed.events} walked, {feed.signed} of them signed")
    if feed.fault:
        typer.echo(f"    {feed.fault}")


def _tell_of_seals(verdicts: Sequence[seals.Verdict]) -> None:
    for verdict in verdicts:
        state = "ALTERED" if verdict.differences else "intact"
        typer.echo(f"{verdict.plan} {verdict.cycle}: {state}, {verdict.covered} obligations, sha256 {verdict.digest}")
        for difference in verdict.differences:
            typer.echo(f"    {difference}")
    if not verdicts:
        typer.echo("No cycle is closed.")


def _notes(files: Sequence[Path]) -> Iterator[str]:
    """Read the notes out of answers that were kept, one or several a file."""
    for file in files:
        try:
            for answer in _answers(file.read_text("utf-8")):
                yield from (str(item["note"]) for item in answer["items"])
        except (ValueError, KeyError, TypeError, OSError):
            raise typer.BadParameter(f"{file.name} holds no answers of GET /v1/audit/checkpoints") from None


def _answers(text: str) -> Iterator[Any]:
    decoder, place = json.JSONDecoder(), 0
    while place < len(text.rstrip()):
        answer, place = decoder.raw_decode(text, place + len(text[place:]) - len(text[place:].lstrip()))
        yield answer
