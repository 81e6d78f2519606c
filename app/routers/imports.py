"""Filled-in forms, sent as they are, and how far those have come that are recorded later."""

import json
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.imports.reading import read_form
from app.database.statements import Row, fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.imports import HowMeant, LineResult
from app.queries import imports
from app.routers.parameters import Slug
from app.schemas.imports import ImportLine, ImportLineList, ImportOut, ImportProgress
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.files.imports import (
    ASK_AGAIN,
    AT_ONCE_BYTES,
    OFFERED,
    ImportName,
    accept,
    answer,
    end_so_far,
    import_of,
    is_under_way,
    is_vietnamese,
    progress_of,
    says_json,
    would_not_wait,
)
from app.web.files.uploads import NO_BODY_LIMIT, Uploading
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading
from app.web.read import answer as answer_to_read

router = Router(prefix="/v1/plans", tags=["updates"])
progress = Router(prefix="/v1/plans", tags=["updates"], route_class=ExactRoute)
Sender = Annotated[Caller, may(Permission.REPORT)]
ImportId = Annotated[UUID, Path(alias="import", description="The import's id.")]
ABSENT = documented(errors.NotFound)
LATER: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "It is kept and recorded later: ask how far that has come.",
        "model": ImportProgress,
        "headers": {
            "X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"},
            "Cache-Control": {"$ref": "#/components/headers/Cache-Control"},
            "Location": {"description": "Where to ask.", "schema": {"type": "string"}},
            "Retry-After": {"$ref": "#/components/headers/Retry-After"},
            "Preference-Applied": {"description": "RFC 7240: as preferred.", "schema": {"type": "string"}},
        },
    }
}
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": OFFERED}}


@router.post(
    "/{plan}/imports",
    operation_id="importForm",
    summary="Send a filled-in form",
    status_code=207,
    response_model=ImportOut,
    max_body_size=NO_BODY_LIMIT,
    openapi_extra=BODY,
    responses=LATER
    | documented(
        errors.NotFound,
        errors.UploadTooSlow,
        errors.ContentTooLarge,
        errors.UnsupportedMediaType,
        errors.FormUnreadable,
        errors.FiguresLookScaled,
        errors.StorageFull,
    ),
)
async def import_form(
    request: Request,
    slug: Slug,
    caller: Sender,
    upload: Uploading,
    dry_run: Annotated[bool, Query(description="Say what would become of each line, and record nothing.")] = False,
    as_is: Annotated[bool, Query(description="Percentages that are all at most 1 are meant so.")] = False,
    name: Annotated[
        ImportName, Query(description="Lines that say the same under another name are recorded anew.")
    ] = "form",
    prefer: Annotated[
        str | None,
        Header(max_length=200, description="RFC 7240: `respond-async` records it later.", examples=["respond-async"]),
    ] = None,
) -> Response:
    """Send the bytes of a form as a spreadsheet program saved it: XLSX, ODS, CSV, or one JSON object a line.

    The whole form is read before anything is recorded.  Each line then has a result of its own, a bad one hurts no
    other, and the results come as the lines are recorded, each on a line of its own.  Sent again, also with lines put
    right, moved or taken out, no line is recorded twice under the same `name`.  All lines were received when the form
    was.  A form of more than 5 MiB, or one sent with `Prefer: respond-async`, is answered with 202 and recorded later.
    """
    plan = await upload.look(_plan, caller, slug)
    is_json, vietnamese = says_json(request), is_vietnamese(request)
    meant = HowMeant(plan=slug, name=name, dry_run=dry_run, as_is=as_is, is_json=is_json, vietnamese=vietnamese)
    async with upload.spool() as part:
        received_at = request.app.state.clock()
        if part.size > AT_ONCE_BYTES or would_not_wait(prefer):
            return await accept(request, part, caller, plan["id"], meant, received_at)
        form = await read_form(part.path, is_json=is_json, as_is=as_is)
    return await answer(request, form, import_of(request.app.state.database, caller, meant), received_at)


@progress.get(
    "/{plan}/imports/{import}",
    operation_id="getImport",
    summary="Ask how far an import has come",
    response_model=ImportProgress,
    responses=ABSENT | {200: {"headers": {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}}},
)
async def get_import(request: Request, slug: Slug, import_id: ImportId, caller: Sender, reading: Reading) -> Response:
    """Ask how far a form has come that one sent and that is recorded later; for seven days after it was done."""
    row = await fetch_one(reading, imports.one, client_id=caller.client_id, slug=slug, import_id=import_id)
    return answer_to_read(request, progress_of(request, row), headers=ASK_AGAIN if is_under_way(row) else {})


@progress.get(
    "/{plan}/imports/{import}/results",
    operation_id="listImportResults",
    summary="List what became of the lines of an import",
    response_model=ImportLineList,
    responses=ABSENT | documented(errors.BrokenCursor),
)
async def list_import_results(
    request: Request,
    slug: Slug,
    import_id: ImportId,
    caller: Sender,
    reading: Reading,
    now: Now,
    result: Annotated[LineResult | None, Query(description="Only those of which this became.")] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List what became of the lines of a form that is recorded later, in order, as far as that has come.

    While more are to come, `next_cursor` leads to them, also from a page that is empty.
    """
    row = await fetch_one(reading, imports.one, client_id=caller.client_id, slug=slug, import_id=import_id)
    pages = Pages(request, caller)
    moment, after = pages.begin(Moment(now, now), cursor)
    rows = await fetch_all(reading, imports.page, import_id=import_id, result=result, limit=limit, after=after)
    end = end_of(rows, limit, imports.SORT_COLUMNS) or end_so_far(row, rows, after)
    next_cursor = pages.next_cursor(moment, end)
    # Lines that were told of before remarks were made have none.
    items = [ImportLine.model_validate({"remark": None, **json.loads(row["content"])}) for row in rows[:limit]]
    body = ImportLineList(items=items, next_cursor=next_cursor)
    return answer_to_read(request, body, headers=pages.link(next_cursor))


router.routes.extend(progress.routes)


async def _plan(reading: AsyncConnection, _: Caller, slug: str) -> Row:
    return await fetch_one(reading, imports.plan_named, slug=slug)
