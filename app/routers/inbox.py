"""What came in, by when it was recorded."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.keyset import KeysetCursor
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.inbox import OF_BODIES, InboxKind, told_as
from app.queries import inbox
from app.queries.inbox import Wanted
from app.queries.inbox_pages import read_page
from app.routers.parameters import BodyCode, OwnerCode, PlanCode
from app.routers.titles import title_in_view
from app.schemas import printed
from app.schemas.base import Code
from app.schemas.inbox import InboxItem, InboxPage
from app.schemas.inbox_columns import INBOX
from app.schemas.printed import Paper
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.files.exports import OFFERED, Exporting
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, End, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, Since, Until, View, Viewing, answer

router = Router(prefix="/v1/inbox", tags=["inbox"], route_class=ExactRoute)
histories = Router(prefix="/v1/history", tags=["inbox"], route_class=ExactRoute)
exports = Router(prefix="/v1/inbox", tags=["inbox"])
Reader = Annotated[Caller, may(Permission.READ_HISTORY)]
PAGE = 250


async def wanted(
    plan: PlanCode = None,
    since: Annotated[Since | None, Query(description="What was recorded since an instant, or a day's begin.")] = None,
    until: Annotated[Until | None, Query(description="What was recorded until an instant, or a day's end.")] = None,
    body: BodyCode = None,
    owner: OwnerCode = None,
    kind: Annotated[list[InboxKind] | None, Query(description="Repeat it to name several.")] = None,
) -> Wanted:
    """Read what is asked for."""
    filters = Filters(plan=plan, body=body, owner=owner)
    return Wanted(filters=filters, types=told_as(kind or ()), since=since, until=until)


@router.get(
    "",
    operation_id="listInbox",
    summary="List what came in",
    response_model=InboxPage,
    responses=documented(errors.BrokenCursor),
)
async def list_inbox(
    request: Request,
    caller: Reader,
    reading: Reading,
    now: Now,
    asked: Annotated[Wanted, Depends(wanted)],
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List what came in by when it was recorded, the newest last, also what was received long before.

    A reporter is shown what came in on the obligations of its bodies.  Who must not miss anything follows the events.
    """
    pages = Pages(request, caller)
    moment, after = pages.begin(Moment(now, asked.until), cursor)
    items, end = await _page(reading, caller, asked, moment, limit, after)
    next_cursor = pages.next_cursor(moment, end)
    return answer(request, InboxPage(items=items, next_cursor=next_cursor), headers=pages.link(next_cursor))


@histories.get(
    "",
    operation_id="listHistory",
    summary="List what a body did",
    response_model=InboxPage,
    responses=documented(errors.BrokenCursor),
)
async def list_history(
    request: Request,
    caller: Reader,
    reading: Reading,
    now: Now,
    body: Annotated[Code, Query(description="A body by its code, also one that has ended.", examples=["cong-an"])],
    plan: PlanCode = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List what a body did in all, or what was entered for it on paper, by when it was recorded, the newest last.

    These are its reports, its evidence, also as a partner, its contributions and its requests, on every obligation,
    also on those that have passed to others since.  What others did on its obligations, the inbox tells.
    """
    pages = Pages(request, caller)
    moment, after = pages.begin(Moment(now), cursor)
    asked = Wanted(filters=Filters(plan=plan), types=told_as(OF_BODIES), by=body)
    items, end = await _page(reading, caller, asked, moment, limit, after)
    next_cursor = pages.next_cursor(moment, end)
    return answer(request, InboxPage(items=items, next_cursor=next_cursor), headers=pages.link(next_cursor))


@exports.get(
    "/export",
    operation_id="exportInbox",
    summary="Export what came in",
    response_class=Response,
    responses=OFFERED | documented(),
)
async def export_inbox(
    caller: Reader, view: Viewing, now: Now, asked: Annotated[Wanted, Depends(wanted)], export: Exporting
) -> Response:
    """Export all that came in, as a list of it shows it."""
    moment = Moment(now, asked.until)
    paper = Paper(
        name="Tiếp nhận",
        title="BÁO CÁO, VĂN BẢN ĐÃ TIẾP NHẬN",
        columns=printed.INBOX,
        details=await title_in_view(view, asked.filters, moment, caller, **_span(asked)),
    )
    return await export.answer("inbox", INBOX, _walk(view, caller, asked, moment), paper)


async def _walk(view: View, caller: Caller, asked: Wanted, moment: Moment) -> AsyncIterator[list[InboxItem]]:
    """Read page after page, each in a short view of its own; all know what the first one does."""
    after: KeysetCursor | None = None
    while True:
        async with view() as connection:
            items, end = await _page(connection, caller, asked, moment, PAGE, after)
        yield items
        if end is None:
            return
        moment, after = Moment(moment.as_of, moment.known_at or end.recorded_until), KeysetCursor(end.keys)


async def _page(
    connection: AsyncConnection, caller: Caller, asked: Wanted, moment: Moment, limit: int, after: KeysetCursor | None
) -> tuple[list[InboxItem], End | None]:
    items, rows = await read_page(connection, caller, asked, moment, limit, after)
    return items, end_of(rows, limit, inbox.SORT_COLUMNS)


def _span(asked: Wanted) -> dict[str, str | None]:
    """Say when it was recorded, in words."""
    ends = {"ghi nhận từ": asked.since, "ghi nhận đến": asked.until}
    return {name: printed.minute(end) if end else None for name, end in ends.items()}


router.routes.extend([*histories.routes, *exports.routes])
