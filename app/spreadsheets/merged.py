"""Merged cells: only the first of them holds what people see in all."""

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from app.spreadsheets.cells import column_at, letters

_CHUNK = 1024 * 1024
_LONGEST = 200
_MERGE = re.compile(rb"mergeCell\s[^>]{0,100}?ref\s*=\s*[\"']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True, slots=True, order=True)
class Merged:
    """Cells that are one: from a row and column to another, rows counted from 1 and columns from 0."""

    row: int
    column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        """Spell the range as a spreadsheet does."""
        return f"{letters(self.column)}{self.row}:{letters(self.last_column)}{self.last_row}"


class Merges:
    """What is merged in a sheet whose rows are read one after the other."""

    def __init__(self, known: Iterable[Merged] = ()) -> None:
        self._coming = sorted(known, reverse=True)
        self._open: list[Merged] = []

    def add(self, one: Merged) -> None:
        """Learn of one that begins in the row that is being read."""
        self._open.append(one)

    def at(self, row: int) -> tuple[Merged, ...]:
        """Return what is merged in a row; no row before it is asked for afterwards."""
        while self._coming and self._coming[-1].row <= row:
            self._open.append(self._coming.pop())
        if self._open:
            self._open = [one for one in self._open if one.last_row >= row]
        return tuple(self._open)


def merges_of(package: zipfile.ZipFile, name: str) -> Merges:
    """Look for what is merged in a sheet of XLSX; that stands behind its rows, so its bytes are looked through."""
    found: set[Merged] = set()
    tail = b""
    with package.open(name) as part:
        while chunk := part.read(_CHUNK):
            piece = tail + chunk
            if b"mergeCell" in piece:
                found.update(_merged(one) for one in _MERGE.finditer(piece))
            tail = piece[-_LONGEST:]
    return Merges(found)


def _merged(found: re.Match[bytes]) -> Merged:
    first, row, last, last_row = (part.decode() for part in found.groups())
    return Merged(int(row), column_at(first), int(last_row), column_at(last))
