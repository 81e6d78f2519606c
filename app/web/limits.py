"""How often a client, and an address, may ask for a token.

Every request counts for its address, so that whoever tries secrets is slowed down; only one with a right secret counts
for its client, so that nobody can lock a client out by trying in its name.  The counters are in this process unless
`DONDOC_LIMITS_STORAGE` names a shared store: with several processes and no store, each counts for itself.
"""

from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from time import time
from uuid import UUID

from fastapi import Request
from limits import parse
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.limits import RateLimitItem
from limits.storage import storage_from_string

from app.domain.errors import ServiceUnavailable, TooManyRequests
from app.settings import Settings

IPV6_SITE = 64
"""Whoever has one IPv6 address has all that begin with the same 64 bits."""


class TokenLimits:
    """Counts requests for tokens."""

    def __init__(self, settings: Settings) -> None:
        self.limiter = MovingWindowRateLimiter(storage_from_string(settings.limits_storage, wrap_exceptions=True))
        self.per_client, self.per_address = parse(settings.token_limit), parse(settings.address_limit)


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


async def _count(limiter: MovingWindowRateLimiter, limit: RateLimitItem, *whose: str) -> None:
    try:
        if await limiter.hit(limit, *whose):
            return
        stats = await limiter.get_window_stats(limit, *whose)
    except StorageError:
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
