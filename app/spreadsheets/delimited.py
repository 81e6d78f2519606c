"""CSV as programs save it: with commas, semicolons or tabs, in UTF-8, UTF-16 or windows-1258.

A quote that stands where none may hurts its own line alone: the lines behind it are read as if it were not there.
"""

import csv
import unicodedata
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path

from app.spreadsheets.cells import Note, Row, Sheet, SheetUnreadable, Trouble, text

SEPARATORS = (",", ";", "\t")
LOOKED_AT = 30
"""How many rows are looked at to find the separator."""
MAX_LINES = 500
"""How many lines one row may go over; a quote that is not closed by then was no quote."""
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
CHUNK = 1024 * 1024


def sheets(path: Path, fits: Callable[[Sequence[str]], int]) -> Generator[Sheet, None, None]:
    """Yield the one sheet; `fits` says how well a row fits as headings, by which the separator is found.

    Raises:
        SheetUnreadable: its encoding is unknown.
    """
    encoding = encoding_of(path)
    notes = (Note.WINDOWS_1258,) if encoding == "cp1258" else ()
    separator, begins = _separator(path, encoding, fits)
    yield Sheet("", _rows(path, encoding, separator, begins), notes)


def encoding_of(path: Path) -> str:
    """Find out how a text is encoded: what its first bytes say, else UTF-8, else the Vietnamese of Windows.

    Raises:
        SheetUnreadable: it is none of these.
    """
    with path.open("rb") as file:
        first = file.read(4)
    said = next((name for bom, name in _BOMS if first.startswith(bom)), None)
    found = next((name for name in ([said] if said else ["utf-8", "cp1258"]) if _decodes(path, name)), None)
    if found is None:
        raise SheetUnreadable(Trouble.ENCODING)
    return found


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding) as file:
            while piece := file.read(CHUNK):
                if "\0" in piece:
                    return False
    except UnicodeError:
        return False
    return True


def lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a text, composed as people see them."""
    with path.open(encoding=encoding, newline="") as file:
        for line in file:
            yield unicodedata.normalize("NFC", line) if encoding == "cp1258" else line


def _separator(path: Path, encoding: str, fits: Callable[[Sequence[str]], int]) -> tuple[str, int]:
    """Find what parts the cells, and how many lines at the top only say so."""
    first = next(lines(path, encoding), "").strip().strip('"')
    if first.lower().startswith("sep=") and len(first) == len("sep=") + 1:
        return first[-1], 1

    def best(separator: str) -> int:
        rows = (row for row, _ in zip(_rows(path, encoding, separator, 0), range(LOOKED_AT), strict=False))
        return max((fits([str(cell.value) if cell else "" for cell in row.cells]) for row in rows), default=0)

    return max(SEPARATORS, key=best), 0


def _rows(path: Path, encoding: str, separator: str, skipped: int) -> Iterator[Row]:
    source = _Lines(lines(path, encoding), skipped)
    number = skipped
    while source.more():
        begins, number = source.number, number + 1
        parts = source.record(separator)
        if parts is None:
            yield Row(number, line=begins, torn=True)
        elif any(part.strip() for part in parts):
            yield Row(number, [text(part) for part in parts], line=begins)


class _Lines:
    """Lines, of which a row takes one or more, and to which it gives back those that were not its own."""

    def __init__(self, source: Iterator[str], skipped: int) -> None:
        self._source, self._back = source, deque[str]()
        self.number = skipped + 1
        for _ in range(skipped):
            next(source, None)

    def more(self) -> bool:
        """Say whether there is another line."""
        if not self._back and (line := next(self._source, None)) is not None:
            self._back.append(line)
        return bool(self._back)

    def record(self, separator: str) -> list[str] | None:
        """Read the next row; none when it cannot be told apart, which costs its first line alone."""
        taken: list[str] = []
        row: list[str] | None
        try:
            row = next(csv.reader(self._taking(taken), delimiter=separator, strict=True), [])
        except csv.Error:
            row = None
        if row is None or _swallows(taken, separator):
            self._back.extendleft(reversed(taken[1:]))
            self.number += 1
            return None
        self.number += len(taken)
        return row

    def _taking(self, taken: list[str]) -> Iterator[str]:
        while len(taken) < MAX_LINES and self.more():
            taken.append(self._back.popleft())
            yield taken[-1]


def _swallows(taken: Sequence[str], separator: str) -> bool:
    """Say whether a cell that goes over lines holds a whole row, because two stray quotes happen to match.

    Such a line has as many cells as the one in which the first quote stands; a sentence has blanks behind its commas.
    """
    if len(taken) < 2:
        return False
    widths = {len(cells) for cells in _alone(taken[0], separator)} - {1}
    return any(
        len(cells) in widths and not any(cell[:1].isspace() for cell in cells)
        for line in taken[1:]
        for cells in _alone(line, separator)
    )


def _alone(line: str, separator: str) -> Iterator[list[str]]:
    """Yield the cells of a line if it stood for itself, with its quotes and without."""
    plain = line.rstrip("\r\n")
    yield plain.split(separator)
    yield next(csv.reader([plain], delimiter=separator), [])
