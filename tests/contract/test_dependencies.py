"""What operations depend on."""

import inspect
from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from app.web.parameters import refuse_unknown
from tests.contract.snapshot import app_without_database


def test_nothing_that_an_operation_depends_on_takes_a_thread() -> None:
    """FastAPI runs a plain function in a thread, which costs more than nearly all that ours do."""
    called = {call for dependant in _operations() for call in _calls(dependant)}

    assert len(called) > 100
    assert {str(call) for call in called if not _runs_in_the_loop(call)} == set()


def test_every_operation_refuses_what_it_does_not_know() -> None:
    operations = list(_operations())

    assert len(operations) > 70
    assert [one.call for one in operations if refuse_unknown not in _calls(one)] == []


def _operations() -> Iterator[Dependant]:
    for route in iter_route_contexts(app_without_database().routes):
        if getattr(route, "operation_id", None):
            yield route.dependant


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for other in dependant.dependencies:
        yield from _calls(other)


def _runs_in_the_loop(call: Any) -> bool:
    asked = call if inspect.isroutine(call) else call.__call__
    return inspect.iscoroutinefunction(asked) or inspect.isasyncgenfunction(asked)
