"""Who asks for a token: a client's id and secret, by HTTP Basic or in the form (RFC 6749, section 2.3.1)."""

import base64
from urllib.parse import unquote_plus

from fastapi import Request

from app.commands import clients
from app.commands.clients import Proven
from app.database.engine import SYSTEM
from app.domain.errors import ClientUnknown, UnreadableRequest
from app.schemas.oauth import CredentialsIn
from app.web.auth.rate_limit import count_address, count_client
from app.web.middleware.request_log import note


async def authenticated(request: Request, sent: CredentialsIn) -> Proven:
    """Return the client that has shown its secret.

    Raises:
        ClientUnknown: the id or the secret is wrong, or the client is disabled.
        TooManyRequests: the address, or the client, has asked too often.
        UnreadableRequest: the secret comes in both ways (RFC 6749, section 2.3: one method a request).
    """
    await count_address(request)
    if "authorization" in request.headers and sent.client_secret:
        raise UnreadableRequest("The client's secret comes in one way, not in two.")
    try:
        client = await _prove(request, *(_basic(request) or (sent.client_id, sent.client_secret)))
    except ClientUnknown:
        note(request.scope, authentication="refused", by="secret", reason="client-unknown")
        raise
    note(request.scope, authentication="accepted", by="secret", client=str(client.id), secret=str(client.secret_id))
    await count_client(request, client.id)
    return client


async def _prove(request: Request, client_id: str, secret: str) -> Proven:
    state = request.app.state
    async with state.database.reading(SYSTEM) as connection:
        return await clients.prove(connection, state.keys.digest_of, client_id, secret)


def _basic(request: Request) -> tuple[str, str] | None:
    """Read HTTP Basic credentials, each form-encoded."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        raise ClientUnknown from None
    return unquote_plus(client_id), unquote_plus(secret)
