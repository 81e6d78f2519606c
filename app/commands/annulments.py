"""Annulments: an act that should never have been recorded is taken back, with a reason, and counts nowhere.

`annul` takes back acts on obligations, one or many at once; those on cycles, successions and papers have commands of
their own, which give `taking` their acts, the annulments of them included, and hold what they touch before.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.acts import Accepted, finish_act
from app.commands.bulk_acts import Steps
from app.commands.closings import keep_letters, refuse_sealed
from app.commands.obligations import Locked, hold
from app.commands.owners_annulments import refuse_to_owner
from app.commands.taking_back import Taking, refuse_excess, take_all_back, taking
from app.database.statements import Row, fetch_all
from app.domain.access import Caller, Role
from app.domain.acts import Act
from app.domain.errors import ActUnknown, Fault
from app.queries.acts import act_of, acts_on, line_standings
from app.queries.closings import lines_of
from app.schemas.annulments import Annulled, AnnulmentIn, AnnulmentOut
from app.schemas.bulk import AnnulmentItemIn
from app.standing.moment import Moment

UNCHANGING = {"version", "updated_at", "evidence_acts", "evidence_acted_at"}
"""What of a standing tells that somebody acted, and not where it stands."""


@dataclass(frozen=True, kw_only=True)
class AcceptedAnnulment(Accepted):
    """An annulment that nothing speaks against, and which acts it changes."""

    taking: Taking


@dataclass(frozen=True)
class Undone:
    """An annulment as it was written, and which other obligations stand otherwise because of it."""

    annulment: AnnulmentOut | None
    also: list[UUID]


def _tried(done: Undone) -> Undone:
    return replace(done, annulment=None)


@dataclass(frozen=True)
class Known:
    """The acts on obligations that are held, as rows and as they will count once all that was accepted is written."""

    rows: Mapping[UUID, Sequence[Row]]
    acts: dict[UUID, list[Act]] = field(default_factory=dict)


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
        ActUnknown, AlreadyAnnulled, ExtensionLimitReached, AlreadyWithdrawn, LetterNeeded: see `accept`.
        ActNotYours, ActReviewed, DeadlinePassed, CycleClosed: see `owners_annulments`.
    """
    held = await hold(connection, caller, obligation_id, expected=expected, now=now, include_done=True)
    known = await known_of(connection, caller, [(held, sent)])
    accepted = accept(caller, held, sent, known)
    if caller.role is not Role.COORDINATOR:
        line = (await lines(connection, [held]))[held.id].values()
        await refuse_to_owner(connection, caller, held, known.rows[held.id], accepted.taking.act, line)
    (done,) = await write(connection, caller, [accepted])
    standing = await finish_act(connection, caller, held, held.seen_at)
    assert done.annulment is not None  # noqa: S101  It was not only tried.
    return Annulled(annulment=done.annulment, obligation=standing, also=done.also)


async def known_of(connection: AsyncConnection, _: Caller, asked: Collection[tuple[Locked, AnnulmentIn]]) -> Known:
    """Find every act on obligations that are held, and everything that they fall with."""
    held = {one.id: one for one, _ in asked}
    rows: dict[UUID, list[Row]] = {one: [] for one in held}
    if held:
        moment = Moment(max(one.seen_at for one in held.values()))
        for row in await fetch_all(connection, acts_on, ids=list(held), moment=moment):
            rows[row["on_id"]].append(row)
    return Known(rows, {one: [act_of(row) for row in found] for one, found in rows.items()})


def accept(caller: Caller, held: Locked, sent: AnnulmentIn, known: Known) -> AcceptedAnnulment:
    """Find nothing against taking back one act on an obligation that is held; what comes after it counts on that.

    Raises:
        ActUnknown, AlreadyAnnulled: see `taking_back.taking`.
        ExtensionLimitReached, AlreadyWithdrawn: more would count than may.
        LetterNeeded: its cycle is closed, and no letter reopens it.
    """
    acts = known.acts[held.id]
    refuse_sealed(caller, held.closed_at, sent.reopened_by)
    if any(one.id == sent.act and one.paper_report_id for one in acts):
        raise ActUnknown(None, Fault("/act", "is of a whole paper report, and is taken back there"))
    said = sent.model_dump(include={"reason", "not_personal_reason"})
    took = taking(acts, sent.act, plan_id=held.plan_id, now=held.seen_at, **said)
    refuse_excess(acts, took.changed, held)
    known.acts[held.id] = took.after(acts)
    return AcceptedAnnulment(
        held=held, received_at=held.seen_at, fields={}, reopened_by=sent.reopened_by, id=took.id, taking=took
    )


async def write(connection: AsyncConnection, caller: Caller, accepted: Sequence[AcceptedAnnulment]) -> list[Undone]:
    """Write annulments, and tell of every obligation that stands otherwise; return them in order."""
    held = {one.held.id: one.held for one in accepted}.values()
    before = await lines(connection, held)
    took = [one.taking for one in accepted]
    done = await take_all_back(connection, caller, took, now=accepted[0].received_at)
    await keep_letters(connection, caller, [(one.held, one.id, one.reopened_by) for one in accepted])
    after = await lines(connection, held)
    also = {one: changed(one, before[one], after[one]) for one in after}
    told = [events.changed_by(one.row, other) for one in done for other in also[one.row["obligation_id"]]]
    await events.tell(connection, told)
    return [Undone(one.shown(), also[one.row["obligation_id"]]) for one in done]


async def lines(connection: AsyncConnection, held: Collection[Locked]) -> dict[UUID, dict[UUID, Row]]:
    """Return, for each of some obligations, where it and, of a duty owed once, the others of its line stand."""
    ids, moment = [one.id for one in held], Moment(max(one.seen_at for one in held))
    rows = {row["id"]: row for row in await fetch_all(connection, line_standings, ids=ids, moment=moment)}
    found: dict[UUID, dict[UUID, Row]] = {one: {} for one in ids}
    for row in await fetch_all(connection, lines_of, ids=ids):
        found[row["obligation_id"]][row["id"]] = rows.get(row["id"], {})
    return found


def changed(of: UUID, before: Mapping[UUID, Row], after: Mapping[UUID, Row]) -> list[UUID]:
    """Name the others of a line that stand otherwise."""
    return [one for one in after if one != of and _stands(after[one]) != _stands(before.get(one, {}))]


def _stands(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in UNCHANGING}


STEPS: Steps[AnnulmentItemIn, Known, AcceptedAnnulment, Undone] = Steps(
    known_of, accept, write, repeats=True, done=True, tried=_tried
)
"""How many acts are taken back at once."""
