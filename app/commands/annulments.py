"""Annulments: an act that should never have been recorded is taken back, with a reason, and counts nowhere.

`take_back` is what every annulment does, whatever it is of: it writes the annulment, and for each act that counts now
and did not, or the other way round, a row that says so.  Whoever annuls acts on cycles or successions gives it those
acts, the annulments of them included, holds what they touch before, and stores its facts anew after.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.acts import finish_act
from app.commands.closings import keep_letter, refuse_sealed
from app.commands.obligations import Locked, hold
from app.commands.owners_annulments import refuse_to_owner
from app.database.statements import Row, fetch_all, write_rows
from app.domain.access import Caller, Role
from app.domain.acts import Act, ActKind, counting
from app.domain.errors import (
    ActUnknown,
    AlreadyAnnulled,
    AlreadyWithdrawn,
    ExtensionLimitReached,
    Fault,
)
from app.models import AnnulledAct, Annulment
from app.models.base import new_id, table
from app.queries.acts import act_of, acts_on, line_standings
from app.schemas.annulments import Annulled, AnnulmentIn, AnnulmentOut
from app.standing.moment import Moment

UNCHANGING = {"version", "updated_at", "evidence_acts", "evidence_acted_at"}
"""What of a standing tells that somebody acted, and not where it stands."""


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """An annulment as it was written, and the other acts that fell or came back by it."""

    row: Row
    changed: Sequence[Act]

    def shown(self) -> AnnulmentOut:
        """Show it as the wire does."""
        row, ids = self.row, [one.id for one in self.changed]
        named = {"act": row["act_id"], "by": row["client_id"], "changed": ids}
        return AnnulmentOut.model_validate({**row, **named})


async def take_back(
    connection: AsyncConnection,
    caller: Caller,
    acts: Collection[Act],
    act_id: UUID,
    *,
    plan_id: UUID,
    reason: str,
    now: datetime,
) -> TakenBack:
    """Write that an act counts no more, and which others fall or come back with that.

    `acts` are all on the same thing as the act, every annulment among them.

    Raises:
        ActUnknown: the act is none of them.
        AlreadyAnnulled: it does not count.
    """
    act = named_act(acts, act_id)
    row: dict[str, Any] = {"id": new_id(), "plan_id": plan_id, "client_id": caller.client_id, "received_at": now}
    row |= {"obligation_id": act.obligation_id, "cycle_id": act.cycle_id, "evidence_id": act.evidence_id}
    row |= {"act_id": act.id, "kind": act.kind, "reason": reason}
    recorded = await events.write(connection, Annulment, [row])
    written = {**row, "recorded_at": recorded[row["id"]]}
    taking = Act(id=row["id"], kind=ActKind.ANNULMENT, names=act.id, recorded_at=recorded[row["id"]])
    changed = differing(acts, taking)
    await write_rows(connection, table(AnnulledAct), [_word(one, written) for one in changed])
    return TakenBack(row=written, changed=[one for one in changed if one.id != act.id])


def named_act(acts: Collection[Act], act_id: UUID) -> Act:
    """Return the act that is to be taken back.

    Raises:
        ActUnknown, AlreadyAnnulled: see `take_back`.
    """
    act = next((one for one in acts if one.id == act_id), None)
    if act is None:
        raise ActUnknown(None, Fault("/act", "is no act here that can be taken back"))
    if not act.counts:
        raise AlreadyAnnulled(None, Fault("/act", "counts no more already"))
    return act


def differing(acts: Collection[Act], taking: Act) -> list[Act]:
    """Return the acts that one more annulment changes, each as it will be."""
    after = counting([*acts, taking])
    return [replace(one, counts=not one.counts) for one in acts if one.counts != (one.id in after)]


def _word(act: Act, annulment: Row) -> dict[str, Any]:
    return {
        "id": new_id(),
        "plan_id": annulment["plan_id"],
        "annulment_id": annulment["id"],
        "act_id": act.id,
        **{name: getattr(act, name) for name in ("kind", "counts", "obligation_id", "cycle_id", "evidence_id")},
        # One instant for all: by no `known_at` has half of them been taken back.
        **{name: annulment[name] for name in ("received_at", "recorded_at")},
    }


async def annul(
    connection: AsyncConnection,
    caller: Caller,
    obligation_id: UUID,
    sent: AnnulmentIn,
    *,
    now: datetime,
    expected: int | None = None,
) -> Annulled:
    """Take back one act on an obligation, and say where it and its line stand now.

    Raises:
        NotFound, StaleVersion: see `obligations.hold`.
        ActUnknown, AlreadyAnnulled: see `take_back`.
        ActNotYours, ActReviewed, DeadlinePassed, CycleClosed: see `owners_annulments`.
        ExtensionLimitReached, AlreadyWithdrawn: more would count than may.
        LetterNeeded: its cycle is closed, and no letter reopens it.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now, include_done=True)
    rows = await fetch_all(connection, acts_on, obligation_id=held.id, moment=Moment(held.seen_at))
    acts = [act_of(row) for row in rows]
    refuse_sealed(caller, held.closed_at, sent.reopened_by)
    before = await _line(connection, held)
    if caller.role is not Role.COORDINATOR:
        await refuse_to_owner(connection, caller, held, rows, named_act(acts, sent.act), before.values())
    _refuse_excess(acts, named_act(acts, sent.act), held)
    done = await take_back(
        connection, caller, acts, sent.act, plan_id=held.plan_id, reason=sent.reason, now=held.seen_at
    )
    await keep_letter(connection, caller, held, done.row["id"], sent.reopened_by)
    standing = await finish_act(connection, caller, held, held.seen_at)
    after = await _line(connection, held)
    also = [one for one in after if one != held.id and _stands(after[one]) != _stands(before.get(one, {}))]
    await events.tell(connection, [events.changed_by(done.row, one) for one in also])
    return Annulled(annulment=done.shown(), obligation=standing, also=also)


async def _line(connection: AsyncConnection, held: Locked) -> dict[UUID, Row]:
    """Return where an obligation and, of a duty owed once, the others of its line stand."""
    rows = await fetch_all(connection, line_standings, ids=[held.id], moment=Moment(held.seen_at))
    return {row["id"]: row for row in rows}


def _stands(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in UNCHANGING}


def _refuse_excess(acts: Collection[Act], act: Act, held: Locked) -> None:
    """Refuse what would let more count than a limit allows."""
    taking = Act(id=new_id(), kind=ActKind.ANNULMENT, names=act.id, recorded_at=held.seen_at)
    latest = max([held.seen_at, *(one.recorded_at for one in acts)])
    back = {one.id for one in differing(acts, replace(taking, recorded_at=latest)) if one.counts}
    counts = [one for one in acts if one.counts or one.id in back]
    given = [one for one in counts if one.kind is ActKind.EXTENSION]
    if not back.isdisjoint(one.id for one in given) and len(given) > held.max_extensions:
        raise ExtensionLimitReached
    withdrawn = [one.falls_with for one in counts if one.kind is ActKind.WITHDRAWAL]
    if len(set(withdrawn)) < len(withdrawn):
        raise AlreadyWithdrawn
