"""The row of a sheet that holds the form's headings, and what its columns are."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.commands.imports.lines import FileUnreadable
from app.commands.imports.meaning import is_filled_in
from app.commands.imports.sayings import Say
from app.domain.personal_data import objections
from app.domain.text import fold
from app.schemas.columns import FORM_FILLED, key_of
from app.spreadsheets.cells import Row, letters

FIRST_ROWS = 30
"""Within how many rows of a sheet its headings are looked for; a title may stand above them."""
ALIKE = 0.85


@dataclass(frozen=True)
class Headings:
    """The headings of a sheet: by place the keys of its columns, the texts of all, and how many cells their row has."""

    row: int
    keys: Mapping[int, str]
    texts: Mapping[int, str]
    width: int = 0

    @property
    def own(self) -> list[str]:
        """The letters of the columns that are not of the form, and what they are called unless that is personal."""
        own = {letters(n): text[:40] for n, text in self.texts.items() if n not in self.keys}
        return [letter if objections(text) else f"{letter} “{text}”" for letter, text in own.items()]

    def letters(self) -> dict[str, str]:
        """Return the letters of each column by its key."""
        return {key: letters(n) for n, key in self.keys.items()}

    def by_key(self) -> dict[str, str]:
        """Return each heading by its key, as the file spells it."""
        return {key: self.texts[n] for n, key in self.keys.items()}


def fit(texts: Sequence[str]) -> int:
    """Say how well a row fits as headings: how many it has, if one of them is of a column to fill in."""
    keys = {key for text in texts if text.strip() and (key := key_of(text))}
    return len(keys) if any(map(is_filled_in, keys)) else 0


def find(rows: Sequence[Row]) -> Headings | None:
    """Find the headings among the first rows of a sheet.

    Raises:
        FileUnreadable: two are the same, or one is nearly the form's, so that what stands below it would be lost.
    """
    best = max(rows, key=lambda row: fit(_texts(row)), default=None)
    if best is None or not fit(_texts(best)):
        return None
    texts = {n: " ".join(text.split()) for n, text in enumerate(_texts(best)) if text.strip()}
    keys = {n: key for n, text in texts.items() if (key := key_of(text))}
    found = Headings(best.number, keys, texts, len(best.cells))
    _refuse_twice(found)
    _refuse_resembling(found)
    return found


def _texts(row: Row) -> list[str]:
    return [cell.value if cell and isinstance(cell.value, str) else "" for cell in row.cells]


def _refuse_twice(found: Headings) -> None:
    for key in set(found.keys.values()):
        cells = [f"{letters(n)}{found.row}" for n, one in found.keys.items() if one == key]
        if len(cells) > 1:
            raise FileUnreadable(Say.TWICE, cells=", ".join(cells))


def _refuse_resembling(found: Headings) -> None:
    missing = {fold(name): name for name in _names() if key_of(name) not in found.keys.values()}
    for n, text in found.texts.items():
        if n not in found.keys and (near := difflib.get_close_matches(fold(text), missing, 1, ALIKE)):
            raise FileUnreadable(Say.RESEMBLES, cells=f"{letters(n)}{found.row}", heading=missing[near[0]])


def _names() -> Iterator[str]:
    for column in FORM_FILLED:
        yield from (column.key, column.vi, column.en)
