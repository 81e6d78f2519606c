"""Tokens of one external OpenID Connect issuer, such as a ministry's: verified by its published keys.

The issuer, the audience, the algorithms and where the keys are all come from the settings, never from a token.  Its
keys are read from a file, or fetched and kept for a while; when they cannot be had, its tokens are refused.
"""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from jose import jwk, jws
from jose.backends.base import Key
from jose.exceptions import JOSEError

from app.logs import log
from app.security.tokens.claims import LEEWAY, Reason, TokenRefused, Unverified, Verified, check_times
from app.settings import ExternalIssuer

LONGEST = timedelta(hours=24)
"""No token may be good for longer: its subject may lose its rights at the issuer, and we would not hear of it."""
REMEMBERED = timedelta(minutes=5)
"""How long a verified token is taken without looking at the issuer's keys again."""
KEPT = timedelta(minutes=10)
"""How long keys are used before they are fetched again."""
OUTLIVED = timedelta(hours=1)
"""How long keys are used when they cannot be fetched again."""
AGAIN_AFTER = timedelta(seconds=30)
"""How long to wait between two attempts, whatever unknown keys tokens name."""
TIMEOUT_SECONDS = 5
MAX_BYTES = 256 * 1024
MIN_RSA_BITS = 2048
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
TYPES = {None, "JWT", "at+jwt", "application/at+jwt"}
HEADER = {"alg", "kid", "typ", "x5t", "x5t#S256"}
"""What a header may hold; everything else would ask us to do something: `crit`, `jku`, `jwk`, `x5u`, `zip` …"""


@dataclass(frozen=True)
class PublicKey:
    """A key of the issuer, for one algorithm."""

    algorithm: str
    key: Key


class External:
    """Verifies the issuer's tokens."""

    def __init__(self, issuer: ExternalIssuer) -> None:
        self._issuer = issuer
        self._keys = KeySource(issuer)

    @property
    def name(self) -> str:
        """The issuer's name, as its tokens say it."""
        return self._issuer.name

    async def verify(self, sent: Unverified, *, now: datetime) -> Verified:
        """Verify a token of the issuer.

        Raises:
            TokenRefused: for every other token, whatever is wrong with it.
        """
        claims, kid = await self.signed(sent, now=now)
        try:
            return self._checked(claims, kid, now)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise TokenRefused(Reason.CLAIMS) from None

    async def signed(self, sent: Unverified, *, now: datetime) -> tuple[dict[str, Any], str]:
        """Return what the issuer has signed, and by which key; what it says is still to be checked.

        Raises:
            TokenRefused: the issuer has not signed it.
        """
        algorithm, kid = self._of_header(sent.header)
        found = await self._keys.get(kid, now)
        if found is None or found.algorithm != algorithm:
            raise TokenRefused(Reason.KEY_UNKNOWN)
        try:
            return json.loads(jws.verify(sent.token, found.key, [algorithm])), kid
        except (JOSEError, ValueError, RecursionError):
            raise TokenRefused(Reason.SIGNATURE) from None

    def _of_header(self, header: Mapping[str, Any]) -> tuple[str, str]:
        algorithm, kid = header.get("alg"), header.get("kid")
        if not (header.keys() <= HEADER and isinstance(algorithm, str) and isinstance(kid, str)):
            raise TokenRefused(Reason.HEADER)
        if algorithm not in self._issuer.algorithms or header.get("typ") not in TYPES:
            raise TokenRefused(Reason.HEADER)
        return algorithm, kid

    def _checked(self, claims: dict[str, Any], kid: str, now: datetime) -> Verified:
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        subject = claims["sub"]
        known = claims["iss"] == self.name and self._issuer.audience in audiences
        if not (known and isinstance(subject, str) and subject):
            raise TokenRefused(Reason.CLAIMS)
        check_times(claims, now, at_most=LONGEST)
        return Verified(
            issuer=self.name,
            subject=subject,
            scopes=_scopes(claims),
            kid=kid,
            valid_from=datetime.fromtimestamp(claims["iat"], UTC) - LEEWAY,
            valid_until=min(datetime.fromtimestamp(claims["exp"], UTC), now + REMEMBERED),
        )


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """Read the scopes as RFC 9068 spells them, or as the widespread `scp`, in text or as a list."""
    scopes = claims.get("scope", claims.get("scp", ""))
    return frozenset(scopes.split() if isinstance(scopes, str) else map(str, scopes))


class KeySource:
    """The issuer's keys, from a file or an address."""

    def __init__(self, issuer: ExternalIssuer) -> None:
        self._issuer = issuer
        self._keys: dict[str, PublicKey] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def get(self, kid: str, now: datetime) -> PublicKey | None:
        """Return a key, after a look at the issuer's if ours are old or do not have it.

        Whose key is known and young waits for no look that somebody else has caused.
        """
        if kid in self._keys and self._is_younger(KEPT, now):
            return self._keys[kid]
        async with self._lock:
            if self._should_try(kid, now):
                self._tried_at = now
                await self._refresh(now)
        return self._keys.get(kid) if self._is_younger(OUTLIVED, now) else None

    def _should_try(self, kid: str, now: datetime) -> bool:
        if self._tried_at is not None and abs(now - self._tried_at) < AGAIN_AFTER:
            return False
        return kid not in self._keys or not self._is_younger(KEPT, now)

    def _is_younger(self, age: timedelta, now: datetime) -> bool:
        return self._fetched_at is not None and abs(now - self._fetched_at) < age

    async def _refresh(self, now: datetime) -> None:
        try:
            content = await self._content()
            self._keys = dict(_usable(json.loads(content), self._issuer.algorithms))
            self._fetched_at = now
        except (OSError, httpx.HTTPError, JOSEError, *UNREADABLE) as error:
            log.warning("issuer's keys unavailable", kind=type(error).__name__)

    async def _content(self) -> bytes:
        if not self._issuer.jwks.startswith(("https://", "http://")):
            return await asyncio.to_thread(Path(self._issuer.jwks).read_bytes)
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            httpx.AsyncClient(timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False) as http,
            http.stream("GET", self._issuer.jwks) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise ValueError("no keys")
            return await _bounded(answer)


async def _bounded(answer: httpx.Response) -> bytes:
    content = bytearray()
    async for piece in answer.aiter_bytes():
        content += piece
        if len(content) > MAX_BYTES:
            raise ValueError("too many keys")
    return bytes(content)


def _usable(found: Any, algorithms: frozenset[str]) -> Iterator[tuple[str, PublicKey]]:
    """Keep the keys that can verify one of the configured algorithms; the others are none of our business."""
    for shown in found["keys"]:
        algorithm = shown.get("alg") or _DEFAULTS.get((shown.get("kty"), shown.get("crv")), "")
        fits = algorithm in algorithms and _KEY_TYPES[algorithm[:2]] == shown.get("kty") and "d" not in shown
        if fits and isinstance(shown.get("kid"), str) and shown.get("use", "sig") == "sig":
            key = jwk.construct(shown, algorithm)
            if shown["kty"] != "RSA" or key.prepared_key.key_size >= MIN_RSA_BITS:
                yield shown["kid"], PublicKey(algorithm, key)


_KEY_TYPES = {"RS": "RSA", "ES": "EC"}
_DEFAULTS = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("EC", "P-384"): "ES384",
    ("EC", "P-521"): "ES512",
}
"""What a key that names no algorithm is for."""
