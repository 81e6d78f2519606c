"""Who is signed in: from a browser's cookie to a Caller, looked up at each request, so that nobody stays who may not.

A session is no token and a token no session: pages look at the cookie alone, operations at `Authorization` alone.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Request, Response

from app.commands import people
from app.database.engine import SYSTEM
from app.database.statements import Row
from app.domain.access import Caller, Role, granted
from app.domain.errors import AskedFromElsewhere, ConnectionNotSafe, NotSignedIn
from app.settings import Settings
from app.web.clock import now_of
from app.web.middleware.request_log import note

SAFE = {"GET", "HEAD"}
ON_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
PLAIN_COOKIE = "dondoc"
COOKIE = f"__Host-{PLAIN_COOKIE}"
"""A name that browsers take over https alone, from this very host and for all of it."""
MOST = 100
"""More than what a browser shows for a session, which is all that is worth a look-up."""


def cookie_of(settings: Settings) -> tuple[str, bool]:
    """Return the cookie's name, and whether it goes over https alone.

    Raises:
        ConnectionNotSafe: people would come over a network in the clear.
    """
    place = urlsplit(settings.issuer)
    if place.scheme == "https":
        return COOKIE, True
    if place.hostname in ON_THIS_MACHINE:
        return PLAIN_COOKIE, False
    raise ConnectionNotSafe


async def signed_in(request: Request) -> Caller:
    """Return who is signed in; the same for everything that a request does.

    Raises:
        NotSignedIn: nobody is, or not any more.
        ConnectionNotSafe: nobody could be.
    """
    if getattr(request.state, "signed_in", None):
        found: Caller = request.state.signed_in
        return found
    row = await session_of(request)
    if row is None:
        note(request.scope, authentication="refused", by="session")
        raise NotSignedIn
    caller = _caller(row)
    note(request.scope, authentication="accepted", by="session", client=str(caller.client_id), role=caller.role.value)
    request.state.signed_in = request.state.caller = caller
    return caller


async def session_of(request: Request) -> Row | None:
    """Return the session that a browser shows, if it lives, and note that it is used."""
    shown = shown_by(request)
    if not shown:
        return None
    state, now = request.app.state, now_of(request)
    async with state.database.reading(SYSTEM) as connection:
        row = await people.whose(connection, state.keys.digest_of, shown, now=now)
    if row and row["seen_at"] <= now - people.NOTED_EVERY:
        async with state.database.writing(SYSTEM) as connection:
            await people.note_use(connection, row["session_id"], now=now)
    return row


def shown_by(request: Request) -> str:
    """Return what a browser shows for its session."""
    name, _ = cookie_of(request.app.state.settings)
    shown = [value for header in request.headers.getlist("cookie") for value in _cookies(header, name)]
    # Of two, one was planted: it is not told which.
    return shown[0] if len(shown) == 1 and len(shown[0]) <= MOST else ""


def _cookies(header: str, name: str) -> list[str]:
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return [value for found, _, value in pairs if found == name]


def _caller(row: Row) -> Caller:
    role = Role(row["role"])
    may = granted(role, row["scopes"])
    bodies = frozenset(row["body_ids"] or ())
    return Caller(client_id=row["id"], role=role, name=row["name"], scopes=may, body_ids=bodies)


def show(response: Response, settings: Settings, shown: str) -> None:
    """Let a browser show a session from now on; it forgets it when it is closed."""
    name, secure = cookie_of(settings)
    response.set_cookie(name, shown, secure=secure, httponly=True, samesite="lax", path="/")


def hide(response: Response, settings: Settings) -> None:
    """Let a browser forget its session."""
    name, secure = cookie_of(settings)
    response.delete_cookie(name, secure=secure, httponly=True, samesite="lax", path="/")


def check_origin(request: Request) -> None:
    """Refuse what changes something unless a page of ours has sent it.

    Raises:
        AskedFromElsewhere: another site has, or nobody says who.
    """
    if request.method in SAFE:
        return
    site, origin = request.headers.getlist("sec-fetch-site"), request.headers.getlist("origin")
    ours = site == ["same-origin"] if site else origin == [_origin_of(request.app.state.settings)]
    if not ours:
        raise AskedFromElsewhere


def _origin_of(settings: Settings) -> str:
    place = urlsplit(settings.issuer)
    return f"{place.scheme}://{place.netloc}"


def opens_a_page(headers: Mapping[str, str]) -> bool:
    """Say whether somebody opens a page, and nothing only fetches it: a picture, a script, a look ahead."""
    if "sec-purpose" in headers or "purpose" in headers:
        return False
    return (headers.get("sec-fetch-mode", "navigate"), headers.get("sec-fetch-dest", "document")) == (
        "navigate",
        "document",
    )
