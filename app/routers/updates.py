"""Many updates in one request."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import bulk
from app.commands.bulk import Outcome
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.errors import Refusal
from app.schemas.bulk import BulkIn, BulkOut, ItemIn, ItemResult
from app.web.auth.access import may
from app.web.bulk_items import placed, read_each, refuse_all
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.problems.handlers import documented, problem_of
from app.web.write import Creating

router = Router(prefix="/v1/updates", tags=["updates"], route_class=ExactRoute)


@router.post(
    "",
    operation_id="reportUpdates",
    summary="Report progress on many obligations",
    status_code=207,
    response_model=BulkOut,
    responses=documented(errors.ItemsRefused),
)
async def report_updates(
    request: Request,
    caller: Annotated[Caller, may(Permission.REPORT)],
    write: Creating,
    sent: BulkIn,
    atomic: Annotated[bool, Query(description="Record all items, or refuse the request and record none.")] = False,
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
    outcomes = await bulk.report(connection, caller, items, now=now)
    if atomic:
        refuse_all(outcome.result for outcome in outcomes)
    return BulkOut(results=_results(request, items, outcomes))


def _results(request: Request, items: list[ItemIn | Refusal], outcomes: list[Outcome]) -> list[ItemResult]:
    return [
        _refused(request, place, item, outcome.result)
        if isinstance(outcome.result, Refusal)
        else ItemResult(
            index=place,
            client_ref=_ref(item),
            status=201,
            replayed=outcome.replayed,
            update=outcome.result,
            obligation=outcome.obligation,
            problem=None,
        )
        for place, (item, outcome) in enumerate(zip(items, outcomes, strict=True))
    ]


def _refused(request: Request, place: int, item: ItemIn | Refusal, refusal: Refusal) -> ItemResult:
    problem = problem_of(request, placed(refusal, place))
    return ItemResult(
        index=place,
        client_ref=_ref(item),
        status=problem.status,
        replayed=False,
        update=None,
        obligation=None,
        problem=problem,
    )


def _ref(item: ItemIn | Refusal) -> str | None:
    return item.client_ref if isinstance(item, ItemIn) else None
