"""Where the service stands: under which prefix of an address (`DONDOC_ISSUER`), and behind which proxies.

Inside, every path begins at the root, whether or not a proxy has taken the prefix away; whatever leads somewhere is
given the prefix on its way out.  Who calls is what the nearest proxy that is not ours was told from, and nobody else's
word is taken for it: of the two headers for that, the other one may be the caller's own.
"""

import re
from ipaddress import ip_address, ip_network

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

METADATA = "/.well-known/oauth-authorization-server"
_LEADING = re.compile(rb"(?:\A|(?<=<))(?=/)")
"""Where a path begins in a header that leads somewhere."""
_FOR = re.compile(r'(?:\A|;)\s*for="?\[?([0-9A-Fa-f.:]+)', re.ASCII | re.IGNORECASE)
_PORT = re.compile(r"\A([0-9.]+):\d+\Z", re.ASCII)


class Place:
    """Takes the prefix away on the way in, and puts it before what leads somewhere on the way out."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._prefix = app, settings.prefix
        self._trusted = [ip_network(one) for one in settings.trusted_proxies.split()]
        self._header = settings.forwarded_header.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["prefix"] = self._prefix
        scope["path"] = self._inside(scope["path"])
        self._see_through(scope)

        async def leading(message: Message) -> None:
            if self._prefix and message["type"] == "http.response.start":
                message["headers"] = [(name, self._outside(name, value)) for name, value in message["headers"]]
            await send(message)

        await self._app(scope, receive, leading)

    def _inside(self, path: str) -> str:
        if path == f"{METADATA}{self._prefix}":
            # RFC 8414, section 3.1: the path of the issuer follows the well-known one.
            return METADATA
        return path.removeprefix(self._prefix) if path.startswith(f"{self._prefix}/") else path

    def _outside(self, name: bytes, value: bytes) -> bytes:
        return _LEADING.sub(self._prefix.encode(), value) if name in {b"location", b"link"} else value

    def _see_through(self, scope: Scope) -> None:
        """Find out who called the first of our proxies."""
        client = scope.get("client")
        told = [value.decode("latin-1") for name, value in scope["headers"] if name == self._header]
        if not client or not told or not self._is_ours(client[0]):
            return
        for hop in reversed(",".join(told).split(",")):
            if (address := self._address(hop)) is None:
                return
            scope["client"] = (address, 0)
            if not self._is_ours(address):
                return

    def _address(self, hop: str) -> str | None:
        """Read one hop, as one header or the other spells it; what is no address ends the way."""
        if self._header == b"forwarded":
            found = _FOR.search(hop)
            hop = found[1] if found else ""
        bare = _PORT.sub(r"\1", hop.strip())
        try:
            return str(ip_address(bare.strip("[]")))
        except ValueError:
            return None

    def _is_ours(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)


class Heads:
    """Answers HEAD wherever GET is answered: the same head, and no body (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        scope["method"] = "GET"
        ended = False

        async def head_only(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                await send(message)
            elif not ended:
                ended = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        async def gone() -> Message:
            # Whoever streams an answer stops when its reader has gone: nobody reads this one.
            return {"type": "http.disconnect"} if ended else await receive()

        try:
            await self._app(scope, gone, head_only)
        finally:
            scope["method"] = "HEAD"
