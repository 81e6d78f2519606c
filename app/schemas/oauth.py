"""Tokens and keys on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.base import ResponseModel


class TokenIn(BaseModel):
    """A request for a token; parameters that are not known are ignored, as RFC 6749, section 3.2, asks.

    The id and the secret may come by HTTP Basic instead.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    grant_type: Annotated[str, Field(max_length=60, description="`client_credentials`")]
    client_id: Annotated[str | None, Field(max_length=60)] = None
    client_secret: Annotated[str | None, Field(max_length=200)] = None


class TokenOut(ResponseModel):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class KeyOut(ResponseModel):
    """A public key (RFC 7518, section 6.2); `kid` is its RFC 7638 thumbprint."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str
    use: Literal["sig"]
    alg: Literal["ES256"]


class KeySet(ResponseModel):
    """The public keys that verify our tokens (RFC 7517)."""

    keys: list[KeyOut]
