"""Reminders as data, for a gateway that sends mail or messages."""

from typing import Annotated

from fastapi import Query, Request, Response

from app.database.statements import fetch_all
from app.domain.access import Caller, Permission
from app.queries.reminders import reminders, soon
from app.routers.parameters import BodyCode, CycleCode
from app.schemas.base import Code
from app.schemas.reminders import ReminderList, reminders_out
from app.standing.filters import Filters
from app.web.auth.access import may
from app.web.json_body import ExactRoute
from app.web.parameters import Router
from app.web.read import Asked, Reading, answer_by_now

router = Router(prefix="/v1/reminders", tags=["reminders"], route_class=ExactRoute)


@router.get(
    "",
    operation_id="listReminders",
    summary="List what owners should be reminded of",
    response_model=ReminderList,
)
async def list_reminders(
    request: Request,
    caller: Annotated[Caller, may(Permission.READ_STANDING)],
    reading: Reading,
    asked: Asked,
    within_days: Annotated[int, Query(ge=0, le=366, description="How many days ahead a deadline is soon.")] = 7,
    plan: Annotated[Code | None, Query(description="A plan's slug.", examples=["115-kh-ubnd-2021"])] = None,
    cycle: CycleCode = None,
    owner: Annotated[Code | None, Query(description="The one body that answers for it.", examples=["cong-an"])] = None,
    body: BodyCode = None,
) -> Response:
    """List what is due soon, overdue, returned or waiting for a review, grouped by owner, as of any instant."""
    wanted = Filters(plan=plan, cycle=cycle, owner=owner, body=body)
    by_then = soon(asked.as_of, within_days)
    rows = await fetch_all(reading, reminders, caller=caller, filters=wanted, moment=asked, soon=by_then)
    items = reminders_out(rows, asked.as_of)
    return answer_by_now(request, ReminderList(as_of=asked.as_of, within_days=within_days, items=items))
