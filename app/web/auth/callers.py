"""From a token to a caller, by a memory with an end.

A verified token is remembered until it ends, which saves its signature's check; what its client may do is looked up
again after a few seconds.  So a disabled client, a lost body and a revoked token are noticed that late, by every worker
and on tokens that were issued before.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.database.engine import SYSTEM, Database
from app.database.statements import Row, fetch_first
from app.domain.access import Caller, Role, granted
from app.queries import clients
from app.security.token_keys import Keys
from app.security.tokens import own
from app.security.tokens.claims import Reason, TokenRefused, Verified, read
from app.settings import Settings

if TYPE_CHECKING:
    from app.security.tokens.external import External

NOTICED_WITHIN = timedelta(seconds=5)
CAPACITY = 4096
"""Tokens that are remembered; each takes about a kilobyte."""


@dataclass
class _Known:
    """A token that was good, and its caller as of some seconds ago."""

    verified: Verified
    caller: Caller
    looked_up_at: datetime


class Callers:
    """Tells who calls."""

    def __init__(self, keys: Keys, settings: Settings) -> None:
        self._keys, self._issuer = keys, settings.issuer
        self._external = _external(settings)
        self._known: dict[bytes, _Known] = {}

    async def of(self, database: Database, token: str, now: datetime) -> Caller:
        """Return the caller whose token this is.

        Raises:
            TokenRefused: the token is not valid, or is revoked, or its client is unknown or disabled.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._known.get(digest)
        if known and self._is_fresh(known, now):
            return known.caller
        self._known.pop(digest, None)
        verified = known.verified if known and self._is_good(known.verified, now) else await self._verify(token, now)
        caller = await _look_up(database, verified)
        self._remember(digest, _Known(verified, caller, now))
        return caller

    def _is_fresh(self, known: _Known, now: datetime) -> bool:
        return abs(now - known.looked_up_at) < NOTICED_WITHIN and self._is_good(known.verified, now)

    def _is_good(self, verified: Verified, now: datetime) -> bool:
        key_lives = verified.issuer != self._issuer or verified.kid in self._keys.at(now).live
        return key_lives and verified.is_valid_at(now)

    async def _verify(self, token: str, now: datetime) -> Verified:
        """Verify a token by the rules of the issuer that it names, which then have to find that name signed."""
        sent = read(token)
        if self._external and sent.issuer == self._external.name:
            return await self._external.verify(sent, now=now)
        return own.verify_read(self._keys.at(now), sent, issuer=self._issuer, now=now)

    def _remember(self, digest: bytes, known: _Known) -> None:
        """Keep a token, and let the one go that has been kept for longest when there are too many."""
        while len(self._known) >= CAPACITY:
            del self._known[next(iter(self._known))]
        self._known[digest] = known


async def _look_up(database: Database, verified: Verified) -> Caller:
    ours = {"client_id": verified.client_id}
    named = ours if verified.client_id else {"issuer": verified.issuer, "subject": verified.subject}
    async with database.reading(SYSTEM) as connection:
        row = await fetch_first(connection, clients.caller, jti=verified.jti, **named)
    if row is None:
        raise TokenRefused(Reason.CLIENT_UNKNOWN)
    for is_so, reason in ((row["disabled_at"], Reason.CLIENT_DISABLED), (row["revoked"], Reason.REVOKED)):
        if is_so:
            raise TokenRefused(reason, row["id"])
    return _caller(row, verified)


def _caller(row: Row, verified: Verified) -> Caller:
    """Cut what the token may do to what its client may."""
    role = Role(row["role"])
    return Caller(
        client_id=row["id"],
        role=role,
        name=row["name"],
        scopes=frozenset(act for act in granted(role, row["scopes"]) if act in verified.scopes),
        body_ids=frozenset(row["body_ids"] or ()),
    )


def _external(settings: Settings) -> "External | None":
    if settings.external_issuer is None:
        return None
    from app.security.tokens.external import External  # noqa: PLC0415  It brings a client that fetches keys.

    return External(settings.external_issuer)
