"""Letterheads: recorded one after another, and never changed, so that a report of the past is headed as it was."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.holidays import plan_of
from app.database.statements import Row
from app.domain.access import Caller
from app.models import Letterhead
from app.models.base import new_id
from app.schemas.letterheads import LetterheadIn, LetterheadRecorded


async def record(connection: AsyncConnection, caller: Caller, slug: str, sent: LetterheadIn) -> LetterheadRecorded:
    """Record the letterhead that is in force from now on.

    Raises:
        NotFound: there is no such plan.
    """
    ids = {"id": new_id(), "plan_id": await plan_of(connection, slug), "client_id": caller.client_id}
    row = ids | sent.model_dump()
    recorded = await events.write(connection, Letterhead, [row])
    return shown({**row, "recorded_at": recorded[row["id"]]})


def shown(row: Row) -> LetterheadRecorded:
    """Show one letterhead."""
    return LetterheadRecorded.model_validate({**row, "client": row["client_id"]})
