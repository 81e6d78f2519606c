"""A provider of identities (OpenID Connect Core 1.0): where people sign in, by the code flow with PKCE (RFC 7636).

What it says of itself is read from its own address and kept for a while.  An answer of it counts only with the nonce
that went with the question, for us, and signed by a key that it publishes.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlsplit

from app.domain.errors import ServiceUnavailable, SignInRefused
from app.logs import log
from app.security.tokens.claims import TokenRefused, check_times, read
from app.settings import LOOPBACK, ExternalIssuer, LoginProvider

if TYPE_CHECKING:
    from app.security.tokens.external import External

SCOPE = "openid profile"
KEPT = timedelta(minutes=10)
"""How long what the provider says of itself is used."""
LONGEST = timedelta(hours=24)
TIMEOUT_SECONDS = 5
MAX_BYTES = 256 * 1024
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Account:
    """Who somebody is at the provider."""

    issuer: str
    subject: str
    shown_as: str

    @property
    def known_as(self) -> str:
        """What tells the account from all others, anywhere."""
        return f"{self.issuer} {self.subject}"


@dataclass(frozen=True)
class Round:
    """One round by the provider: where it leads back to, and what only we and this round know."""

    back: str
    state: str
    nonce: str
    verifier: str


class Provider:
    """Leads people to the provider, and makes sure who comes back."""

    def __init__(self, settings: LoginProvider) -> None:
        self._settings = settings
        self._read_at: datetime | None = None
        self._metadata: Mapping[str, Any] = {}
        self._signer: External | None = None

    @property
    def shown_as(self) -> str:
        """What the provider is called on pages."""
        return self._settings.shown_as

    @property
    def issuer(self) -> str:
        """The name of the provider."""
        return self._settings.issuer

    async def address(self, this: Round, *, now: datetime) -> str:
        """Return where to lead somebody.

        Raises:
            ServiceUnavailable: the provider cannot be asked.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415  Most services need none.
        from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415  As above.

        metadata = await self._known(now)
        asked = {
            "nonce": this.nonce,
            "code_challenge": create_s256_code_challenge(this.verifier),
            "code_challenge_method": "S256",
        }
        there, ours = metadata["authorization_endpoint"], self._settings.client_id
        return str(prepare_grant_uri(there, ours, "code", this.back, SCOPE, this.state, **asked))

    async def account(self, this: Round, code: str, *, now: datetime) -> Account:
        """Return who came back with a code.

        Raises:
            SignInRefused: the provider does not take the code, or what it says is not for us and this round.
            ServiceUnavailable: the provider cannot be asked.
        """
        token = await self._token(this, code, await self._known(now))
        assert self._signer is not None  # noqa: S101  It was made when the provider became known.
        try:
            claims, _ = await self._signer.signed(read(token), now=now)
            self._check(claims, this, now)
            shown_as = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])[:200]
            return Account(self.issuer, claims["sub"], shown_as)
        except (TokenRefused, KeyError, TypeError, ValueError, AttributeError):
            raise SignInRefused from None

    def _check(self, claims: Mapping[str, Any], this: Round, now: datetime) -> None:
        """Check what was signed (OpenID Connect Core 1.0, section 3.1.3.7)."""
        ours = self._settings.client_id
        audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
        of_us = ours in audiences and claims.get("azp", ours) == ours and (len(audiences) == 1 or "azp" in claims)
        is_ours = hmac.compare_digest(str(claims["nonce"]), this.nonce)
        subject = claims["sub"]
        if not (
            claims["iss"] == self.issuer and of_us and is_ours and isinstance(subject, str) and 0 < len(subject) < 256
        ):
            raise SignInRefused
        check_times(claims, now, at_most=LONGEST)

    async def _token(self, this: Round, code: str, metadata: Mapping[str, Any]) -> str:
        import httpx  # noqa: PLC0415  Most services have no provider.
        from authlib.oauth2.rfc6749.parameters import prepare_token_request  # noqa: PLC0415  As above.

        ours = self._settings
        body = prepare_token_request(
            "authorization_code",
            redirect_uri=this.back,
            code=code,
            code_verifier=this.verifier,
            client_id="" if ours.client_secret else ours.client_id,
        )
        # RFC 6749, section 2.3.1: both are spelled as in a form.
        by = (quote_plus(ours.client_id), quote_plus(ours.client_secret)) if ours.client_secret else None
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            async with httpx.AsyncClient(auth=by, timeout=TIMEOUT_SECONDS, trust_env=False) as http:
                answer = await http.post(metadata["token_endpoint"], content=body, headers=sent)
                return str(json.loads(answer.raise_for_status().content[:MAX_BYTES])["id_token"])
        except httpx.TransportError:
            raise ServiceUnavailable from None
        except (httpx.HTTPError, ValueError, KeyError, TypeError, RecursionError) as error:
            log.warning("code refused by the provider", kind=type(error).__name__)
            raise SignInRefused from None

    async def _known(self, now: datetime) -> Mapping[str, Any]:
        if self._read_at is None or abs(now - self._read_at) >= KEPT:
            self._metadata = await self._asked()
            self._read_at = now
            self._signer = _signer(self._settings, self._metadata["jwks_uri"])
        return self._metadata

    async def _asked(self) -> Mapping[str, Any]:
        import httpx  # noqa: PLC0415  As above.

        at = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as http:
                answer = await http.get(at)
                return _usable(json.loads(answer.raise_for_status().content[:MAX_BYTES]), self.issuer)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.warning("provider unavailable", kind=type(error).__name__)
            raise ServiceUnavailable from None


def _usable(said: Mapping[str, Any], issuer: str) -> Mapping[str, Any]:
    """Take what a provider says of itself, if it is the one that was asked and nobody can listen."""
    if said["issuer"] != issuer or not all(_is_safe(str(said[name])) for name in ENDPOINTS):
        raise ValueError("no such provider")
    return said


def _is_safe(url: str) -> bool:
    place = urlsplit(url)
    return place.scheme == "https" or (place.scheme == "http" and place.hostname in LOOPBACK)


def _signer(settings: LoginProvider, jwks: str) -> "External":
    from app.security.tokens.external import External  # noqa: PLC0415  It brings a client that fetches keys.

    return External(ExternalIssuer(settings.issuer, settings.client_id, settings.algorithms, jwks))
