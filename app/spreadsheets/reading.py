"""Opens a spreadsheet by what its bytes are; its name may say anything."""

import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from app.spreadsheets import delimited, ods, xlsx
from app.spreadsheets.cells import MAX_ROWS, Row, Sheet, SheetUnreadable, Trouble
from app.spreadsheets.packages import BROKEN

_OLE = b"\xd0\xcf\x11\xe0"
"""How XLS begins, and a workbook with a password."""
_NO_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf")
_MARKUP = (b"<html", b"<!doc", b"<?xml", b"<tabl")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


Sheets = Generator[Sheet, None, None]


def read(path: Path, fits: Callable[[Sequence[str]], int]) -> Sheets:
    """Yield the sheets of a file; `fits` says how well the texts of a row fit as headings.

    Raises:
        SheetUnreadable: it is no spreadsheet that can be read; the trouble says why.
    """
    with path.open("rb") as file:
        first = file.read(512)
    if first.startswith(_OLE):
        raise SheetUnreadable(Trouble.OLD_FORM)
    if first.startswith(_NO_TABLES) or first.lstrip()[:5].lower() in _MARKUP:
        raise SheetUnreadable(Trouble.NO_SPREADSHEET)
    if not first.startswith(b"PK"):
        return _limited(delimited.sheets(path, fits))
    return _limited(ods.sheets(path) if _is_ods(path) else xlsx.sheets(path))


def _is_ods(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            if "mimetype" not in package.namelist():
                return False
            with package.open("mimetype") as part:
                return part.read(len(_ODS)) == _ODS
    except BROKEN:
        raise SheetUnreadable(Trouble.DAMAGED) from None


def _limited(sheets: Sheets) -> Sheets:
    """Pass sheets on; what breaks while rows are read is a damaged file, and too many rows are refused."""
    count = 0

    def rows(sheet: Sheet) -> Iterator[Row]:
        nonlocal count
        try:
            for row in sheet.rows:
                count += 1
                if count > MAX_ROWS:
                    raise SheetUnreadable(Trouble.TOO_LARGE)
                yield row
        except BROKEN:
            raise SheetUnreadable(Trouble.DAMAGED) from None

    with closing(sheets):
        for sheet in sheets:
            yield Sheet(sheet.name, rows(sheet), sheet.notes)
