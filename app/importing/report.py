"""The report of an import: one row for each line that was filled in, whatever became of it.

It also remembers the import: run again on the same file, or on the same file with some lines put right, an import goes
on under its name, so that what was recorded is not recorded twice.  A spreadsheet cannot run what it shows.
"""

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import IO

from app.web.files.csv_injection import harmless

BEGUN = "begun"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one line; `result` is recorded, replayed or refused; `cell` is the first that is wrong."""

    name: str
    line: int | None
    result: str
    cell: str | None = None
    client_ref: str | None = None
    obligation: str | None = None
    update: str | None = None
    problem: str | None = None
    detail: str | None = None


COLUMNS = ["import" if one.name == "name" else one.name for one in fields(Row)]


def name_of(path: Path) -> str | None:
    """Return the name of the import that a report is about, if there is one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.DictReader(file), {}).get("import")
    except (OSError, UnicodeDecodeError, csv.Error):
        return None


def begin(path: Path, name: str, file: str) -> None:
    """Begin a report anew; its name is on the disk before anything is sent."""
    draft = path.with_name(f"{path.name}.part")
    with draft.open("w", encoding="utf-8-sig", newline="") as new:
        csv.writer(new).writerow(COLUMNS)
        _write(new, [Row(name=name, line=None, result=BEGUN, detail=file)])
    draft.replace(path)


def add(path: Path, rows: Sequence[Row]) -> None:
    """Add what became of some lines."""
    with path.open("a", encoding="utf-8", newline="") as file:
        _write(file, rows)


def _write(file: IO[str], rows: Iterable[Row]) -> None:
    writer = csv.writer(file)
    writer.writerows([harmless(getattr(row, one.name)) for one in fields(Row)] for row in rows)
    file.flush()
    os.fsync(file.fileno())
