"""Successions: proposed, then confirmed or rejected; a confirmed one passes open obligations over, or ends them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.bodies import NamedBody, body_named, join, owner_named
from app.commands.closings import keep_letter_on
from app.commands.holidays import plan_of
from app.commands.parts import parts_of
from app.commands.transfers import carry_over
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_first, fetch_one, fetch_only, write_rows
from app.domain.access import Caller
from app.domain.calendar import day_of
from app.domain.errors import (
    AlreadyDecided,
    AlreadySucceeded,
    DutyUnknown,
    Fault,
    SuccessionAhead,
    SuccessorUnclear,
)
from app.models import Succession, SuccessionDecision, SuccessionPart
from app.models.base import new_id, table
from app.models.succession import Decision
from app.queries.successions import conflicting, duty_codes, successions_of
from app.schemas.successions import SuccessionDecisionIn, SuccessionIn, SuccessionOut, SuccessorIn, SuccessorsIn
from app.schemas.views import succession_out
from app.standing.moment import Moment

FIELDS = {"kind", "effective_on", "note", "ends"}
Taking = Sequence[tuple[NamedBody, Sequence[str] | None]]
"""Who takes over, in the order in which they are named, and which duties if not all."""


async def propose(
    connection: AsyncConnection, caller: Caller, slug: str, sent: SuccessionIn, *, now: datetime
) -> SuccessionOut:
    """Record that a body is to be succeeded; nothing changes until a coordinator confirms it.

    Raises:
        NotFound: there is no such plan.
        BodyUnknown, NotAnOwner: the predecessor is no body of the plan, or a group, which owns nothing.
        DutyUnknown: a duty is none of the plan.
        SuccessorUnclear: a successor is the predecessor, stands twice, or is a new body without a name.
    """
    plan_id = await plan_of(connection, slug)
    predecessor = await owner_named(connection, plan_id, sent.predecessor, "/predecessor")
    await _refuse_unknown_duties(connection, plan_id, sent)
    taking = await _taking(connection, plan_id, sent, sent.predecessor)
    row = {"id": new_id(), "plan_id": plan_id, "client_id": caller.client_id, "predecessor_id": predecessor["id"]}
    act = {f"act_{field}": value for field, value in sent.act.model_dump().items()}
    named = [{"code": one.code, "name": one.name, "duties": _list(codes)} for one, codes in taking]
    fields = sent.model_dump(include=FIELDS) | {"duties": _list(sent.duties)}
    await events.write(connection, Succession, [row | act | fields | {"successors": json.dumps(named)}])
    return await _shown(connection, slug, row["id"], now)


async def decide(
    connection: AsyncConnection,
    caller: Caller,
    slug: str,
    succession_id: UUID,
    sent: SuccessionDecisionIn,
    *,
    now: datetime,
) -> SuccessionOut:
    """Confirm a succession, which passes open obligations over or ends them, or reject it; either is done once.

    Raises:
        NotFound: there is no such plan, or no such succession.
        AlreadyDecided: it was decided before; the database's constraint says so too.
        SuccessionAhead: it takes effect on a day to come, and who owes what by then is not known yet.
        AlreadySucceeded: the body has been succeeded for some of the same duties.
        SuccessorUnclear, NotAnOwner, DutyUnknown: who takes over is not said, or twice, or can own nothing.
        LetterNeeded: something passes over or ends in a closed cycle, and no letter reopens it.
    """
    plan_id = await plan_of(connection, slug)
    await lock(connection, plan_id.bytes)
    found = await fetch_one(connection, successions_of, slug=slug, moment=Moment(now), succession_id=succession_id)
    if found["outcome"]:
        raise AlreadyDecided
    row: dict[str, Any] = {"id": new_id(), "plan_id": plan_id, "client_id": caller.client_id, "received_at": now}
    decision = {"succession_id": succession_id, "outcome": sent.outcome, "reason": sent.reason}
    await events.write(connection, SuccessionDecision, [row | decision])
    if sent.outcome is Decision.CONFIRMED:
        for part in await _confirmed(connection, found, sent, now):
            await write_rows(connection, table(SuccessionPart), [part])
        passed = await carry_over(connection, plan_id, now=now)
        await keep_letter_on(connection, caller, plan_id, passed, row["id"], sent.reopened_by, now=now)
    return await _shown(connection, slug, succession_id, now)


async def _confirmed(connection: AsyncConnection, found: Row, sent: SuccessionDecisionIn, now: datetime) -> list[Row]:
    """Return the parts of a succession that can be confirmed."""
    if found["effective_on"] > day_of(now, ZoneInfo(found["time_zone"])):
        raise SuccessionAhead
    ids = {"plan_id": found["plan_id"], "predecessor_id": found["predecessor_id"], "succession_id": found["id"]}
    if await fetch_first(connection, conflicting, **ids, codes=found["duties"]):
        raise AlreadySucceeded
    chosen = _chosen(found, sent)
    await _refuse_unknown_duties(connection, found["plan_id"], chosen)
    taking = await _taking(connection, found["plan_id"], chosen, found["predecessor_code"])
    joined = [(await _join(connection, found, one), codes) for one, codes in taking]
    return await parts_of(connection, found, joined)


async def _join(connection: AsyncConnection, succession: Row, successor: NamedBody) -> UUID:
    """Add a successor that the plan does not have yet: in the place of its predecessor, and as bound as that one."""
    place = {"group": succession["predecessor_group"], "force": succession["predecessor_force"]}
    return await join(connection, succession["plan_id"], successor, joined_on=succession["effective_on"], **place)


def _chosen(found: Row, sent: SuccessionDecisionIn) -> SuccessorsIn:
    """Return who takes over, which either the proposal says or the decision."""
    proposed = tuple(SuccessorIn.model_validate(one) for one in found["successors"])
    said = [bool(proposed or found["ends"]), bool(sent.named or sent.ends)]
    if sum(said) != 1:
        fault = Fault("/successor", "is needed unless the proposal names it, and then not taken")
        raise SuccessorUnclear(None, fault)
    return sent if said[1] else SuccessorsIn.model_construct(successors=proposed, ends=found["ends"])


async def _taking(connection: AsyncConnection, plan_id: UUID, sent: SuccessorsIn, predecessor: str) -> Taking:
    taking: list[tuple[NamedBody, Sequence[str] | None]] = []
    for place, successor in _placed(sent):
        earlier = {one.code for one, _ in taking}
        if successor.code == predecessor or successor.code in earlier:
            said = "is the predecessor" if successor.code == predecessor else "stands twice"
            raise SuccessorUnclear(None, Fault(f"{place}/code", said))
        named = await body_named(connection, plan_id, successor.code, successor.name, place)
        taking.append((named, successor.duties))
    return taking


def _placed(sent: SuccessorsIn) -> list[tuple[str, SuccessorIn]]:
    """Return the successors, each with the pointer to where it is named."""
    return [("/successor" if sent.successor else f"/successors/{n}", one) for n, one in enumerate(sent.named)]


async def _refuse_unknown_duties(connection: AsyncConnection, plan_id: UUID, sent: SuccessorsIn) -> None:
    """Refuse duties that the plan does not have, and those of successors that are not passed on."""
    known = {row["code"] for row in await fetch_all(connection, duty_codes, plan_id=plan_id)}
    own = getattr(sent, "duties", None) or ()
    named = [("", own), *((place, one.duties or ()) for place, one in _placed(sent))]
    allowed = {"": known} | {place: set(own) or known for place, _ in _placed(sent)}
    faults = [
        Fault(f"{place}/duties/{n}", "is no duty of this plan" if code not in known else "is not passed on by this")
        for place, codes in named
        for n, code in enumerate(codes)
        if code not in allowed[place]
    ]
    if faults:
        raise DutyUnknown(None, *faults)


async def _shown(connection: AsyncConnection, slug: str, succession_id: UUID, now: datetime) -> SuccessionOut:
    asked = {"slug": slug, "moment": Moment(now), "succession_id": succession_id}
    return succession_out(await fetch_only(connection, successions_of, **asked))


def _list(codes: Sequence[str] | None) -> list[str] | None:
    return list(codes) if codes else None
