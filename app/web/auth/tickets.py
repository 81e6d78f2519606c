"""Tickets: what somebody was asked to prove, signed by us, so that the answer need not be waited for with a row.

A ticket is for one purpose and, where somebody is signed in, for that person; what it says is known to nobody before,
and it ends.  That an answer serves once, the session that it begins sees to.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from fastapi import Request, Response
from itsdangerous import BadData, URLSafeSerializer

from app.domain.errors import SignInRefused
from app.settings import Settings
from app.web.auth.sessions import cookie_of

LIFETIME = timedelta(minutes=10)
LONGEST = 1000
KEY = "tickets"


def issue(request: Request, purpose: str, person_id: UUID | None, *, now: datetime) -> tuple[str, str]:
    """Make a ticket, and return it with what it says."""
    said = secrets.token_urlsafe(32)
    until = int((now + LIFETIME).timestamp())
    return str(_signer(request, purpose, person_id).dumps([said, until])), said


def said_by(request: Request, purpose: str, person_id: UUID | None, ticket: str, *, now: datetime) -> str:
    """Return what a ticket says.

    Raises:
        SignInRefused: it is none of ours, or for something or somebody else, or has ended.
    """
    try:
        said, until = _signer(request, purpose, person_id).loads(ticket[:LONGEST])
    except (BadData, ValueError, TypeError):
        raise SignInRefused from None
    if now.timestamp() >= until:
        raise SignInRefused
    return str(said)


def keep(response: Response, settings: Settings, ticket: str) -> None:
    """Let a browser keep a ticket while somebody is at the provider."""
    name, secure = _cookie(settings)
    response.set_cookie(
        name, ticket, max_age=int(LIFETIME.total_seconds()), secure=secure, httponly=True, samesite="lax", path="/"
    )


def kept(request: Request) -> str:
    """Return the ticket that a browser has kept."""
    name, _ = _cookie(request.app.state.settings)
    return request.cookies.get(name, "")


def forget(response: Response, settings: Settings) -> None:
    """Let a browser forget its ticket."""
    name, secure = _cookie(settings)
    response.delete_cookie(name, secure=secure, httponly=True, samesite="lax", path="/")


def _cookie(settings: Settings) -> tuple[str, bool]:
    name, secure = cookie_of(settings)
    return f"{name}-oidc", secure


def _signer(request: Request, purpose: str, person_id: UUID | None) -> URLSafeSerializer:
    key = request.app.state.keys.subkey(KEY)
    return URLSafeSerializer(key, salt=f"{purpose}:{person_id}", signer_kwargs={"digest_method": hashlib.sha256})
