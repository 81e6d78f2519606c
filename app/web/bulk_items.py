"""Requests of many items: each is read by itself, and a refusal says which one it is about."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from app.commands.bulk import Outcome, placed
from app.domain.errors import Refusal
from app.schemas.bulk import Result
from app.web.problems.faults import faults, kind_of_fault
from app.web.problems.handlers import problem_of

Shape = TypeVar("Shape", bound=BaseModel)
Shown = TypeVar("Shown", bound=Result)


def read_each(shape: type[Shape], sent: Sequence[Any]) -> list[Shape | Refusal]:
    """Read every item, or say what is wrong with it."""
    return [_read(shape, one) for one in sent]


def _read(shape: type[Shape], sent: Any) -> Shape | Refusal:
    try:
        return shape.model_validate(sent)
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False)
        return kind_of_fault(findings)(None, *faults([{**one, "loc": ("body", *one["loc"])} for one in findings], sent))


def told(request: Request, outcomes: Sequence[Outcome[Any]], *, recorded: int = 201) -> Iterator[dict[str, Any]]:
    """Say of each item, in order, what is said of every one: its place, its status, its problem, its obligation."""
    for place, one in enumerate(outcomes):
        problem = problem_of(request, placed(one.result, place)) if isinstance(one.result, Refusal) else None
        yield {
            "index": place,
            "status": problem.status if problem else recorded,
            "problem": problem,
            "obligation": one.obligation,
        }
