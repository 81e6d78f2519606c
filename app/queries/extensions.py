"""Requests for a later deadline that nobody has answered yet."""

from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, bindparam, func, literal, or_, select, tuple_

from app.database.keyset import KeysetCursor
from app.database.statements import Statement
from app.domain.access import Caller
from app.models import Extension, ExtensionRefusal, ExtensionRequest, Obligation
from app.models.base import table
from app.queries.obligations import visible
from app.standing.moment import Moment, order_of
from app.standing.rule import standings
from app.standing.told import told

requests, obligations = table(ExtensionRequest), table(Obligation)
ANSWERS = (ExtensionRequest, ExtensionRefusal, Extension)
SORT_COLUMNS = ("requested_at", "request_recorded_at", "request_id")
"""The order of the queue: oldest first."""


def pending_on(obligation_id: UUID, moment: Moment) -> Statement:
    """Select the request that is pending on one obligation."""
    return select(*requests.c).where(
        requests.c.obligation_id == bindparam("obligation_id", obligation_id), _pending(moment)
    )


def queue(caller: Caller, moment: Moment, limit: int, after: KeysetCursor | None) -> Statement:
    """Select one page and one row more of the pending requests that concern the caller, with their obligations."""
    waiting = select(requests.c.obligation_id).where(_pending(moment))
    standing = standings(moment, obligations.c.id.in_(waiting))
    names = {"id": "request_id", "received_at": "requested_at", "recorded_at": "request_recorded_at"}
    asked = [column.label(names.get(column.name, f"request_{column.name}")) for column in requests.c]
    found = (
        select(*asked, *told(caller, standing, moment), func.clock_timestamp().label("recorded_until"))
        .join(standing, and_(standing.c.plan_id == requests.c.plan_id, standing.c.id == requests.c.obligation_id))
        .where(_pending(moment), visible(caller, standing))
    )
    if after is not None:
        found = found.where(tuple_(*order_of(requests)) > after.row(order_of(requests)))
    return found.order_by(*order_of(requests)).limit(bindparam("limit", limit, Integer()) + 1)


def _pending(moment: Moment) -> ColumnElement[bool]:
    """Keep requests that no extension, no refusal and no other request has followed.

    In the order of recording: nobody has answered a request on paper before it was entered.
    """
    answers = [table(model).alias(f"next_{table(model).name}") for model in ANSWERS]
    followed = (
        select(literal(1))
        .where(
            answer.c.plan_id == requests.c.plan_id,
            answer.c.obligation_id == requests.c.obligation_id,
            moment.sees(answer),
            tuple_(answer.c.recorded_at, answer.c.id) > tuple_(requests.c.recorded_at, requests.c.id),
        )
        .correlate(requests)
        .exists()
        for answer in answers
    )
    return and_(moment.sees(requests), ~or_(*followed))
