"""Headers that may come once: two of them are two requests in one, and whoever stands before us may read the other."""

from collections import Counter

from starlette.types import ASGIApp, Receive, Scope, Send

from app.domain.errors import UnreadableRequest

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


class SingleHeaders:
    """Refuses a request that repeats a header which may come once."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises:
            UnreadableRequest: a header comes twice.
        """
        counted = Counter(name for name, _ in scope.get("headers", ()))
        if any(counted[name] > 1 for name in SINGLE):
            raise UnreadableRequest("A header that may come once comes twice.")
        await self._app(scope, receive, send)
