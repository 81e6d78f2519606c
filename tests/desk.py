"""People at the desk: each signs in by a link, as in a browser, and keeps the cookie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import httpx

from app.commands import people
from app.database.engine import Identity
from app.domain.access import Role
from app.schemas.clients import BodyGrant
from tests.given import PLAN, Service

ADMIN = Identity("admin")
HERE = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says when a page of ours sends a form."""
PEOPLE: Mapping[str, tuple[Role, Sequence[str]]] = {
    "coordinator": (Role.COORDINATOR, ()),
    "clerk": (Role.REPORTER, ("cong-an",)),
    "stranger": (Role.REPORTER, ("tand",)),
    "partner": (Role.REPORTER, ("so-vhttdl",)),
    "auditor": (Role.AUDITOR, ()),
    "admin": (Role.ADMIN, ()),
}


@dataclass
class Person:
    """Somebody with a browser: what it shows for the session is `cookie`."""

    service: Service
    id: UUID
    cookie: str = ""

    async def get(self, path: str, *, headers: Any = None, **params: Any) -> httpx.Response:
        """Open a page."""
        # No browser is like another: the client of the tests would keep what one is told for all of them.
        self.service.http.cookies.clear()
        return await self.service.http.get(f"/desk{path}", params=params or None, headers=self._shown(headers))

    async def post(self, path: str, form: Any = None, *, headers: Any = HERE, files: Any = None) -> httpx.Response:
        """Send a form, from a page of ours unless the headers say otherwise."""
        self.service.http.cookies.clear()
        return await self.service.http.post(f"/desk{path}", data=form, files=files, headers=self._shown(headers))

    async def read(self, path: str, **params: Any) -> str:
        """Open a page that must be there, and return what stands in it."""
        response = await self.get(path, **params)
        assert response.status_code == 200, (path, response.status_code, response.text)
        return unescape(response.text)

    def _shown(self, headers: Any) -> dict[str, str]:
        return {**({"Cookie": f"dondoc={self.cookie}"} if self.cookie else {}), **(headers or {})}


async def link_of(service: Service, person_id: UUID) -> str:
    """Invite a person, and return the path of the link below `/desk`."""
    state = service.app.state
    async with state.database.writing(ADMIN) as connection:
        secret = await people.invite(connection, state.keys.digest_of, person_id, now=service.clock())
    return f"/sign-in/{secret}"


async def introduced(service: Service, name: str) -> Person:
    """Add somebody who is not signed in yet."""
    role, bodies = PEOPLE[name]
    granted = [BodyGrant(plan=PLAN, body=body) for body in bodies]
    async with service.app.state.database.writing(ADMIN) as connection:
        person_id = await people.add(connection, name=f"Người dùng {name}", role=role, bodies=granted)
    return Person(service, person_id)


async def at_desk(service: Service, name: str) -> Person:
    """Add somebody, and let them come in."""
    person = await introduced(service, name)
    answer = await person.get(await link_of(service, person.id))
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk"), answer.text
    person.cookie = answer.cookies["dondoc"]
    return person


class _Forms(HTMLParser):
    """Reads the forms of a page by what names them: where each leads, and what its fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, tuple[str, dict[str, Any]]] = {}
        self._fields: dict[str, Any] = {}
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, or a field of it that a browser would send as it is."""
        told = dict(attrs)
        if tag == "form":
            self._fields = {}
            self.found[told.get("id") or ""] = (told.get("action") or "", self._fields)
        elif tag == "input" and told.get("name") and (told.get("type") != "checkbox" or "checked" in told):
            self._fields[str(told["name"])] = told.get("value") or ""
        elif tag == "select":
            self._select = told.get("name") or ""
        elif tag == "option" and self._select and ("selected" in told or self._select not in self._fields):
            self._fields[self._select] = told.get("value") or ""


def form_of(page: str, name: str) -> tuple[str, dict[str, Any]]:
    """Return where a form of a page leads, below `/desk`, and what its fields hold."""
    reader = _Forms()
    reader.feed(page)
    action, fields = reader.found[name]
    return action.removeprefix("/desk"), dict(fields)
