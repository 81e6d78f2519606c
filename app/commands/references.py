"""Client references: what a client's own name for a report has become."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.updates import Report
from app.database.builders import among
from app.database.statements import Statement, fetch_all, write_new_rows
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
    rows = await fetch_all(connection, _named, client_id=caller.client_id, refs=list(refs))
    return {row["client_ref"]: Earlier(row["fingerprint"], row["update_id"]) for row in rows}


def _named(client_id: UUID, refs: list[str]) -> Statement:
    shown = (references.c[name] for name in ("client_ref", "fingerprint", "update_id"))
    mine = references.c.client_id == bindparam("client_id", client_id)
    return select(*shown).where(mine, among(references.c.client_ref, "refs", refs))


async def claim(connection: AsyncConnection, caller: Caller, reports: Collection[Named]) -> set[str]:
    """Take names for reports that are about to be recorded, and return those that were free.

    The key decides: a name that another transaction is taking is waited for.  Names are taken in order, and after
    every lock on an obligation, so that two requests never wait for each other.
    """
    rows = [_row(caller, one) for one in sorted(reports, key=lambda one: one.client_ref)]
    return {row["client_ref"] for row in await write_new_rows(connection, references, rows, "client_ref")}


async def recall(
    connection: AsyncConnection, caller: Caller, earlier: Collection[Earlier], *, now: datetime
) -> dict[UUID, UpdateOut]:
    """Return updates as they were recorded, by id, each with the evidence that came with it."""
    if not earlier:
        return {}
    ids = [one.update_id for one in earlier]
    rows = await fetch_all(connection, some_updates, caller=caller, ids=ids, moment=Moment(now))
    updates = (UpdateOut.model_validate(row["update"]) for row in rows)
    return {update.id: update for update in updates}


def _row(caller: Caller, named: Named) -> dict[str, Any]:
    return {
        "client_id": caller.client_id,
        "client_ref": named.client_ref,
        "plan_id": named.report.held.plan_id,
        "update_id": named.report.id,
        "fingerprint": named.fingerprint,
    }
