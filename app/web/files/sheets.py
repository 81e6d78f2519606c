"""One page as an answer: its data, a document, or a spreadsheet, by `format` or `Accept`."""

from enum import StrEnum
from io import BytesIO
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, Query, Request, Response

from app.domain.errors import NotAcceptable
from app.reports.documents import DOCX, written
from app.reports.leaders import paper_of, sheet_of
from app.schemas.leaders_table import LeadersTable
from app.web.accept import accepted
from app.web.etags import etag_of
from app.web.files.downloads import attachment
from app.web.files.printing import Printout
from app.web.files.spreadsheets import MEDIA_TYPE as XLSX
from app.web.problems.handlers import refuses
from app.web.read import answer, tagged


class SheetFormat(StrEnum):
    """What a page can be asked for as."""

    JSON = "json"
    DOCX = "docx"
    XLSX = "xlsx"


MEDIA_TYPES = {SheetFormat.JSON: "application/json", SheetFormat.DOCX: DOCX, SheetFormat.XLSX: XLSX}
OFFERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The data, the document or the spreadsheet; the same state gives the same bytes.",
        "headers": {
            "Content-Disposition": {"description": "Under which name to keep it.", "schema": {"type": "string"}},
        },
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (DOCX, XLSX)},
    }
}
_VARIES = {"Vary": "Authorization, Accept"}


@refuses(NotAcceptable)
async def sheet_format(
    request: Request,
    format_: Annotated[SheetFormat | None, Query(alias="format", description="Or ask for it by `Accept`.")] = None,
) -> SheetFormat:
    """Read as what a page is wanted: `format`, else what `Accept` names, else its data.

    Raises:
        NotAcceptable: `Accept` names nothing that is offered.
    """
    return format_ or accepted(request, MEDIA_TYPES)


Wanted = Annotated[SheetFormat, Depends(sheet_format)]


async def sheet_answer(request: Request, table: LeadersTable, wanted: SheetFormat) -> Response:
    """Answer with the table for leaders.

    Raises:
        NotAcceptable: what writes documents is not installed.
    """
    if wanted is SheetFormat.JSON:
        return answer(request, table, headers=_VARIES)
    make = _document if wanted is SheetFormat.DOCX else _spreadsheet
    content = await to_thread.run_sync(make, table)
    name = f"bieu-tong-hop-{table.plan.slug}-{table.cycle.code}.{wanted}"
    headers = {**_VARIES, "Content-Disposition": attachment(name)}
    return tagged(request, content, etag_of(content), headers=headers, media_type=MEDIA_TYPES[wanted])


def _document(table: LeadersTable) -> bytes:
    return written(paper_of(table))


def _spreadsheet(table: LeadersTable) -> bytes:
    file = BytesIO()
    paper, rows = sheet_of(table)
    printout = Printout(file, paper)
    printout.extend(rows)
    printout.finish(None)
    return file.getvalue()
