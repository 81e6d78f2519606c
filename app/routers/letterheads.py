"""Under whose name papers about a plan go out."""

from typing import Annotated

from fastapi import Request, Response

from app.commands import letterheads
from app.database.statements import fetch_all, fetch_one
from app.domain.access import Caller, Permission
from app.queries.letterheads import letterheads_of
from app.queries.plans import plan
from app.routers.cycles import WRITES
from app.routers.parameters import Slug
from app.routers.plans import READS, Reader
from app.schemas.letterheads import LetterheadIn, LetterheadList, LetterheadRecorded
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, answer
from app.web.write import Creating

router = Router(prefix="/v1/plans/{plan}/letterheads", tags=["reports"], route_class=ExactRoute)


@router.get(
    "",
    operation_id="listLetterheads",
    summary="List a plan's letterheads",
    response_model=LetterheadList,
    responses=READS,
)
async def list_letterheads(request: Request, slug: Slug, _: Reader, reading: Reading) -> Response:
    """List every letterhead that papers about the plan have had, in order; the last one is in force."""
    await fetch_one(reading, plan, slug=slug)
    rows = await fetch_all(reading, letterheads_of, slug=slug)
    return answer(request, LetterheadList(items=list(map(letterheads.shown, rows))))


@router.post(
    "",
    operation_id="recordLetterhead",
    summary="Record under whose name papers go out",
    status_code=201,
    response_model=LetterheadRecorded,
    responses=documented(*WRITES),
)
async def record_letterhead(
    slug: Slug, caller: Annotated[Caller, may(Permission.EDIT_LETTERHEAD)], write: Creating, sent: LetterheadIn
) -> Response:
    """Record the letterhead of papers from now on; a report of the past keeps the one that it had."""
    return await write.at("/v1/plans/{plan}/letterheads").run(letterheads.record, caller, slug, sent)
