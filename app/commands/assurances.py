"""Assurances: what looks like a child's name passes in words of a coordinator who is sure; why stays with the act.

The words themselves were looked through when they were read: see `schemas/base.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, write_rows
from app.domain.access import Caller, Role
from app.domain.errors import AssuranceNotYours, Fault
from app.models import Assurance
from app.models.base import new_id, table


@dataclass(frozen=True, kw_only=True)
class Assured:
    """An act that was recorded, and why the names in its words are no children's, if anybody has said so."""

    act_id: UUID
    plan_id: UUID
    reason: str | None
    obligation_id: UUID | None = None
    evidence_id: UUID | None = None


def refuse_to_others(caller: Caller, *said: str | None) -> None:
    """Refuse the word of whoever is no coordinator: `said` are the reasons, none where nobody is sure of anything.

    Raises:
        AssuranceNotYours: somebody says so who is no coordinator.
    """
    if caller.role is not Role.COORDINATOR and any(one is not None for one in said):
        raise AssuranceNotYours(None, Fault("/not_personal", "is for coordinators"))


async def keep(connection: AsyncConnection, caller: Caller, acts: Iterable[Assured], *, now: datetime) -> None:
    """Keep with acts why the names in their words are no children's.

    Raises:
        AssuranceNotYours: see `refuse_to_others`.
    """
    rows = [_row(caller, one, now) for one in acts if one.reason is not None]
    refuse_to_others(caller, *(row["reason"] for row in rows))
    await write_rows(connection, table(Assurance), rows)


def _row(caller: Caller, one: Assured, now: datetime) -> Row:
    ids = {"id": new_id(), "plan_id": one.plan_id, "client_id": caller.client_id, "received_at": now}
    on = {"obligation_id": one.obligation_id, "evidence_id": one.evidence_id, "act_id": one.act_id}
    return {**ids, **on, "reason": one.reason}
