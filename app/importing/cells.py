"""Rows of tables → items of the API.  What a row says is passed on as it is: the service judges it, not the reader.

A table is flat, an item is not: `evidence_…` columns are one link or one document, `target:…` columns the measurements.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from app.domain.access import Classification
from app.domain.completion import ClaimState
from app.domain.words import choice_of
from app.schemas.bulk import NAMES

FLOAT_DIGITS = sys.float_info.dig
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")
_FIGURE = re.compile(r"-?\d+(?:[.,]\d+)?\Z")
_CHOICES = {"state": ClaimState, "evidence_classification": Classification}
_DAYS = {"occurred_on", "evidence_issued_on", "received_on"}
_FILLED = {"state", "percent", "summary", "occurred_on", "late_reason", "received_on", "document_number"}
_PASSED_ON = ("obligation", *NAMES, *sorted(_FILLED), "client_ref")
_LISTED = ("evidence_", "target:")
"""How the columns of lists begin.  Columns that are neither passed on nor of a list are there for people to read."""


class CellUnreadable(Exception):
    """A cell that does not say for certain what it means."""

    def __init__(self, column: str, detail: str) -> None:
        super().__init__(f"{column}: {detail}")


def item_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Make the item of a row, by the keys of its columns; none when nothing was filled in.

    Raises:
        CellUnreadable: a cell may have been changed by the program that it was typed into.
    """
    told = {key: value for key, value in row.items() if key in _PASSED_ON or key.startswith(_LISTED)}
    cells = {key: cell for key, value in told.items() if (cell := _cell(key, value)) is not None}
    if not any(key in _FILLED or key.startswith(_LISTED) for key in cells):
        return None
    item = {key: cells[key] for key in _PASSED_ON if key in cells}
    if "obligation" in item:
        # The id says it all; the codes beside it are for people.
        item = {key: value for key, value in item.items() if key not in NAMES}
    if measured := [_measured(key, value) for key, value in cells.items() if key.startswith("target:")]:
        item["measurements"] = measured
    if evidence := {key.removeprefix("evidence_"): cells[key] for key in cells if key.startswith("evidence_")}:
        item["evidence"] = [{"kind": "link" if "url" in evidence else "document", **evidence}]
    return item


def _cell(key: str, value: Any) -> Any:
    """Read one cell; none when it is empty."""
    if isinstance(value, str):
        value = value.strip() if key != "summary" else value
        return _text(key, value) if value.strip() else None
    if isinstance(value, datetime | date):
        return _day(key, value)
    if key in {"duty", "document_number", "evidence_number"} and isinstance(value, int | float):
        raise CellUnreadable(key, "is a number in the file, where 3.10 and 3.1 are the same; format the cell as text")
    return _number(key, value)


def _text(key: str, text: str) -> Any:
    if kind := _CHOICES.get(key):
        return choice_of(kind, text) or text
    if key in _DAYS and (day := _DAY.match(text)):
        return f"{day[3]}-{int(day[2]):02}-{int(day[1]):02}"
    if key == "percent":
        figure = text.removesuffix("%").strip()
        return int(figure) if figure.isdecimal() else text
    return text.replace(",", ".") if key.startswith("target:") and _FIGURE.match(text) else text


def _day(key: str, value: datetime | date) -> str:
    if key not in _DAYS:
        raise CellUnreadable(key, "is a date in the file; format the cell as text")
    midnight = not isinstance(value, datetime) or value.time() == time()
    return value.strftime("%Y-%m-%d") if midnight else value.isoformat()


def _number(key: str, value: Any) -> Any:
    whole = isinstance(value, float) and value.is_integer()
    number = int(value) if whole else value
    return number if key == "percent" or number is None else str(number)


def _measured(key: str, value: Any) -> dict[str, Any]:
    return {"target": key.removeprefix("target:"), "value": _figure(str(value))}


def _figure(text: str) -> Any:
    """Spell a figure as the JSON number that it must be; up to fifteen digits come out of a float as they went in."""
    if not _FIGURE.match(text) or sum(map(str.isdigit, text)) > FLOAT_DIGITS:
        return text
    return float(text) if "." in text else int(text)


def column_of(pointer: Sequence[str], item: Mapping[str, Any]) -> str:
    """Name the column that a fault in an item is about; `pointer` holds what follows the item in the pointer."""
    match "/".join(pointer).split("/"):
        case ["evidence", _, field]:
            return f"evidence_{field}"
        case ["measurements", place, *_] if target := _target(item, place):
            return f"target:{target}"
        case parts:
            return ".".join(parts)


def _target(item: Mapping[str, Any], place: str) -> Any:
    """Return the target of a measurement; none when it names none, being no measurement at all."""
    measured = item["measurements"][int(place)] if place.isdecimal() else None
    return measured.get("target") if isinstance(measured, dict) else None
