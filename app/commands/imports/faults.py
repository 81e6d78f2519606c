"""Says what is wrong with a line: in which cell, under which heading of the file, what, and what to do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.commands.imports.advice import advice, choices_of
from app.commands.imports.lines import Form, Line, Wrong
from app.commands.imports.sayings import Say, said
from app.domain.errors import Fault, MalformedContent, NotFound, Refusal
from app.domain.sentences import in_vietnamese
from app.schemas.columns import NAMES
from app.schemas.imports import LineFault

_OF_THE_WHOLE = {
    "percent must fit the state": ("percent", Say.PERCENT_AND_STATE),
    "must name its obligation by obligation, or by plan, cycle, duty and owner": ("obligation", Say.NO_NAME),
}
"""What is wrong with an update as a whole, by its sentence, and the column that it is about."""
NAMED_BY = tuple(name for name in NAMES if name != "plan")
"""By what a line names its obligation; the plan is that to which the form is sent."""


def of_reading(form: Form, line: Line, *, vietnamese: bool) -> list[LineFault]:
    """Say what the reader found."""
    return [_fault(form, line, wrong.key, _spelled(wrong, vietnamese), wrong.letters) for wrong in line.wrongs]


def _spelled(wrong: Wrong, vietnamese: bool) -> str:
    if wrong.say is Say.NO_CHOICE:
        return said(wrong.say, vietnamese=vietnamese, choices=choices_of(str(wrong.key), vietnamese=vietnamese))
    return said(wrong.say, vietnamese=vietnamese, **wrong.parts)


def of_refusal(form: Form, line: Line, refusal: Refusal, *, vietnamese: bool) -> list[LineFault]:
    """Say what the service refuses a line for, in the words of the form."""
    title = refusal.title_vi if vietnamese else (type(refusal).__doc__ or "")
    if isinstance(refusal, NotFound) and not refusal.faults:
        return [_fault(form, line, key, said(Say.NOT_FOUND, vietnamese=vietnamese)) for key in _naming(form, line)]
    if not isinstance(refusal, MalformedContent):
        keys: dict[str | None, None] = dict.fromkeys(_key(one, line.item or {}) for one in refusal.faults) or {
            None: None
        }
        return [_fault(form, line, key, title) for key in keys]
    return list(_malformed(form, line, refusal.faults, title, vietnamese)) or [_fault(form, line, None, title)]


def _malformed(form: Form, line: Line, faults: Sequence[Fault], title: str, vietnamese: bool) -> Iterator[LineFault]:
    for fault in faults:
        if fault.detail in _OF_THE_WHOLE:
            about, say = _OF_THE_WHOLE[fault.detail]
            columns = _missing(form, line) if say is Say.NO_NAME else [about]
            yield from (_fault(form, line, column, said(say, vietnamese=vietnamese)) for column in columns)
        elif key := _key(fault, line.item or {}):
            yield _fault(form, line, key, advice(key, vietnamese=vietnamese) or _told(fault, vietnamese))
        else:
            yield _fault(form, line, None, _told(fault, vietnamese) or title)


def _naming(form: Form, line: Line) -> list[str]:
    """Name the columns by which a line names its obligation."""
    item = line.item or {}
    if item.get("obligation") is not None:
        return ["obligation"]
    return [name for name in NAMED_BY if name in item and (name in form.letters or not form.letters)] or ["obligation"]


def _missing(form: Form, line: Line) -> list[str]:
    """Name the columns by which a line should have named its obligation; that of its id, if the form has none."""
    item = line.item or {}
    if item.get("obligation") is not None:
        return ["obligation"]
    return [name for name in NAMED_BY if item.get(name) is None and name in form.letters] or ["obligation"]


def _told(fault: Fault, vietnamese: bool) -> str:
    return fault.detail_vi or in_vietnamese(fault.detail) if vietnamese else fault.detail


def _fault(form: Form, line: Line, key: str | None, detail: str, letters: str | None = None) -> LineFault:
    at = letters or form.letters.get(key or "")
    return LineFault(
        cell=f"{at}{line.row}" if at else None,
        column=key,
        heading=form.headings.get(key or ""),
        detail=detail,
    )


def _key(fault: Fault, item: Mapping[str, Any]) -> str | None:
    """Name the column that a fault in an item is about."""
    match fault.pointer.removeprefix("/").split("/"):
        case ["evidence", _, field]:
            return f"evidence_{field}"
        case ["measurements", place, *_] if target := _target(item, place):
            return f"target:{target}"
        case [""]:
            return None
        case parts:
            return ".".join(parts)


def _target(item: Mapping[str, Any], place: str) -> Any:
    """Return the target of a measurement; none when it names none, being no measurement at all."""
    measured = item["measurements"][int(place)] if place.isdecimal() else None
    return measured.get("target") if isinstance(measured, dict) else None
