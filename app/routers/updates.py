"""Many updates in one request."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import bulk_updates
from app.commands.bulk import refuse_all
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.errors import Refusal
from app.schemas.bulk import BulkIn, BulkOut, ItemIn, ItemResult
from app.web.auth.access import may
from app.web.bulk_acts import Atomic
from app.web.bulk_items import read_each, told
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.write import Creating

router = Router(prefix="/v1/updates", tags=["updates"], route_class=ExactRoute)


@router.post(
    "",
    operation_id="reportUpdates",
    summary="Report progress on many obligations",
    status_code=207,
    response_model=BulkOut,
    responses=documented(errors.AmbiguousObligation, errors.ItemsRefused),
)
async def report_updates(
    request: Request,
    caller: Annotated[Caller, may(Permission.REPORT)],
    write: Creating,
    sent: BulkIn,
    atomic: Atomic = False,
) -> Response:
    """Report on up to 500 obligations at once; each item has a result of its own, and a bad one hurts no other.

    An item with a `client_ref` is recorded once, however often and in whatever company it is sent.
    """
    return await write.run(_report, request, caller, read_each(ItemIn, sent.items), atomic=atomic, now=write.now)


async def _report(
    connection: AsyncConnection,
    request: Request,
    caller: Caller,
    items: list[ItemIn | Refusal],
    *,
    atomic: bool,
    now: datetime,
) -> BulkOut:
    outcomes = await bulk_updates.report(connection, caller, items, now=now)
    if atomic:
        refuse_all(outcome.result for outcome in outcomes)
    results = [
        ItemResult(
            **said,
            client_ref=item.client_ref if isinstance(item, ItemIn) else None,
            replayed=one.replayed,
            update=None if isinstance(one.result, Refusal) else one.result,
        )
        for said, item, one in zip(told(request, outcomes), items, outcomes, strict=True)
    ]
    return BulkOut(results=results)
