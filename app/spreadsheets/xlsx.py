"""XLSX (ISO/IEC 29500), Transitional and Strict, row by row.

A library of our own choice reads one of the two, keeps no trace of formulas without a value or of hidden rows, and
parses a million empty rows; what number formats mean is its knowledge, and is asked of it.
"""

import re
import zipfile
from array import array
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import Any

from app.spreadsheets.cells import (
    MAX_COLUMNS,
    Cell,
    Kind,
    Row,
    Sheet,
    SheetUnreadable,
    Trouble,
    column_at,
    number,
    text,
)
from app.spreadsheets.merged import merges_of
from app.spreadsheets.packages import Filled, attribute, elements, local, opened

_VALUES = (b"v>", b"is>", b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/")
"""What ends or begins where a cell holds something."""
_LITERAL = re.compile(r'"[^"]*"|[\\*_].|\[[^\]]*\]')
"""What a format shows as it is: quoted, escaped, repeated to fill the cell (`*%`), or left blank as wide as (`_%`)."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a text spells what XML cannot hold; the underscore that begins one is itself spelled `_x005F_`."""
_TRUE = {"1", "true"}


def sheets(path: Path) -> Generator[Sheet, None, None]:
    """Yield the sheets that people see, in order; each must be read before the next.

    Raises:
        SheetUnreadable: it is no workbook, or damaged.
    """
    with opened(path) as package:
        main = _main_part(package)
        parts = _related(package, main)
        kinds = {kind: part for kind, part in parts.values() if kind in {"styles", "sharedStrings"}}
        with package.open(main) as part:
            found = list(elements(part, "sheet", "workbookPr"))
        epoch_1904 = any(attribute(one, "date1904") in _TRUE for one in found)
        styles = _styles(package, kinds.get("styles"), epoch_1904=epoch_1904)
        with closing(_Strings(package, kinds.get("sharedStrings"))) as strings:
            for one in found:
                kind, name = parts.get(attribute(one, "id"), ("", ""))
                if kind == "worksheet" and attribute(one, "state", "visible") == "visible":
                    yield Sheet(attribute(one, "name"), _rows(package, name, styles, strings))


def _main_part(package: zipfile.ZipFile) -> str:
    found = [part for kind, part in _related(package, "").values() if kind == "officeDocument"]
    if not found or found[0] not in package.namelist():
        raise SheetUnreadable(Trouble.NO_SPREADSHEET)
    if found[0].endswith(".bin"):
        raise SheetUnreadable(Trouble.BINARY_FORM)
    return found[0]


def _related(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to, by id: the kind and the part."""
    folder, name = PurePosixPath(part).parent, PurePosixPath(part).name
    relations = f"{folder}/_rels/{name}.rels" if part else "_rels/.rels"
    if relations not in package.namelist():
        raise SheetUnreadable(Trouble.NO_SPREADSHEET)
    with package.open(relations) as file:
        return {
            attribute(one, "Id"): (attribute(one, "Type").rpartition("/")[2], _placed(folder, attribute(one, "Target")))
            for one in elements(file, "Relationship")
        }


def _placed(folder: PurePosixPath, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(folder / target).removeprefix("./")


class _Strings:
    """The texts that cells share, kept in a file: there may be more of them than memory should hold."""

    def __init__(self, package: zipfile.ZipFile, name: str | None) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  It is closed with this.
        self._ends = array("Q", [0])
        if name is None:
            return
        with package.open(name) as part:
            for one in elements(part, "si"):
                self._ends.append(self._ends[-1] + self._file.write(_plain(one).encode()))

    def at(self, place: int) -> str:
        """Return one text by its place."""
        if not 0 <= place < len(self._ends) - 1:
            raise ValueError
        self._file.seek(self._ends[place])
        return self._file.read(self._ends[place + 1] - self._ends[place]).decode()

    def close(self) -> None:
        """Forget them."""
        self._file.close()


def _plain(element: Any) -> str:
    """Return a text without its fonts; how it is pronounced (East Asian languages) is no part of it."""
    runs = (one for one in element if local(one.tag) != "rPh")
    return _unescaped(
        "".join(
            (one.text or "") if local(one.tag) == "t" else "".join(t.text or "" for t in one if local(t.tag) == "t")
            for one in runs
        )
    )


def _unescaped(spelled: str) -> str:
    """Return a text with its escapes resolved; half of a surrogate pair stays spelled, as nothing could hold it."""

    def character(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return found[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPED.sub(character, spelled).replace("\r\n", "\n")


class _Style:
    """What a number means under one format."""

    def __init__(self, code: str, *, epoch_1904: bool) -> None:
        # It takes longer to load than most commands run.
        from openpyxl.styles.numbers import is_date_format  # noqa: PLC0415
        from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH  # noqa: PLC0415

        self._percent = "%" in _LITERAL.sub("", code)
        self._day = not self._percent and bool(is_date_format(code))
        plain = _LITERAL.sub("", code).lower()
        self._month_first = self._day and "d" in plain and plain.index("m" if "m" in plain else "d") < plain.index("d")
        self._epoch = MAC_EPOCH if epoch_1904 else WINDOWS_EPOCH

    def read(self, spelled: str) -> Cell:
        """Read a number as this format shows it."""
        if not self._day:
            return number(spelled, percent=self._percent)
        from openpyxl.utils.datetime import from_excel  # noqa: PLC0415

        shown = from_excel(float(spelled), self._epoch)
        if isinstance(shown, datetime):
            day = shown.date()
            return Cell(Kind.DAY, day, turned=self._month_first)
        return number(spelled) if not isinstance(shown, time) else Cell(Kind.TEXT, shown.isoformat("minutes"))


def _styles(package: zipfile.ZipFile, name: str | None, *, epoch_1904: bool) -> list[_Style]:
    from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415

    codes: dict[str, str] = {str(key): code for key, code in BUILTIN_FORMATS.items()}
    used: list[str] = []
    if name is not None:
        with package.open(name) as part:
            for one in elements(part, "numFmt", "cellXfs"):
                if local(one.tag) == "numFmt":
                    codes[attribute(one, "numFmtId")] = attribute(one, "formatCode")
                else:
                    used = [attribute(xf, "numFmtId", "0") for xf in one]
    made = {key: _Style(codes.get(key, "General"), epoch_1904=epoch_1904) for key in {*used, "0"}}
    return [made[key] for key in used or ["0"]]


def _rows(package: zipfile.ZipFile, name: str, styles: list[_Style], strings: _Strings) -> Iterator[Row]:
    place, merges = 0, merges_of(package, name)
    with closing(Filled(package, name, _VALUES)) as part:
        for element in elements(part, "row"):
            place = int(element.get("r") or place + 1)
            cells = _cells(element, styles, strings)
            if cells:
                width = min(max(cells) + 1, MAX_COLUMNS)
                held, hidden = [cells.get(n) for n in range(width)], element.get("hidden") in _TRUE
                yield Row(place, held, hidden=hidden, merged=merges.at(place))
            if part.over:
                break


def _cells(row: Any, styles: list[_Style], strings: _Strings) -> Mapping[int, Cell]:
    cells, place = {}, -1
    for element in row:
        place = column_at(element.get("r", "")) if element.get("r") else place + 1
        if local(element.tag) == "c" and (cell := _cell(element, styles, strings)) is not None:
            cells[place] = cell
    return cells


def _cell(element: Any, styles: list[_Style], strings: _Strings) -> Cell | None:
    held = {local(one.tag): one for one in element}
    value, kind = held["v"].text if "v" in held else None, element.get("t", "n")
    if kind == "inlineStr":
        return text(_plain(held["is"])) if "is" in held else None
    if value is None:
        return Cell(Kind.UNCOMPUTED, "") if "f" in held and kind != "str" else None
    if kind == "n":
        return styles[int(element.get("s", 0))].read(value)
    return _of_kind(kind, value, strings)


def _of_kind(kind: str, value: str, strings: _Strings) -> Cell | None:
    match kind:
        case "s":
            return text(strings.at(int(value)))
        case "e":
            return Cell(Kind.ERROR, value)
        case "b":
            return Cell(Kind.BOOLEAN, value)
        case "d":
            return Cell(Kind.DAY, date.fromisoformat(value[:10]))
        case _:
            return text(_unescaped(value))
