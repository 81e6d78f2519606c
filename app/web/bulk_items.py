"""Requests of many items: each is read by itself, and a refusal says which one it is about."""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.domain.errors import Fault, ItemsRefused, Refusal
from app.web.problems.faults import MAX_FAULTS, faults, kind_of_fault

Shape = TypeVar("Shape", bound=BaseModel)


def read_each(shape: type[Shape], sent: Sequence[Any]) -> list[Shape | Refusal]:
    """Read every item, or say what is wrong with it."""
    return [_read(shape, one) for one in sent]


def _read(shape: type[Shape], sent: Any) -> Shape | Refusal:
    try:
        return shape.model_validate(sent)
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False)
        return kind_of_fault(findings)(None, *faults([{**one, "loc": ("body", *one["loc"])} for one in findings], sent))


def placed(refusal: Refusal, place: int) -> Refusal:
    """Make the pointers of an item's refusal point into the request."""
    again = copy(refusal)
    again.faults = tuple(replace(fault, pointer=f"/items/{place}{fault.pointer}") for fault in refusal.faults)
    return again


def refuse_all(results: Iterable[Any]) -> None:
    """Refuse the whole request for what is refused of it.

    Raises:
        ItemsRefused: with the places of the first faults.
    """
    found = [fault for place, one in enumerate(results) if isinstance(one, Refusal) for fault in _faults(one, place)]
    if found:
        raise ItemsRefused(None, *found[:MAX_FAULTS])


def _faults(refusal: Refusal, place: int) -> Iterator[Fault]:
    yield from placed(refusal, place).faults or (Fault(f"/items/{place}", type(refusal).__doc__ or ""),)
