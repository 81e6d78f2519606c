"""Tổng quan: a cycle's figures at a glance, each a link to what it counts, and a bar for each body."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, fetch_all
from app.domain.access import Permission
from app.domain.calendar import last_day_on_time
from app.domain.completion import Status
from app.domain.totals import By
from app.pages.desk import Cycle, Desk, OnDesk, screens
from app.queries.obligations import Sort, find_page
from app.queries.status_document import cycles_at
from app.schemas.views import obligation_out
from app.standing.cycles import cycles_of
from app.standing.filters import Filters
from app.web.read import Reading

router = screens()
SOON, SHOWN = timedelta(days=15), 10
SEGMENTS = (
    *(Status.COMPLETED_ON_TIME, Status.COMPLETED_LATE, Status.IN_PROGRESS, Status.NOT_STARTED),
    *(Status.AWAITED, Status.OVERDUE, Status.NOT_APPLICABLE),
)
"""The order in which a bar shows how things stand: what is done first, what is late last."""


@dataclass(frozen=True)
class Cycles:
    """The cycles of a plan, and the one that is looked at; none is all of them."""

    every: Sequence[Row]
    chosen: Row | None

    @property
    def code(self) -> str | None:
        """The code of the one that is looked at."""
        return self.chosen["code"] if self.chosen else None


async def cycles_on(connection: AsyncConnection, desk: Desk, code: str | None) -> Cycles:
    """Return the cycles, and the one that is asked for: else, of those that have begun, the next that is due."""
    every = await fetch_all(connection, cycles_of, slug=desk.slug, moment=desk.moment)
    if code == "all":
        return Cycles(every, None)
    named = [one for one in every if one["code"] == code]
    begun = [one for one in every if one["starts_on"] <= desk.day]
    ahead = [one for one in begun if one["due_before"] > desk.moment.as_of]
    return Cycles(every, next(iter([*named, *ahead, *reversed(begun), *every]), None))


@router.get("")
async def overview(desk: OnDesk, reading: Reading, cycle: Cycle = None) -> Response:
    """Show where a cycle stands; whoever may not read that is shown what else there is."""
    if not desk.may(Permission.READ_STANDING):
        return desk.page("home.html")
    cycles = await cycles_on(reading, desk, cycle)
    wanted = Filters(plan=desk.slug, cycles=[cycles.code] if cycles.code else ())
    found = await cycles_at(reading, desk.caller, wanted, desk.moment, By.BODY)
    stands = found[0] if cycles.code and found else None
    soon, left = await _soon(reading, desk), _days_left(desk, cycles)
    return desk.page("overview.html", cycles=cycles, stands=stands, every=found, soon=soon, left=left, order=SEGMENTS)


def _days_left(desk: Desk, cycles: Cycles) -> int | None:
    if cycles.chosen is None:
        return None
    return (last_day_on_time(cycles.chosen["due_before"], desk.zone) - desk.day).days


async def _soon(connection: AsyncConnection, desk: Desk) -> list[Any]:
    """Return what is due soon and not done."""
    by = desk.moment.as_of
    still = (Status.IN_PROGRESS, Status.NOT_STARTED)
    wanted = Filters(plan=desk.slug, due_after=by, due_before=by + SOON, status=still)
    asked = {"caller": desk.caller, "filters": wanted, "moment": desk.moment}
    rows = await find_page(connection, **asked, sort=Sort.DUE_BEFORE, limit=SHOWN, after=None)
    return [obligation_out(row, by) for row in rows[:SHOWN]]
