"""Spreadsheets (Office Open XML): text is text and never a formula, a date is a date, and memory stays constant."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

from app.domain.calendar import HOME_ZONE
from app.domain.words import words_of
from app.schemas.columns import Cell, Column

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINE_POINTS = 15.0
MAX_ROWS = 1_048_576
"""What one sheet holds, its headings included; more rows go on in another sheet."""
_AS_WRITTEN = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)


class Workbook:
    """A workbook that is written row by row into a file."""

    def __init__(self, file: IO[bytes], *, vietnamese: bool = True) -> None:
        # Most processes write no spreadsheet.
        import xlsxwriter  # noqa: PLC0415

        self._book = xlsxwriter.Workbook(file, {"constant_memory": True, **_AS_WRITTEN})
        self._vietnamese = vietnamese
        self.heading = self._format(bold=True, text_wrap=True, valign="top", bg_color="#DDE6F0", border=1)
        self.text = self._format(text_wrap=True, valign="top")
        self.day = self._format(num_format="dd/mm/yyyy", valign="top")
        self._instant = self._format(num_format="dd/mm/yyyy hh:mm", valign="top")

    def _format(self, **properties: Any) -> "Format":
        return self._book.add_format(properties)

    def unlocked(self, **properties: Any) -> "Format":
        """Make a format of cells that can be filled in although the sheet is protected."""
        return self._format(locked=False, valign="top", **properties)

    def sheet(self, name: str, columns: Sequence[Column]) -> "Worksheet":
        """Begin a sheet with its headings, which stay in sight."""
        sheet = self._book.add_worksheet(name)
        for n, column in enumerate(columns):
            sheet.set_column(n, n, column.width)
        headings = [column.vi if self._vietnamese else column.en for column in columns]
        sheet.set_row(0, _height(columns, headings))
        for n, heading in enumerate(headings):
            sheet.write_string(0, n, heading, self.heading)
        sheet.freeze_panes(1, 0)
        _on_paper(sheet)
        return sheet

    def row(self, sheet: "Worksheet", row: int, columns: Sequence[Column], shape: Any) -> None:
        """Write one row, as high as its longest text needs."""
        cells = [column.of(shape) for column in columns]
        sheet.set_row(row, _height(columns, cells))
        for n, cell in enumerate(cells):
            self.write(sheet, row, n, cell)

    def write(self, sheet: "Worksheet", row: int, column: int, cell: Cell) -> None:
        """Write one cell as what it is."""
        match cell:
            case None:
                pass
            case StrEnum():
                words = words_of(cell)
                sheet.write_string(row, column, words.vi if self._vietnamese else words.en, self.text)
            case int() | float():
                sheet.write_number(row, column, cell, self.text)
            case datetime():
                # Down to the minute that is shown: a program would round the last instant of a day to the next day.
                shown = cell.astimezone(HOME_ZONE).replace(second=0, microsecond=0, tzinfo=None)
                sheet.write_datetime(row, column, shown, self._instant)
            case date():
                sheet.write_datetime(row, column, cell, self.day)
            case _:
                sheet.write_string(row, column, str(cell), self.text)

    def close(self) -> None:
        """Write what is left; the file is complete."""
        self._book.close()


def _height(columns: Sequence[Column], cells: Sequence[Cell]) -> float:
    """Estimate how high a row must be, in points, to show its wrapped texts; a spreadsheet allows 409 at most."""
    texts = ((cell, column.width) for cell, column in zip(cells, columns, strict=True) if isinstance(cell, str))
    lines = max((sum(1 + len(part) // width for part in text.split("\n")) for text, width in texts), default=1)
    return min(LINE_POINTS * lines, 409.0)


def _on_paper(sheet: "Worksheet") -> None:
    """Print on A4, all columns on one page, the headings on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


class Table:
    """One table of a workbook, with filters over all its columns."""

    def __init__(self, book: Workbook, name: str, columns: Sequence[Column]) -> None:
        self._book, self._name, self._columns = book, name, columns
        self._sheets = 0
        self._begin()

    def _begin(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet, self._rows = self._book.sheet(name, self._columns), 1

    def add(self, shape: Any) -> None:
        """Add the row of one shape."""
        if self._rows == MAX_ROWS:
            self.finish()
            self._begin()
        self._book.row(self._sheet, self._rows, self._columns, shape)
        self._rows += 1

    def extend(self, shapes: Iterable[Any]) -> None:
        """Add the rows of some shapes."""
        for shape in shapes:
            self.add(shape)

    def finish(self) -> None:
        """Let people filter what there is."""
        self._sheet.autofilter(0, 0, max(self._rows - 1, 1), len(self._columns) - 1)
