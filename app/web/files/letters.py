"""Letters as answers: all that were made at once as an archive of documents, or what was recorded of them."""

import json
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from app.database.statements import Row
from app.domain.errors import NotAcceptable
from app.reports.archives import ZIP, archived
from app.reports.documents import DOCX
from app.web.accept import accepted
from app.web.etags import etag_of
from app.web.files.downloads import attachment
from app.web.problems.handlers import refuses
from app.web.read import tagged


class LettersFormat(StrEnum):
    """What letters that were made can be asked for as."""

    ZIP = "zip"
    JSON = "json"


MEDIA_TYPES = {LettersFormat.ZIP: ZIP, LettersFormat.JSON: "application/json"}
BINARY = {"schema": {"type": "string", "format": "binary"}}
_NAMED = {"Content-Disposition": {"description": "Under which name to keep it.", "schema": {"type": "string"}}}
MADE: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The letters that were made, a document a body; or what was recorded of them.",
        "headers": _NAMED,
        "content": {ZIP: BINARY},
    }
}
_TAGGED = {name: {"$ref": f"#/components/headers/{name}"} for name in ("ETag", "Cache-Control")}
ONE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The document, as it was made.", "headers": _NAMED | _TAGGED, "content": {DOCX: BINARY}}
}


@refuses(NotAcceptable)
async def letters_format(
    request: Request,
    format_: Annotated[LettersFormat | None, Query(alias="format", description="Or ask for it by `Accept`.")] = None,
) -> LettersFormat:
    """Read as what letters are wanted: `format`, else what `Accept` names, else the archive.

    Raises:
        NotAcceptable: `Accept` names nothing that is offered.
    """
    return format_ or accepted(request, MEDIA_TYPES)


Wanted = Annotated[LettersFormat, Depends(letters_format)]


def ids_in(answer: Response) -> list[UUID]:
    """Name the letters that an answer tells of, be it given for the first time or once more."""
    return [UUID(one["id"]) for one in json.loads(bytes(answer.body))["items"]]


def as_archive(answer: Response, letters: Iterable[Row]) -> Response:
    """Answer with the documents of letters in the place of what was recorded of them."""
    kept = {name: value for name, value in answer.headers.items() if name in {"location", "idempotent-replayed"}}
    content = archived({file_name(letter): letter["content"] for letter in letters})
    sent = {
        "Content-Disposition": attachment("cong-van-don-doc.zip"),
        "Cache-Control": "no-store",
        "ETag": etag_of(content),
    }
    return Response(content, answer.status_code, {**kept, **sent}, media_type=ZIP)


def as_document(request: Request, letter: Row) -> Response:
    """Answer with the document of one letter."""
    headers = {"Content-Disposition": attachment(file_name(letter))}
    content = letter["content"]
    return tagged(request, content, etag_of(content), headers=headers, media_type=DOCX)


def file_name(letter: Row) -> str:
    """Name the document of a letter by its body, its cycle and what it is about."""
    kind = {"due_soon": "sap-den-han", "overdue": "qua-han"}[letter["kind"]]
    return f"don-doc-{letter['body']}-{letter['cycle']}-{kind}.docx"
