"""Stored facts: what is stored of each obligation, beside what its plan and its history give."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Statement, fetch_all, fetch_only
from app.models import Obligation
from app.models.base import table
from app.standing.moment import EVER, NEVER, Moment
from app.standing.rule import facts_to_keep
from app.standing.snapshot import COPIED, FACTS, stands, stored

obligations = table(Obligation)
STEP = timedelta(microseconds=1)


@dataclass(frozen=True)
class FactsVerdict:
    """Of how many obligations there should be facts, and what is wrong."""

    obligations: int
    faults: Sequence[str]


async def verify(connection: AsyncConnection, now: datetime) -> FactsVerdict:
    """Work out anew whatever is stored: what stands now as of now, and what does not as of an instant at which it did.

    Where nothing stands, the histories are asked, and nothing that is stored is told to anybody.
    """
    counted = (await fetch_only(connection, _counted))["number"]
    faults = [f"{row['id']}: is missing, or names something else" for row in await fetch_all(connection, _misplaced)]
    others = await fetch_all(connection, _other_instants, moment=Moment(now))
    for moment in (Moment(now), *(Moment(row["instant"]) for row in others)):
        found = await fetch_all(connection, _differing, moment=moment)
        faults += [f"{row['id']}: is not what the histories give" for row in found]
    return FactsVerdict(counted, [f"standing_facts {fault}" for fault in dict.fromkeys(faults)])


def _counted() -> Statement:
    return select(func.count().label("number")).select_from(obligations)


def _misplaced() -> Statement:
    """Select the obligations of which nothing is stored, or of which what is copied is not what it is a copy of."""
    same = and_(stored.c.id == obligations.c.id, stored.c.plan_id == obligations.c.plan_id)
    other = or_(*(stored.c[copy].is_distinct_from(obligations.c[name]) for name, copy in COPIED.items()))
    return select(obligations.c.id).outerjoin(stored, same).where(other).order_by(obligations.c.id)


def _other_instants(moment: Moment) -> Statement:
    """Select instants at which facts stand that do not stand at a moment, of those that ever do."""
    over = stored.c.settled_until <= moment.as_of_bind
    instant = case((over, stored.c.settled_until - STEP), else_=stored.c.settled_from)
    ever = and_(stored.c.settled_from < NEVER, stored.c.settled_until > EVER)
    return select(instant.label("instant")).where(ever, ~stands(moment)).distinct()


def _differing(moment: Moment) -> Statement:
    """Select what stands at a moment and is not what the histories give."""
    facts = facts_to_keep(moment, obligations).subquery("facts")
    other = or_(*(stored.c[name].is_distinct_from(facts.c[name]) for name in FACTS if name != "id"))
    found = select(stored.c.id).outerjoin(facts, facts.c.id == stored.c.id)
    return found.where(stands(moment), other).order_by(stored.c.id)
