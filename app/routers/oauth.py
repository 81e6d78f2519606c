"""Tokens for clients (RFC 6749, section 4.4), and the keys that verify them."""

import base64
from typing import Annotated
from urllib.parse import unquote_plus

from fastapi import APIRouter, Depends, Form, Request, Response

from app.commands import clients
from app.domain.errors import ClientUnknown, Fault, MalformedContent
from app.schemas.oauth import KeyOut, KeySet, TokenIn, TokenOut
from app.web import tokens
from app.web.bodies import only_a_form
from app.web.clock import Now
from app.web.problems import documented
from app.web.reading import Reading

router = APIRouter(tags=["oauth"])
NO_STORE = {"Cache-Control": "no-store"}


@router.post(
    "/v1/oauth/token",
    operation_id="issueToken",
    summary="Get an access token",
    response_model=TokenOut,
    responses=documented(ClientUnknown),
    dependencies=[Depends(only_a_form)],
)
async def issue_token(request: Request, reading: Reading, now: Now, sent: Annotated[TokenIn, Form()]) -> Response:
    """Give a client that shows its id and secret a token for ten minutes."""
    _refuse_other_grants(sent.grant_type)
    shown_id, shown_secret = _basic(request) or (sent.client_id or "", sent.client_secret or "")
    keys, settings = request.app.state.keys, request.app.state.settings
    client = await clients.prove(reading, keys.digest_of, shown_id, shown_secret)
    token = tokens.issue(keys, client.id, client.scopes, issuer=settings.issuer, now=now)
    answer = TokenOut(
        access_token=token,
        token_type="Bearer",  # noqa: S106  The type of the token, no secret.
        expires_in=int(tokens.LIFETIME.total_seconds()),
        scope=" ".join(client.scopes),
    )
    return Response(answer.model_dump_json(), headers=NO_STORE, media_type="application/json")


@router.get("/.well-known/jwks.json", operation_id="getKeys", summary="Get the public keys", response_model=KeySet)
async def get_keys(request: Request) -> KeySet:
    """Get the public keys that verify our tokens (RFC 7517)."""
    return KeySet(keys=[KeyOut(**request.app.state.keys.public_jwk)])


def _refuse_other_grants(grant_type: str) -> None:
    if grant_type != "client_credentials":
        raise MalformedContent(None, Fault("/grant_type", "must be client_credentials"))


def _basic(request: Request) -> tuple[str, str] | None:
    """Read HTTP Basic credentials, each form-encoded as RFC 6749, section 2.3.1, asks."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise ClientUnknown from None
    return unquote_plus(client_id), unquote_plus(secret)
