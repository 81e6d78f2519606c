"""What tests of the feed do again and again: tell of something, number it, and ask for the order."""

from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.commands import events as telling
from app.database.engine import SYSTEM, Database
from app.domain.events import EventType
from app.jobs.sequencer import FIRST_TRANSACTION, Progress, sequence
from app.models import SequencedEvent
from app.models.base import new_id, stable_id, table
from app.security import checkpoint_keys
from tests.given import PLAN, TODAY, TRAINING

sequenced = table(SequencedEvent)


def happened(**fields: Any) -> dict[str, Any]:
    """Spell an event of the plan."""
    return {
        "id": new_id(),
        "plan_id": stable_id(PLAN),
        "type": EventType.UPDATE_REPORTED,
        "obligation_id": TRAINING,
        "occurred_at": TODAY,
        **fields,
    }


async def number(
    database: Database, keys_dir: Path, floor: str = FIRST_TRANSACTION, *, now: datetime = TODAY
) -> Progress:
    """Number what waits, once."""
    async with database.writing(SYSTEM) as connection:
        return await sequence(connection, checkpoint_keys.load(keys_dir).sign, floor, now=now)


async def order_of(database: Database, after: int = 0) -> list[UUID]:
    """Return the ids of all numbered events in their order."""
    async with database.reading(SYSTEM) as connection:
        found = select(sequenced.c.id).where(sequenced.c.seq > after).order_by(sequenced.c.seq)
        return list((await connection.execute(found)).scalars())


async def tell(database: Database, *rows: dict[str, Any]) -> None:
    """Tell of something in a transaction of its own."""
    async with database.writing(SYSTEM) as connection:
        await telling.tell(connection, rows)
