"""`dondoc verify`: whether the record is what it was."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncConnection

from app.cli.reports import verify_report
from app.cli.running import look, owner, plainly
from app.commands import seals
from app.database.statements import fetch_all
from app.domain.errors import Hindrance
from app.jobs.audit import facts, feed, files, record
from app.queries.events import signed
from app.security import checkpoint_keys
from app.security.checkpoint_keys import PublicKeys
from app.settings import Settings
from app.stores.opening import open_store

SHOWN = 100
Kept = Annotated[
    list[Path],
    typer.Option(
        "--checkpoints",
        help="Answers of GET /v1/audit/checkpoints that were kept outside, one or several; their keys verify, too.",
    ),
]
Files = Annotated[bool, typer.Option("--files", help="Read the bytes of every file, too.")]
Reported = Annotated[
    Path | None,
    typer.Option("--report", exists=True, dir_okay=False, help="A consolidated report: hold it against the record."),
]


@dataclass(frozen=True)
class Answer:
    """What was kept of one answer: its notes, and the keys that verify them."""

    keys: PublicKeys
    notes: Sequence[str]


@dataclass(frozen=True)
class Said:
    """What was found of one thing: in a line, and whatever is wrong with it."""

    name: str
    looked_at: str
    faults: Sequence[str]


class NoKey(Hindrance):
    """Nothing is here to verify signatures with: name answers that were kept, by --checkpoints, or the keys' folder."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def verify(kept: Kept = [], read_files: Files = False, report: Reported = None) -> None:  # noqa: B006  Typer only reads it.
    """Hold events, rows, stored facts and seals to what was said and signed of them; exit with 1 if any differs.

    Whatever is not as it was is named.  With --report, that document alone is held against the record: its digest, and
    every figure in its tables.
    """
    if report:
        verify_report(report)
        return
    with plainly(), owner() as url:
        every = look(url, _verify, list(_answers(kept)), read_files=read_files)
    for said in every:
        _tell(said)
    if any(said.faults for said in every):
        raise typer.Exit(1)


async def _verify(connection: AsyncConnection, answers: Sequence[Answer], *, read_files: bool) -> list[Said]:
    settings = Settings()
    keys = reduce(or_, (one.keys for one in answers), checkpoint_keys.read(settings.keys_dir).public)
    if not keys and await fetch_all(connection, signed, after=0, limit=1):
        raise NoKey
    notes = [note for one in answers for note in one.notes]
    found = [
        _of_feed(await feed.verify(connection, keys.has_signed, notes)),
        _of_record(await record.verify(connection)),
        _of_facts(await facts.verify(connection, datetime.now(UTC))),
    ]
    if read_files:
        found.append(_of_files(await files.verify(connection, open_store(settings))))
    sealed = [_of_seal(one) for one in await seals.verify(connection)]
    return found + (sealed or [Said("Closings", "no cycle is closed", [])])


def _of_feed(found: feed.FeedVerdict) -> Said:
    walked = f"{found.events} walked, {found.signed} of them signed"
    return Said("Events", walked, [found.fault] if found.fault else [])


def _of_record(found: record.RecordVerdict) -> Said:
    rows = f"{found.rows} rows held to what was said of them"
    if found.restated_at:
        # What was done to these before, nobody can tell any more.
        rows += f", {found.restated} of them since a migration, the last on {found.restated_at:%Y-%m-%d}"
    return Said("Record", rows, found.faults)


def _of_facts(found: facts.FactsVerdict) -> Said:
    return Said("Stored facts", f"of {found.obligations} obligations", found.faults)


def _of_files(found: files.FilesVerdict) -> Said:
    return Said("Files", f"{found.files} read", found.faults)


def _of_seal(found: seals.Verdict) -> Said:
    covered = f"{found.covered} obligations, sha256 {found.digest}"
    return Said(f"{found.plan} {found.cycle}", covered, found.differences)


def _tell(said: Said) -> None:
    typer.echo(f"{said.name}: {'ALTERED' if said.faults else 'intact'}, {said.looked_at}")
    for fault in said.faults[:SHOWN]:
        typer.echo(f"    {fault}")
    if len(said.faults) > SHOWN:
        typer.echo(f"    and {len(said.faults) - SHOWN} more")


def _answers(paths: Sequence[Path]) -> Iterator[Answer]:
    """Read answers that were kept, one or several a file."""
    for path in paths:
        try:
            for one in _objects(path.read_text("utf-8")):
                keys = PublicKeys.of(one["keys"])
                yield Answer(keys, [str(item["note"]) for item in one["items"]])
        except (ValueError, KeyError, TypeError, OSError):
            raise typer.BadParameter(f"{path.name} holds no answers of GET /v1/audit/checkpoints") from None


def _objects(text: str) -> Iterator[Any]:
    decoder, place = json.JSONDecoder(), 0
    while place < len(text.rstrip()):
        found, place = decoder.raw_decode(text, place + len(text[place:]) - len(text[place:].lstrip()))
        yield found
