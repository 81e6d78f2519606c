"""Calendars of deadlines: their addresses for those who report, and the feed for whoever has the address."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Request, Response
from starlette.datastructures import State

from app.commands import calendars
from app.database.engine import SYSTEM, Identity
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission, Role
from app.queries import calendars as queries
from app.routers.parameters import Slug
from app.schemas.base import Code
from app.schemas.calendars import CalendarAddress, CalendarState
from app.schemas.views import obligation_out
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.auth.icalendar import feed_of, secret_of
from app.web.clock import Now
from app.web.etags import etag_of, matches
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, answer
from app.web.write import Creating

router = Router(prefix="/v1", tags=["calendars"], route_class=ExactRoute)
Subscriber = Annotated[Caller, may(Permission.USE_CALENDARS)]
Whose = Annotated[Code, Path(alias="body", description="The body's code.", examples=["cong-an"])]
ADDRESS = "/plans/{plan}/bodies/{body}/calendar"
REFUSES = documented(errors.NotAllowed, errors.NotFound)
KEPT_SECONDS = 3600
FEED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The deadlines (RFC 5545).",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", "Cache-Control")},
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    },
    304: {"$ref": "#/components/responses/NotModified"},
}


@router.post(
    ADDRESS,
    operation_id="giveCalendar",
    summary="Give a calendar an address",
    status_code=201,
    response_model=CalendarState,
    responses=REFUSES,
)
async def give_calendar(slug: Slug, code: Whose, caller: Subscriber, write: Creating) -> Response:
    """Give a body's calendar an address, unless it has one; getting it says which."""
    return await write.at(f"/v1{ADDRESS}").run(calendars.give, caller, slug, code)


@router.get(
    ADDRESS,
    operation_id="getCalendar",
    summary="Get the address of a calendar",
    response_model=CalendarAddress,
    responses=REFUSES,
)
async def get_calendar(request: Request, slug: Slug, code: Whose, caller: Subscriber, reading: Reading) -> Response:
    """Get the address at which a body's calendar can be read by whoever knows it."""
    row = await calendars.show(reading, caller, slug, code)
    state = request.app.state
    address = f"{state.settings.issuer}/v1/calendar/{secret_of(state.keys, row['feed_id'])}.ics"
    return answer(request, CalendarAddress(plan=slug, body=code, address=address, created_at=row["created_at"]))


@router.post(
    f"{ADDRESS}/revocation",
    operation_id="revokeCalendar",
    summary="Revoke the address of a calendar",
    status_code=201,
    response_model=CalendarState,
    responses=REFUSES,
)
async def revoke_calendar(slug: Slug, code: Whose, caller: Subscriber, write: Creating) -> Response:
    """Let the address of a body's calendar hold no more; the next one is another."""
    return await write.run(calendars.revoke, caller, slug, code, now=write.now)


@router.get(
    "/calendar/{token}.ics",
    operation_id="readCalendar",
    summary="Read a calendar",
    response_class=Response,
    responses=FEED | documented(errors.NotFound, errors.ServiceUnavailable),
)
async def read_calendar(
    request: Request,
    token: Annotated[str, Path(pattern=r"^[A-Za-z0-9_=-]{1,100}$", description="The secret part of the address.")],
    now: Now,
) -> Response:
    """Read the deadlines of a body as iCalendar; the address is all that is needed."""
    content = await _calendar(request.app.state, token, now)
    headers = {"ETag": etag_of(content), "Cache-Control": f"private, max-age={KEPT_SECONDS}"}
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="text/calendar", headers=headers)


async def _calendar(state: State, token: str, now: datetime) -> bytes:
    """Spell the calendar of an address, which is shown what a reporter of those bodies would be."""
    # What spells calendars is large, and most processes are asked for none.
    from app.schemas.icalendars import calendar  # noqa: PLC0415

    feed_id = feed_of(state.keys, token)
    async with state.database.reading(SYSTEM) as connection:
        feed = await fetch_one(connection, queries.feed, feed_id=feed_id)
    owner_ids = frozenset(feed["owner_ids"])
    reader = Caller(client_id=feed["client_id"], role=Role.REPORTER, body_ids=owner_ids)
    async with state.database.reading(Identity.of(reader)) as connection:
        asked = {"caller": reader, "owner_ids": list(owner_ids), "moment": Moment(now)}
        rows = await fetch_all(connection, queries.deadlines, **asked)
    return calendar(feed["name"], [(obligation_out(row, now), row["updated_at"]) for row in rows])
