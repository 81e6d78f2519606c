"""Báo cáo tổng hợp: the consolidated report of a cycle as a document, the same as the API gives."""

from fastapi import Request, Response

from app.domain.access import Permission
from app.pages.cycles import CycleCode
from app.pages.desk import Acting, opens, screens
from app.queries.consolidated_report import Asking, report_of
from app.reports.consolidated import paper_of
from app.web.files.papers import PaperFormat, paper_answer
from app.web.read import Viewing

router = screens()


@router.get("/cycles/{cycle}/report", dependencies=[opens(Permission.READ_REPORTS)])
async def report(request: Request, desk: Acting, view: Viewing, cycle: CycleCode, *, sealed: bool = False) -> Response:
    """Give the report of a cycle as of now, or as it was sealed; no view is held while it is written."""
    asked = Asking(caller=desk.caller, slug=desk.slug, cycle=cycle, now=desk.now, sealed=sealed)
    async with view() as connection:
        found = await report_of(connection, asked)
    name = f"bao-cao-{found.plan.slug}-{found.cycle.code}"
    return await paper_answer(request, found, PaperFormat.DOCX, name, lambda: paper_of(found))
