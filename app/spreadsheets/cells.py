"""What readers yield: sheets, their rows that hold anything, and cells of known kinds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

MAX_COLUMNS = 1_000
"""How far to the right anything is read; forms have some dozen columns."""
MAX_ROWS = 250_000
"""How many rows that hold anything one file may have."""
MONTHS = 12


class Kind(StrEnum):
    """What a cell holds, beyond its value."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"
    DAY = "day"
    BOOLEAN = "boolean"
    ERROR = "error"
    UNCOMPUTED = "uncomputed"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; the value of a percentage is what people read before the sign, so 1 as `100%` is 100.

    A day is `turned` when the file may show its month first.
    """

    kind: Kind
    value: str | Decimal | date
    turned: bool = False

    @property
    def goes_either_way(self) -> bool:
        """Say whether it is a day that may have been typed as another, as 11 May is 05/11 where months come first."""
        return isinstance(self.value, date) and self.value.day <= MONTHS and self.value.day != self.value.month


class Range(Protocol):
    """Cells that are merged into one."""

    @property
    def column(self) -> int:
        """The first column."""
        ...

    @property
    def last_column(self) -> int:
        """The last one."""
        ...

    @property
    def address(self) -> str:
        """How a spreadsheet spells the range."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row, by its number in the sheet; `line` is where it begins in a text file.

    A row that could not be told apart into cells is `torn`; `merged` are the ranges that reach into it.
    """

    number: int
    cells: Sequence[Cell | None] = ()
    line: int | None = None
    hidden: bool = False
    torn: bool = False
    merged: Sequence["Range"] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet, in the order of the workbook."""

    name: str
    rows: Iterator[Row]
    notes: tuple["Note", ...] = ()


class Note(StrEnum):
    """What a reader has to say about a file that it could read."""

    WINDOWS_1258 = "windows_1258"


class Trouble(StrEnum):
    """Why a file as a whole cannot be read."""

    NO_SPREADSHEET = "no_spreadsheet"
    DAMAGED = "damaged"
    OLD_FORM = "old_form"
    BINARY_FORM = "binary_form"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"


class SheetUnreadable(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def text(value: str) -> Cell | None:
    """Make a cell of a text; none when it is blank."""
    return Cell(Kind.TEXT, value) if value.strip() else None


def number(spelled: str, *, percent: bool = False) -> Cell:
    """Make a cell of a number as a file spells it.

    Programs keep fifteen digits; what a float adds behind them was never typed.
    """
    value = Decimal(f"{float(spelled):.15g}")
    return Cell(Kind.PERCENT, value * 100) if percent else Cell(Kind.NUMBER, value)


def letters(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def column_at(address: str) -> int:
    """Return the place of a column, counted from 0, by an address such as `D8`."""
    place = 0
    for letter in address:
        if not "A" <= letter <= "Z":
            break
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1
