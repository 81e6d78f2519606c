"""A filled-in form, line by line: a sheet with the form's headings, or JSON, one object on each line."""

import json
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

from app.commands.imports import headings
from app.commands.imports.headings import FIRST_ROWS, Headings
from app.commands.imports.lines import FileUnreadable, Form, Line, Remark, Wrong
from app.commands.imports.meaning import DAYS, Scale, codes_beside, is_filled_in, is_passed_on, item_of
from app.commands.imports.sayings import Say
from app.spreadsheets import delimited, reading
from app.spreadsheets.cells import Cell, Note, Row, Sheet, SheetUnreadable, letters

NAMED_ROWS = 20
"""How many hidden rows are named, and how many own columns."""
_BLANK = " \t\r\n\ufeff"


@dataclass
class Filled:
    """A file whose lines are read; what there is to say of the whole is known when the last one has been."""

    path: Path
    is_json: bool = False
    as_is: bool = False
    form: Form = field(default_factory=Form)
    scale: Scale = field(default_factory=Scale)

    def lines(self) -> Iterator[Line]:
        """Yield the lines, in order, without holding the file in memory.

        Raises:
            FileUnreadable: the file as a whole cannot be read.
        """
        try:
            yield from self._json() if self.is_json else self._table()
        except SheetUnreadable as error:
            raise FileUnreadable(Say(error.trouble.value)) from None

    def _json(self) -> Iterator[Line]:
        encoding = delimited.encoding_of(self.path)
        for number, text in enumerate(delimited.lines(self.path, encoding), start=1):
            line = _json_line(number, text.strip(_BLANK))
            if line.item:
                self.scale.see_item(line.item)
            yield line

    def _table(self) -> Iterator[Line]:
        found = False
        with closing(reading.read(self.path, headings.fit)) as sheets:
            for sheet in sheets:
                first = list(islice(sheet.rows, FIRST_ROWS))
                known = headings.find(first)
                if known is None:
                    # The rows of another sheet are passed by, because the next one begins behind them.
                    deque(sheet.rows, maxlen=0)
                    continue
                if found:
                    raise FileUnreadable(Say.TWO_SHEETS)
                found = True
                yield from self._sheet(sheet, known, first)
        if not found:
            raise FileUnreadable(Say.NO_HEADINGS)

    def _sheet(self, sheet: Sheet, known: Headings, first: list[Row]) -> Iterator[Line]:
        hidden: list[str] = []
        days: list[str] = []
        for row in chain(first, sheet.rows):
            if row.number > known.row:
                yield self._line(row, known)
                hidden += [str(row.number)] if row.hidden else []
                days += _days(row, known)
        self.form = Form(known.letters(), known.by_key(), tuple(_remarks(sheet, known, hidden, days)))

    def _line(self, row: Row, known: Headings) -> Line:
        number = row.line or row.number
        if row.torn:
            return Line(number, row.number, wrongs=(Wrong(Say.TORN),))
        cells = {n: cell for n, cell in enumerate(row.cells) if cell is not None}
        lost = tuple(Wrong(Say.NO_HEADING, letters=letters(n)) for n in cells if n not in known.texts)
        told: dict[str, Cell] = {known.keys[n]: cell for n, cell in cells.items() if n in known.keys}
        item, wrongs = item_of(told, self.scale, as_is=self.as_is)
        if (item or wrongs or lost) and _is_shifted(row, known):
            return Line(number, row.number, wrongs=(Wrong(Say.SURPLUS, letters=letters(known.width)),))
        if merged := _merged(row, known, is_filled=bool(item or wrongs)):
            return Line(number, row.number, wrongs=(merged,))
        item = None if lost else item
        return Line(number, row.number, item, lost[:1] + wrongs, codes_beside(told, item))


def _merged(row: Row, known: Headings, *, is_filled: bool) -> Wrong | None:
    """Say which merged cells a line is a part of: one whose columns are sent, or one that people fill in."""
    for one in row.merged:
        for n, key in known.keys.items():
            if one.column <= n <= one.last_column and (is_filled_in(key) or (is_filled and is_passed_on(key))):
                return Wrong(Say.MERGED, key, letters(n), {"cells": one.address})
    return None


def _is_shifted(row: Row, known: Headings) -> bool:
    """Say whether a text's row has more cells than its headings, also where the last ones are blank.

    A separator in a text without quotes has moved what stands behind it, blank cells as well; programs that leave
    blank cells at the end leave them behind the headings too.
    """
    return row.line is not None and len(row.cells) > known.width


def _days(row: Row, known: Headings) -> Iterator[str]:
    """Name the days that a program has made of what was typed, and that may be others; each as it was read."""
    for n, cell in enumerate(row.cells):
        if cell and cell.goes_either_way and known.keys.get(n) in DAYS:
            yield f"{letters(n)}{row.number} ({cell.value:%d/%m/%Y})"


def _remarks(sheet: Sheet, known: Headings, hidden: list[str], days: list[str]) -> Iterator[Remark]:
    yield from (Remark(Say.WINDOWS_1258) for note in sheet.notes if note is Note.WINDOWS_1258)
    if known.own:
        yield Remark(Say.OWN_COLUMNS, {"cells": _listed(known.own)})
    if hidden:
        yield Remark(Say.HIDDEN_ROWS, {"cells": _listed(hidden)})
    if days:
        yield Remark(Say.MADE_DAYS, {"cells": _listed(days)})


def _listed(names: list[str]) -> str:
    return ", ".join(names[:NAMED_ROWS]) + (" …" if len(names) > NAMED_ROWS else "")


def _json_line(number: int, text: str) -> Line:
    if not text:
        return Line(number, number)
    try:
        item = json.loads(text)
    except (ValueError, RecursionError):
        return _unsent(number, Say.NO_JSON)
    if not _can_be_sent(item):
        return _unsent(number, Say.NOT_SENDABLE)
    return Line(number, number, item) if isinstance(item, dict) else _unsent(number, Say.NO_OBJECT)


def _unsent(number: int, say: Say) -> Line:
    return Line(number, number, wrongs=(Wrong(say),))


def _can_be_sent(item: Any) -> bool:
    """Say whether what was read can be spelled as JSON in UTF-8: not NaN, nor 1e999, nor half of a surrogate pair."""
    try:
        json.dumps(item, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return True
