"""What a read begins with: one consistent view of the database, and the moment that is asked about."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import BeforeValidator, WithJsonSchema
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import NOBODY, Identity
from app.database.replicas import Reads
from app.domain.access import Caller
from app.domain.calendar import FIRST_YEAR, HOME_ZONE, LAST_YEAR, end_of, start_of
from app.domain.errors import ServiceUnavailable
from app.schemas.base import DATE, Instant, ResponseModel, Wrong
from app.standing.moment import Moment
from app.web.auth.access import caller_of
from app.web.clock import Now
from app.web.etags import etag_of, matches
from app.web.positions import position_asked
from app.web.problems.handlers import refuses

JSON = "application/json"
KEPT_SECONDS = 5
"""How long an integrator may go without asking again; an act in between is seen this late at most."""
_PLUS_LOST = re.compile(r"(T\S+) (\d\d:?\d\d)\Z", re.ASCII)
_DAY = re.compile(rf"{DATE}\Z", re.ASCII)


def _asked(day: Callable[..., datetime]) -> BeforeValidator:
    """Read an instant, or a day as one of its ends; a `+` that the address turned into a blank is put back."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if _DAY.match(value):
            return day(_calendar_day(value), HOME_ZONE)
        return _PLUS_LOST.sub(r"\1+\2", value)

    return BeforeValidator(read)


def _calendar_day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Wrong("must be a day that the calendar has") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Wrong("must lie between the years 1900 and 2200")
    return day


_SHOWN = WithJsonSchema(
    {
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
        "examples": ["2021-06-14T17:00:00Z", "2021-06-14"],
    }
)
Until = Annotated[Instant, _asked(end_of), _SHOWN]
"""An instant; a day alone means its last microsecond in Vietnam."""
Since = Annotated[Instant, _asked(start_of), _SHOWN]
"""An instant; a day alone means its first one in Vietnam."""


@refuses(ServiceUnavailable)
async def reading(request: Request) -> AsyncIterator[AsyncConnection]:
    """Open one consistent, read-only view for the caller."""
    caller = await caller_of(request)
    async with _view(request, caller) as connection:
        yield connection


@refuses(ServiceUnavailable)
async def reading_as_nobody(request: Request) -> AsyncIterator[AsyncConnection]:
    """Open a view where nobody has to say who calls: it shows no more than the plans."""
    async with request.app.state.database.reading(NOBODY) as connection:
        yield connection


View = Callable[[], AbstractAsyncContextManager[AsyncConnection]]
"""Opens one short view after another, for answers that are too long to hold a connection all the while."""


@refuses(ServiceUnavailable)
async def viewing(request: Request) -> View:
    """Return what opens views for the caller."""
    caller = await caller_of(request)
    return lambda: _view(request, caller)


def _view(request: Request, caller: Caller) -> AbstractAsyncContextManager[AsyncConnection]:
    """Open a view on a replica that is near enough, unless somebody acts, or asks again because a replica failed."""
    reads: Reads = request.app.state.reads
    by_primary = request.method not in {"GET", "HEAD"} or "asked_again" in request.scope
    return reads.reading(Identity.of(caller), by_primary=by_primary, after=position_asked(request))


async def moment(
    now: Now,
    as_of: Annotated[Until | None, Query(description="Where things stood, or will stand if nobody posts.")] = None,
    known_at: Annotated[Until | None, Query(description="Only what had been recorded by then.")] = None,
) -> Moment:
    """Return the moment that is asked about: now, unless the caller says otherwise."""
    return Moment(as_of or now, known_at)


Reading = Annotated[AsyncConnection, Depends(reading, scope="function")]
ReadingAsNobody = Annotated[AsyncConnection, Depends(reading_as_nobody, scope="function")]
Viewing = Annotated[View, Depends(viewing)]
Asked = Annotated[Moment, Depends(moment)]


def lasting(until: datetime | None, now: datetime) -> dict[str, str]:
    """Let a caller keep an answer for a few seconds, but never past an instant at which it changes by itself."""
    seconds = KEPT_SECONDS if until is None else min(KEPT_SECONDS, int((until - now).total_seconds()))
    return {"Cache-Control": f"private, max-age={seconds}, must-revalidate" if seconds > 0 else "private, no-cache"}


def answer(
    request: Request,
    body: ResponseModel,
    *,
    version: int | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Answer with a body and its strong ETag, or with 304 when the caller has the same bytes."""
    content = body.model_dump_json().encode()
    return tagged(request, content, etag_of(content, version), headers=headers)


def answer_by_now(
    request: Request, body: ResponseModel, *, headers: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """Answer with what stands at the instant of asking, or with 304 when nothing but that instant has changed.

    The tag is a weak one (RFC 9110, section 8.8.1): of all but the instant, and of whether there is another page.
    """
    same = body.model_dump_json(exclude={"as_of", "next_cursor"})
    more = getattr(body, "next_cursor", None) is not None
    return tagged(request, body.model_dump_json().encode(), f"W/{etag_of(f'{same}{more}'.encode())}", headers=headers)


def tagged(
    request: Request, content: bytes, tag: str, *, headers: Mapping[str, str], media_type: str = JSON
) -> Response:
    """Answer with bytes whose ETag is known, or with 304 when the caller has them."""
    sent = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization", **headers}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers={name: sent[name] for name in ("ETag", "Cache-Control", "Vary")})
    return Response(content, media_type=media_type, headers=sent)
