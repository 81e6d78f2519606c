"""What all tokens have in common: how they are read, and why one is refused."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

MAX_BYTES = 4096
LEEWAY = timedelta(seconds=5)
"""How far the clock that issued a token may be ahead of ours.  A token never outlives its end."""
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+\Z")


class Reason(StrEnum):
    """Why a token is refused; the caller is never told."""

    MISSING = "missing"
    MALFORMED = "malformed"
    HEADER = "header"
    KEY_UNKNOWN = "key-unknown"
    SIGNATURE = "signature"
    CLAIMS = "claims"
    EXPIRED = "expired"
    TOO_EARLY = "too-early"
    REVOKED = "revoked"
    CLIENT_UNKNOWN = "client-unknown"
    CLIENT_DISABLED = "client-disabled"


class TokenRefused(Exception):
    """A token is not taken, for a reason that is for the log, as is whose it is once that has been verified."""

    def __init__(self, reason: Reason, client_id: UUID | None = None) -> None:
        super().__init__(reason.value)
        self.reason, self.client_id = reason, client_id


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What a token says, once its signature and every claim have been checked.

    Ours name the client and have a `jti`; those of the external issuer have a subject, which a client is known by.
    """

    issuer: str
    subject: str
    scopes: frozenset[str]
    kid: str
    valid_from: datetime
    valid_until: datetime
    client_id: UUID | None = None
    jti: UUID | None = None

    def is_valid_at(self, now: datetime) -> bool:
        """Say whether a token that was valid once still is, as far as itself tells."""
        return self.valid_from <= now < self.valid_until


@dataclass(frozen=True)
class Unverified:
    """A token as it was sent: nothing in it may be believed."""

    token: str
    header: Mapping[str, Any]
    issuer: Any


def read(token: str) -> Unverified:
    """Read a token's header, and which issuer it names.

    Raises:
        TokenRefused: it is too long, or no signed JWT in compact form.
    """
    parts = _COMPACT.match(token) if len(token) <= MAX_BYTES else None
    if parts is None:
        raise TokenRefused(Reason.MALFORMED)
    try:
        header, claims = (_object(part) for part in parts.groups())
    except (ValueError, RecursionError):
        raise TokenRefused(Reason.MALFORMED) from None
    return Unverified(token, header, claims.get("iss"))


def _object(part: str) -> dict[str, Any]:
    found = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)), object_pairs_hook=_once_each)
    if not isinstance(found, dict):
        raise ValueError("is no object")
    return found


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: two readers could take it for two things."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("names something twice")
    return found


def check_times(claims: Mapping[str, Any], now: datetime, *, at_most: timedelta) -> None:
    """Check that a token is valid now, and not for longer than any may be.

    Raises:
        TokenRefused: it is not.
    """
    times = [claims["iat"], claims.get("nbf", claims["iat"]), claims["exp"]]
    if any(type(one) is not int for one in times):
        raise TokenRefused(Reason.CLAIMS)
    issued, not_before, expires = times
    if max(issued, not_before) > (now + LEEWAY).timestamp():
        raise TokenRefused(Reason.TOO_EARLY)
    if expires <= now.timestamp():
        raise TokenRefused(Reason.EXPIRED)
    if not 0 < expires - issued <= at_most.total_seconds():
        raise TokenRefused(Reason.CLAIMS)
