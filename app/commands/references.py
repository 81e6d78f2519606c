"""Client references: what a client's own name for a report has become."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.updates import Report
from app.domain.access import Caller
from app.models import ClientReference
from app.models.base import table
from app.queries.history import some_updates
from app.schemas.updates import UpdateOut
from app.standing.moment import Moment

references = table(ClientReference)


@dataclass(frozen=True)
class Named:
    """A report under the client's own name for it, and a digest of what was sent."""

    client_ref: str
    fingerprint: bytes
    report: Report


@dataclass(frozen=True)
class Earlier:
    """What was recorded under a name before."""

    fingerprint: bytes
    update_id: UUID


async def find(connection: AsyncConnection, caller: Caller, refs: Collection[str]) -> dict[str, Earlier]:
    """Return what has been recorded under some names."""
    if not refs:
        return {}
    shown = (references.c[name] for name in ("client_ref", "fingerprint", "update_id"))
    named = references.c.client_ref == any_(literal(list(refs), ARRAY(String)))
    mine = select(*shown).where(references.c.client_id == caller.client_id, named)
    return {ref: Earlier(*kept) for ref, *kept in await connection.execute(mine)}


async def claim(connection: AsyncConnection, caller: Caller, reports: Collection[Named]) -> set[str]:
    """Take names for reports that are about to be recorded, and return those that were free.

    The key decides: a name that another transaction is taking is waited for.  Names are taken in order, and after
    every lock on an obligation, so that two requests never wait for each other.
    """
    if not reports:
        return set()
    rows = [_row(caller, one) for one in sorted(reports, key=lambda one: one.client_ref)]
    free = insert(references).on_conflict_do_nothing().returning(references.c.client_ref)
    return set((await connection.execute(free, rows)).scalars())


async def recall(
    connection: AsyncConnection, caller: Caller, earlier: Collection[Earlier], *, now: datetime
) -> dict[UUID, UpdateOut]:
    """Return updates as they were recorded, by id, each with the evidence that came with it."""
    if not earlier:
        return {}
    found = await connection.execute(some_updates(caller, [one.update_id for one in earlier], Moment(now)))
    updates = (UpdateOut.model_validate(one) for one in found.scalars())
    return {update.id: update for update in updates}


def _row(caller: Caller, named: Named) -> dict[str, Any]:
    return {
        "client_id": caller.client_id,
        "client_ref": named.client_ref,
        "plan_id": named.report.held.plan_id,
        "update_id": named.report.id,
        "fingerprint": named.fingerprint,
    }
