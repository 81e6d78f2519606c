"""Access tokens: JWTs as RFC 9068 has them, signed with ES256.  The only module that touches python-jose's JWS.

The library accepts too much when asked loosely: so the header is checked before anything, one algorithm and one key
object are given, every claim is asked for, and whatever goes wrong is the same refusal.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from jose import jws

from app.domain.errors import NotAuthenticated
from app.web.keys import Keyring

AUDIENCE = "dondoc"
LIFETIME = timedelta(minutes=10)
MAX_BYTES = 4096
ALGORITHM = "ES256"
TYPE = "at+jwt"


def issue(keys: Keyring, client_id: UUID, scopes: Iterable[str], *, issuer: str, now: datetime) -> str:
    """Sign an access token for a client."""
    issued = int(now.timestamp())
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
    token: str = jws.sign(claims, keys.signing, headers={"typ": TYPE, "kid": keys.kid}, algorithm=ALGORITHM)
    return token


def client_of(keys: Keyring, token: str, *, issuer: str, now: datetime) -> UUID:
    """Verify a token and return the client that it was issued to.

    Raises:
        NotAuthenticated: for every other token, whatever is wrong with it.
    """
    try:
        _check_header(token, keys)
        claims = json.loads(jws.verify(token, keys.verifying, [ALGORITHM]))
        _check_claims(claims, issuer, now.timestamp())
        return UUID(claims["sub"])
    except Exception:  # noqa: BLE001  A hostile token may raise anything, a RecursionError included.
        raise NotAuthenticated from None


def _check_header(token: str, keys: Keyring) -> None:
    if len(token) > MAX_BYTES or token.count(".") != 2:
        raise ValueError
    encoded = token.partition(".")[0]
    header = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    if header != {"alg": ALGORITHM, "typ": TYPE, "kid": keys.kid}:
        raise ValueError


def _check_claims(claims: dict[str, Any], issuer: str, now: float) -> None:
    exact = {"iss": issuer, "aud": AUDIENCE, "client_id": claims["sub"]}
    if any(claims[name] != value for name, value in exact.items()):
        raise ValueError
    if not all(type(claims[name]) is int for name in ("iat", "nbf", "exp")):
        raise ValueError
    in_time = claims["iat"] <= now and claims["nbf"] <= now < claims["exp"]
    brief = claims["exp"] - claims["iat"] <= LIFETIME.total_seconds()
    if not (in_time and brief and claims["jti"] and isinstance(claims["scope"], str)):
        raise ValueError
