"""A page of an inbox, put together: which acts, their words, and where their obligations stood."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.keyset import KeysetCursor
from app.database.statements import Row, fetch_all
from app.domain.access import Caller
from app.queries import history, inbox
from app.queries.inbox import EVERYTHING, Wanted
from app.queries.spelled_acts import Chosen
from app.schemas.inbox import InboxItem, inbox_items
from app.standing.moment import Moment


async def read_page(
    connection: AsyncConnection, caller: Caller, wanted: Wanted, moment: Moment, limit: int, after: KeysetCursor | None
) -> tuple[list[InboxItem], list[Row]]:
    """Read one page, and the rows that it was made of, with one more if another page follows.

    What is shown may be less than the page, where evidence is not for the caller.
    """
    asked = {"caller": caller, "wanted": wanted, "moment": moment, "limit": limit, "after": after}
    rows = await fetch_all(connection, inbox.page, **asked)
    shown = rows[:limit]
    stood = await inbox.stood(connection, shown)
    told = [
        {**row, "status_before": stood[inbox.before(row)], "status_after": stood[inbox.afterwards(row)]}
        for row in shown
    ]
    of = Chosen([row["act_id"] for row in shown])
    acts = await fetch_all(connection, history.chosen, caller=caller, of=of, moment=EVERYTHING)
    return inbox_items(told, [row["act"] for row in acts], caller), rows
