"""Lịch nghỉ: the days off of a year, over which working days are counted."""

from functools import partial
from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import holidays
from app.database.statements import fetch_all
from app.domain.access import Permission
from app.domain.calendar import FIRST_YEAR, LAST_YEAR
from app.pages.desk import Acting, Desk, OnDesk, opens, screens
from app.pages.doing import Screen
from app.pages.forms import Sent, read
from app.queries.holidays import days_off
from app.schemas.holidays import HolidayIn
from app.web.read import Reading, Viewing

router = screens()
Year = Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)]


async def _days(year: int | None, desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    shown = year or desk.day.year
    rows = await fetch_all(connection, days_off, slug=desk.slug, year=shown, known_at=desk.moment.known_at)
    return {"days": list(map(holidays.shown, rows)), "year": shown}


def _of(year: int | None) -> Screen:
    return Screen("holidays.html", partial(_days, year))


@router.get("/holidays", dependencies=[opens(Permission.READ_PLANS)])
async def days(desk: OnDesk, reading: Reading, year: Year = None) -> Response:
    """Show the days off of a year: this one, unless another is asked for."""
    return await _of(year).show(desk, reading)


@router.post("/holidays", dependencies=[opens(Permission.EDIT_CALENDAR)])
async def mark(desk: Acting, view: Viewing, form: Sent, year: Year = None) -> Response:
    """Mark a day as off, or as a day like others."""

    async def act() -> Response:
        said = form.said("observed_on", "name") | {"observed": form["observed"] != "false"}
        return await form.write.run(holidays.mark, desk.caller, desk.slug, read(HolidayIn, said), now=desk.now)

    marked = (form["observed_on"] or "")[:4]
    return await _of(year).do(desk, view, form, "mark", act, "/holidays", year=marked)
