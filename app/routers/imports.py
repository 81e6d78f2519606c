"""Filled-in forms, sent as they are."""

from functools import partial
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.imports.recording import Import
from app.database.engine import Identity
from app.database.statements import Row, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries import plans
from app.routers.parameters import Slug
from app.schemas.bulk import ItemIn
from app.schemas.imports import ImportOut
from app.web.auth.access import may
from app.web.bulk_items import read_each
from app.web.files.imports import OFFERED, ImportName, answer, is_vietnamese, received
from app.web.files.uploads import NO_BODY_LIMIT, Uploading
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import repeated

router = Router(prefix="/v1/plans", tags=["updates"])
BODY: dict[str, Any] = {"requestBody": {"required": True, "content": OFFERED}}


@router.post(
    "/{plan}/imports",
    operation_id="importForm",
    summary="Send a filled-in form",
    status_code=207,
    response_model=ImportOut,
    max_body_size=NO_BODY_LIMIT,
    openapi_extra=BODY,
    responses=documented(
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
    caller: Annotated[Caller, may(Permission.REPORT)],
    upload: Uploading,
    dry_run: Annotated[bool, Query(description="Say what would become of each line, and record nothing.")] = False,
    as_is: Annotated[bool, Query(description="Percentages that are all at most 1 are meant so.")] = False,
    name: Annotated[
        ImportName, Query(description="Lines that say the same under another name are recorded anew.")
    ] = "form",
) -> Response:
    """Send the bytes of a form as a spreadsheet program saved it: XLSX, ODS, CSV, or one JSON object a line.

    The whole form is read before anything is recorded.  Each line then has a result of its own, a bad one hurts no
    other, and the results come as the lines are recorded, each on a line of its own.  Sent again, also with lines put
    right, moved or taken out, no line is recorded twice under the same `name`.
    """
    await upload.look(_plan, caller, slug)
    form = await received(request, upload, as_is=as_is)
    importing = Import(
        caller=caller,
        plan=slug,
        name=name,
        dry_run=dry_run,
        vietnamese=is_vietnamese(request),
        transaction=partial(request.app.state.database.writing, Identity.of(caller)),
        read=partial(read_each, ItemIn),
        repeat=repeated,
    )
    return await answer(request, form, importing)


async def _plan(reading: AsyncConnection, _: Caller, slug: str) -> Row:
    return await fetch_one(reading, plans.plan, slug=slug)
