"""What the head of a request may be: of a bounded size, and with one header where one is meant.

Two of them are two requests in one: whoever stands before us may have read the other.
"""

from collections import Counter
from collections.abc import Iterable

from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import ContentTooLarge, UnreadableRequest

MAX_HEAD_BYTES = 32 * 1024
SINGLE = {
    b"authorization",
    b"content-encoding",
    b"content-length",
    b"content-type",
    b"host",
    b"idempotency-key",
    b"if-match",
    b"x-request-id",
}
TWO_LENGTHS = {b"content-length", b"transfer-encoding"}


class HeadGuard:
    """Refuses a request by its head, before anything else is read of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises:
            ContentTooLarge: its address and headers are too long.
            UnreadableRequest: a header comes twice, or the body has two lengths (RFC 9112, section 6.1).
        """
        if scope["type"] == "http":
            _check(scope)
        await self._app(scope, receive, send)


def has_two_lengths(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Say whether a body's length is told in both ways: who stands before us may have read the other."""
    return {name for name, _ in headers} >= TWO_LENGTHS


def _check(scope: Scope) -> None:
    headers = scope["headers"]
    size = len(scope["path"]) + len(scope["query_string"]) + sum(len(name) + len(value) for name, value in headers)
    if size > MAX_HEAD_BYTES:
        raise ContentTooLarge("The address and the headers are too long.")
    counted = Counter(name for name, _ in headers)
    if any(counted[name] > 1 for name in SINGLE):
        raise UnreadableRequest("A header that may come once comes twice.")
    if has_two_lengths(headers):
        raise UnreadableRequest("A request says its length in one way.")
