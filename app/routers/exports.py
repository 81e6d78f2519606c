"""Exports: all obligations, acts or totals that a question finds, in a form that people and programs open.

An export walks through the plan's order page by page, each page in a short view of its own: who reads slowly holds no
connection.  All pages are as of one instant, and know only what had been recorded when the first was read.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.keyset import KeysetCursor
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.totals import By
from app.queries import exports, plans
from app.queries.history import history
from app.queries.spelled_acts import Obligations
from app.queries.status_document import cycles_at, summed_at
from app.routers.obligations import filters
from app.routers.parameters import BodyCode, CycleCode, CycleCodes, DutyCode, OwnerCode, PlanCode, Slug
from app.routers.titles import title_in_view, title_of
from app.schemas import columns, printed
from app.schemas.base import ResponseModel
from app.schemas.exports import HistoryLine, status_lines
from app.schemas.printed import Paper
from app.schemas.summary import Summary, columns_of, summary
from app.schemas.views import obligation_out
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.files.exports import OFFERED, Exporting, Rows
from app.web.files.printing import height_of, room_of
from app.web.parameters import Router
from app.web.problems.handlers import documented, refuses
from app.web.read import Asked, Reading, Since, View, Viewing

router = Router(prefix="/v1", tags=["exports"])
Reader = Annotated[Caller, may(Permission.READ_STANDING)]
Named = Sequence[Any]
ReadPage = Callable[[AsyncConnection, Any, Named, Moment], Awaitable[list[ResponseModel]]]
PAGE, PAGE_OF_HISTORIES = 250, 50
"""How many obligations are read at once; each may have many acts."""
FINDS = OFFERED | documented()


@router.get(
    "/obligations/export",
    operation_id="exportObligations",
    summary="Export obligations",
    response_class=Response,
    responses=FINDS,
)
async def export_obligations(
    caller: Reader, view: Viewing, asked: Asked, export: Exporting, wanted: Annotated[Filters, Depends(filters)]
) -> Response:
    """Export all obligations that match, cycle by cycle in the plan's order, with their standing at `as_of`."""

    async def read(connection: AsyncConnection, _: Any, named: Named, moment: Moment) -> list[ResponseModel]:
        ids = [one["id"] for one in named]
        asked_for = {"caller": caller, "filters": wanted.of_standing, "ids": ids, "moment": moment}
        return [obligation_out(row, moment.as_of) for row in await fetch_all(connection, exports.rows, **asked_for)]

    rows = _walk(view, caller, wanted, asked, read, PAGE)
    paper = Paper(
        name="Nghĩa vụ",
        title="DANH MỤC NGHĨA VỤ VÀ TÌNH TRẠNG THỰC HIỆN",
        columns=printed.OBLIGATIONS,
        details=await title_in_view(view, wanted, asked, caller),
    )
    return await export.answer("obligations", columns.OBLIGATIONS, rows, paper)


@router.get(
    "/history/export",
    operation_id="exportHistory",
    summary="Export histories",
    response_class=Response,
    responses=FINDS,
)
async def export_history(
    caller: Annotated[Caller, may(Permission.READ_HISTORY)],
    view: Viewing,
    asked: Asked,
    export: Exporting,
    plan: PlanCode = None,
    cycle: CycleCode = None,
    body: BodyCode = None,
    owner: OwnerCode = None,
    duty: DutyCode = None,
) -> Response:
    """Export every act that the caller may read, obligation by obligation in the plan's order."""
    wanted = Filters(plan=plan, cycle=cycle, body=body, owner=owner, duty=duty)

    async def read(connection: AsyncConnection, part: Any, named: Named, moment: Moment) -> list[ResponseModel]:
        of = Obligations(part["plan_id"], [one["id"] for one in named])
        acts = await fetch_all(connection, history, caller=caller, of=of, moment=moment)
        return _lines(named, [one["act"] for one in acts])

    rows = _walk(view, caller, wanted, asked, read, PAGE_OF_HISTORIES)
    paper = Paper(
        name="Lịch sử",
        title="LỊCH SỬ GHI NHẬN",
        columns=printed.HISTORY,
        details=await title_in_view(view, wanted, asked, caller),
    )
    return await export.answer("history", columns.HISTORY, rows, paper)


@refuses(errors.MalformedContent)
async def last_time(
    asked: Asked,
    since: Annotated[
        Since | None, Query(description="A table to print says what has changed since then; a week by default.")
    ] = None,
) -> Moment:
    """Read with when a printed status is compared: with what was known then, as changes are.

    Raises:
        MalformedContent: it is later than what is asked about.
    """
    if since and since > asked.as_of:
        raise errors.MalformedContent(None, errors.Fault("query: since", "must not be later than `as_of`, or than now"))
    then = since or asked.as_of - timedelta(days=7)
    return Moment(then, asked.known_at or then)


@router.get(
    "/plans/{plan}/status/export",
    operation_id="exportStatus",
    summary="Export the status of a plan",
    response_class=Response,
    responses=OFFERED | documented(errors.NotFound),
)
async def export_status(
    slug: Slug,
    caller: Reader,
    reading: Reading,
    asked: Asked,
    then: Annotated[Moment, Depends(last_time)],
    export: Exporting,
    cycle: CycleCodes = None,
    body: BodyCode = None,
    by: Annotated[By, Query(description="A line for each body and member, or for each duty.")] = By.BODY,
) -> Response:
    """Export totals and rates for each cycle, and for each body and member or each duty; to print, on one page."""
    await fetch_one(reading, plans.plan, slug=slug)
    wanted = Filters(plan=slug, cycles=cycle or (), body=body)
    if export.is_for_paper:
        compared = summary(*[await summed_at(reading, caller, wanted, moment, by) for moment in (asked, then)])
        details = await title_of(reading, wanted, asked, caller)
        return await export.answer("status", (), *_table_for_leaders(compared, by, details, then))
    lines = list(status_lines(slug, await cycles_at(reading, caller, wanted, asked, by)))
    return await export.answer("status", columns.of_status(by), _at_once(lines))


def _table_for_leaders(compared: Summary, by: By, details: list[str], then: Moment) -> tuple[Rows, Paper]:
    name, rest = {By.BODY: ("CƠ QUAN", "Các cơ quan khác"), By.DUTY: ("NHIỆM VỤ", "Các nhiệm vụ khác")}[by]
    plan, instant, made_by = details
    paper = Paper(
        name="Tổng hợp",
        title=f"TỔNG HỢP TÌNH HÌNH THỰC HIỆN THEO {name}",
        columns=columns_of(by),
        details=[plan, f"{instant}; tăng giảm so với {printed.minute(then.as_of)}: {compared.changed}", made_by],
        one_page=True,
        counts_rows=False,
    )
    return _at_once(compared.fitting(room_of(paper), partial(height_of, paper.columns), rest)), paper


async def _walk(
    view: View, caller: Caller, wanted: Filters, asked: Moment, read: ReadPage, limit: int
) -> AsyncIterator[list[ResponseModel]]:
    """Read page after page of every cycle; what is found on a page may be less than its obligations."""
    async with view() as connection:
        parts = await fetch_all(connection, exports.parts, plan=wanted.plan, cycle=wanted.cycle)
    for part in parts:
        moment = Moment(asked.as_of, asked.known_at or parts[0]["recorded_until"])
        named: list[Any] = []
        while not named or len(named) == limit:
            after = KeysetCursor((named[-1]["position"], named[-1]["id"])) if named else None
            where = {"plan_id": part["plan_id"], "cycle_id": part["cycle_id"], "moment": moment, "after": after}
            asked_for = {"caller": caller, "filters": wanted.of_names, **where, "limit": limit}
            async with view() as connection:
                named = await fetch_all(connection, exports.page, **asked_for)
                shapes = await read(connection, part, named, moment) if named else []
            if not named:
                break
            yield shapes


def _lines(named: Named, acts: Sequence[Any]) -> list[ResponseModel]:
    """Bring the acts of a page, which are in their order, together by obligation."""
    by_obligation: dict[str, list[Any]] = {str(one["id"]): [] for one in named}
    for act in acts:
        by_obligation[act["obligation"]].append(act)
    return [HistoryLine.model_validate({**one, "act": act}) for one in named for act in by_obligation[str(one["id"])]]


async def _at_once(shapes: list[Any]) -> Rows:
    yield shapes
