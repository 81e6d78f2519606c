"""Spreadsheets for people and for paper: a title, Vietnamese words, a total, and pages of A4 that can be read.

Columns are as wide together as a page is at ten points, so that fitting them to it makes no text smaller than eight.
"""

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any

from app.domain.calendar import HOME_ZONE
from app.domain.words import words_of
from app.schemas.columns import Cell, Column
from app.schemas.printed import SHARES, Paper, Section

if TYPE_CHECKING:
    from xlsxwriter.format import Format

POINTS, SMALLEST_POINTS = 10, 8.2
LINE_POINTS, PLAIN_ROW_POINTS, TITLE_POINTS = 12.3, 14.0, 19.0
PAGE_POINTS = 595.3 - 72 * (0.3 + 0.5)
"""How high A4 is between its margins, on its side."""
SPREAD = 1.12
"""How many letters of a text a column holds for each of its width, which is counted in digits; in bold, one."""
FONT = "Times New Roman"
FIGURES = {"share": "0.0%", "count": '#,##0;-#,##0;"–"', "change": "+0;−0;", "arrow": '"↑"0;"↓"0;'}
"""How figures are shown: none of something is a dash, and no change is nothing."""


class Printout:
    """One sheet that is written row by row."""

    def __init__(self, file: IO[bytes], paper: Paper) -> None:
        # Most processes write no spreadsheet.
        import xlsxwriter  # noqa: PLC0415

        plain = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True, **plain})
        self._book.set_properties({"created": paper.dated} if paper.dated else {})
        self._paper, self._columns, self._rows = paper, paper.columns, 0
        framed = {"border": 1, "valign": "top"}
        self._heading = self._format(bold=True, text_wrap=True, align="center", bg_color="#DDE6F0", border=1)
        self._formats = {
            "text": self._format(text_wrap=True, **framed),
            "number": self._format(**framed),
            "day": self._format(num_format="dd/mm/yyyy", align="left", **framed),
            "instant": self._format(num_format="dd/mm/yyyy hh:mm", align="left", **framed),
            **{name: self._format(num_format=shown, **framed) for name, shown in FIGURES.items()},
            "place": self._format(**framed, align="center"),
        }
        self._strong = {name: self._like(name, bold=True) for name in ("text", "number", *FIGURES)}
        self._indented = self._format(text_wrap=True, align="left", indent=2, **framed)
        self._section = self._format(bold=True, bg_color="#F2F2F2", border=1)
        self._sheet = self._book.add_worksheet(paper.name)
        self._begin()

    def _format(self, **properties: Any) -> "Format":
        return self._book.add_format({"font_name": FONT, "font_size": POINTS, **properties})

    def _like(self, name: str, **properties: Any) -> "Format":
        numbers = {"num_format": FIGURES[name]} if name in FIGURES else {}
        return self._format(border=1, valign="top", text_wrap=name == "text", **numbers, **properties)

    def _begin(self) -> None:
        """Set the page up, and write the title block and the headings, which are repeated on every page."""
        last = len(self._columns) - 1
        for n, column in enumerate(self._columns):
            self._sheet.set_column(n, n, column.width)
        self._sheet.merge_range(0, 0, 0, last, self._paper.title, self._format(bold=True, font_size=14, align="center"))
        self._sheet.set_row(0, TITLE_POINTS)
        for n, detail in enumerate(self._paper.details, start=1):
            self._sheet.set_row(n, PLAIN_ROW_POINTS)
            self._sheet.merge_range(n, 0, n, last, detail, self._format(italic=True, align="center"))
        self._rows = len(self._paper.details) + 1
        headings = [column.vi for column in self._columns]
        self._sheet.set_row(self._rows, _height(self._columns, headings, 1.0))
        for n, heading in enumerate(headings):
            self._sheet.write_string(self._rows, n, heading, self._heading)
        self._on_paper()
        self._rows += 1

    def _on_paper(self) -> None:
        sheet = self._sheet
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.3, bottom=0.5)
        sheet.fit_to_pages(1, 1 if self._paper.one_page else 0)
        sheet.repeat_rows(self._rows)
        sheet.freeze_panes(self._rows + 1, 0)
        sheet.outline_settings(symbols_below=False)
        sheet.set_footer('&C&"Times New Roman"&11Trang &P/&N', {"scale_with_doc": False})

    def extend(self, shapes: Iterable[Any]) -> None:
        """Write the rows of some shapes."""
        for shape in shapes:
            self._write(shape)
            self._rows += 1

    def _write(self, shape: Any) -> None:
        if isinstance(shape, Section):
            last = len(self._columns) - 1
            self._sheet.set_row(self._rows, PLAIN_ROW_POINTS)
            self._sheet.merge_range(self._rows, 0, self._rows, last, shape.title, self._section)
            return
        level = getattr(shape, "level", 0)
        cells = [column.of(shape) for column in self._columns]
        self._sheet.set_row(self._rows, height_of(self._columns, shape), None, {"level": level})
        for n, (column, cell) in enumerate(zip(self._columns, cells, strict=True)):
            self._cell(n, column, cell, strong=getattr(shape, "is_total", False), indented=bool(level))

    def _cell(self, n: int, column: Column, cell: Cell, *, strong: bool, indented: bool) -> None:
        kind, value = _kind(column, cell)
        chosen = self._strong.get(kind, self._formats[kind]) if strong else self._formats[kind]
        if indented and column.key == "name":
            chosen = self._indented
        if value is None:
            self._sheet.write_blank(self._rows, n, None, chosen)
        elif kind in {"day", "instant"}:
            self._sheet.write_datetime(self._rows, n, value, chosen)
        elif kind == "text":
            self._sheet.write_string(self._rows, n, value, chosen)
        else:
            self._sheet.write_number(self._rows, n, value, chosen)

    def finish(self, counted: str | None) -> None:
        """Write how many rows there are, where they have no sum, and what is left; the file is complete."""
        if counted:
            self._sheet.write_string(self._rows, 0, counted, self._format(bold=True))
        self._book.close()


def _kind(column: Column, cell: Cell) -> tuple[str, Any]:
    """Say how a cell is shown; an instant never later than it was."""
    match cell:
        case StrEnum():
            return "text", words_of(cell).vi
        case int() | float() | None:
            return _kind_of_number(column), cell
        case datetime():
            return "instant", cell.astimezone(HOME_ZONE).replace(second=0, microsecond=0, tzinfo=None)
        case date():
            return "day", cell
        case _:
            return "text", str(cell)


def _kind_of_number(column: Column) -> str:
    if column.key in SHARES:
        return "share"
    kind = column.key.partition(":")[0]
    return kind if kind in FIGURES else "place" if column.key == "no" else "number"


def room_of(paper: Paper) -> float:
    """Say how high the rows of a sheet may be together, so that one page shows them in letters that can be read."""
    headings = _height(paper.columns, [column.vi for column in paper.columns], 1.0)
    above = TITLE_POINTS + PLAIN_ROW_POINTS * len(paper.details) + headings
    return PAGE_POINTS * POINTS / SMALLEST_POINTS - above


def height_of(columns: Sequence[Column], shape: Any) -> float:
    """Say how high the row of a shape is."""
    if isinstance(shape, Section):
        return PLAIN_ROW_POINTS
    return _height(columns, [column.of(shape) for column in columns])


def _height(columns: Sequence[Column], cells: Sequence[Cell], spread: float = SPREAD) -> float:
    """Estimate how high a row must be, in points, to show its wrapped texts; a spreadsheet allows 409 at most."""
    texts = ((_kind(column, cell), column.width) for column, cell in zip(columns, cells, strict=True))
    lines = [
        sum(len(textwrap.wrap(part, int(width * spread))) or 1 for part in value.split("\n"))
        for (kind, value), width in texts
        if kind == "text"
    ]
    return min(LINE_POINTS * max(lines, default=1) + 1, 409.0)
