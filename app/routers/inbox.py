"""What came in, by when it was recorded."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.keyset import KeysetCursor
from app.database.statements import fetch_all
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.inbox import InboxKind, told_as
from app.queries import history, inbox
from app.queries.inbox import EVERYTHING
from app.queries.spelled_acts import Chosen
from app.routers.parameters import BodyCode, OwnerCode, PlanCode
from app.routers.titles import title_in_view
from app.schemas import printed
from app.schemas.inbox import InboxItem, InboxPage, inbox_items
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
exports = Router(prefix="/v1/inbox", tags=["inbox"])
Reader = Annotated[Caller, may(Permission.READ_HISTORY)]
PAGE = 250


@dataclass(frozen=True)
class Wanted:
    """What of all that came in is asked for."""

    filters: Filters
    types: list[str]
    since: datetime | None
    until: datetime | None

    @property
    def span(self) -> dict[str, str | None]:
        """When it was recorded, in words."""
        ends = {"ghi nhận từ": self.since, "ghi nhận đến": self.until}
        return {name: printed.minute(end) if end else None for name, end in ends.items()}


async def wanted(
    plan: PlanCode = None,
    since: Annotated[Since | None, Query(description="What was recorded since an instant, or a day's begin.")] = None,
    until: Annotated[Until | None, Query(description="What was recorded until an instant, or a day's end.")] = None,
    body: BodyCode = None,
    owner: OwnerCode = None,
    kind: Annotated[list[InboxKind] | None, Query(description="Repeat it to name several.")] = None,
) -> Wanted:
    """Read what is asked for."""
    return Wanted(Filters(plan=plan, body=body, owner=owner), told_as(kind or ()), since, until)


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
        details=await title_in_view(view, asked.filters, moment, caller, **asked.span),
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
    connection: AsyncConnection,
    caller: Caller,
    asked: Wanted,
    moment: Moment,
    limit: int,
    after: KeysetCursor | None,
) -> tuple[list[InboxItem], End | None]:
    """Read one page; what is shown of it may be less, where evidence is not for the caller."""
    found = {"filters": asked.filters, "types": asked.types, "since": asked.since}
    rows = await fetch_all(connection, inbox.page, caller=caller, **found, moment=moment, limit=limit, after=after)
    shown = rows[:limit]
    stood = await inbox.stood(connection, shown)
    told = [
        {**row, "status_before": stood[inbox.before(row)], "status_after": stood[inbox.afterwards(row)]}
        for row in shown
    ]
    of = Chosen([row["act_id"] for row in shown])
    acts = [row["act"] for row in await fetch_all(connection, history.chosen, caller=caller, of=of, moment=EVERYTHING)]
    names = await inbox.client_names(connection, [UUID(act["client"]) for act in acts])
    return inbox_items(told, acts, names | {caller.client_id: caller.name}), end_of(rows, limit, inbox.SORT_COLUMNS)


router.routes.extend(exports.routes)
