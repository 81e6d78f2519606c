"""What operations depend on."""

import inspect
from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from tests.contract.snapshot import app_without_database


def test_nothing_that_an_operation_depends_on_takes_a_thread() -> None:
    """FastAPI runs a plain function in a thread, which costs more than nearly all that ours do."""
    called = {
        call
        for route in iter_route_contexts(app_without_database().routes)
        if getattr(route, "operation_id", None)
        for call in _calls(route.dependant)
    }

    assert len(called) > 100
    assert {str(call) for call in called if not _runs_in_the_loop(call)} == set()


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for other in dependant.dependencies:
        yield from _calls(other)


def _runs_in_the_loop(call: Any) -> bool:
    asked = call if inspect.isroutine(call) else call.__call__
    return inspect.iscoroutinefunction(asked) or inspect.isasyncgenfunction(asked)
