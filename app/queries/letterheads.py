"""Under whose name papers go out: what was recorded of it, and what was in force by an instant."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, Statement, fetch_all
from app.models import Letterhead
from app.models.base import table
from app.queries.plans import plan_id_of

letterheads = table(Letterhead)


def letterheads_of(slug: str) -> Statement:
    """Select every letterhead of a plan, in the order in which they were recorded."""
    found = select(*letterheads.c).where(letterheads.c.plan_id == plan_id_of(slug))
    return found.order_by(letterheads.c.recorded_at, letterheads.c.id)


async def letterhead_of(connection: AsyncConnection, plan: Row, known_at: datetime) -> Row:
    """Return the letterhead as it was known, or the first one of all; without any, the plan's issuer signs."""
    rows = await fetch_all(connection, letterheads_of, slug=plan["slug"])
    known = [row for row in rows if row["recorded_at"] <= known_at]
    return (known or rows[:1] or [_of_issuer(plan)])[-1]


def _of_issuer(plan: Row) -> Row:
    blank = {"superior": None, "unit": None, "code": "…", "place": "…", "signer": "…"}
    return {**blank, "body": plan["issuer"], "recipients": [plan["issuer"]]}
