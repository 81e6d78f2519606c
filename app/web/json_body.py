"""How bodies are read: of the media type that the operation takes, and of one meaning only.

Parsers disagree about a name that comes twice, about NaN, and about 0.1 in binary; a proxy and we must not.  So JSON is
read as I-JSON (RFC 7493), numbers exactly, and a form holds each name once (RFC 6749, section 3.2).
"""

import json
import re
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.domain.errors import Fault, MalformedContent, UnsupportedMediaType
from app.web.problems.handlers import refuses

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MAX_DEPTH = 32
_NESTING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""A string without an end takes all that is left: nothing is ever looked at twice, whatever was sent."""
_STEPS = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class ExactRoute(APIRoute):
    """A route whose JSON body is read exactly.  Every router that takes JSON has it as its `route_class`."""

    def get_route_handler(self) -> Handler:
        """Return what serves a request."""
        handle = super().get_route_handler()

        async def handle_exactly(request: Request) -> Response:
            return await handle(_ExactRequest(request.scope, request.receive))

        return handle_exactly


class _ExactRequest(Request):
    async def json(self) -> Any:
        return read_json(await self.body())


def read_json(content: bytes) -> Any:
    """Read JSON in UTF-8: numbers as `int` or `Decimal`.

    Raises:
        JSONDecodeError: it is no JSON, is nested too deeply, names a field of an object twice, or holds a number that
            is not finite or longer than Python reads.
    """
    try:
        _refuse_deep(content)
        return _READER.decode(content.decode())
    except (ValueError, ArithmeticError, RecursionError):
        raise json.JSONDecodeError("not I-JSON", "", 0) from None


def _refuse_deep(content: bytes) -> None:
    """Refuse what is nested deeper than anything that we take; what stands in strings does not count."""
    if max(content.count(b"["), content.count(b"{")) <= MAX_DEPTH // 2:
        return
    depth = 0
    for token in _NESTING.finditer(content):
        depth += _STEPS.get(token[0], 0)
        if depth > MAX_DEPTH:
            raise ValueError


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError


_READER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)


def check_media_type(request: Request, wanted: str) -> None:
    """Check that a body is of the media type that an operation takes, and not compressed.

    Raises:
        UnsupportedMediaType: it is not, or it does not say.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted or request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType


@refuses(UnsupportedMediaType)
async def only_a_form(request: Request) -> None:
    """Take nothing but a form that holds each name once.

    Raises:
        UnsupportedMediaType: it is no form.
        MalformedContent: a name comes twice.
    """
    check_media_type(request, FORM)
    names = [name for name, _ in (await request.form()).multi_items()]
    if len(set(names)) < len(names):
        raise MalformedContent(None, Fault("", "must hold each name once"))
