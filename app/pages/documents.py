"""Văn bản: the consolidated report and the table for leaders to look at and to take along, and letters that urge."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import reminder_letters
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Permission
from app.domain.letters import LetterKind
from app.pages.desk import Acting, Cycle, Desk, OnDesk, opens, screens
from app.pages.doing import Screen
from app.pages.forms import Sent, read
from app.pages.overview import cycles_on
from app.queries.consolidated_report import Asking, report_of
from app.queries.leaders_table import table_of
from app.queries.reminder_letters import contents_of, letters_of
from app.reports import consolidated, leaders
from app.reports.guarding import guarded
from app.schemas.base import Code
from app.schemas.reminder_letters import ReminderLettersIn, ReminderNumberIn
from app.web.files.letters import as_document
from app.web.files.papers import PaperFormat, paper_answer
from app.web.files.sheets import SheetFormat, sheet_answer
from app.web.read import Reading, Viewing

router = screens()
READS, URGES = opens(Permission.READ_REPORTS), opens(Permission.URGE)
LetterId = Annotated[UUID, Path(description="The letter's id.")]


def _asking(desk: Desk, cycle: str) -> Asking:
    """Ask as the operation beside it does: of today, as of the last change."""
    as_of = None if desk.is_today else desk.moment.as_of
    return Asking(caller=desk.caller, slug=desk.slug, cycle=cycle, now=desk.now, as_of=as_of)


async def _told(cycle: str | None, desk: Desk, connection: AsyncConnection) -> dict[str, Any]:
    cycles = await cycles_on(connection, desk, cycle)
    urged, letters = {}, []
    if cycles.code:
        for kind in LetterKind:
            sent = ReminderLettersIn(cycle=cycles.code, kind=kind)
            found = await reminder_letters.urged_now(connection, desk.caller, desk.slug, sent, now=desk.moment.as_of)
            urged[kind.value] = [(owed[0]["owner_code"], owed[0]["owner_name"], len(owed)) for owed in found.by_owner]
        rows = await fetch_all(connection, letters_of, slug=desk.slug, cycle=cycles.code, moment=desk.moment)
        letters = [reminder_letters.letter_out(row) for row in reversed(rows)]
    return {"cycles": cycles, "urged": urged, "letters": letters}


def _of(cycle: str | None) -> Screen:
    return Screen("documents.html", partial(_told, cycle))


@router.get("/documents", dependencies=[READS])
async def documents(desk: OnDesk, reading: Reading, cycle: Cycle = None) -> Response:
    """Show what papers there are of a cycle, whom letters would urge, and those that did."""
    return await _of(cycle).show(desk, reading)


@router.get("/documents/report", dependencies=[READS])
async def report(request: Request, desk: OnDesk, reading: Reading, cycle: Code) -> Response:
    """Give the consolidated report as a document."""
    found = await report_of(reading, _asking(desk, cycle))
    make = partial(consolidated.paper_of, found)
    return await paper_answer(request, found, PaperFormat.DOCX, f"bao-cao-{desk.slug}-{cycle}", make)


@router.get("/documents/report/preview", dependencies=[READS])
async def preview(desk: OnDesk, reading: Reading, cycle: Code) -> Response:
    """Show the words and tables of the consolidated report on a page."""
    paper = consolidated.paper_of(await report_of(reading, _asking(desk, cycle)))
    return desk.page("preview.html", paper=guarded(paper), cycle=cycle)


@router.get("/documents/table", dependencies=[READS])
async def table(
    request: Request,
    desk: OnDesk,
    reading: Reading,
    cycle: Code,
    format: SheetFormat = SheetFormat.DOCX,  # noqa: A002
) -> Response:
    """Give the table for leaders as a document or a spreadsheet."""
    return await sheet_answer(request, await table_of(reading, _asking(desk, cycle), None), format)


@router.get("/documents/table/preview", dependencies=[READS])
async def preview_table(desk: OnDesk, reading: Reading, cycle: Code) -> Response:
    """Show the table for leaders on a page."""
    paper = leaders.paper_of(await table_of(reading, _asking(desk, cycle), None))
    return desk.page("preview.html", paper=guarded(paper), cycle=cycle)


@router.get("/documents/letters/{letter}", dependencies=[READS])
async def letter(request: Request, desk: OnDesk, reading: Reading, letter: LetterId) -> Response:
    """Give a letter as it was made."""
    return as_document(request, await fetch_one(reading, contents_of, slug=desk.slug, ids=[letter]))


@router.post("/documents/letters", dependencies=[URGES])
async def send(desk: Acting, view: Viewing, form: Sent) -> Response:
    """Make letters of a kind, to those that are ticked."""

    async def act() -> Response:
        said = {**form.said("cycle", "kind"), "bodies": form.every("body")}
        return await form.write.run(
            reminder_letters.send, desk.caller, desk.slug, read(ReminderLettersIn, said), now=desk.now
        )

    kind = form["kind"] or ""
    return await _of(form["cycle"]).do(desk, view, form, kind, act, "/documents", cycle=form["cycle"])


@router.post("/documents/letters/{letter}/number", dependencies=[URGES])
async def number(desk: Acting, view: Viewing, letter: LetterId, form: Sent) -> Response:
    """Enter the number that a letter was given."""

    async def act() -> Response:
        sent = read(ReminderNumberIn, form.said("number", "issued_on"))
        return await form.write.run(reminder_letters.number, desk.caller, desk.slug, letter, sent, now=desk.now)

    name = f"number-{letter}"
    return await _of(form["cycle"]).do(desk, view, form, name, act, "/documents", cycle=form["cycle"])
