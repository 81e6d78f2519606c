"""Query parameters that an operation does not know are refused, and those that come twice: a misspelt filter, or one of
two, would list too much.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.domain.errors import Fault, MalformedContent
from app.web.problems.handlers import refuses


@refuses(MalformedContent)
async def refuse_unknown(request: Request) -> None:
    """Refuse a request that names a parameter that its operation does not have, or one parameter twice.

    Raises:
        MalformedContent: with what is known; the names sent are the caller's own text, and are not repeated.
    """
    route = request.scope.get("route")
    if not (request.query_params and isinstance(route, APIRoute)):
        return
    known = dict(_parameters(route.dependant))
    if not known.keys() >= request.query_params.keys():
        raise MalformedContent(None, Fault("query", f"may hold only: {', '.join(sorted(known)) or 'nothing'}"))
    counted = Counter(name for name, _ in request.query_params.multi_items())
    if twice := [name for name, count in counted.items() if count > 1 and not _takes_several(known[name])]:
        raise MalformedContent(None, *(Fault(f"query: {name}", "may be given once") for name in twice))


class Router(APIRouter):
    """The operations of a noun; each knows its query parameters.

    They are put into the service as they are: FastAPI would make each of them again to include its router.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(dependencies=[Depends(refuse_unknown)], **options)


def _parameters(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    yield from ((parameter.alias, parameter.field_info.annotation) for parameter in dependant.query_params)
    for other in dependant.dependencies:
        yield from _parameters(other)


def _takes_several(kind: Any) -> bool:
    return any(get_origin(one) is list for one in (kind, *get_args(kind)))
