"""The watch: a deadline that passes changes standings with no act of anybody, and is told of, once.

Where an obligation stood when its deadline passed is asked of the one rule, as of that very instant; what was received
in time and recorded until it is asked counts.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Update, bindparam, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.locks import try_lock
from app.database.statements import Row, fetch_all, fetch_only, write_new_rows
from app.domain.completion import Status
from app.domain.events import EventType
from app.models import DeadlineWatch, Event
from app.models.base import stable_id, table
from app.queries import events as queries
from app.standing.moment import Moment

LEADER = b"dondoc deadline watch"
GRACE = timedelta(minutes=1)
"""How long after a deadline it is told of: no transaction that received something before it can still be under way."""
TYPES = {Status.OVERDUE: EventType.BECAME_OVERDUE, Status.AWAITED: EventType.BECAME_AWAITED}


async def watch(connection: AsyncConnection, *, now: datetime) -> int:
    """Tell of each deadline that passed since the last time; return how many obligations missed theirs."""
    if not await try_lock(connection, LEADER):
        return 0
    since, until = (await fetch_only(connection, queries.watched))["watched_until"], now - GRACE
    if until <= since:
        return 0
    told = 0
    for passed in await fetch_all(connection, queries.passed, since=since, until=until):
        missed = await fetch_all(connection, queries.missed, due=Moment(passed["due"]), statuses=[*TYPES])
        told += await _tell(connection, passed["due"], missed)
    await fetch_all(connection, _watched, until=until)
    return told


def _watched(until: datetime) -> Update:
    return update(table(DeadlineWatch)).values(watched_until=bindparam("until", until))


async def _tell(connection: AsyncConnection, due: datetime, missed: Sequence[Row]) -> int:
    """Tell of obligations that missed a deadline; the id of the event follows from both, so that it is told once."""
    rows = [
        {
            "id": stable_id("deadline", str(row["id"]), due.isoformat()),
            "plan_id": row["plan_id"],
            "type": TYPES[Status(row["status"])],
            "obligation_id": row["id"],
            "occurred_at": due,
        }
        for row in missed
    ]
    await write_new_rows(connection, table(Event), rows)
    return len(rows)
