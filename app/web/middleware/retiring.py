"""Operations that are going away: every answer of one says so, since when, until when, and what to read.

None is, yet.  To retire one, name it in `RETIRING`: the OpenAPI document marks it, and the headers follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True)
class Retirement:
    """Since when an operation should not be used (RFC 9745), when it may be gone (RFC 8594), and what says more."""

    since: datetime
    gone_at: datetime
    more: str

    def headers(self, prefix: str) -> dict[str, str]:
        """Spell it."""
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.gone_at.astimezone(UTC), usegmt=True),
            "Link": f'<{prefix}{self.more}>; rel="deprecation"; type="text/html"',
        }


RETIRING: Mapping[str, Retirement] = {}
"""What is going away, by its operationId; `more` is a path of ours, such as a page of the guide."""


class Retiring:
    """Says of an operation that is going away that it is, whatever the answer."""

    def __init__(self, app: ASGIApp, retiring: Mapping[str, Retirement] = RETIRING, prefix: str = "") -> None:
        self._app, self._retiring, self._prefix = app, retiring, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def telling(message: Message) -> None:
            name = getattr(scope.get("route"), "operation_id", None)
            if message["type"] == "http.response.start" and (found := self._retiring.get(name or "")):
                headers = MutableHeaders(scope=message)
                for header, said in found.headers(self._prefix).items():
                    headers.append(header, said)
            await send(message)

        await self._app(scope, receive, telling if scope["type"] == "http" and self._retiring else send)
