"""Files of updates, line by line: NDJSON, CSV, or a spreadsheet."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from app.importing.cells import CellUnreadable, item_of
from app.schemas.columns import key_of


@dataclass(frozen=True)
class Line:
    """One line of a file, by its number: an item, or what is wrong with it, or neither when nothing was filled in."""

    number: int
    item: dict[str, Any] | None = None
    fault: str | None = None


class FileUnreadable(Exception):
    """The file as a whole cannot be read."""


def digest_of(path: Path) -> str:
    """Return a SHA-256 of a file, in hexadecimal.

    Raises:
        FileUnreadable: it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {error.strerror}.") from None


def lines_of(path: Path) -> Iterator[Line]:
    """Yield the lines of a file, in order, without holding it in memory.

    Raises:
        FileUnreadable: it is of no known form, or a heading is unknown.
    """
    readers = {".ndjson": _json_lines, ".jsonl": _json_lines, ".csv": _csv_lines, ".xlsx": _sheet_lines}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileUnreadable(f"{path} is of no known form: {', '.join(readers)} are.")
    try:
        yield from reader(path)
    except (UnicodeDecodeError, csv.Error):
        raise FileUnreadable(f"{path} is no UTF-8 text of the form that its name says.") from None


def _json_lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig") as file:
        for number, text in enumerate(file, start=1):
            yield _json_line(number, text)


def _json_line(number: int, text: str) -> Line:
    if not text.strip():
        return Line(number)
    try:
        item = json.loads(text)
    except (ValueError, RecursionError):
        return Line(number, fault="is no JSON")
    if not _can_be_sent(item):
        return Line(number, fault="holds a number or a character that JSON cannot carry")
    return Line(number, item) if isinstance(item, dict) else Line(number, fault="is no JSON object")


def _can_be_sent(item: Any) -> bool:
    """Say whether what was read can be spelled as JSON in UTF-8: not NaN, nor 1e999, nor half of a surrogate pair."""
    try:
        json.dumps(item, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True


def _csv_lines(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = file.readline()
        file.seek(0)
        rows = csv.reader(file, delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
        keys = _keys(next(rows, []), path)
        begins = rows.line_num + 1
        for row in rows:
            yield _table_line(begins, keys, row)
            begins = rows.line_num + 1


def _sheet_lines(path: Path) -> Iterator[Line]:
    # It takes longer to load than most commands run.
    import openpyxl  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception:  # noqa: BLE001  A file that is no workbook fails in many ways, and each means the same.
        raise FileUnreadable(f"{path} is no spreadsheet that can be read.") from None
    with closing(book):
        rows = book.worksheets[0].iter_rows(values_only=True)
        keys = _keys([str(cell or "") for cell in next(rows, ())], path)
        for number, row in enumerate(rows, start=2):
            yield _table_line(number, keys, row)


def _keys(headings: Iterable[str], path: Path) -> list[str | None]:
    """Read the headings; a column without one is left out.

    Raises:
        FileUnreadable: a heading is unknown, so that what stands below it would be lost, or comes twice.
    """
    named = [(heading, key_of(heading)) for heading in headings if heading.strip()]
    unknown = [heading for heading, key in named if key is None]
    keys = [key for _, key in named if key]
    if unknown or not keys:
        raise FileUnreadable(f"{path} has headings that are not known: {', '.join(unknown) or 'none is there'}.")
    if len(set(keys)) < len(keys):
        raise FileUnreadable(f"{path} has two columns of the same name.")
    return [key_of(heading) if heading.strip() else None for heading in headings]


def _table_line(number: int, keys: list[str | None], row: Iterable[Any]) -> Line:
    placed = list(zip_longest(keys, row))
    if any(key is None and cell not in {None, ""} for key, cell in placed):
        return Line(number, fault="has a cell below no heading; is there a separator in a text without quotes?")
    cells: Mapping[str, Any] = {key: cell for key, cell in placed if key}
    try:
        return Line(number, item_of(cells))
    except CellUnreadable as error:
        return Line(number, fault=str(error))
