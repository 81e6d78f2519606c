"""ODS (ISO/IEC 26300), row by row: a cell says itself what it is."""

import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from app.spreadsheets.cells import MAX_COLUMNS, MAX_ROWS, Cell, Kind, Row, Sheet, number, text
from app.spreadsheets.merged import Merged, Merges
from app.spreadsheets.packages import Filled, attribute, elements, local, opened

_STYLES = {"date-style", "style"}
_VALUES = (b"text:p>", b"office:value", b"table:formula")
_CELLS = {"table-cell", "covered-table-cell"}
_SPACES = {"tab": "\t", "line-break": "\n"}
_UNSEEN = {"collapse", "filter"}


def sheets(path: Path) -> Generator[Sheet, None, None]:
    """Yield the sheets in order; each must be read before the next.

    Raises:
        SheetUnreadable: it is damaged.
    """
    with opened(path) as package, closing(Filled(package, "content.xml", _VALUES)) as part:
        rows = _Tables(part, MonthFirst(package))
        while rows.more():
            yield Sheet(str(rows.number), rows.of_this())


class _Tables:
    """The rows of one table after the other."""

    def __init__(self, part: Filled, shown: "MonthFirst") -> None:
        self._part, self._shown = part, shown
        self._elements = elements(part, "table-row", "table", "table-column", *_STYLES)
        self._next: Any = None
        self.number = 0

    def more(self) -> bool:
        """Say whether there is another table."""
        self.number += 1
        self._step()
        return self._next is not None

    def _step(self) -> None:
        """Go on to the next row, or to the end of the table; learn on the way how days are shown."""
        self._next = None
        while not self._part.over and (found := next(self._elements, None)) is not None:
            if local(found.tag) in {"table-row", "table"}:
                self._next = found
                return
            self._shown.learn(found)

    def of_this(self) -> Iterator[Row]:
        """Yield the rows of the table that has begun, up to its end."""
        place, merges = 1, Merges()
        while self._next is not None and local(self._next.tag) == "table-row":
            again = int(attribute(self._next, "number-rows-repeated", "1"))
            yield from _rows(self._next, place, again, merges, self._shown)
            place += again
            self._step()
        self._shown.columns.clear()


class MonthFirst:
    """Which styles of cells show a day with its month first; those of the columns are of the table that is read."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._formats, self._styles = set[str](), set[str]()
        self.columns: list[str] = []
        if "styles.xml" in package.namelist():
            with package.open("styles.xml") as part:
                for one in elements(part, *_STYLES):
                    self.learn(one)

    def learn(self, element: Any) -> None:
        """Learn of a format, of a style that has one, or of columns."""
        name = attribute(element, "name")
        match local(element.tag):
            case "date-style" if _is_month_first(element):
                self._formats.add(name)
            case "style" if {attribute(element, "data-style-name"), attribute(element, "parent-style-name")} & (
                self._formats | self._styles
            ):
                self._styles.add(name)
            case "table-column":
                again = min(int(attribute(element, "number-columns-repeated", "1")), MAX_COLUMNS - len(self.columns))
                self.columns += [attribute(element, "default-cell-style-name")] * again

    def of(self, cell: Any, row: Any, place: int) -> bool:
        """Say so of a cell: its own style, else that of its row, else that of its column."""
        column = self.columns[place] if place < len(self.columns) else ""
        return (attribute(cell, "style-name") or attribute(row, "default-cell-style-name") or column) in self._styles


def _is_month_first(style: Any) -> bool:
    order = [name for one in style if (name := local(one.tag)) in {"day", "month"}]
    return order[:1] == ["month"] and "day" in order


def _rows(element: Any, place: int, again: int, merges: Merges, shown: MonthFirst) -> Iterator[Row]:
    cells = _cells(element, shown)
    for one in _merged(element, place):
        merges.add(one)
    if any(cells):
        hidden = attribute(element, "visibility") in _UNSEEN
        for n in range(min(again, MAX_ROWS + 1)):
            yield Row(place + n, cells, hidden=hidden, merged=merges.at(place + n))


def _cells(row: Any, shown: MonthFirst) -> list[Cell | None]:
    cells: list[Cell | None] = []
    for element in row:
        if local(element.tag) in _CELLS:
            again = min(int(attribute(element, "number-columns-repeated", "1")), MAX_COLUMNS - len(cells))
            cell = _cell(element)
            if cell and cell.kind is Kind.DAY and shown.of(element, row, len(cells)):
                cell = replace(cell, turned=True)
            cells += [cell] * again
    return cells


def _merged(row: Any, place: int) -> Iterator[Merged]:
    column = 0
    for element in row:
        if local(element.tag) in _CELLS:
            wide, high = (int(attribute(element, f"number-{of}-spanned", "1")) for of in ("columns", "rows"))
            if wide > 1 or high > 1:
                yield Merged(place, column, place + high - 1, column + wide - 1)
            column += int(attribute(element, "number-columns-repeated", "1"))


def _cell(element: Any) -> Cell | None:
    kinds = {value for key, value in element.attrib.items() if local(key) == "value-type"}
    if "error" in kinds:
        return Cell(Kind.ERROR, _plain(element))
    if not kinds and attribute(element, "formula"):
        return Cell(Kind.UNCOMPUTED, "")
    read = next((_TYPED[kind] for kind in kinds if kind in _TYPED), None)
    return read(element) if read else text(_plain(element))


def _plain(cell: Any) -> str:
    """Return the text of a cell, paragraph by paragraph; notes that people stick to it are no part of it."""
    return "\n".join(_spelled(one) for one in cell if local(one.tag) == "p")


def _spelled(element: Any) -> str:
    name = local(element.tag)
    if name == "annotation":
        return ""
    own = " " * int(attribute(element, "c", "1")) if name == "s" else _SPACES.get(name, element.text or "")
    return own + "".join(_spelled(one) + (one.tail or "") for one in element)


_TYPED: Mapping[str, Callable[[Any], Cell]] = {
    "float": lambda cell: number(attribute(cell, "value")),
    "currency": lambda cell: number(attribute(cell, "value")),
    "percentage": lambda cell: number(attribute(cell, "value"), percent=True),
    "date": lambda cell: Cell(Kind.DAY, date.fromisoformat(attribute(cell, "date-value")[:10])),
    "boolean": lambda cell: Cell(Kind.BOOLEAN, attribute(cell, "boolean-value")),
}
"""How cells are read that say what they are; whatever else there is, is text."""
