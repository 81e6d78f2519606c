"""Kỳ báo cáo và khóa số liệu: the cycles with their deadlines, those that nobody has opened, and what a seal holds."""

from functools import partial
from typing import Annotated, Any

from fastapi import Path, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import cycle_annulments, deadlines, seals
from app.commands import cycles as openings
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Permission
from app.domain.totals import By
from app.pages.desk import Acting, Desk, OnDesk, opens, screens
from app.pages.doing import Screen
from app.pages.forms import Sent, read
from app.queries.cycles import opened_by
from app.queries.status_document import cycles_at
from app.schemas.annulments import AnnulmentIn
from app.schemas.base import Code
from app.schemas.cycles import ClosingIn, CycleDeadlineIn, CycleIn
from app.schemas.status import missing_cycles
from app.schemas.views import cycle_detail, cycle_out
from app.standing.cycles import cycles_of, find_cycle
from app.standing.filters import Filters
from app.web.read import Reading, Viewing

router = screens()
READS, OPENS = opens(Permission.READ_STANDING), opens(Permission.OPEN_CYCLES)
CycleCode = Annotated[Code, Path(description="The cycle's code.")]


async def _every(desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    rows = await fetch_all(connection, cycles_of, slug=desk.slug, moment=desk.moment)
    plan = await fetch_one(connection, opened_by, slug=desk.slug, known_at=desk.moment.known_at)
    stands = await cycles_at(connection, desk.caller, Filters(plan=desk.slug), desk.moment, By.BODY)
    by_code = {one.cycle: one for one in stands}
    missing = missing_cycles(plan, min(desk.moment.as_of, desk.now))
    return {"cycles": list(map(cycle_out, rows)), "stands": by_code, "missing": missing}


async def _one(code: str, desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    shown = cycle_detail(*await find_cycle(connection, desk.slug, code, desk.moment))
    wanted = Filters(plan=desk.slug, cycles=[code])
    stands = await cycles_at(connection, desk.caller, wanted, desk.moment, By.BODY)
    return {"it": shown, "stands": stands[0], "due": shown.due_before <= desk.now}


EVERY = Screen("cycles.html", _every)


def _of(code: str) -> Screen:
    return Screen("cycle.html", partial(_one, code))


@router.get("/cycles", dependencies=[READS])
async def cycles(desk: OnDesk, reading: Reading) -> Response:
    """List the cycles, and name those that should be open."""
    return await EVERY.show(desk, reading)


@router.get("/cycles/{cycle}", dependencies=[READS])
async def one_cycle(desk: OnDesk, reading: Reading, cycle: CycleCode) -> Response:
    """Show one cycle: every letter on its deadline, its figures, and its seal."""
    return await _of(cycle).show(desk, reading)


@router.post("/cycles", dependencies=[OPENS])
async def open_missing(desk: Acting, view: Viewing, form: Sent) -> Response:
    """Open a cycle that should be open."""

    async def act() -> Response:
        return await form.write.run(openings.open_cycle, desk.slug, read(CycleIn, form.said("code")), now=desk.now)

    return await EVERY.do(desk, view, form, f"open-{form['code']}", act, "/cycles")


@router.post("/cycles/{cycle}/closing", dependencies=[OPENS])
async def close(desk: Acting, view: Viewing, cycle: CycleCode, form: Sent) -> Response:
    """Close a cycle under a seal."""

    async def act() -> Response:
        sent = read(ClosingIn, form.said("reason", "document_number"))
        return await form.write.run(seals.close, desk.caller, desk.slug, cycle, sent, now=desk.now)

    return await _of(cycle).do(desk, view, form, "close", act, f"/cycles/{cycle}")


@router.post("/cycles/{cycle}/deadlines", dependencies=[OPENS])
async def move_deadline(desk: Acting, view: Viewing, cycle: CycleCode, form: Sent) -> Response:
    """Record a letter that moves the deadline of a cycle, or confirms it."""

    async def act() -> Response:
        said = form.said("due_before_on", "reason", "document_number", "decided_on", "reopened_by")
        sent = read(CycleDeadlineIn, said)
        return await form.write.run(deadlines.move, desk.caller, desk.slug, cycle, sent, now=desk.now)

    return await _of(cycle).do(desk, view, form, "move", act, f"/cycles/{cycle}")


@router.post("/cycles/{cycle}/annulments", dependencies=[OPENS])
async def annul(desk: Acting, view: Viewing, cycle: CycleCode, form: Sent) -> Response:
    """Take back a letter on the deadline, the closing or the opening; without its opening a cycle is no more."""

    async def act() -> Response:
        sent = read(AnnulmentIn, form.said("act", "reason", "reopened_by"))
        return await form.write.run(cycle_annulments.annul, desk.caller, desk.slug, cycle, sent, now=desk.now)

    return await _of(cycle).do(desk, view, form, "annul", act, "/cycles")
