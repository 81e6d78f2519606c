"""Theo nhiệm vụ: how each duty stands in a cycle, over all its owners."""

from fastapi import Response

from app.domain.access import Permission
from app.domain.totals import By
from app.pages.desk import Cycle, OnDesk, opens, screens
from app.pages.overview import SEGMENTS, cycles_on
from app.queries.status_document import cycles_at
from app.standing.filters import Filters
from app.web.read import Reading

router = screens()


@router.get("/duties", dependencies=[opens(Permission.READ_STANDING)])
async def by_duty(desk: OnDesk, reading: Reading, cycle: Cycle = None) -> Response:
    """Show a line for each duty."""
    cycles = await cycles_on(reading, desk, cycle)
    wanted = Filters(plan=desk.slug, cycles=[cycles.code] if cycles.code else ())
    found = await cycles_at(reading, desk.caller, wanted, desk.moment, By.DUTY)
    return desk.page("duties.html", cycles=cycles, found=found, order=SEGMENTS)
