"""Storing facts: at the end of an act, for what it touched, by the expression that answers from the histories.

The database has said by then that what is stored of them no longer stands, and holds them (migration 0015).  Should
nobody store it anew, the histories are asked, and every answer is right all the same.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Subquery,
    Update,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import as_system
from app.database.locks import try_lock
from app.database.statements import Statement, fetch_all, fetch_built
from app.models import Duty, Obligation
from app.models.base import table
from app.models.duty import Recurrence
from app.standing.acts import ENDS
from app.standing.moment import NEVER, Moment
from app.standing.once import same_line
from app.standing.rule import facts_to_keep
from app.standing.snapshot import FACTS, stored

obligations, duties = table(Obligation), table(Duty)
LEADER = b"dondoc stored facts"
BATCH = 500
UNSEEN = frozenset({"id", "version", "updated_at", "evidence_count", "evidence_acts", "evidence_acted_at", *ENDS})
"""What is stored of an obligation by which it does not stand otherwise."""


async def refresh_snapshot(connection: AsyncConnection, ids: Collection[UUID], now: datetime) -> None:
    """Store the facts of obligations that this transaction has acted on, and of their siblings.

    Of no others: it would not see what another transaction has left on them meanwhile.  Whoever has acted, it is the
    service that stores: nothing of a history may be hidden from it, and it need not ask for each act who may read it.
    """
    async with as_system(connection):
        await fetch_all(connection, storing, ids=list(ids), moment=Moment(now))


async def refresh_held(connection: AsyncConnection, ids: Collection[UUID], now: datetime) -> None:
    """Store the facts of obligations of which none stand now, whoever has acted on them; acts wait until it is done."""
    async with as_system(connection):
        await fetch_all(connection, _held, ids=list(ids))
        await refresh_snapshot(connection, ids, now)


def _held(ids: list[UUID]) -> Statement:
    held = select(stored.c.id).where(stored.c.id.in_(line_of(ids)))
    return held.order_by(stored.c.id).with_for_update()


async def refresh_some(connection: AsyncConnection, now: datetime) -> bool:
    """Store the facts of a batch of obligations of which none stand now, and say whether there may be more.

    That is what begins by itself on a day to come, and all there is after a migration.
    """
    if not await try_lock(connection, LEADER):
        return False
    overtaken, begun = await fetch_all(connection, _overtaken), await fetch_all(connection, _begun, moment=Moment(now))
    ids = {row["id"] for row in (*overtaken, *begun)}
    if ids:
        await refresh_held(connection, ids, now)
    return len(ids) >= BATCH


async def refresh_all(connection: AsyncConnection, now: datetime, *among: ColumnElement[bool]) -> int:
    """Store the facts of all obligations, or of some, of which none stand now; return how many there were."""
    ended = select(stored.c.id).where(_ended(Moment(now)), *among).order_by(stored.c.id)
    # Which some are meant is the seed's or the migration's to say, in its own words.
    ids = [row["id"] for row in await fetch_built(connection, ended)]
    for start in range(0, len(ids), BATCH):
        await refresh_held(connection, ids[start : start + BATCH], now)
    return len(ids)


def storing(ids: list[UUID], moment: Moment) -> Update:
    """Fill what no longer stands of some obligations and their siblings."""
    same_duty = line_of(ids).subquery("kin")
    facts = facts_to_keep(moment, obligations.join(same_duty, same_duty.c.id == obligations.c.id)).subquery("new")
    told: dict[str, ColumnElement[Any]] = {column.name: column for column in facts.c if column.name != "id"}
    told["changed_at"] = _changed_at(facts)
    return update(stored).where(stored.c.id == facts.c.id, _ended(moment)).values(told).returning(stored.c.id)


def _changed_at(facts: Subquery) -> ColumnElement[Any]:
    """Say when it last stood otherwise: at the last act, if the facts are others now than those that were stored.

    How often and when it was acted on is not among them, nor how much evidence there is: nobody learns from the date of
    a status document of what does not show in it.
    """
    changed = or_(*(stored.c[name].is_distinct_from(facts.c[name]) for name in FACTS if name not in UNSEEN))
    acted_at = select(obligations.c.updated_at).where(obligations.c.id == stored.c.id).scalar_subquery()
    return case((changed, acted_at), else_=stored.c.changed_at)


def _overtaken() -> Statement:
    """Select what has ended for the first of two reasons, so that an index gives it; nearly always it is nothing."""
    return select(stored.c.id).where(stored.c.settled_from == NEVER).limit(BATCH)


def _begun(moment: Moment) -> Statement:
    """Select what has ended for the second one, likewise."""
    begun = select(stored.c.id).where(stored.c.settled_until <= moment.as_of_bind)
    return begun.order_by(stored.c.settled_until).limit(BATCH)


def _ended(moment: Moment) -> ColumnElement[bool]:
    return or_(stored.c.settled_from == NEVER, stored.c.settled_until <= moment.as_of_bind)


def line_of(ids: list[UUID]) -> Statement:
    """Select the ids of obligations and, of a `once` duty, of those in the other cycles."""
    held, same_duty, duty = obligations.alias("held"), obligations.alias("kin_of"), duties.alias("duty_of")
    touched = held.c.id == any_(bindparam("ids", ids, ARRAY(Uuid())))
    once = and_(duty.c.id == held.c.duty_id, duty.c.plan_id == held.c.plan_id, duty.c.recurrence == Recurrence.ONCE)
    of_line = select(same_duty.c.id).select_from(held.join(duty, once).join(same_duty, same_line(held, same_duty)))
    both = union(select(held.c.id).where(touched), of_line.where(touched)).subquery("line")
    return select(both.c.id)
