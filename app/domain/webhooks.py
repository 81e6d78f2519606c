"""Webhooks: how a delivery is signed, when it is tried again, and where it may go.

Source: Standard Webhooks 1.0 (standardwebhooks.com).
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from app.domain.special_addresses import Address, Network, is_public

PREFIX = "whsec_"
SECRET_BYTES = 32
OVERLAP = timedelta(days=1)
"""How long deliveries are signed with the secret before as well, once a new one was made."""
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""How long to wait after each attempt that failed: three days and a bit, over all."""
JITTER = 0.1
"""By which part a wait is made longer at most, so that deliveries that failed together do not come back together."""
GONE = 410
_PORTS = {"https": 443, "http": 80}
_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r'(?P<rest>[/?][!"$-\[\]-~]*)?',
    re.ASCII | re.IGNORECASE,
)
"""An address that every reader takes for the same: plain characters, no user, no backslash."""


class DeliveryState(StrEnum):
    """Where a delivery stands: it is still tried, it arrived, or nobody tries it any more."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Outcome(StrEnum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    FORBIDDEN = "forbidden"


class Disabled(StrEnum):
    """Why nothing is sent to a webhook: its client said so, its receiver did (410), or it failed for three days."""

    ASKED = "asked"
    GONE = "gone"
    FAILING = "failing"


def wait_after(attempts: int, chance: float) -> timedelta | None:
    """Return how long to wait after so many attempts that failed; none when it is tried no more.

    `chance` lies in 0 … 1 and decides how much longer the wait is made.
    """
    return WAITS[attempts - 1] * (1 + JITTER * chance) if attempts <= len(WAITS) else None


def spelled(secret: bytes) -> str:
    """Spell a secret as receivers get it."""
    return PREFIX + base64.b64encode(secret).decode()


def headers_of(event_id: str, body: bytes, secrets: Iterable[bytes], now: datetime) -> dict[str, str]:
    """Return the three headers of a delivery, with one signature for each secret."""
    at = str(int(now.timestamp()))
    signed = f"{event_id}.{at}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode() for secret in secrets)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


class NoTarget(ValueError):
    """This names neither an origin nor a network."""


@dataclass(frozen=True)
class Targets:
    """Where the operator lets deliveries go: origins, and networks that may be connected to though they are internal.

    An origin is a scheme, a host in lower case and a port.
    """

    origins: frozenset[tuple[str, str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Targets":
        """Read an allow-list, such as `https://hooks.example.org 10.1.2.0/24`.

        Raises:
            NoTarget: an entry is something else.
        """
        entries = text.split()
        origins = frozenset(_listed(entry) for entry in entries if "://" in entry)
        return cls(origins, tuple(_network(entry) for entry in entries if "://" not in entry))

    def allow(self, url: str) -> bool:
        """Say whether a delivery may go to an address."""
        return origin_of(url) in self.origins

    def may_connect(self, address: Address) -> bool:
        """Say whether a connection may be made: to the public internet, or where the operator says so by number.

        An IPv4 address in the clothes of IPv6 (translated, tunnelled or mapped) is not public: a network of which that
        is the only way out is one for the operator to name.
        """
        return any(address in network for network in self.networks) or is_public(address)


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Return the origin of an address; none when it has none, holds a user or a fragment, or is spelled strangely."""
    found = _ADDRESS.fullmatch(url)
    if found is None:
        return None
    scheme, port = found["scheme"].lower(), found["port"]
    return scheme, found["host"].lower().strip("[]"), _PORTS[scheme] if port is None else int(port)


def _listed(entry: str) -> tuple[str, str, int]:
    origin, found = origin_of(entry), _ADDRESS.fullmatch(entry)
    if origin is None or found is None or found["rest"] not in {None, "/"}:
        raise NoTarget("an origin is a scheme, a host and perhaps a port, such as https://hooks.example.org")
    return origin


def _network(entry: str) -> Network:
    try:
        return ip_network(entry)
    except ValueError:
        raise NoTarget("a network is written like 10.1.2.0/24") from None


def address_of(text: str) -> Address:
    """Read an address as a resolver gives it, without the zone that a link-local one may carry."""
    return ip_address(text.partition("%")[0])
