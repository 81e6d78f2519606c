"""People, for admins: who comes in by the pages, and by what link."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Request, Response

from app.commands import people
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission, Role
from app.models.client import ClientKind
from app.queries import clients as queries
from app.schemas.people import InvitationOut, PersonChange, PersonIn, PersonList, PersonOut
from app.schemas.views import person_out
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, answer
from app.web.write import Creating, Writing

router = Router(prefix="/v1/people", tags=["people"], route_class=ExactRoute)
Reader = Annotated[Caller, may(Permission.READ_CLIENTS)]
Manager = Annotated[Caller, may(Permission.MANAGE_CLIENTS)]
PersonId = Annotated[UUID, Path(alias="id", description="The person's id.")]
GRANTS = (errors.BodiesAreForReporters, errors.BodyUnknown)


@router.get(
    "",
    operation_id="listPeople",
    summary="List people",
    response_model=PersonList,
    responses=documented(errors.BrokenCursor),
)
async def list_people(
    request: Request,
    caller: Reader,
    reading: Reading,
    now: Now,
    role: Annotated[Role | None, Query(description="Only those of a role.")] = None,
    disabled: Annotated[bool | None, Query(description="Whether they are disabled.")] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List people by name."""
    pages = Pages(request, caller)
    moment, after = pages.begin(Moment(now, now), cursor)
    asked = {"role": role, "disabled": disabled, "limit": limit, "after": after}
    rows = await fetch_all(reading, queries.page, **asked, kind=ClientKind.PERSON)
    next_cursor = pages.next_cursor(moment, end_of(rows, limit, queries.SORT_COLUMNS))
    body = PersonList(items=[person_out(row) for row in rows[:limit]], next_cursor=next_cursor)
    return answer(request, body, headers=pages.link(next_cursor))


@router.get(
    "/{id}",
    operation_id="getPerson",
    summary="Get a person",
    response_model=PersonOut,
    responses=documented(errors.NotFound),
)
async def get_person(request: Request, person_id: PersonId, _: Reader, reading: Reading) -> Response:
    """Get one person, with the bodies that they may report for; the ETag goes into `If-Match` of a change."""
    row = await fetch_one(reading, queries.one, client_id=person_id, kind=ClientKind.PERSON)
    return answer(request, person_out(row), version=row["version"])


@router.post(
    "",
    operation_id="addPerson",
    summary="Add a person",
    status_code=201,
    response_model=PersonOut,
    responses=documented(errors.AlreadyExists, *GRANTS),
)
async def add_person(_: Manager, write: Creating, sent: PersonIn) -> Response:
    """Add a person, who comes in once they are invited."""
    return await write.at("/v1/people/{id}").run(people.add_as_sent, sent)


@router.patch(
    "/{id}",
    operation_id="changePerson",
    summary="Change or disable a person",
    response_model=PersonOut,
    responses=documented(errors.NotFound, errors.AlreadyExists, *GRANTS),
)
async def change_person(person_id: PersonId, _: Manager, write: Writing, sent: PersonChange) -> Response:
    """Change what is named; whoever is disabled is signed out at once, and their links work no more."""
    changes = {name: getattr(sent, name) for name in sent.model_fields_set}
    return await write.run(people.change, person_id, changes, now=write.now, expected=write.expected)


@router.post(
    "/{id}/invitations",
    operation_id="invitePerson",
    summary="Invite a person",
    status_code=201,
    response_model=InvitationOut,
    responses=documented(errors.NotFound),
)
async def invite_person(request: Request, person_id: PersonId, _: Manager, write: Writing) -> Response:
    """Make a link by which a person comes in: it works once, within 15 minutes, and is shown only in this answer."""
    state = request.app.state
    place = f"{state.settings.issuer}/desk/sign-in/"
    digest, expected = state.keys.digest_of, write.expected
    return await write.run(people.invite_as_sent, digest, person_id, place=place, now=write.now, expected=expected)
