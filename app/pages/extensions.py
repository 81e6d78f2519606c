"""Gia hạn: who asks for a later deadline, oldest first, and what is answered."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import extensions
from app.database.statements import fetch_all, fetch_first
from app.domain.access import Permission
from app.domain.calendar import day_of
from app.pages.desk import Acting, Desk, OnDesk, opens, screens
from app.pages.doing import Screen
from app.pages.forms import Sent, read
from app.queries import extensions as queries
from app.queries import obligations
from app.schemas.extensions import ExtensionIn, ExtensionRefusalIn
from app.schemas.views import extension_request_out, obligation_out
from app.web.paging import CursorText, Pages, end_of
from app.web.read import Reading, Viewing

router = screens()
READS, EXTENDS = opens(Permission.READ_HISTORY), opens(Permission.EXTEND)
ROWS = 50
ObligationId = Annotated[UUID, Path(description="The obligation's id.")]


@router.get("/extensions", dependencies=[READS])
async def queue(request: Request, desk: OnDesk, reading: Reading, cursor: CursorText = None) -> Response:
    """List the requests that nobody has answered, as far as the person may see them."""
    pages = Pages(request, desk.caller)
    moment, after = pages.begin(desk.moment, cursor)
    rows = await fetch_all(reading, queries.queue, caller=desk.caller, moment=moment, limit=ROWS, after=after)
    following = pages.next_cursor(moment, end_of(rows, ROWS, queries.SORT_COLUMNS))
    items = [extension_request_out(row, moment.as_of) for row in rows[:ROWS]]
    return desk.page("extensions.html", items=items, following=following, later=bool(cursor))


async def _one(obligation_id: UUID, desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    row = await obligations.find_one(connection, desk.caller, obligation_id, desk.moment)
    asked = await fetch_first(connection, queries.pending_on, obligation_id=obligation_id, moment=desk.moment)
    day = day_of(asked["due_before"], desk.zone).isoformat() if asked else ""
    return {"it": obligation_out(row, desk.moment.as_of), "asked": asked, "asked_day": day}


def _of(obligation_id: UUID) -> Screen:
    return Screen("extension.html", partial(_one, obligation_id))


@router.get("/extensions/{obligation_id}", dependencies=[READS])
async def one_request(desk: OnDesk, reading: Reading, obligation_id: ObligationId) -> Response:
    """Show what is asked for on one obligation, and the two answers."""
    return await _of(obligation_id).show(desk, reading)


@router.post("/extensions/{obligation_id}/grant", dependencies=[EXTENDS])
async def grant(desk: Acting, view: Viewing, obligation_id: ObligationId, form: Sent) -> Response:
    """Record the letter that moves the deadline."""

    async def act() -> Response:
        said = form.said("due_before_on", "reason", "document_number", "decided_on", "reopened_by")
        given = (desk.caller, obligation_id, read(ExtensionIn, said))
        return await form.expecting().run(extensions.grant, *given, now=desk.now, expected=form.seen)

    return await _of(obligation_id).do(desk, view, form, "grant", act, f"/extensions/{obligation_id}")


@router.post("/extensions/{obligation_id}/refusal", dependencies=[EXTENDS])
async def refuse(desk: Acting, view: Viewing, obligation_id: ObligationId, form: Sent) -> Response:
    """Refuse what is asked for."""

    async def act() -> Response:
        said = form.said("reason", "document_number", "reopened_by")
        given = (desk.caller, obligation_id, read(ExtensionRefusalIn, said))
        return await form.expecting().run(extensions.refuse, *given, now=desk.now, expected=form.seen)

    return await _of(obligation_id).do(desk, view, form, "refuse", act, f"/extensions/{obligation_id}")
