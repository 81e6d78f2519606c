"""Người dùng: who comes in by the pages, for admins: added, invited by a link that is shown once, disabled."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import people
from app.database.statements import fetch_all, fetch_one
from app.domain.access import PEOPLES_ROLES, Permission
from app.models.client import ClientKind
from app.pages.desk import Acting, Desk, OnDesk, opens, screens
from app.pages.doing import Screen
from app.pages.forms import Form, Sent, once, read
from app.pages.records import ROLES
from app.queries import clients as queries
from app.queries.plans import all_bodies
from app.schemas.people import InvitationOut, PersonChange, PersonIn
from app.schemas.views import person_out
from app.standing.moment import Moment
from app.web.paging import CursorText, Pages, end_of
from app.web.read import Reading, Viewing

router = screens()
READS, MANAGES = opens(Permission.READ_CLIENTS), opens(Permission.MANAGE_CLIENTS)
ROWS = 100
PersonId = Annotated[UUID, Path(description="The person's id.")]
CHOICES = {role: ROLES[role] for role in sorted(PEOPLES_ROLES)}


def _listed(request: Request, cursor: str | None = None) -> Screen:
    async def told(desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
        pages = Pages(request, desk.caller)
        moment, after = pages.begin(Moment(desk.now, desk.now), cursor)
        asked = {"role": None, "disabled": None, "limit": ROWS, "after": after, "kind": ClientKind.PERSON}
        rows = await fetch_all(connection, queries.page, **asked)
        following = pages.next_cursor(moment, end_of(rows, ROWS, queries.SORT_COLUMNS))
        bodies = await fetch_all(connection, all_bodies, slug=desk.slug, moment=desk.moment)
        shown = {"found": [person_out(row) for row in rows[:ROWS]], "following": following, "later": bool(cursor)}
        return {**shown, "bodies": bodies, "roles": CHOICES}

    return Screen("people.html", told)


def _of(person_id: UUID) -> Screen:
    return Screen("person.html", partial(_one, person_id))


async def _one(person_id: UUID, desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    row = await fetch_one(connection, queries.one, client_id=person_id, kind=ClientKind.PERSON)
    bodies = await fetch_all(connection, all_bodies, slug=desk.slug, moment=desk.moment)
    named = {one["code"]: one["name"] for body in bodies for one in (body, *body["members"])}
    return {"it": person_out(row), "roles": CHOICES, "named": named, "invitation": None}


@router.get("/people", dependencies=[READS])
async def everybody(request: Request, desk: OnDesk, reading: Reading, cursor: CursorText = None) -> Response:
    """List people by name."""
    return await _listed(request, cursor).show(desk, reading)


@router.get("/people/{person_id}", dependencies=[READS])
async def one_person(desk: OnDesk, reading: Reading, person_id: PersonId) -> Response:
    """Show one person."""
    return await _of(person_id).show(desk, reading)


@router.post("/people", dependencies=[MANAGES])
async def add(request: Request, desk: Acting, view: Viewing, form: Sent) -> Response:
    """Add a person, who comes in once they are invited."""

    async def act() -> Response:
        bodies = [{"plan": desk.slug, "body": code} for code in form.every("bodies")]
        sent = read(PersonIn, form.said("name", "role") | {"bodies": bodies})
        return await form.write.run(people.add_as_sent, sent)

    return await _listed(request).do(desk, view, form, "add", act, "/people")


@router.post("/people/{person_id}/disabled", dependencies=[MANAGES])
async def disable(desk: Acting, view: Viewing, person_id: PersonId, form: Sent) -> Response:
    """Sign a person out and let them in no more, or let them in again."""

    async def act() -> Response:
        change = read(PersonChange, {"disabled": form["disabled"] != "false"})
        given = (person_id, {"disabled": change.disabled})
        return await form.expecting().run(people.change, *given, now=desk.now, expected=form.seen)

    return await _of(person_id).do(desk, view, form, "disable", act, f"/people/{person_id}")


@router.post("/people/{person_id}/invitation", dependencies=[MANAGES])
async def invite(request: Request, desk: Acting, view: Viewing, person_id: PersonId, form: Sent) -> Response:
    """Make a link by which a person comes in, and show it: there is no second look at it."""
    answer = await once(lambda: _invited(request, desk, person_id, form))
    async with view() as connection:
        told = await _one(person_id, desk, connection)
    return desk.page("person.html", **told | {"invitation": InvitationOut.model_validate_json(bytes(answer.body))})


async def _invited(request: Request, desk: Desk, person_id: UUID, form: Form) -> Response:
    state = request.app.state
    place = f"{state.settings.issuer}/desk/sign-in/"
    return await form.write.run(people.invite_as_sent, state.keys.digest_of, person_id, place=place, now=desk.now)
