"""Nộp báo cáo: what a clerk's bodies owe in a cycle and still lack, the form to fill in offline, and receipts."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.imports.reading import read_form
from app.database.statements import Row, fetch_all
from app.domain.access import Permission
from app.domain.errors import ContentTooLarge, NotFound, Refusal
from app.domain.imports import HowMeant
from app.pages.answers import is_english
from app.pages.desk import Acting, Cycle, Desk, OnDesk, opens, screens
from app.pages.forms import refused_with
from app.pages.obligation import ObligationId
from app.pages.overview import cycles_on
from app.pages.sending import SENDS, FileForm, WithFile
from app.queries import history as histories
from app.queries import obligations as queries
from app.queries.obligations import Sort, find_page
from app.queries.plans import some_bodies
from app.queries.receipts import receipt_of
from app.reports.receipt import receipt_paper
from app.routers.forms import get_template
from app.schemas.base import Code
from app.schemas.history import HistoryOut
from app.schemas.imports import ImportLine
from app.schemas.receipts import digest_of
from app.schemas.views import obligation_out
from app.standing.filters import Filters
from app.web.files.imports import AT_ONCE_BYTES, import_of
from app.web.files.papers import PaperFormat, paper_answer
from app.web.paging import MAX_LIMIT
from app.web.read import Reading, Viewing

router = screens()
REPORTS = opens(Permission.REPORT)


@router.get("/reporting", dependencies=[REPORTS])
async def mine(desk: OnDesk, reading: Reading, cycle: Cycle = None) -> Response:
    """Show what one's bodies owe, what is missing first."""
    return desk.page("reporting.html", **await _owed(desk, reading, cycle), results=None)


async def _owed(desk: Desk, connection: AsyncConnection, cycle: str | None) -> dict[str, Any]:
    cycles = await cycles_on(connection, desk, cycle)
    ids = list(desk.caller.body_ids)
    bodies = await fetch_all(connection, some_bodies, slug=desk.slug, ids=ids) if ids else []
    owed = [(body, await _of(desk, connection, body, cycles.code)) for body in bodies]
    return {"cycles": cycles, "owed": owed}


async def _of(desk: Desk, connection: AsyncConnection, body: Row, cycle: str | None) -> list[Any]:
    wanted = Filters(plan=desk.slug, owner=body["code"], cycles=[cycle] if cycle else ())
    asked = {"caller": desk.caller, "filters": wanted, "moment": desk.moment}
    rows = await find_page(connection, **asked, sort=Sort.DUTY, limit=MAX_LIMIT, after=None)
    found = [obligation_out(row, desk.moment.as_of) for row in rows[:MAX_LIMIT]]
    return sorted(found, key=lambda one: not one.missing)


@router.get("/reporting/form", dependencies=[REPORTS])
async def blank_form(desk: OnDesk, reading: Reading, cycle: Code, owner: Code) -> Response:
    """Give the form to fill in where there is no network."""
    return await get_template(desk.slug, desk.caller, reading, desk.moment, cycle, owner)


@router.post("/reporting/import", dependencies=[REPORTS], **SENDS)
async def filled_form(desk: Acting, view: Viewing, sent: WithFile, cycle: Cycle = None) -> Response:
    """Record a form that was filled in, or try it, and say line by line what became of it."""
    shown: dict[str, Any] = {"results": None}
    status: Refusal | None = None
    try:
        shown["results"] = await _recorded(desk, sent)
    except Refusal as refusal:
        status = refusal
        shown["again"] = sent.form.again("form", refusal, {"/": "file"})
    async with view() as connection:
        shown |= await _owed(desk, connection, cycle)
    return refused_with(desk, "reporting.html", status, **shown) if status else desk.page("reporting.html", **shown)


async def _recorded(desk: Desk, sent: FileForm) -> list[ImportLine]:
    if sent.size > AT_ONCE_BYTES:
        raise ContentTooLarge
    trying, as_is = bool(sent.form["trial"]), bool(sent.form["as_is"])
    vietnamese = not is_english(desk.request)
    meant = HowMeant(plan=desk.slug, name="form", dry_run=trying, as_is=as_is, is_json=False, vietnamese=vietnamese)
    async with sent.upload().spool() as part:
        form = await read_form(part.path, is_json=False, as_is=as_is)
        try:
            importing = import_of(desk.request.app.state.database, desk.caller, meant)
            return [line async for batch in importing.results(form, desk.now) for line in batch]
        finally:
            form.close()


@router.get("/obligations/{obligation_id}/receipts/{update}", dependencies=[opens(Permission.READ_HISTORY)])
async def receipt(
    desk: OnDesk, reading: Reading, obligation_id: ObligationId, update: Annotated[UUID, Path()]
) -> Response:
    """Show that a report was received: its number, when, and a digest of what it says."""
    row = await queries.find_one(reading, desk.caller, obligation_id, desk.moment)
    acts = await histories.acts_on(reading, histories.history, desk.caller, row, desk.moment)
    every = HistoryOut.model_validate({"obligation": row["id"], "items": acts}).items
    act = next((one for one in every if one.id == update and one.act == "update"), None)
    if act is None:
        raise NotFound
    return desk.page("receipt.html", it=obligation_out(row, desk.moment.as_of), act=act, digest=digest_of(act))


@router.get("/obligations/{obligation_id}/receipts/{update}/document", dependencies=[opens(Permission.READ_HISTORY)])
async def receipt_document(
    request: Request, desk: OnDesk, reading: Reading, obligation_id: ObligationId, update: Annotated[UUID, Path()]
) -> Response:
    """Give the receipt as a document."""
    await queries.find_one(reading, desk.caller, obligation_id, desk.moment)
    found = await receipt_of(reading, desk.caller, update, desk.moment, request.app.state.settings.issuer)
    make = partial(receipt_paper, found)
    return await paper_answer(request, found, PaperFormat.DOCX, f"giay-xac-nhan-{found.id}", make)
