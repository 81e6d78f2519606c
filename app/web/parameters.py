"""Query parameters that an operation does not know are refused: a misspelt filter would list too much."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.domain.errors import Fault, MalformedContent


async def refuse_unknown(request: Request) -> None:
    """Refuse a request that names a parameter that its operation does not have.

    Raises:
        MalformedContent: with what is known; the names sent are the caller's own text, and are not repeated.
    """
    route = request.scope.get("route")
    if not (request.query_params and isinstance(route, APIRoute)):
        return
    known = set(_parameters(route.dependant))
    if not known.issuperset(request.query_params):
        raise MalformedContent(None, Fault("query", f"may hold only: {', '.join(sorted(known)) or 'nothing'}"))


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (parameter.alias for parameter in dependant.query_params)
    for other in dependant.dependencies:
        yield from _parameters(other)
