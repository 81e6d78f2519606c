"""Tài khoản: by what a person comes in; everybody sees and changes their own, and nobody another's."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import Form, Path, Request, Response

from app.commands import ways_in
from app.database.engine import SYSTEM
from app.database.statements import fetch_all
from app.domain.errors import NotFound
from app.models.person import Way
from app.pages.answers import moved
from app.pages.desk import Acting, Desk, screens
from app.pages.ways_in import ACCOUNT, ADDS, Text, lead, site_of
from app.queries import people as queries
from app.security import passkeys
from app.web.auth import tickets
from app.web.auth.rate_limit import count_address
from app.web.auth.sessions import signed_in
from app.web.clock import Now

router = screens()
WayId = Annotated[UUID, Path(description="The way in's id.")]
NAMED = 100


@router.get("/account")
async def account(request: Request, desk: Acting) -> Response:
    """Show by what the person comes in, and offer what there is beside."""
    async with request.app.state.database.reading(SYSTEM) as connection:
        found = await fetch_all(connection, queries.ways, person_id=desk.caller.client_id)
    provider = request.app.state.provider
    offered = {"provider": provider and provider.shown_as, **_passkey(request, desk)}
    return desk.page("account.html", found=found, **offered)


@router.post("/account/oidc")
async def add_account(request: Request, now: Now) -> Response:
    """Lead a person to the provider, to come in by their account there from now on."""
    await count_address(request)
    return await lead(request, (await signed_in(request)).client_id, now)


@router.post("/account/passkeys")
async def add_passkey(
    request: Request,
    now: Now,
    ticket: Text,
    answer: Text,
    name: Annotated[str, Form(max_length=NAMED)] = "",
) -> Response:
    """Keep a passkey that the person's browser has made.

    Raises:
        NotFound: there are none here.
        SignInRefused: it was not made for us, or not by whom it was asked of.
        AlreadyExists: it is kept already.
    """
    site, person = site_of(request), await signed_in(request)
    if site is None:
        raise NotFound
    challenge = tickets.said_by(request, ADDS, person.client_id, ticket, now=now)
    made = passkeys.made(site, challenge.encode(), answer)
    shown_as = name.strip() or passkeys.NAME
    async with request.app.state.database.writing(SYSTEM) as connection:
        kept = partial(ways_in.add, connection, person.client_id, Way.PASSKEY, made.id, shown_as)
        await kept(public_key=made.public_key, uses=made.uses, now=now)
    return moved(f"{ACCOUNT}?done=1")


@router.post("/account/ways/{way_id}/end")
async def end(request: Request, now: Now, way_id: WayId) -> Response:
    """Let a person come in by one of their ways no more; their sessions go on."""
    person = await signed_in(request)
    async with request.app.state.database.writing(SYSTEM) as connection:
        await ways_in.end(connection, person.client_id, way_id, now=now)
    return moved(f"{ACCOUNT}?done=1")


def _passkey(request: Request, desk: Desk) -> dict[str, str]:
    site = site_of(request)
    if site is None:
        return {"ticket": "", "options": ""}
    person = desk.caller
    ticket, challenge = tickets.issue(request, ADDS, person.client_id, now=desk.now)
    options = passkeys.asked_to_make(site, challenge.encode(), person.client_id, person.name or "")
    return {"ticket": ticket, "options": options}
