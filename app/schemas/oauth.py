"""Tokens and keys on the wire."""

from typing import Any, Literal

from app.schemas.base import ResponseModel


class TokenOut(ResponseModel):
    """An access token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class KeySet(ResponseModel):
    """The public keys that verify our tokens (RFC 7517)."""

    keys: list[dict[str, Any]]
