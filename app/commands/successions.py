"""Successions: proposed, then confirmed or rejected; a confirmed one passes open obligations over to the successor."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.bodies import join, owner_named, successor_named
from app.commands.holidays import plan_of
from app.commands.transfers import carry_over
from app.database.locks import lock
from app.domain.access import Caller
from app.domain.calendar import day_of
from app.domain.errors import (
    AlreadyDecided,
    AlreadySucceeded,
    DutyUnknown,
    Fault,
    NotFound,
    SuccessionAhead,
    SuccessorUnclear,
)
from app.models import Duty, Succession, SuccessionDecision
from app.models.base import new_id, table
from app.models.succession import Decision
from app.queries.successions import conflicting, successions_of
from app.schemas.successions import SuccessionDecisionIn, SuccessionIn, SuccessionOut, SuccessorIn
from app.schemas.views import succession_out

duties = table(Duty)
FIELDS = {"kind", "effective_on", "note"}


async def propose(connection: AsyncConnection, caller: Caller, slug: str, sent: SuccessionIn) -> SuccessionOut:
    """Record that a body is to be succeeded; nothing changes until a coordinator confirms it.

    Raises:
        NotFound: there is no such plan.
        BodyUnknown, NotAnOwner: the predecessor is no body of the plan, or a group, which owns nothing.
        DutyUnknown: a duty is none of the plan.
        SuccessorUnclear: the successor is the predecessor, or a new body without a name.
    """
    plan_id = await plan_of(connection, slug)
    predecessor = await owner_named(connection, plan_id, sent.predecessor, "/predecessor")
    await _refuse_unknown_duties(connection, plan_id, sent.duties or ())
    named = await _named(connection, plan_id, sent)
    row = {"id": new_id(), "plan_id": plan_id, "client_id": caller.client_id, "predecessor_id": predecessor["id"]}
    act = {f"act_{field}": value for field, value in sent.act.model_dump().items()}
    fields = sent.model_dump(include=FIELDS) | {"duties": list(sent.duties) if sent.duties else None}
    await events.write(connection, Succession, [row | act | named | fields])
    return await _shown(connection, slug, row["id"])


async def decide(
    connection: AsyncConnection,
    caller: Caller,
    slug: str,
    succession_id: UUID,
    sent: SuccessionDecisionIn,
    *,
    now: datetime,
) -> SuccessionOut:
    """Confirm a succession, which passes open obligations over, or reject it; either is done once.

    Raises:
        NotFound: there is no such plan, or no such succession.
        AlreadyDecided: it was decided before; the database's constraint says so too.
        SuccessionAhead: it takes effect on a day to come, and who owes what by then is not known yet.
        AlreadySucceeded: the body has been succeeded for some of the same duties.
        SuccessorUnclear, NotAnOwner: there is no successor, or two, or it can own nothing.
    """
    plan_id = await plan_of(connection, slug)
    await lock(connection, plan_id.bytes)
    found = (await connection.execute(successions_of(slug, succession_id))).mappings().first()
    if found is None:
        raise NotFound
    if found["outcome"]:
        raise AlreadyDecided
    confirming = sent.outcome is Decision.CONFIRMED
    successor_id = await _confirmed(connection, found, sent, now) if confirming else None
    row = {"id": new_id(), "plan_id": plan_id, "client_id": caller.client_id, "received_at": now}
    decision = {"succession_id": succession_id, "successor_id": successor_id, "outcome": sent.outcome}
    await events.write(connection, SuccessionDecision, [row | decision | {"reason": sent.reason}])
    await carry_over(connection, plan_id, now=now)
    return await _shown(connection, slug, succession_id)


async def _confirmed(connection: AsyncConnection, found: RowMapping, sent: SuccessionDecisionIn, now: datetime) -> UUID:
    """Return the successor of a succession that can be confirmed."""
    if found["effective_on"] > day_of(now, ZoneInfo(found["time_zone"])):
        raise SuccessionAhead
    if (await connection.execute(conflicting(found))).first():
        raise AlreadySucceeded
    successor = await successor_named(connection, found["plan_id"], _chosen(found, sent), found["predecessor_code"])
    return await join(connection, successor, found)


def _chosen(found: RowMapping, sent: SuccessionDecisionIn) -> SuccessorIn:
    code, name = found["successor_code"], found["successor_name"]
    named = [one for one in (SuccessorIn(code=code, name=name) if code else None, sent.successor) if one]
    if len(named) != 1:
        raise SuccessorUnclear(None, Fault("/successor", "is needed unless the proposal names it, and then not taken"))
    return named[0]


async def _named(connection: AsyncConnection, plan_id: UUID, sent: SuccessionIn) -> dict[str, str | None]:
    if sent.successor is None:
        return {"successor_code": None, "successor_name": None}
    successor = await successor_named(connection, plan_id, sent.successor, sent.predecessor)
    return {"successor_code": successor.code, "successor_name": successor.name}


async def _refuse_unknown_duties(connection: AsyncConnection, plan_id: UUID, codes: Sequence[str]) -> None:
    known = select(duties.c.code).where(duties.c.plan_id == plan_id, duties.c.code.in_(codes))
    unknown = set(codes) - set((await connection.execute(known)).scalars())
    if faults := [Fault(f"/duties/{n}", "is no duty of this plan") for n, code in enumerate(codes) if code in unknown]:
        raise DutyUnknown(None, *faults)


async def _shown(connection: AsyncConnection, slug: str, succession_id: UUID) -> SuccessionOut:
    return succession_out((await connection.execute(successions_of(slug, succession_id))).mappings().one())
