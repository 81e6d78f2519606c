"""How often a client, and an address, may ask for a token.

Every request counts for its address, so that whoever tries secrets is slowed down; only one with a right secret counts
for its client, so that nobody can lock a client out by trying in its name.  The counters are in this process, or in the
one that looks after several, unless `DONDOC_LIMITS_STORAGE` names a shared store: each machine counts for itself.
"""

from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from time import time
from typing import Any, Protocol
from uuid import UUID

from fastapi import Request
from limits import parse, strategies
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.limits import RateLimitItem
from limits.storage import MemoryStorage, storage_from_string
from limits.util import WindowStats

from app.domain.errors import ServiceUnavailable, TooManyRequests
from app.settings import Settings

IPV6_SITE = 64
"""Whoever has one IPv6 address has all that begin with the same 64 bits."""


class Limiter(Protocol):
    """Counts, and says how long not to come again; as the library `limits` does."""

    async def hit(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Count once more, unless that is once too often."""
        ...

    async def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """Say when the counting begins anew."""
        ...


def counting() -> Callable[[str, RateLimitItem, tuple[str, ...]], bool | WindowStats]:
    """Count for several processes, which ask for what a limiter does by its name."""
    limiter = strategies.MovingWindowRateLimiter(MemoryStorage())
    acts: dict[str, Callable[..., bool | WindowStats]] = {"hit": limiter.hit, "stats": limiter.get_window_stats}
    return lambda act, item, identifiers: acts[act](item, *identifiers)


class CountedElsewhere:
    """Asks the process that counts for several."""

    def __init__(self, ask: Callable[..., Awaitable[Any]]) -> None:
        self._ask = ask

    async def hit(self, item: RateLimitItem, *identifiers: str) -> bool:
        """Count once more, unless that is once too often."""
        return bool(await self._ask("hit", item, identifiers))

    async def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """Say when the counting begins anew."""
        return WindowStats(*await self._ask("stats", item, identifiers))


class TokenLimits:
    """Counts requests for tokens."""

    def __init__(self, settings: Settings, limiter: Limiter | None = None) -> None:
        self.limiter = limiter or _limiter(settings)
        self.per_client, self.per_address = parse(settings.token_limit), parse(settings.address_limit)


def _limiter(settings: Settings) -> Limiter:
    return MovingWindowRateLimiter(storage_from_string(settings.limits_storage, wrap_exceptions=True))


async def count_address(request: Request) -> None:
    """Count a request, whoever sends it.

    Raises:
        TooManyRequests: with the seconds until it makes sense to try again.
        ServiceUnavailable: the store of the counters does not answer: nobody is let in uncounted.
    """
    limits: TokenLimits = request.app.state.token_limits
    await _count(limits.limiter, limits.per_address, "address", _site_of(request.client.host if request.client else ""))


async def count_client(request: Request, client_id: UUID) -> None:
    """Count a request of a client that has proved who it is.

    Raises:
        TooManyRequests: with the seconds until it makes sense to try again.
        ServiceUnavailable: the store of the counters does not answer: nobody is let in uncounted.
    """
    limits: TokenLimits = request.app.state.token_limits
    await _count(limits.limiter, limits.per_client, "client", str(client_id))


async def _count(limiter: Limiter, limit: RateLimitItem, *whose: str) -> None:
    try:
        if await limiter.hit(limit, *whose):
            return
        stats = await limiter.get_window_stats(limit, *whose)
    except (StorageError, TimeoutError):
        raise ServiceUnavailable from None
    raise TooManyRequests(wait_seconds=max(1, ceil(stats.reset_time - time())))


def _site_of(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or IPv6Network((address, IPV6_SITE), strict=False))
