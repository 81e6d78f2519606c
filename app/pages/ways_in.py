"""The other doors: by an account at the provider of identities, or by a passkey."""

import hmac
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request, Response

from app.commands import people, ways_in
from app.database.engine import SYSTEM
from app.domain.errors import NotFound, SignInRefused
from app.models.person import Way
from app.pages.answers import HOME, PageRoute, moved, rendered
from app.security import passkeys
from app.security.passkeys import Passkey, Site
from app.security.provider import Account, Provider, Round
from app.web.auth import tickets
from app.web.auth.rate_limit import count_address
from app.web.auth.sessions import cookie_of, opens_a_page, show, shown_by, signed_in
from app.web.clock import Now
from app.web.middleware.request_log import note

router = APIRouter(prefix="/desk", include_in_schema=False, route_class=PageRoute)
ACCOUNT = f"{HOME}/account"
COMES, ADDS = "come in", "add"
Text = Annotated[str, Form(max_length=passkeys.LARGEST)]


@router.get("/sign-in")
async def doors(request: Request, now: Now) -> Response:
    """Show by what somebody can come in."""
    cookie_of(request.app.state.settings)
    site, provider = site_of(request), request.app.state.provider
    shown: dict[str, Any] = {"provider": provider and provider.shown_as, "ticket": "", "options": ""}
    if site:
        shown["ticket"], challenge = tickets.issue(request, COMES, None, now=now)
        shown["options"] = passkeys.asked_to_show(site, challenge.encode())
    return rendered(request, "sign_in.html", **shown)


@router.post("/oidc")
async def lead_to_provider(request: Request, now: Now) -> Response:
    """Lead somebody to the provider, to come in."""
    await count_address(request)
    return await lead(request, None, now)


@router.get("/oidc/back")
async def come_back(
    request: Request,
    now: Now,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str | None, Query(max_length=2000)] = None,
) -> Response:
    """Take whoever comes back from the provider in or, who was signed in before they went, note their account.

    Raises:
        SignInRefused: they went elsewhere, or not by us, or the provider does not know them, or we do not.
    """
    await count_address(request)
    provider = provider_of(request)
    if request.scope.get("head_only") or not opens_a_page(request.headers) or iss not in {None, provider.issuer}:
        raise SignInRefused
    person_id, went_with = await _who_went(request, now)
    if not code or not hmac.compare_digest(went_with.encode(), state.encode()):
        raise SignInRefused
    account = await provider.account(_round(request, state), code, now=now)
    if person_id:
        return await _noted(request, person_id, account, now)
    response = await _by_account(request, account, state, now)
    tickets.forget(response, request.app.state.settings)
    return response


@router.post("/passkey")
async def come_in_by_passkey(request: Request, now: Now, ticket: Text, answer: Text) -> Response:
    """Come in by a passkey."""
    await count_address(request)
    site = site_of(request)
    challenge = tickets.said_by(request, COMES, None, ticket, now=now)
    if site is None:
        raise SignInRefused
    async with request.app.state.database.writing(SYSTEM) as connection:
        way = await ways_in.known(connection, Way.PASSKEY, passkeys.id_of(answer))
        passkey = Passkey(way["known_as"], way["public_key"], way["uses"])
        uses = passkeys.shown(site, challenge.encode(), answer, passkey)
        digest = request.app.state.keys.digest_of
        shown = await ways_in.come_in(connection, digest, way, challenge, uses=uses, now=now)
    return await _in(request, shown, "passkey", now)


async def lead(request: Request, person_id: UUID | None, now: datetime) -> Response:
    """Lead to the provider by a page: a form that leads elsewhere by itself is what the policy forbids.

    Raises:
        NotFound: there is no provider.
        ServiceUnavailable: it cannot be asked.
    """
    provider, settings = provider_of(request), request.app.state.settings
    cookie_of(settings)
    ticket, state = tickets.issue(request, ADDS if person_id else COMES, person_id, now=now)
    there = await provider.address(_round(request, state), now=now)
    response = rendered(request, "leading.html", there=there, provider=provider.shown_as)
    tickets.keep(response, settings, ticket)
    return response


def provider_of(request: Request) -> Provider:
    """Return the provider of identities.

    Raises:
        NotFound: there is none.
    """
    provider: Provider | None = request.app.state.provider
    if provider is None:
        raise NotFound
    return provider


def site_of(request: Request) -> Site | None:
    """Return where passkeys are for, where there can be any."""
    return Site.of(request.app.state.settings.issuer)


def _round(request: Request, state: str) -> Round:
    """Return a round: what is known to it alone follows from its state, for nobody but us."""
    digest, issuer = request.app.state.keys.digest_of, request.app.state.settings.issuer
    nonce, verifier = (digest(f"{name}:{state}").hex() for name in ("nonce", "verifier"))
    return Round(f"{issuer}{urlsplit(HOME).path}/oidc/back", state, nonce, verifier)


async def _who_went(request: Request, now: datetime) -> tuple[UUID | None, str]:
    """Return who went to the provider, if they were signed in, and with which state.

    Raises:
        SignInRefused: nobody did from here.
    """
    ticket = tickets.kept(request)
    try:
        return None, tickets.said_by(request, COMES, None, ticket, now=now)
    except SignInRefused:
        person = await signed_in(request) if shown_by(request) else None
        if person is None:
            raise
        return person.client_id, tickets.said_by(request, ADDS, person.client_id, ticket, now=now)


async def _noted(request: Request, person_id: UUID, account: Account, now: datetime) -> Response:
    async with request.app.state.database.writing(SYSTEM) as connection:
        await ways_in.add(connection, person_id, Way.OIDC, account.known_as, account.shown_as, now=now)
    response = moved(f"{ACCOUNT}?done=1")
    tickets.forget(response, request.app.state.settings)
    return response


async def _by_account(request: Request, account: Account, state: str, now: datetime) -> Response:
    digest = request.app.state.keys.digest_of
    async with request.app.state.database.writing(SYSTEM) as connection:
        way = await ways_in.known(connection, Way.OIDC, account.known_as)
        shown = await ways_in.come_in(connection, digest, way, state, now=now)
    return await _in(request, shown, "oidc", now)


async def _in(request: Request, shown: str, by: str, now: datetime) -> Response:
    """Let a browser show the session that has begun, and end the one that it showed before."""
    state, before = request.app.state, shown_by(request)
    if before:
        async with state.database.writing(SYSTEM) as connection:
            await people.leave(connection, state.keys.digest_of, before, now=now)
    note(request.scope, authentication="accepted", by=by)
    response = moved(HOME)
    show(response, state.settings, shown)
    return response
