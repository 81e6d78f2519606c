"""What every act on an obligation begins with: finding it, locking it, and whether the caller has seen it as it is."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Update, Uuid, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.engine import as_system
from app.database.statements import Row, Statement, fetch_all, fetch_one
from app.domain.access import Caller, Permission, Role
from app.domain.errors import NotFound, ObligationEnded, StaleVersion
from app.models import Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.models.duty import ConditionScope, Recurrence
from app.queries import obligations as queries
from app.queries.closings import closed_at
from app.schemas.obligations import ObligationOut
from app.schemas.views import obligation_out
from app.standing.moment import INSTANT, Moment
from app.standing.ownership import ended, owner_of
from app.standing.reach import reachable
from app.standing.row import StandingRow

obligations, plans, duties, cycles = (table(model) for model in (Obligation, Plan, Duty, Cycle))


@dataclass(frozen=True)
class Locked:
    """An obligation that this transaction holds; no other act on it can come between.

    `seen_at` is the act's instant, or that of a later act on it which the transaction had to wait for: what is checked
    as of then has seen every act so far.  `closed_at` is when the last of the cycles that it touches was closed.
    """

    id: UUID
    plan_id: UUID
    duty_id: UUID
    owner_id: UUID
    recurrence: Recurrence
    condition_scope: ConditionScope | None
    issued_on: date
    max_extensions: int
    zone: ZoneInfo
    seen_at: datetime
    closed_at: datetime | None
    ended: bool


async def hold(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    *,
    expected: int | None,
    now: datetime,
    partners: bool = False,
    include_done: bool = False,
) -> Locked:
    """Lock an obligation for an act of its owner, or of a coordinator.

    Raises:
        NotFound: see `hold_any_version`.
        StaleVersion: its version is not the expected one, as far as the caller knows.
    """
    held = await hold_any_version(
        connection, caller, obligation_id, now=now, partners=partners, include_done=include_done
    )
    if expected is not None and await version_of(connection, caller, held) != expected:
        raise StaleVersion
    return held


async def hold_any_version(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    *,
    now: datetime,
    partners: bool = False,
    include_done: bool = False,
) -> Locked:
    """Lock an obligation, whatever its version is.

    Raises:
        NotFound: there is none, or it is not the caller's (with `partners`, nor coordinated by the caller), or (without
            `include_done`) it is not owed, since its deed was done in an earlier cycle.
        ObligationEnded: nobody owes it any more.
    """
    touched = await fetch_one(connection, _touched, obligation_id=obligation_id, now=now)
    seen_at, act = touched["updated_at"], Permission.ATTACH if partners else Permission.REPORT
    row = await fetch_one(connection, _held, ids=[obligation_id], caller=caller, act=act, moment=Moment(seen_at))
    held = _locked(row, seen_at)
    if held.ended:
        raise ObligationEnded
    if not include_done and not await _owed(connection, caller, [held], seen_at):
        raise NotFound
    return held


async def hold_all(
    connection: AsyncConnection,
    caller: Caller,
    obligation_ids: Collection[UUID],
    *,
    now: datetime,
    include_done: bool = False,
) -> dict[UUID, Locked]:
    """Lock a set of obligations for acts of their owners, or of a coordinator.

    What is not the caller's is left out, and (without `include_done`) what is not owed, since its deed was done in an
    earlier cycle.  They are locked in the order of their ids, so that two sets never wait for each other.  Nothing is
    touched yet: an act that is refused leaves its obligation as it was.
    """
    ids = list(obligation_ids)
    touched = await fetch_all(connection, _locked_all, ids=ids)
    seen_at = max([now, *(row["updated_at"] for row in touched)])
    found = await fetch_all(connection, _held, ids=ids, caller=caller, act=Permission.REPORT, moment=Moment(seen_at))
    held = {row["id"]: _locked(row, seen_at) for row in found}
    return held if include_done else await _owed(connection, caller, held.values(), seen_at)


async def owners_at(connection: AsyncConnection, obligation_ids: Collection[UUID], at: datetime) -> dict[UUID, UUID]:
    """Return who owed obligations at an instant."""
    found = await fetch_all(connection, _owners, ids=list(obligation_ids), moment=Moment(at))
    return {row["id"]: row["owner_id"] for row in found}


def _owners(ids: list[UUID], moment: Moment) -> Statement:
    owner = owner_of(obligations, moment).label("owner_id")
    return select(obligations.c.id, owner).where(among(obligations.c.id, "ids", ids))


async def version_of(connection: AsyncConnection, caller: Caller, held: Locked) -> int:
    """Return the version of an obligation that is held, before this transaction has acted on it."""
    version: int = (await standing_row(connection, caller, held.id, held.seen_at))["version"]
    return version


def _touched(obligation_id: UUID, now: datetime) -> Update:
    held = obligations.c.id == bindparam("obligation_id", obligation_id, Uuid())
    return update(obligations).where(held).values(updated_at=touched_at(now)).returning(obligations.c.updated_at)


def touched_at(now: datetime) -> ColumnElement[datetime]:
    """Return when an obligation was last touched: an act that waited for a later one does not turn this back.

    The status document is dated by it, and would leave out the later act.
    """
    return func.greatest(obligations.c.updated_at, bindparam("now", now, INSTANT))


async def touch(connection: AsyncConnection, ids: Collection[UUID], *, now: datetime) -> None:
    """Say of obligations that they are acted on, which holds them."""
    await fetch_all(connection, touching, ids=list(ids), now=now)


def touching(ids: list[UUID], now: datetime) -> Update:
    """Say of obligations that they are acted on, which holds them."""
    return update(obligations).where(among(obligations.c.id, "ids", ids)).values(updated_at=touched_at(now))


def _locked_all(ids: list[UUID]) -> Statement:
    these = select(obligations.c.updated_at).where(among(obligations.c.id, "ids", ids))
    return these.order_by(obligations.c.id).with_for_update(key_share=True)


def _held(ids: Collection[UUID], caller: Caller, act: Permission, moment: Moment) -> Statement:
    """Select those of some obligations that a caller may act on, once they are locked.

    A statement of its own: one that had waited for a lock would not see the transfer that it had waited for.
    """
    owner = owner_of(obligations, moment)
    return (
        select(
            *(obligations.c[name] for name in ("id", "plan_id", "duty_id")),
            owner.label("owner_id"),
            ended(obligations, moment).label("ended"),
            *(plans.c[name] for name in ("issued_on", "max_extensions", "time_zone")),
            *(duties.c[name] for name in ("recurrence", "condition_scope")),
            closed_at(obligations, duties, moment).label("closed_at"),
        )
        .join(plans, plans.c.id == obligations.c.plan_id)
        .join(duties, duties.c.id == obligations.c.duty_id)
        .join(cycles, cycles.c.id == obligations.c.cycle_id)
        .where(moment.counts(cycles))
        .where(among(obligations.c.id, "ids", ids))
        .where(reachable(caller, act, obligations, owner))
    )


async def _owed(
    connection: AsyncConnection, caller: Caller, held: Collection[Locked], now: datetime
) -> dict[UUID, Locked]:
    """Leave out what a deed in an earlier cycle has settled: only duties that are owed once need to be looked at."""
    once = {one.id for one in held if one.recurrence is Recurrence.ONCE}
    owed = await standing_rows(connection, caller, once, now)
    return {one.id: one for one in held if one.id not in once or one.id in owed}


def _locked(row: Row, seen_at: datetime) -> Locked:
    ids = ("id", "plan_id", "duty_id", "owner_id", "ended")
    rules = ("recurrence", "condition_scope", "issued_on", "max_extensions", "closed_at")
    named = {name: row[name] for name in (*ids, *rules)}
    return Locked(**named, zone=ZoneInfo(row["time_zone"]), seen_at=seen_at)


async def standing_row(connection: AsyncConnection, caller: Caller, obligation_id: UUID, now: datetime) -> StandingRow:
    """Return where an obligation stands now, as a row of the standing.

    Raises:
        NotFound: the caller may not see it.
    """
    return await queries.find_one(connection, caller, obligation_id, Moment(now))


async def standing_of(connection: AsyncConnection, caller: Caller, obligation_id: UUID, now: datetime) -> ObligationOut:
    """Return where an obligation stands now, as the wire shows it."""
    return obligation_out(await standing_row(connection, caller, obligation_id, now), now)


async def standing_rows(
    connection: AsyncConnection, caller: Caller, obligation_ids: Collection[UUID], now: datetime
) -> dict[UUID, StandingRow]:
    """Return where a set of obligations stands, as rows of the standing; what is not owed or not seen is left out."""
    return await queries.find_some(connection, caller, obligation_ids, Moment(now))


async def passed_on(
    connection: AsyncConnection, caller: Caller, obligation_ids: Collection[UUID], now: datetime
) -> dict[UUID, ObligationOut]:
    """Return where obligations stand that have just passed from the caller's to other hands: a last look, no word."""
    service = caller if caller.sees_everything else replace(caller, role=Role.INTEGRATOR)
    async with as_system(connection):
        return {one: await standing_of(connection, service, one, now) for one in obligation_ids}


async def standings_of(
    connection: AsyncConnection, caller: Caller, obligation_ids: Collection[UUID], now: datetime
) -> dict[UUID, ObligationOut]:
    """Return where a set of obligations stands now, as the wire shows it."""
    rows = await standing_rows(connection, caller, obligation_ids, now)
    return {obligation_id: obligation_out(row, now) for obligation_id, row in rows.items()}
