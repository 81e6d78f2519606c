"""The report of an import: one row for each line that was filled in, whatever became of it.

It is in the language that the command speaks; its first column tells the import, whatever that is called.  It also
remembers the import: run again on the same file, or on the same file with some lines put right, an import goes
on under its name, so that what was recorded is not recorded twice.  A spreadsheet cannot run what it shows.
"""

import csv
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import IO

from app.domain.imports import LineResult
from app.domain.words import Words
from app.importing.words import Language, in_tongue
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


HEADINGS = {
    "name": Words("lần nhập", "import"),
    "line": Words("dòng", "line"),
    "result": Words("kết quả", "result"),
    "cell": Words("ô", "cell"),
    "client_ref": Words("mã dòng", "client_ref"),
    "obligation": Words("mã nghĩa vụ", "obligation"),
    "update": Words("mã cập nhật", "update"),
    "problem": Words("loại lỗi", "problem"),
    "detail": Words("nội dung", "detail"),
}
RESULTS = {
    BEGUN: Words("bắt đầu", BEGUN),
    LineResult.RECORDED: Words("đã ghi nhận", LineResult.RECORDED),
    LineResult.REPLAYED: Words("đã có từ trước", LineResult.REPLAYED),
    LineResult.REFUSED: Words("bị từ chối", LineResult.REFUSED),
}


def name_of(path: Path) -> str | None:
    """Return the name of the import that a report is about, if there is one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(islice(csv.reader(file), 1, None), [None])[0]
    except (OSError, UnicodeDecodeError, csv.Error):
        return None


def begin(path: Path, name: str, file: str, tongue: Language) -> None:
    """Begin a report anew; its name is on the disk before anything is sent."""
    draft = path.with_name(f"{path.name}.part")
    with draft.open("w", encoding="utf-8-sig", newline="") as new:
        csv.writer(new).writerow(in_tongue(HEADINGS[one.name], tongue) for one in fields(Row))
        _write(new, [Row(name=name, line=None, result=BEGUN, detail=file)], tongue)
    draft.replace(path)


def add(path: Path, rows: Sequence[Row], tongue: Language) -> None:
    """Add what became of some lines."""
    with path.open("a", encoding="utf-8", newline="") as file:
        _write(file, rows, tongue)


def _write(file: IO[str], rows: Iterable[Row], tongue: Language) -> None:
    shown = (replace(row, result=in_tongue(RESULTS[row.result], tongue)) for row in rows)
    csv.writer(file).writerows([harmless(getattr(row, one.name)) for one in fields(Row)] for row in shown)
    file.flush()
    os.fsync(file.fileno())
