"""Cycles that open by themselves: whatever a plan's rules say should be open by now, and nobody has opened.

One process at a time does it; what it opens is told of like any other opening.  A cycle whose opening was annulled is
left alone: a coordinator has said that it should not be open.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import cycles
from app.database.locks import try_lock
from app.database.statements import Row, fetch_all
from app.domain.calendar import day_of
from app.queries import cycles as queries
from app.schemas.cycles import CycleIn
from app.schemas.seed import CycleRules

LEADER = b"dondoc cycles"


async def open_due(connection: AsyncConnection, *, now: datetime) -> list[str]:
    """Open the cycles whose periods have begun, each once; return their codes."""
    if not await try_lock(connection, LEADER):
        return []
    missing = [
        (plan["slug"], code) for plan in await fetch_all(connection, queries.ever_opened) for code in due(plan, now)
    ]
    for slug, code in missing:
        await cycles.open_cycle(connection, slug, CycleIn(code=code), now=now)
    return [code for _, code in missing]


def due(plan: Row, now: datetime) -> list[str]:
    """Return the codes of the cycles that should be open by now, and never were opened."""
    today = day_of(now, ZoneInfo(plan["time_zone"]))
    should = CycleRules.model_validate(plan["cycle_rules"]).starts(today)
    return sorted(should.keys() - set(plan["codes"]))
