"""What every act on an obligation begins with: finding it, locking it, counting its version up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, RowMapping, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.access import Caller, Role
from app.domain.errors import NotFound, StaleVersion
from app.models import Duty, Obligation, Plan
from app.models.base import table
from app.models.duty import ConditionScope
from app.queries import obligations as queries
from app.queries.moment import Moment
from app.schemas.obligations import ObligationOut
from app.schemas.views import obligation_out

obligations, plans, duties = table(Obligation), table(Plan), table(Duty)


@dataclass(frozen=True)
class Locked:
    """An obligation that this transaction holds; no other act on it can come between."""

    id: UUID
    plan_id: UUID
    duty_id: UUID
    owner_id: UUID
    condition_scope: ConditionScope | None
    issued_on: date
    max_extensions: int
    zone: ZoneInfo


async def hold(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    *,
    expected: int | None,
    now: datetime,
    partners: bool = False,
) -> Locked:
    """Lock an obligation for an act of its owner, or of a coordinator, and count its version up.

    Raises:
        NotFound: there is none, or it is not the caller's (with `partners`, nor coordinated by the caller).
        StaleVersion: its version is not the expected one.
    """
    mine = _actor(caller, partners=partners)
    counted_up = (
        update(obligations)
        .where(obligations.c.id == obligation_id, mine)
        .where(plans.c.id == obligations.c.plan_id, duties.c.id == obligations.c.duty_id)
        .values(version=obligations.c.version + 1, updated_at=now)
        .returning(
            *(obligations.c[name] for name in ("id", "plan_id", "duty_id", "owner_id", "version")),
            plans.c.issued_on,
            plans.c.max_extensions,
            plans.c.time_zone,
            duties.c.condition_scope,
        )
    )
    row = (await connection.execute(counted_up)).mappings().first()
    return _locked(row, expected)


def _actor(caller: Caller, *, partners: bool) -> ColumnElement[bool]:
    if caller.role is Role.COORDINATOR:
        return obligations.c.id.is_not(None)
    mine = obligations.c.owner_id.in_(caller.body_ids)
    return or_(mine, queries.coordinated_by(caller, obligations)) if partners else mine


def _locked(row: RowMapping | None, expected: int | None) -> Locked:
    if row is None:
        raise NotFound
    if expected is not None and row["version"] != expected + 1:
        raise StaleVersion
    names = ("id", "plan_id", "duty_id", "owner_id", "condition_scope", "issued_on", "max_extensions")
    return Locked(**{name: row[name] for name in names}, zone=ZoneInfo(row["time_zone"]))


async def standing_row(connection: AsyncConnection, caller: Caller, obligation_id: UUID, now: datetime) -> RowMapping:
    """Return where an obligation stands now, as a row of the standing.

    Raises:
        NotFound: the caller may not see it.
    """
    found: Any = queries.one(caller, obligation_id, Moment(now))
    row: RowMapping | None = (await connection.execute(found)).mappings().first()
    if row is None:
        raise NotFound
    return row


async def standing_of(connection: AsyncConnection, caller: Caller, obligation_id: UUID, now: datetime) -> ObligationOut:
    """Return where an obligation stands now, as the wire shows it."""
    return obligation_out(await standing_row(connection, caller, obligation_id, now), now)
