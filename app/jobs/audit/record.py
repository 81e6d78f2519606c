"""The record: every row beside what the database said of it, and that beside the events, both ways.

A row that was changed, put in or taken away has another digest than the database said, or one of which it said nothing.
What the database said is part of what an event was numbered with, and so of what was signed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app.commands.events import TYPES
from app.database.statements import Row, fetch_all, fetch_only
from app.domain.events import FORMER_NAMES, EventType
from app.models import CalendarFeed, Client, EvidenceRead
from app.models.base import table
from app.queries import record as queries


def _types(told: EventType | Mapping[Any, EventType]) -> tuple[str, ...]:
    """Name the types as which an act is told, and those that had another name."""
    now = told.values() if isinstance(told, Mapping) else [told]
    return tuple(sorted({*now, *(old for old, new in FORMER_NAMES.items() if new in now)}))


MOST = 1000
"""How many faults of a kind are looked for: whoever has found so many knows what it is about."""
OF_HOUSE: Mapping[type[SQLModel], EventType] = {
    Client: EventType.CLIENT_ADDED,
    CalendarFeed: EventType.CALENDAR_GIVEN,
    EvidenceRead: EventType.EVIDENCE_READ,
}
TOLD_AS = queries.ToldAs(
    [
        *((table(model), _types(told)) for model, told in TYPES.items()),
        *((table(model), (told.value,)) for model, told in OF_HOUSE.items()),
    ]
)


@dataclass(frozen=True)
class RecordVerdict:
    """How many rows were ever written, to how many a migration gave their digests, when last, and what is wrong."""

    rows: int
    restated: int
    restated_at: datetime | None
    faults: Sequence[str]


async def verify(connection: AsyncConnection) -> RecordVerdict:
    """Hold every row to what was said of it, and what was said to the events."""
    counted = await fetch_only(connection, queries.counted)
    faults = [*await _of_rows(connection), *await _of_transactions(connection), *await _of_acts(connection)]
    return RecordVerdict(**counted, faults=list(dict.fromkeys(faults)))


async def _of_rows(connection: AsyncConnection) -> list[str]:
    """Say which rows are not what they were."""
    found = [row["digest"] for row in await fetch_all(connection, queries.unbalanced, limit=MOST)]
    rows = await fetch_all(connection, queries.rows_with, found=found) if found else []
    wrong: dict[tuple[str, Any], set[bool]] = defaultdict(set)
    for row in rows:
        wrong[row["table_name"], row["row_id"]].add(row["times"] > 0)
    return [f"{name} {id_}: {_became(said)}" for (name, id_), said in sorted(wrong.items(), key=str)]


def _became(said: Collection[bool]) -> str:
    """Say what became of a row that was said to be there, that is there, or both and not the same."""
    if len(said) > 1:
        return "was changed"
    return "is gone" if True in said else "was put in, and nobody recorded it"


async def _of_transactions(connection: AsyncConnection) -> list[str]:
    """Say of which rows no event tells, and which events tell of other rows than were written."""
    untold = await fetch_all(connection, queries.untold, limit=MOST)
    events = await fetch_all(connection, queries.miscommitted, limit=MOST)
    return [*map(_untold, untold), *(f"event {row['seq']}: its transaction wrote something else" for row in events)]


async def _of_acts(connection: AsyncConnection) -> list[str]:
    """Say which acts no event names, and which events name acts that are not there."""
    unnamed = await fetch_all(connection, queries.unnamed, told=TOLD_AS, limit=MOST)
    lost = await fetch_all(connection, queries.lost, told=TOLD_AS, limit=MOST)
    return [*map(_untold, unnamed), *(f"{row['table_name']} {row['row_id']}: is gone, and was told of" for row in lost)]


def _untold(row: Row) -> str:
    return f"{row['table_name']} {row['row_id']}: was written, and no event of then tells of it"
