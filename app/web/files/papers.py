"""Papers as answers: the data of a paper, or its document, by `format` or `Accept`."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, Query, Request, Response

from app.domain.errors import NotAcceptable
from app.reports.blocks import Paper
from app.reports.documents import DOCX, written
from app.schemas.base import ResponseModel
from app.web.accept import accepted
from app.web.etags import etag_of
from app.web.files.downloads import attachment
from app.web.problems.handlers import refuses
from app.web.read import answer, tagged


class PaperFormat(StrEnum):
    """What a paper can be asked for as."""

    JSON = "json"
    DOCX = "docx"


MEDIA_TYPES = {PaperFormat.JSON: "application/json", PaperFormat.DOCX: DOCX}
OFFERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The data, or the document; the same state gives the same bytes.",
        "headers": {
            "Content-Disposition": {"description": "Under which name to keep it.", "schema": {"type": "string"}},
        },
        "content": {DOCX: {"schema": {"type": "string", "format": "binary"}}},
    }
}
_VARIES = {"Vary": "Authorization, Accept"}


@refuses(NotAcceptable)
async def paper_format(
    request: Request,
    format_: Annotated[PaperFormat | None, Query(alias="format", description="Or ask for it by `Accept`.")] = None,
) -> PaperFormat:
    """Read as what a paper is wanted: `format`, else what `Accept` names, else its data.

    Raises:
        NotAcceptable: `Accept` names nothing that is offered.
    """
    return format_ or accepted(request, MEDIA_TYPES)


Wanted = Annotated[PaperFormat, Depends(paper_format)]


async def paper_answer(
    request: Request, data: ResponseModel, wanted: PaperFormat, name: str, make: Callable[[], Paper]
) -> Response:
    """Answer with the data of a paper, or with its document as an attachment of a name.

    Raises:
        NotAcceptable: what writes documents is not installed.
    """
    if wanted is PaperFormat.JSON:
        return answer(request, data, headers=_VARIES)
    content = await to_thread.run_sync(lambda: written(make()))
    headers = {**_VARIES, "Content-Disposition": attachment(f"{name}.{wanted}")}
    return tagged(request, content, etag_of(content), headers=headers, media_type=MEDIA_TYPES[wanted])
