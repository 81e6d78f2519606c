"""Extensions: later deadlines, asked for, given and refused."""

from typing import Annotated, Any

from fastapi import Request, Response

from app.commands import extensions
from app.database.statements import fetch_all
from app.domain import errors
from app.domain.access import Caller, Permission
from app.queries import extensions as queries
from app.routers.cycles import NO_SUCH_LETTER
from app.routers.obligations import ACTS, WRITES, ObligationId
from app.schemas.bulk import ExtensionItemIn, ExtensionResult, ExtensionsIn, ExtensionsOut
from app.schemas.extensions import (
    Extended,
    ExtensionIn,
    ExtensionOut,
    ExtensionRefusalIn,
    ExtensionRefused,
    ExtensionRequested,
    ExtensionRequestIn,
    ExtensionRequestList,
)
from app.schemas.views import extension_request_out
from app.web.auth.access import may
from app.web.bulk_acts import InBulk
from app.web.bulk_items import read_each
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Asked, Reading, answer_by_now
from app.web.write import Writing

router = Router(prefix="/v1", tags=["extensions"], route_class=ExactRoute)
Coordinator = Annotated[Caller, may(Permission.EXTEND)]
UNMOVABLE = (errors.ObligationAlreadyComplete, errors.ExtensionNotLater, errors.ExtensionLimitReached)
"""Why a deadline cannot be moved to where it should be."""


@router.post(
    "/obligations/{id}/extension-requests",
    operation_id="requestExtension",
    summary="Ask for a later deadline",
    status_code=201,
    response_model=ExtensionRequested,
    responses=documented(*WRITES, *UNMOVABLE),
)
async def request_extension(
    obligation_id: ObligationId,
    caller: Annotated[Caller, may(Permission.REQUEST_EXTENSION)],
    write: Writing,
    sent: ExtensionRequestIn,
) -> Response:
    """Ask for a later deadline as the owner, or enter such a request from paper; until it is given, nothing moves."""

    return await write.run(extensions.request, caller, obligation_id, sent, now=write.now, expected=write.expected)


@router.post(
    "/obligations/{id}/extensions",
    operation_id="giveExtension",
    summary="Move a deadline",
    status_code=201,
    response_model=Extended,
    responses=documented(*ACTS, *UNMOVABLE, *NO_SUCH_LETTER),
)
async def give_extension(
    obligation_id: ObligationId, caller: Coordinator, write: Writing, sent: ExtensionIn
) -> Response:
    """Record a letter that moves the deadline; what was late by the old one stays so `as_of` the days before it."""

    return await write.run(extensions.grant, caller, obligation_id, sent, now=write.now, expected=write.expected)


@router.post(
    "/extensions",
    operation_id="giveExtensions",
    summary="Move many deadlines",
    status_code=207,
    response_model=ExtensionsOut,
    responses=documented(errors.AmbiguousObligation, errors.ItemsRefused),
)
async def give_extensions(caller: Coordinator, bulk: InBulk, sent: ExtensionsIn) -> Response:
    """Record up to 500 letters that move deadlines; each item has a result of its own, and a bad one hurts no other."""
    items = read_each(ExtensionItemIn, sent.items)
    return await bulk.run(caller, extensions.STEPS, items, ExtensionsOut, _result)


def _result(said: dict[str, Any], extension: ExtensionOut | None) -> ExtensionResult:
    return ExtensionResult(**said, extension=extension)


@router.post(
    "/obligations/{id}/extension-refusals",
    operation_id="refuseExtension",
    summary="Refuse a later deadline",
    status_code=201,
    response_model=ExtensionRefused,
    responses=documented(*ACTS, errors.NoExtensionRequested),
)
async def refuse_extension(
    obligation_id: ObligationId, caller: Coordinator, write: Writing, sent: ExtensionRefusalIn
) -> Response:
    """Refuse the request that is pending; the deadline stays."""

    return await write.run(extensions.refuse, caller, obligation_id, sent, now=write.now, expected=write.expected)


@router.get(
    "/extension-requests",
    operation_id="listExtensionRequests",
    summary="List the requests for later deadlines that are pending",
    response_model=ExtensionRequestList,
    responses=documented(errors.BrokenCursor),
)
async def list_extension_requests(
    request: Request,
    caller: Annotated[Caller, may(Permission.READ_HISTORY)],
    reading: Reading,
    asked: Asked,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List what waits for an answer, oldest first, each with where its obligation stands."""
    pages = Pages(request, caller)
    moment, after = pages.begin(asked, cursor)
    rows = await fetch_all(reading, queries.queue, caller=caller, moment=moment, limit=limit, after=after)
    next_cursor = pages.next_cursor(moment, end_of(rows, limit, queries.SORT_COLUMNS))
    items = [extension_request_out(row, moment.as_of) for row in rows[:limit]]
    body = ExtensionRequestList(as_of=moment.as_of, items=items, next_cursor=next_cursor)
    return answer_by_now(request, body, headers=pages.link(next_cursor))
