"""Nghĩa vụ: the list, by filters that stand in its address, so that it can be kept and sent on."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from app.database.statements import fetch_all
from app.domain.access import Permission
from app.domain.completion import ClaimState, DutyKind, Force, Missing, Status
from app.pages.desk import OnDesk, opens, screens
from app.pages.overview import cycles_on
from app.queries.obligations import SORT_COLUMNS, Sort, find_page
from app.queries.plans import all_bodies
from app.routers.exports import export_obligations
from app.routers.obligations import filters
from app.schemas.views import obligation_out
from app.standing.filters import Filters
from app.web.files.exports import Exporting
from app.web.paging import CursorText, Pages, end_of
from app.web.read import Reading, Viewing

router = screens()
READS = opens(Permission.READ_STANDING)
ROWS = 100
CHOICES = {"status": Status, "missing": Missing, "claim": ClaimState, "force": Force, "kind": DutyKind}
"""What a filter can be, of those of which there are few."""
ORDERS = {
    Sort.DUE_BEFORE: ("thời hạn, sớm trước", "deadline, earliest first"),
    Sort.DUE_LAST: ("thời hạn, muộn trước", "deadline, latest first"),
    Sort.DUTY: ("thứ tự trong Kế hoạch", "order of the plan"),
    Sort.OWNER: ("cơ quan", "owner"),
    Sort.LAST_REPORTED_AT: ("im lặng lâu nhất trước", "silent for longest first"),
    Sort.UPDATED_AT: ("thay đổi gần đây sau cùng", "last changed last"),
}
Wanted = Annotated[Filters, Depends(filters)]


@router.get("/obligations", dependencies=[READS])
async def obligations(
    request: Request,
    desk: OnDesk,
    reading: Reading,
    wanted: Wanted,
    sort: Annotated[Sort, Query()] = Sort.DUE_BEFORE,
    cursor: CursorText = None,
) -> Response:
    """Show a page of the list; all its pages are as of the instant of the first."""
    pages = Pages(request, desk.caller)
    moment, after = pages.begin(desk.moment, cursor)
    asked = {"caller": desk.caller, "filters": wanted, "moment": moment}
    rows = await find_page(reading, **asked, sort=sort, limit=ROWS, after=after)
    following = pages.next_cursor(moment, end_of(rows, ROWS, SORT_COLUMNS[sort]))
    shown = [obligation_out(row, moment.as_of) for row in rows[:ROWS]]
    choices: dict[str, Any] = {
        "cycles": (await cycles_on(reading, desk, None)).every,
        "bodies": await fetch_all(reading, all_bodies, slug=desk.slug, moment=desk.moment),
        "choices": CHOICES,
        "orders": ORDERS,
        "exported": urlencode(desk.others("sort")),
    }
    return desk.page(
        "obligations.html", found=shown, following=following, later=bool(cursor), wanted=wanted, sort=sort, **choices
    )


@router.get("/obligations/export", dependencies=[READS])
async def export(desk: OnDesk, view: Viewing, exporting: Exporting, wanted: Wanted) -> Response:
    """Give all that the filters find as a file, as the API does."""
    return await export_obligations(desk.caller, view, desk.moment, exporting, wanted)
