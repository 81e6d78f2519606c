"""Tokens for clients (RFC 6749, section 4.4), their revocation (RFC 7009), our keys and metadata (RFC 8414)."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form, Request, Response

from app.commands import tokens as issued
from app.commands.clients import Proven
from app.database.engine import SYSTEM
from app.domain.access import Permission
from app.domain.errors import (
    ClientUnknown,
    GrantNotSupported,
    ScopeNotGranted,
    ServiceUnavailable,
    TokenOfAnotherClient,
    TooManyRequests,
)
from app.schemas.oauth import KeyOut, KeySet, Metadata, RevocationIn, TokenIn, TokenOut
from app.security import tokens
from app.web.auth.credentials import authenticated
from app.web.clock import Now
from app.web.json_body import only_a_form
from app.web.parameters import Router
from app.web.problems.handlers import documented

router = Router(tags=["oauth"])
NO_STORE = {"Cache-Control": "no-store"}
PROOFS = ["client_secret_basic", "client_secret_post"]


@router.post(
    "/v1/oauth/token",
    operation_id="issueToken",
    summary="Get an access token",
    response_model=TokenOut,
    responses=documented(GrantNotSupported, ScopeNotGranted, ClientUnknown, TooManyRequests, ServiceUnavailable),
    dependencies=[Depends(only_a_form)],
)
async def issue_token(request: Request, now: Now, sent: Annotated[TokenIn, Form()]) -> Response:
    """Give a client that shows its id and secret a token for ten minutes."""
    client = await authenticated(request, sent)
    if sent.grant_type != "client_credentials":
        raise GrantNotSupported
    scopes, state = _narrowed(client, sent.scope), request.app.state
    token = tokens.issue(state.keys, client.id, scopes, issuer=state.settings.issuer, now=now)
    answer = TokenOut(
        access_token=token,
        token_type="Bearer",  # noqa: S106  The type of the token, no secret.
        expires_in=int(tokens.LIFETIME.total_seconds()),
        scope=" ".join(scopes),
    )
    return Response(answer.model_dump_json(), headers=NO_STORE, media_type="application/json")


@router.post(
    "/v1/oauth/revoke",
    operation_id="revokeToken",
    summary="Revoke an access token",
    response_class=Response,
    response_description="The token is not taken any more.",
    responses=documented(TokenOfAnotherClient, ClientUnknown, TooManyRequests, ServiceUnavailable),
    dependencies=[Depends(only_a_form)],
)
async def revoke_token(request: Request, now: Now, sent: Annotated[RevocationIn, Form()]) -> Response:
    """Take a token back, within ten seconds; a token that is not valid any more needs nothing done."""
    client = await authenticated(request, sent)
    if verified := _own_token(request, sent.token, now):
        if verified.client_id != client.id or verified.jti is None:
            raise TokenOfAnotherClient
        async with request.app.state.database.writing(SYSTEM) as connection:
            await issued.revoke(connection, verified.jti, verified.valid_until)
    return Response(headers=NO_STORE)


@router.get("/.well-known/jwks.json", operation_id="getKeys", summary="Get the public keys", response_model=KeySet)
async def get_keys(request: Request, now: Now) -> KeySet:
    """Get the public keys that verify our tokens (RFC 7517), and the next one before it signs."""
    return KeySet(keys=[KeyOut(**key.public_jwk) for key in request.app.state.keys.at(now).live.values()])


@router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="getMetadata",
    summary="Find out how to get a token",
    response_model=Metadata,
)
async def get_metadata(request: Request) -> Metadata:
    """Find out where and how a client gets a token (RFC 8414)."""
    issuer = request.app.state.settings.issuer
    return Metadata(
        issuer=issuer,
        token_endpoint=f"{issuer}/v1/oauth/token",
        revocation_endpoint=f"{issuer}/v1/oauth/revoke",
        jwks_uri=f"{issuer}/.well-known/jwks.json",
        service_documentation=f"{issuer}/docs",
        scopes_supported=[act.value for act in Permission],
        response_types_supported=[],
        grant_types_supported=["client_credentials"],
        token_endpoint_auth_methods_supported=PROOFS,
        revocation_endpoint_auth_methods_supported=PROOFS,
    )


def _narrowed(client: Proven, scope: str) -> list[Permission]:
    """Return the scopes that a token names: those that were asked for, or all that the client has."""
    asked = set(scope.split())
    if not asked <= client.scopes:
        raise ScopeNotGranted
    return [act for act in Permission if act in (asked or client.scopes)]


def _own_token(request: Request, token: str, now: datetime) -> tokens.Verified | None:
    state = request.app.state
    try:
        return tokens.verify(state.keys, token, issuer=state.settings.issuer, now=now)
    except tokens.TokenRefused:
        return None
