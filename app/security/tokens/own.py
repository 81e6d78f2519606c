"""Our own tokens: signed with ES256, good for ten minutes."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from jose import jws
from jose.exceptions import JOSEError

from app.security.token_keys import LIFETIME, Keyring, Keys
from app.security.tokens.claims import LEEWAY, Reason, TokenRefused, Unverified, Verified, check_times, read

AUDIENCE = "dondoc"
ALGORITHM = "ES256"
TYPE = "at+jwt"


def issue(keys: Keys, client_id: UUID, scopes: Iterable[str], *, issuer: str, now: datetime) -> str:
    """Sign an access token for a client."""
    key, issued = keys.at(now).current, int(now.timestamp())
    claims = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": str(client_id),
        "client_id": str(client_id),
        "iat": issued,
        "nbf": issued,
        "exp": issued + int(LIFETIME.total_seconds()),
        "jti": uuid4().hex,
        "scope": " ".join(scopes),
    }
    token: str = jws.sign(claims, key.signing, headers={"typ": TYPE, "kid": key.kid}, algorithm=ALGORITHM)
    return token


def verify(keys: Keys, token: str, *, issuer: str, now: datetime) -> Verified:
    """Verify a token of ours.

    Raises:
        TokenRefused: for every other token, whatever is wrong with it.
    """
    return verify_read(keys.at(now), read(token), issuer=issuer, now=now)


def verify_read(ring: Keyring, sent: Unverified, *, issuer: str, now: datetime) -> Verified:
    """Verify a token of ours that has been read.

    Raises:
        TokenRefused: for every other token, whatever is wrong with it.
    """
    kid = sent.header.get("kid")
    if sent.header != {"alg": ALGORITHM, "typ": TYPE, "kid": kid}:
        raise TokenRefused(Reason.HEADER)
    key = ring.live.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise TokenRefused(Reason.KEY_UNKNOWN)
    try:
        claims = json.loads(jws.verify(sent.token, key.verifying, [ALGORITHM]))
    except (JOSEError, ValueError, RecursionError):
        raise TokenRefused(Reason.SIGNATURE) from None
    try:
        return _checked(claims, key.kid, issuer, now)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TokenRefused(Reason.CLAIMS) from None


def _checked(claims: dict[str, Any], kid: str, issuer: str, now: datetime) -> Verified:
    exact = {"iss": issuer, "aud": AUDIENCE, "client_id": claims["sub"]}
    if any(claims[name] != value for name, value in exact.items()) or type(claims["nbf"]) is not int:
        raise TokenRefused(Reason.CLAIMS)
    check_times(claims, now, at_most=LIFETIME)
    return Verified(
        issuer=issuer,
        subject=claims["sub"],
        scopes=frozenset(claims["scope"].split()),
        kid=kid,
        valid_from=datetime.fromtimestamp(claims["nbf"], UTC) - LEEWAY,
        valid_until=datetime.fromtimestamp(claims["exp"], UTC),
        client_id=UUID(claims["sub"]),
        jti=UUID(claims["jti"]),
    )
