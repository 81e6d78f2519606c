"""Refusals: each kind has a status, two titles and a page, and each operation tells of those that its code raises."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from app.domain import errors
from app.domain.access import MAY, Role
from app.domain.errors import Refusal, kinds
from app.settings import ROOT
from app.web.problems.catalogue import CONSTRAINTS, STATUS
from tests.contract.document import DOCUMENT, OPERATIONS, Operation
from tests.contract.snapshot import app_without_database
from tests.given import Service

APP = app_without_database()
ROUTES = {
    str(getattr(route, "operation_id", None)): route
    for route in iter_route_contexts(APP.routes)
    if getattr(route, "include_in_schema", False)
}
FROM_THE_EDGE = {
    errors.ContentTooLarge,
    errors.InternalFault,
    errors.MalformedContent,
    errors.PersonalDataFound,
    errors.SecrecyMarkFound,
    errors.ServiceUnavailable,
    errors.StorageFull,
    errors.UnreadableRequest,
}
"""Kinds that no function of ours has to raise: the framework, the database or a bug does."""
OF_MANY = {"reportUpdates", "importForm", "giveReviews", "giveExtensions", "annulActs", "enterPaperReport"}
"""Operations on many items: what an item is refused for stands in its result, or among the places of the request."""


def test_every_kind_of_refusal_has_a_status_and_a_title_in_both_languages() -> None:
    assert set(STATUS) == set(kinds())
    for kind in kinds():
        assert 400 <= STATUS[kind] <= 599
        assert (kind.__doc__ or "").endswith(".")
        assert kind.title_vi.endswith(".")
        assert kind.title_vi != Refusal.title_vi


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.slug())
async def test_every_kind_of_refusal_has_a_page(service: Service, kind: type[Refusal]) -> None:
    response = await service.http.get(f"/problems/{kind.slug()}")

    assert response.status_code == 200
    assert kind.title_vi in response.text


async def test_constraints_that_become_refusals_are_constraints_of_the_database(service: Service) -> None:
    async with service.app.state.database.reading() as connection:
        known = set((await connection.execute(text("SELECT conname FROM pg_constraint"))).scalars())

    assert set(CONSTRAINTS) - known == set()
    assert set(CONSTRAINTS.values()) <= set(kinds())


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_tells_of_each_refusal_that_its_code_raises_and_of_no_other(operation: Operation) -> None:
    raised = {kind.slug() for kind in _raised_by_route(ROUTES[str(operation)].dependant)}
    if operation.act and MAY[operation.act] == set(Role):
        # The guard of what everybody may is the same code, and turns nobody away.
        raised.discard(errors.NotAllowed.slug())
    if str(operation) in OF_MANY:
        raised &= operation.problems

    assert raised - operation.problems == set()
    assert operation.problems - raised <= {kind.slug() for kind in FROM_THE_EDGE | set(CONSTRAINTS.values())}


def test_every_kind_that_an_operation_can_raise_is_told_of_somewhere() -> None:
    # What OAuth clients are answered is spelled out where it is: nobody else is answered so.
    others = [one for one in OPERATIONS if one.shown["operationId"] not in {"issueToken", "revokeToken"}]

    assert set(DOCUMENT["components"]["examples"]) == {name for one in others for name in one.problems}


def _raised_by_route(dependant: Dependant) -> set[type[Refusal]]:
    """Read, off the source of what a route depends on and calls, which refusals it can raise."""
    seen: set[Any] = set()
    found: set[type[Refusal]] = set()
    waiting = list(_calls(dependant))
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
            if isinstance(node, ast.Raise) and (kind := _refusal(node, function)):
                found.add(kind)
            waiting += _ours(_named(node, function))
    return found


def _calls(dependant: Dependant) -> Iterator[Any]:
    if isinstance(dependant.call, FunctionType):
        yield dependant.call
    for other in dependant.dependencies:
        yield from _calls(other)


def _refusal(node: ast.Raise, function: FunctionType) -> type[Refusal] | None:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    kind = _named(raised, function) if raised else None
    return kind if isinstance(kind, type) and issubclass(kind, Refusal) else None


def _named(node: ast.AST, function: FunctionType) -> Any:
    """Return what a name, or a dotted one, stands for in a function's module; none for what is local to it."""
    match node:
        case ast.Name(id=name):
            return function.__globals__.get(name)
        case ast.Attribute(value=value, attr=attr):
            return getattr(_named(value, function), attr, None)
    return None


def _ours(named: Any) -> list[FunctionType]:
    """Return the functions to read on: one of ours, or all of a class of ours."""
    if not str(getattr(named, "__module__", "")).startswith("app."):
        return []
    if isinstance(named, type):
        return [member for member in vars(named).values() if _readable(member)]
    return [named] if _readable(named) else []


def _readable(member: Any) -> bool:
    """Say whether something is a function that somebody of us wrote; a dataclass writes some itself."""
    return isinstance(member, FunctionType) and Path(member.__code__.co_filename).is_relative_to(ROOT / "app")
