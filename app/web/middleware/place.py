"""Where the service stands: under which prefix of an address (`DONDOC_ISSUER`), and behind which proxies.

Inside, every path begins at the root, whether or not a proxy has taken the prefix away; whatever leads somewhere is
given the prefix on its way out.  Who calls is what the nearest proxy that is not ours was told from, and nobody else's
word is taken for it: of the two headers for that, the other one may be the caller's own.
"""

import re
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings

Networks = tuple[IPv4Network | IPv6Network, ...]
METADATA = "/.well-known/oauth-authorization-server"
_LEADING = re.compile(rb"(?:\A|(?<=<))(?=/)")
"""Where a path begins in a header that leads somewhere."""
_FOR = re.compile(r'(?:\A|;)\s*for="?\[?([0-9A-Fa-f.:]+)', re.ASCII | re.IGNORECASE)
_PORT = re.compile(r"\A([0-9.]+):\d+\Z", re.ASCII)


class Place:
    """Takes the prefix away on the way in, and puts it before what leads somewhere on the way out."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        settings: Settings = self._state.settings
        scope["prefix"] = prefix = settings.prefix
        scope["path"] = _inside(prefix, scope["path"])
        _see_through(scope, settings.forwarded_header, networks(settings.trusted_proxies))

        async def leading(message: Message) -> None:
            if prefix and message["type"] == "http.response.start":
                message["headers"] = [(name, _outside(prefix, name, value)) for name, value in message["headers"]]
            await send(message)

        await self._app(scope, receive, leading)


def _inside(prefix: str, path: str) -> str:
    if path == f"{METADATA}{prefix}":
        # RFC 8414, section 3.1: the path of the issuer follows the well-known one.
        return METADATA
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path


def _outside(prefix: str, name: bytes, value: bytes) -> bytes:
    return _LEADING.sub(prefix.encode(), value) if name in {b"location", b"link"} else value


def _see_through(scope: Scope, header: str, ours: Networks) -> None:
    """Find out who called the first of our proxies; it may have hidden that, and then nobody knows."""
    client = scope.get("client")
    told = [value.decode("latin-1") for name, value in scope["headers"] if name == header.encode()]
    caller = _read(client[0]) if client else None
    for hop in reversed(",".join(told).split(",")):
        if caller is None or not any(caller in network for network in ours):
            return
        if (caller := _read(_of_hop(hop, header))) is None:
            return
        scope["client"] = (str(caller), 0)


def _of_hop(hop: str, header: str) -> str:
    """Read one hop as one header or the other spells it."""
    if header == "forwarded":
        found = _FOR.search(hop)
        return found[1] if found else ""
    return _PORT.sub(r"\1", hop.strip()).strip("[]")


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


@cache
def networks(text: str) -> Networks:
    """Read addresses and networks."""
    return tuple(ip_network(one) for one in text.split())


class Heads:
    """Answers HEAD wherever GET is answered: the same head, and no body (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        # Whoever records what was given has to know that nothing is.
        scope["method"], scope["head_only"] = "GET", True
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
