"""Theo cơ quan: how each body stands in a cycle, and of one body each duty in each cycle."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Path, Response

from app.database.statements import fetch_all, fetch_one
from app.domain.access import Permission
from app.domain.totals import By
from app.pages.desk import Cycle, OnDesk, opens, screens
from app.pages.overview import SEGMENTS, cycles_on
from app.queries.obligations import Sort, find_page
from app.queries.plans import one_body
from app.queries.status_document import cycles_at
from app.schemas.base import Code
from app.schemas.views import obligation_out
from app.standing.cycles import cycles_of
from app.standing.filters import Filters
from app.web.paging import MAX_LIMIT
from app.web.read import Reading

router = screens()
READS = opens(Permission.READ_STANDING)


@dataclass
class Line:
    """One duty of one owner: where it stands in each cycle."""

    code: str
    title_vi: str
    title_en: str
    owner: str
    cells: dict[str, Any] = field(default_factory=dict)


@router.get("/bodies", dependencies=[READS])
async def by_body(desk: OnDesk, reading: Reading, cycle: Cycle = None) -> Response:
    """Show a line for each body, and one for each member of a group."""
    cycles = await cycles_on(reading, desk, cycle)
    wanted = Filters(plan=desk.slug, cycles=[cycles.code] if cycles.code else ())
    found = await cycles_at(reading, desk.caller, wanted, desk.moment, By.BODY)
    return desk.page("bodies.html", cycles=cycles, found=found, order=SEGMENTS)


@router.get("/bodies/{body}", dependencies=[READS])
async def one(desk: OnDesk, reading: Reading, body: Annotated[Code, Path(description="The body's code.")]) -> Response:
    """Show each duty of a body and its members in each cycle, in one letter and a colour."""
    shown = await fetch_one(reading, one_body, slug=desk.slug, code=body, moment=desk.moment)
    cycles = await fetch_all(reading, cycles_of, slug=desk.slug, moment=desk.moment)
    asked = {"caller": desk.caller, "filters": Filters(plan=desk.slug, body=body), "moment": desk.moment}
    rows = await find_page(reading, **asked, sort=Sort.DUTY, limit=MAX_LIMIT, after=None)
    lines = list(_lines(obligation_out(row, desk.moment.as_of) for row in rows[:MAX_LIMIT]))
    begun = [one for one in cycles if any(one["code"] in line.cells for line in lines)]
    whole = len(rows) <= MAX_LIMIT
    return desk.page("body.html", body=shown, cycles=begun, lines=lines, whole=whole, order=SEGMENTS)


def _lines(obligations: Iterable[Any]) -> Iterable[Line]:
    lines: dict[tuple[str, str], Line] = {}
    for one in obligations:
        place = (one.duty.code, one.inherited_from or one.owner.code)
        new = Line(one.duty.code, one.duty.title_vi, one.duty.title_en, one.owner.name)
        lines.setdefault(place, new).cells[one.cycle] = one
    return lines.values()
