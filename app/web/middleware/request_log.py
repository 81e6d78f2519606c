"""The log of requests: one line each, with its id; no narrative, no token, no query string, no personal data.

The line of a request is the access log, too: how the caller proved who it is, or why that was refused, what it may do
and whether that was refused.  It names clients, keys and secrets by their ids only.
"""

import re
import time
from collections.abc import Mapping, MutableMapping
from typing import Any
from uuid import uuid4

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.personal_data import IN_REFERENCES, objections
from app.logs import about, log
from app.web import metrics

_ACCEPTABLE = re.compile(rb"[A-Za-z0-9._-]{1,64}\Z")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestLog:
    """Gives each request an id, in and out and in every line, and logs it once it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = request_id = _request_id(dict(scope["headers"]))
        about(request_id=request_id)
        began, answered = time.perf_counter(), {"status": 0}

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered["status"] = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _line(scope, answered["status"], time.perf_counter() - began)


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"")
    return given.decode() if _ACCEPTABLE.match(given) and not _is_personal(given.decode()) else uuid4().hex


def _is_personal(request_id: str) -> bool:
    """Say whether an id names a person: then nobody logs it or sends it back."""
    return bool(objections(request_id, kinds=IN_REFERENCES))


def _line(scope: Scope, status: int, seconds: float) -> None:
    """Log a request by its route, never by its path: a path, and even a method, may hold what somebody typed."""
    route = getattr(scope.get("route"), "path", None)
    method = scope["method"] if scope["method"] in _METHODS else None
    metrics.REQUESTS.labels(method, route, status).observe(seconds)
    log.info(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        **{"client": None, "refusal": scope.get("refusal"), **scope.get("noted", {})},
    )


def note(scope: MutableMapping[str, Any], **facts: str | None) -> None:
    """Add to the request's line; never what a caller wrote."""
    scope.setdefault("noted", {}).update(facts)
