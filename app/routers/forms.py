"""The form that an owner fills in where there is no network."""

from typing import Annotated, Any

from fastapi import Query, Response

from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries import forms
from app.routers.parameters import Slug
from app.schemas.base import Code
from app.schemas.views import obligation_out
from app.web.auth.access import may
from app.web.files.forms import form
from app.web.files.spreadsheets import MEDIA_TYPE
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading

router = Router(prefix="/v1/plans", tags=["updates"])
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A workbook.",
        "headers": {
            "Content-Disposition": {"description": "Under which name to keep it.", "schema": {"type": "string"}}
        },
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/{plan}/template",
    operation_id="getTemplate",
    summary="Get a form to fill in",
    response_class=Response,
    responses=FILE | documented(errors.NotFound),
)
async def get_template(
    slug: Slug,
    caller: Annotated[Caller, may(Permission.READ_STANDING)],
    reading: Reading,
    asked: Asked,
    cycle: Annotated[Code, Query(description="The cycle to report in.", examples=["2026"])],
    owner: Annotated[Code, Query(description="The owner that reports.", examples=["cong-an"])],
) -> Response:
    """Get a spreadsheet with an owner's obligations in a cycle, to fill in by hand and to send by `dondoc import`."""
    rows, targets = await forms.find_form(reading, caller, slug, cycle, owner, asked)
    obligations = [obligation_out(row, asked.as_of) for row in rows]
    name = f'attachment; filename="{slug}-{cycle}-{owner}.xlsx"'
    return Response(form(obligations, targets), media_type=MEDIA_TYPE, headers={"Content-Disposition": name})
