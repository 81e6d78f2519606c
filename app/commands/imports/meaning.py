"""Rows of tables → updates of the API.  What a cell says for certain is passed on as it is, and the service judges it.

A table is flat, an item is not: `evidence_…` columns are one link or one document, `target:…` columns the measurements.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from app.commands.imports.figures import DECIMALS, Unclear, day_of, figure_of, spelled
from app.commands.imports.legacy_fonts import is_legacy
from app.commands.imports.lines import Wrong
from app.commands.imports.sayings import Say
from app.domain.access import Classification
from app.domain.completion import ClaimState
from app.domain.personal_data import objections
from app.domain.text import fold
from app.domain.words import choice_of
from app.schemas.columns import NAMES
from app.spreadsheets.cells import Cell, Kind

_CHOICES: Mapping[str, type[StrEnum]] = {"state": ClaimState, "evidence_classification": Classification}
DAYS = {"occurred_on", "evidence_issued_on", "received_on"}
_CODES = {"duty", "document_number", "evidence_number", "obligation"}
"""Where a number or a day is what a program has made of a text."""
_FILLED = {"state", "percent", "summary", "occurred_on", "late_reason", "received_on", "document_number"}
_PASSED_ON = ("obligation", *NAMES, *sorted(_FILLED), "client_ref")
_LISTED = ("evidence_", "target:")
"""How the columns of lists begin.  Columns that are neither passed on nor of a list are there for people to read."""
_NO_CASE = {"0 vu viec", "0 vu", "khong co vu viec", "khong phat sinh", "0 cases", "no case"}
_ERROR = re.compile(
    r"#(?:N/A|NAME\?|DIV/0!|GETTING_DATA|(?:REF|VALUE|NUM|NULL|SPILL|CALC|BLOCKED|FIELD|CONNECT|BUSY|UNKNOWN|PYTHON)!)"
    r"|Err:\d{3}\Z"
)


class CellUnclear(Exception):
    """A cell that does not say for certain what it means."""

    def __init__(self, say: Say) -> None:
        super().__init__(say.value)
        self.say = say


def is_passed_on(key: str) -> bool:
    """Say whether what a column holds is sent, and not only there for people to read."""
    return key in _PASSED_ON or key.startswith(_LISTED)


def is_filled_in(key: str) -> bool:
    """Say whether a column is one that people fill in."""
    return key in _FILLED or key.startswith(_LISTED)


def item_of(
    row: Mapping[str, Cell], scale: "Scale", *, as_is: bool = False
) -> tuple[dict[str, Any] | None, tuple[Wrong, ...]]:
    """Make the item of a row, by the keys of its columns, or say what is wrong; neither when nobody filled it in."""
    told = {key: cell for key, cell in row.items() if is_passed_on(key)}
    if not any(map(is_filled_in, told)):
        return None, ()
    values: dict[str, Any] = {}
    wrongs: list[Wrong] = []
    for key, cell in told.items():
        try:
            values[key] = value_of(key, cell)
            if cell.turned and cell.goes_either_way and not as_is and key in {*DAYS, "cycle"}:
                wrongs.append(Wrong(Say.MONTH_FIRST, key))
        except CellUnclear as unclear:
            wrongs.append(Wrong(unclear.say, key))
    scale.see(told, values)
    return (None, tuple(wrongs)) if wrongs else (_assembled(values), ())


def _assembled(values: Mapping[str, Any]) -> dict[str, Any]:
    item = {key: values[key] for key in _PASSED_ON if key in values}
    if "obligation" in item:
        # The id says it all; the codes beside it must agree, see `contradictions`.
        item = {key: value for key, value in item.items() if key not in NAMES}
    measured = [(key, value) for key, value in values.items() if key.startswith("target:")]
    if measured:
        item["measurements"] = [_measurement(key.removeprefix("target:"), value) for key, value in measured]
    if evidence := {key.removeprefix("evidence_"): values[key] for key in values if key.startswith("evidence_")}:
        item["evidence"] = [{"kind": "link" if "url" in evidence else "document", **evidence}]
    return item


def codes_beside(row: Mapping[str, Cell], item: Mapping[str, Any] | None) -> dict[str, str]:
    """Read the codes that stand beside the id of an obligation; a filled-in line has been read without a fault."""
    if not item or "obligation" not in item:
        return {}
    return {key: str(value_of(key, row[key])) for key in NAMES if key in row}


def contradictions(beside: Mapping[str, str], names: Mapping[str, str]) -> tuple[Wrong, ...]:
    """Say which codes are others than those of the obligation whose id stands beside them."""
    return tuple(
        Wrong(Say.CONTRADICTS, key, parts={"said": "…" if objections(code) else code, "meant": names[key]})
        for key, code in beside.items()
        if key in names and fold(code) != fold(names[key])
    )


def _measurement(target: str, value: float | None) -> dict[str, Any]:
    return {"target": target, "cases": 0} if value is None else {"target": target, "value": value}


def value_of(key: str, cell: Cell) -> Any:
    """Read one cell as the column wants it.

    Raises:
        CellUnclear: it does not say for certain what it means.
    """
    if cell.kind in {Kind.ERROR, Kind.UNCOMPUTED, Kind.BOOLEAN}:
        raise CellUnclear({Kind.ERROR: Say.ERROR, Kind.UNCOMPUTED: Say.UNCOMPUTED}.get(cell.kind, Say.A_BOOLEAN))
    if isinstance(cell.value, str):
        _refuse_what_only_looks_like_text(cell.value)
    if key == "percent" or key.startswith("target:"):
        return _figure(key, cell)
    if key in DAYS:
        return _day(cell)
    return _text(key, cell)


def _refuse_what_only_looks_like_text(text: str) -> None:
    if _ERROR.fullmatch(text.strip()):
        raise CellUnclear(Say.ERROR)
    if is_legacy(text):
        raise CellUnclear(Say.OLD_FONT)


def _figure(key: str, cell: Cell) -> int | float | None:
    """Read a figure; none says of a target that there was no case of which a share could be taken."""
    if key != "percent" and isinstance(cell.value, str) and fold(cell.value) in _NO_CASE:
        return None
    wanted = Say.NO_PERCENT if key == "percent" else Say.NO_FIGURE
    try:
        figure = cell.value if isinstance(cell.value, Decimal) else figure_of(str(cell.value))
    except Unclear:
        raise CellUnclear(Say.THOUSANDS) from None
    if figure is None or cell.kind is Kind.DAY:
        raise CellUnclear(wanted)
    # What a formula computes has as many digits as a float; nobody typed them.
    number = spelled(round(figure, DECIMALS) if isinstance(cell.value, Decimal) and key != "percent" else figure)
    if key == "percent" and not (isinstance(number, int) and 0 <= number <= 100):
        raise CellUnclear(wanted)
    return number


def _day(cell: Cell) -> str:
    day = cell.value if isinstance(cell.value, date) else day_of(str(cell.value))
    if day is None or cell.kind not in {Kind.DAY, Kind.TEXT}:
        raise CellUnclear(Say.NO_DAY)
    return day.isoformat()


def _text(key: str, cell: Cell) -> Any:
    match cell.value:
        case str() as text:
            return _words(key, text)
        case date() as day if key == "cycle":
            # Codes of cycles are spelled as days; a program that knows no text makes days of them.
            return day.isoformat()
        case date():
            raise CellUnclear(Say.A_DAY)
        case _ if key in _CODES:
            raise CellUnclear(Say.A_NUMBER)
        case Decimal() as number:
            return f"{number.normalize():f}" + ("%" if cell.kind is Kind.PERCENT else "")


def _words(key: str, text: str) -> Any:
    if key == "summary":
        return text
    if (kind := _CHOICES.get(key)) is None:
        return text.strip()
    choice = _chosen(kind, text)
    if choice is None:
        raise CellUnclear(Say.NO_CHOICE)
    return choice.value


@lru_cache(maxsize=256)
def _chosen(kind: type[StrEnum], text: str) -> StrEnum | None:
    """Read a choice; a form says the same few on every line."""
    return choice_of(kind, text)


class Scale:
    """Watches whether the figures of a file look as if 1 stood for 100 per cent; one that says `%` is certain."""

    def __init__(self) -> None:
        self.percents, self.targets = Small(), dict[str, Small]()

    def see(self, cells: Mapping[str, Cell], values: Mapping[str, Any]) -> None:
        """Look at the figures of a line, as they were read."""
        for key, value in values.items():
            if value is None or _says_percent(cells[key]):
                continue
            if key == "percent":
                self.percents.see(value)
            elif key.startswith("target:"):
                self.see_target(key.removeprefix("target:"), value)

    def see_target(self, code: str, value: Any) -> None:
        """Look at one figure for a target."""
        self.targets.setdefault(code, Small()).see(value)

    def see_item(self, item: Mapping[str, Any]) -> None:
        """Look at the figures of a line of JSON; what is no figure is refused later."""
        self.percents.see(item.get("percent"))
        measured = item.get("measurements")
        for one in measured if isinstance(measured, list) else ():
            if isinstance(one, dict) and isinstance(code := one.get("target"), str):
                self.see_target(code, one.get("value"))

    @property
    def looks_wrong(self) -> bool:
        """Whether no percentage is above 1; what targets are measured in, the plan says."""
        return self.percents.all_of_them

    @property
    def small(self) -> dict[str, bool]:
        """The targets for which some figure is at most 1, and whether all of them are."""
        return {code: one.all_of_them for code, one in self.targets.items() if one.some}


class Small:
    """Which figures of one kind are at most 1; those that are 0 say nothing."""

    def __init__(self) -> None:
        self.some, self._others = False, False

    def see(self, figure: Any) -> None:
        """Look at one."""
        if isinstance(figure, int | float) and not isinstance(figure, bool):
            self.some |= 0 < figure <= 1
            self._others |= not 0 <= figure <= 1

    @property
    def all_of_them(self) -> bool:
        """Whether they all are."""
        return self.some and not self._others


def _says_percent(cell: Cell) -> bool:
    return cell.kind is Kind.PERCENT or (isinstance(cell.value, str) and "%" in cell.value)
