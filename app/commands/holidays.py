"""Holidays: the calendar in the database is the one that counts; it grows mark by mark, and no mark is ever changed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.database.builders import rows_where
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Caller
from app.models import Holiday, Plan
from app.models.base import new_id, table
from app.queries.holidays import marks
from app.schemas.holidays import HolidayIn, HolidayMarked, HolidayOut
from app.standing.cycles import counted_over
from app.standing.moment import Moment

COUNTRY, LANGUAGE = "VN", "vi"
plans = table(Plan)


async def mark(
    connection: AsyncConnection, caller: Caller, slug: str, sent: HolidayIn, *, now: datetime
) -> HolidayMarked:
    """Record that a day is off, or is not; deadlines that were worked out before stay where they are, and are named.

    Raises:
        NotFound: there is no such plan.
    """
    plan_id = await plan_of(connection, slug)
    ids = {"id": new_id(), "plan_id": plan_id, "client_id": caller.client_id}
    (marked,) = await _write(connection, [ids | sent.model_dump()])
    over = await fetch_all(connection, counted_over, plan_id=plan_id, day=sent.observed_on, moment=Moment(now))
    return HolidayMarked(**marked.model_dump(), counted_over=[row["code"] for row in over])


async def import_year(connection: AsyncConnection, slug: str, year: int) -> list[HolidayOut]:
    """Add the public holidays of a year that nobody has marked yet, and return them.

    What the coordinating office has marked, on or off, stays as it is.

    Raises:
        NotFound: there is no such plan.
    """
    plan_id = await plan_of(connection, slug)
    known = await observed(connection, plan_id)
    # It knows the holidays of the whole world, and is asked once a year.
    import holidays as library  # noqa: PLC0415

    proposed = library.country_holidays(COUNTRY, years=year, language=LANGUAGE)
    ids = {"plan_id": plan_id, "client_id": None}
    rows = [
        {"id": new_id(), "observed_on": day, "observed": True, "name": name, **ids}
        for day, name in sorted(proposed.items())
        if day not in known
    ]
    return await _write(connection, rows) if rows else []


async def _write(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[HolidayOut]:
    recorded = await events.write(connection, Holiday, rows)
    return [shown({**row, "recorded_at": recorded[row["id"]]}) for row in rows]


async def observed(connection: AsyncConnection, plan_id: UUID) -> dict[date, bool]:
    """Return for every day that was ever marked whether it is off."""
    return {row["observed_on"]: row["observed"] for row in await fetch_all(connection, marks, plan_id=plan_id)}


async def days_off(connection: AsyncConnection, plan_id: UUID) -> set[date]:
    """Return the days that are off."""
    return {day for day, off in (await observed(connection, plan_id)).items() if off}


async def plan_of(connection: AsyncConnection, slug: str) -> UUID:
    """Return a plan's id.

    Raises:
        NotFound: there is no such plan.
    """
    plan_id: UUID = (await fetch_one(connection, rows_where, these=plans, slug=slug))["id"]
    return plan_id


def shown(row: Mapping[Any, Any]) -> HolidayOut:
    """Show one mark."""
    return HolidayOut.model_validate({**row, "client": row["client_id"]})
