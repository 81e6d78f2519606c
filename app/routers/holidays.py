"""The calendar of a plan: the days that working days step over."""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from app.commands import holidays
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Caller, Permission
from app.domain.calendar import FIRST_YEAR, LAST_YEAR
from app.queries import holidays as queries
from app.queries.plans import plan
from app.routers.cycles import WRITES
from app.routers.parameters import Slug
from app.routers.plans import READS, Reader
from app.schemas.base import DeadlineDay
from app.schemas.holidays import HolidayIn, HolidayList, HolidayMarked
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, Until, answer
from app.web.write import Creating

router = Router(prefix="/v1/plans/{plan}/holidays", tags=["cycles"], route_class=ExactRoute)


@router.get(
    "", operation_id="listHolidays", summary="List a plan's days off", response_model=HolidayList, responses=READS
)
async def list_holidays(
    request: Request,
    slug: Slug,
    _: Reader,
    reading: Reading,
    year: Annotated[
        int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Those of one year.", examples=[2026])
    ] = None,
    known_at: Annotated[Until | None, Query(description="The calendar as it had been recorded by then.")] = None,
) -> Response:
    """List the days off in order, of a year or of all."""
    await fetch_one(reading, plan, slug=slug)
    rows = await fetch_all(reading, queries.days_off, slug=slug, year=year, known_at=known_at)
    return answer(request, HolidayList(items=list(map(holidays.shown, rows))))


@router.get(
    "/{day}",
    operation_id="getHolidayMarks",
    summary="List what was recorded of a day",
    response_model=HolidayList,
    responses=READS,
)
async def get_marks(
    request: Request,
    slug: Slug,
    day: Annotated[DeadlineDay, Path(description="A calendar date.", examples=["2026-09-02"])],
    _: Reader,
    reading: Reading,
) -> Response:
    """List everything that was ever recorded of a day, in order; the last mark counts."""
    await fetch_one(reading, plan, slug=slug)
    rows = await fetch_all(reading, queries.marks_of, slug=slug, day=day)
    return answer(request, HolidayList(items=list(map(holidays.shown, rows))))


@router.post(
    "",
    operation_id="markHoliday",
    summary="Mark a day as off, or not",
    status_code=201,
    response_model=HolidayMarked,
    responses=documented(*WRITES),
)
async def mark_holiday(
    slug: Slug, caller: Annotated[Caller, may(Permission.EDIT_CALENDAR)], write: Creating, sent: HolidayIn
) -> Response:
    """Mark a day as off, or with `observed: false` as no longer off; cycles that are open keep their deadlines.

    `counted_over` names those whose default deadline was counted over that day: a letter can move it.
    """
    marking = write.at("/v1/plans/{plan}/holidays/{observed_on}")
    return await marking.run(holidays.mark, caller, slug, sent, now=write.now)
