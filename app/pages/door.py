"""The door: in by a link that works once, out again, and the language that is spoken inside."""

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from app.commands import people
from app.database.engine import SYSTEM
from app.domain.errors import InvitationSpent, NotFound
from app.pages.answers import HOME, LANGUAGE, PageRoute, moved, rendered
from app.pages.templating import ICON, SCRIPT, STYLE
from app.web.auth.rate_limit import count_address
from app.web.auth.sessions import cookie_of, hide, opens_a_page, session_of, show, shown_by
from app.web.clock import Now
from app.web.middleware.request_log import note

router = APIRouter(prefix="/desk", include_in_schema=False, route_class=PageRoute)
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_OURS = re.compile(r"/desk(/[\w~-]+(\.[\w~-]+)*)*(\?[\w.~=&%+-]*)?\Z", re.ASCII)
"""A page of ours to go back to: nothing that a browser could take for another host's."""


@router.get("/style.css")
async def style() -> Response:
    """Give the one style of all pages; its address changes when it does."""
    return Response(STYLE, media_type="text/css", headers=FOR_EVER)


@router.get("/script.js")
async def script() -> Response:
    """Give the one script of all pages; nothing is lost without it."""
    return Response(SCRIPT, media_type="text/javascript", headers=FOR_EVER)


@router.get("/icon.svg")
async def icon() -> Response:
    """Give the sign by which a browser tells our pages from others."""
    return Response(ICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/sign-in/{secret}")
async def follow_link(request: Request, secret: str, now: Now) -> Response:
    """Come in by a link.  Whoever is signed in is asked first: a link of somebody else's may be a trap.

    Raises:
        InvitationSpent: something fetches the link that is nobody who opens it.
    """
    if request.scope.get("head_only") or not opens_a_page(request.headers):
        raise InvitationSpent
    if await session_of(request):
        return rendered(request, "sign_in_again.html", secret=secret)
    return await _come_in(request, secret, now)


@router.post("/sign-in/{secret}")
async def come_in_instead(request: Request, secret: str, now: Now) -> Response:
    """Come in by a link in the place of whoever is signed in."""
    return await _come_in(request, secret, now)


@router.post("/sign-out")
async def leave(request: Request, now: Now) -> Response:
    """End the session, on the server as well as in the browser."""
    await _end(request, now)
    response = rendered(request, "signed_out.html")
    hide(response, request.app.state.settings)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@router.post("/language")
async def choose_language(
    request: Request,
    language: Annotated[str, Form(pattern="^(vi|en)$")],
    back: Annotated[str, Form(max_length=2000)] = HOME,
) -> Response:
    """Speak another language from now on, and go back to where somebody was."""
    _, secure = cookie_of(request.app.state.settings)
    response = moved(back if _OURS.match(back) else HOME)
    response.set_cookie(LANGUAGE, language, max_age=31536000, secure=secure, httponly=True, samesite="lax", path="/")
    return response


async def _come_in(request: Request, secret: str, now: Now) -> Response:
    await count_address(request)
    state = request.app.state
    cookie_of(state.settings)
    async with state.database.writing(SYSTEM) as connection:
        shown = await people.come_in(connection, state.keys.digest_of, secret, now=now)
    await _end(request, now)
    note(request.scope, authentication="accepted", by="invitation")
    response = moved(HOME)
    show(response, state.settings, shown)
    return response


async def _end(request: Request, now: Now) -> None:
    state, shown = request.app.state, shown_by(request)
    if shown:
        async with state.database.writing(SYSTEM) as connection:
            await people.leave(connection, state.keys.digest_of, shown, now=now)


nowhere = APIRouter(prefix="/desk", include_in_schema=False, route_class=PageRoute)
"""What is asked for below `/desk` and is not there is a page, too."""


@nowhere.get("/{rest:path}")
async def no_page(rest: str) -> Response:  # noqa: ARG001  It is nowhere, whatever it is.
    """Say that there is no such page."""
    raise NotFound
