"""Calls to addresses that others name: made only where connecting is allowed, and to just the address that was checked.

A name is resolved once a call.  Every address that it has must be allowed; then one of them is connected to by number,
while the host's name stays in `Host` and in the TLS handshake, whose certificate must be for that name.  No redirect is
followed, no proxy asked, and nothing read of an answer but its head.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from app.domain.special_addresses import Address
from app.domain.webhooks import address_of

if TYPE_CHECKING:
    import httpx

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
MayConnect = Callable[[Address], bool]
PATIENCE_SECONDS = 10
"""How long a call takes at most, over all."""


class Forbidden(Exception):
    """The name leads to where no connection may be made."""


class TimedOut(Exception):
    """There was no answer in time."""


class Unreachable(Exception):
    """There was no connection, or no answer that could be read."""


async def resolve(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of a name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Outgoing:
    """Makes calls."""

    def __init__(
        self,
        may_connect: MayConnect,
        *,
        resolve: Resolve = resolve,
        context: ssl.SSLContext | None = None,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._may_connect, self._resolve, self._patience = may_connect, resolve, patience
        self._given = context

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """Whom to trust; by default whomever this machine trusts, which are many to read."""
        return self._given or ssl.create_default_context()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Post something, and return the status of the answer.

        Raises:
            Forbidden, TimedOut, Unreachable: see there.
        """
        import httpx  # noqa: PLC0415  Most services have no webhooks.

        try:
            async with asyncio.timeout(self._patience):
                return await self._post(httpx.URL(url), headers, body)
        except (TimeoutError, httpx.TimeoutException):
            raise TimedOut from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, UnicodeError, ValueError):
            raise Unreachable from None

    async def _post(self, url: "httpx.URL", headers: Mapping[str, str], body: bytes) -> int:
        import httpx  # noqa: PLC0415  As above.

        host = url.raw_host.decode("ascii")
        addresses = [address_of(one) for one in await self._resolve(host, url.port or _PORTS[url.scheme])]
        if not addresses:
            raise Unreachable
        if not all(self._may_connect(address) for address in addresses):
            raise Forbidden
        sent = {**headers, "Host": url.netloc.decode("ascii"), "User-Agent": "Dondoc", "Accept-Encoding": "identity"}
        async with httpx.AsyncClient(verify=self._context, trust_env=False, timeout=self._patience) as client:
            for address in addresses:
                try:
                    return await _ask(client, url.copy_with(host=str(address)), host, sent, body)
                except httpx.ConnectError:
                    continue
        raise Unreachable


_PORTS = {"https": 443, "http": 80}


async def _ask(
    client: "httpx.AsyncClient", url: "httpx.URL", host: str, headers: Mapping[str, str], body: bytes
) -> int:
    """Ask one address under the name of its host, and leave before the answer's body."""
    named = {"sni_hostname": host}
    async with client.stream("POST", url, headers=headers, content=body, extensions=named) as response:
        return response.status_code
