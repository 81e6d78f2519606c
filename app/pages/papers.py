"""Nhập báo cáo giấy: one paper of a body, its duties to tick, tried before it is entered, its scan attached once."""

import json
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import paper_reports, scans
from app.database.statements import fetch_all
from app.domain.access import Permission
from app.domain.errors import Fault, MalformedContent, Refusal
from app.pages.acts import FIGURE, reported, targets_of
from app.pages.answers import is_english, moved
from app.pages.desk import Acting, Cycle, Desk, OnDesk, opens, screens
from app.pages.forms import Again, Form, Sent, once, read, refused_with
from app.pages.overview import cycles_on
from app.pages.sending import SENDS, WithFile
from app.queries.obligations import Sort, find_page
from app.queries.plans import all_bodies, duties_of
from app.schemas.base import Code
from app.schemas.paper_reports import MAX_LINES, PaperReportIn
from app.schemas.views import obligation_out
from app.standing.filters import Filters
from app.web.read import Reading, View, Viewing

router = screens()
ENTERS = opens(Permission.ENTER_PAPER_REPORTS)
PAPER = ("number", "issued_on", "received_on", "issuer", "classification", "reopened_by")
Body = Annotated[Code | None, Query()]
PaperId = Annotated[UUID, Path(description="The paper report's id.")]


@router.get("/papers", dependencies=[ENTERS])
async def blank(desk: OnDesk, reading: Reading, body: Body = None, cycle: Cycle = None) -> Response:
    """Show what a body owes in a cycle, as rows to tick."""
    return desk.page("papers.html", **await _told(desk, reading, body, cycle), tried=None)


@router.post("/papers", dependencies=[ENTERS])
async def enter(desk: Acting, view: Viewing, form: Sent) -> Response:
    """Try a paper, or enter all of it or none."""
    trying = form["do"] != "enter"
    try:
        answer = await once(lambda: _entered(desk, form, trying))
    except Refusal as refusal:
        return await _shown(desk, view, form, form.again("paper", refusal, _places(form)), refusal)
    entered = json.loads(bytes(answer.body))
    if trying:
        return await _shown(desk, view, form, form.kept("paper"), tried=entered)
    return moved(desk.path(f"/papers/{entered['paper_report']['id']}", done="entered"))


async def _entered(desk: Desk, form: Form, trying: bool) -> Response:
    sent = read(PaperReportIn, _sent(desk, form))
    vietnamese = not is_english(desk.request)
    write = form.write.trying(trying)
    return await write.run(paper_reports.enter, desk.caller, sent, now=desk.now, vietnamese=vietnamese, dry_run=trying)


def _sent(desk: Desk, form: Form) -> dict[str, Any]:
    """Spell a paper as the wire does.

    Raises:
        MalformedContent: nothing is ticked.
    """
    ticked = form.every("item")
    if not ticked:
        raise MalformedContent(None, Fault("/item", "is needed"))
    items = [{"obligation": one, **reported(form, f"{one}-")} for one in ticked]
    return {"plan": desk.slug, **form.said("body", *PAPER), "items": items}


def _places(form: Form) -> Mapping[str, str]:
    places = {}
    for n, one in enumerate(form.every("item")):
        places[f"/items/{n}/"] = f"{one}-"
        for m, target in enumerate(targets_of(form, f"{one}-")):
            places[f"/items/{n}/measurements/{m}"] = f"{one}-{FIGURE}{target}"
    return places


async def _shown(
    desk: Desk, view: View, form: Form, again: Again, refusal: Refusal | None = None, tried: Any = None
) -> Response:
    async with view() as connection:
        told = await _told(desk, connection, form["body"], form["cycle"])
    shown = {**told, "again": again, "tried": tried}
    return refused_with(desk, "papers.html", refusal, **shown) if refusal else desk.page("papers.html", **shown)


async def _told(desk: Desk, connection: AsyncConnection, body: str | None, cycle: str | None) -> dict[str, Any]:
    cycles = await cycles_on(connection, desk, cycle)
    bodies = await fetch_all(connection, all_bodies, slug=desk.slug, moment=desk.moment)
    found: list[Any] = []
    targets: dict[str, Any] = {}
    if body and cycles.code:
        wanted = Filters(plan=desk.slug, cycle=cycles.code, body=body)
        asked = {"caller": desk.caller, "filters": wanted, "moment": desk.moment}
        rows = await find_page(connection, **asked, sort=Sort.DUTY, limit=MAX_LINES, after=None)
        found = [obligation_out(row, desk.moment.as_of) for row in rows[:MAX_LINES]]
        duties = await fetch_all(connection, duties_of, slug=desk.slug, body=body)
        targets = {one["code"]: one["targets"] for one in duties}
    return {"cycles": cycles, "bodies": bodies, "body": body, "found": found, "targets": targets}


@router.get("/papers/{paper_report_id}", dependencies=[opens(Permission.READ_REPORTS)])
async def one(desk: OnDesk, reading: Reading, paper_report_id: PaperId, done: str | None = None) -> Response:
    """Show a paper and what it says, and whether its scan is there."""
    whole = await paper_reports.whole(reading, desk.caller, paper_report_id, now=desk.now)
    return desk.page("paper.html", whole=whole, done=done)


@router.post("/papers/{paper_report_id}/scan", dependencies=[ENTERS], **SENDS)
async def scan(desk: Acting, view: Viewing, paper_report_id: PaperId, sent: WithFile) -> Response:
    """Attach the scan of a paper, once."""
    try:
        media_type, upload = sent.media_type(), sent.upload()
        awaited = await upload.look(scans.awaited, desk.caller, paper_report_id, media_type, now=desk.now)
        async with upload.spool() as part:
            scans.refuse_other_bytes(awaited, part.sha256)
            await upload.inspect(part, media_type)
            await upload.record(scans.record, desk.caller, awaited, part)
    except Refusal as refusal:
        async with view() as connection:
            whole = await paper_reports.whole(connection, desk.caller, paper_report_id, now=desk.now)
        again = sent.form.again("scan", refusal, {"/": "file"})
        return refused_with(desk, "paper.html", refusal, whole=whole, done=None, again=again)
    return moved(desk.path(f"/papers/{paper_report_id}", done="scanned"))
