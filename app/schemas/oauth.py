"""Tokens, keys and metadata on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.schemas.base import ResponseModel


class CredentialsIn(BaseModel):
    """Who asks; parameters that are not known are ignored, as RFC 6749, section 3.2, asks.

    The id and the secret may come by HTTP Basic instead.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    client_id: Annotated[str, Field(max_length=60)] = ""
    client_secret: Annotated[str, Field(max_length=200)] = ""


class TokenIn(CredentialsIn):
    """A request for a token (RFC 6749, section 4.4.2)."""

    grant_type: Annotated[str, Field(max_length=60, description="`client_credentials`")] = ""
    scope: Annotated[str, Field(max_length=1000, description="Fewer scopes than the client has.")] = ""


class RevocationIn(CredentialsIn):
    """A token that its client takes back (RFC 7009, section 2.1)."""

    token: Annotated[str, Field(max_length=10_000)]
    token_type_hint: Annotated[str, Field(max_length=60, description="Is not needed.")] = ""


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


class Metadata(ResponseModel):
    """Where and how a client gets a token (RFC 8414, section 2)."""

    issuer: str
    token_endpoint: str
    revocation_endpoint: str
    jwks_uri: str
    service_documentation: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    grant_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    revocation_endpoint_auth_methods_supported: list[str]
