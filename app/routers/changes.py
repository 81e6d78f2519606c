"""What changed in a plan between two instants, and why."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries import changes
from app.queries.plans import plan
from app.routers.parameters import BodyCode, CycleCode, Slug
from app.schemas.changes import ChangeList, changes_out
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented, refuses
from app.web.read import Reading, Until, answer

router = Router(prefix="/v1/plans", tags=["status"], route_class=ExactRoute)


@dataclass(frozen=True)
class Span:
    """What is asked about: what changed after an instant, up to a moment."""

    since: Moment
    until: Moment


@refuses(errors.MalformedContent)
async def span(
    now: Now,
    since: Annotated[Until, Query(alias="from", description="What changed after this instant.")],
    until: Annotated[Until | None, Query(alias="to", description="And up to this one, or now.")] = None,
    known_at: Annotated[Until | None, Query(description="Ask both as they were known at this instant.")] = None,
) -> Span:
    """Read between which instants.

    Raises:
        MalformedContent: the first one is later than the last.
    """
    if since > (until or now):
        raise errors.MalformedContent(None, errors.Fault("query: from", "must not be later than `to`, or than now"))
    return Span(Moment(since, known_at or since, name="_before"), Moment(until or now, known_at or until))


@router.get(
    "/{plan}/status/changes",
    operation_id="listStatusChanges",
    summary="List what changed between two instants",
    response_model=ChangeList,
    responses=documented(errors.BrokenCursor, errors.NotFound),
)
async def list_changes(
    request: Request,
    slug: Slug,
    caller: Annotated[Caller, may(Permission.READ_STANDING)],
    reading: Reading,
    asked: Annotated[Span, Depends(span)],
    cycle: CycleCode = None,
    body: BodyCode = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List the obligations whose status differs at two instants, each with the acts and deadlines in between."""
    await fetch_one(reading, plan, slug=slug)
    pages = Pages(request, caller)
    moment, after = pages.begin(asked.until, cursor)
    wanted, spanned = Filters(plan=slug, cycle=cycle, body=body), {"before": asked.since, "after": moment}
    asked_for = {"caller": caller, "filters": wanted, **spanned, "limit": limit, "page_after": after}
    rows = await fetch_all(reading, changes.changed, **asked_for)
    next_cursor = pages.next_cursor(moment, end_of(rows, limit, changes.SORT_COLUMNS))
    acts = await fetch_all(reading, changes.acts_between, caller=caller, ids=[row["id"] for row in rows], **spanned)
    told = ChangeList(
        plan=slug,
        since=asked.since.as_of,
        until=moment.as_of,
        known_at=moment.known_at,
        items=changes_out(rows[:limit], acts, asked.since.as_of, moment.as_of),
        next_cursor=next_cursor,
    )
    return answer(request, told, headers=pages.link(next_cursor))
