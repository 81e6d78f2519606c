"""Annulments on cycles: of a letter on its deadline, of its closing, and of its opening while nobody has reported."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import events
from app.commands.annulments import UNCHANGING
from app.commands.closings import keep_letter_of, refuse_sealed
from app.commands.cycles import shown
from app.commands.deadlines import touching
from app.commands.holidays import plan_of
from app.commands.taking_back import TakenBack, take_all_back, taking
from app.commands.transfers import carry_over
from app.database.locks import lock
from app.database.statements import Row, fetch_all, fetch_first, fetch_one
from app.domain.access import Caller
from app.domain.acts import Act, ActKind
from app.domain.errors import CycleClosed, CycleHasReports, Fault
from app.queries.cycle_acts import acts_on_cycle, ever_opened, reports_in, standings_in
from app.schemas.annulments import AnnulmentIn, CycleAnnulled
from app.standing.cycles import cycles_of
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot


async def annul(
    connection: AsyncConnection, caller: Caller, slug: str, code: str, sent: AnnulmentIn, *, now: datetime
) -> CycleAnnulled:
    """Take back one act on a cycle, and say how it stands now, and which obligations stand otherwise.

    Raises:
        NotFound: there is no such plan, or no such cycle was ever opened.
        ActUnknown, AlreadyAnnulled: see `taking_back.taking`.
        LetterNeeded: the cycle is closed, no letter reopens it, and it is not the closing that is taken back.
        CycleHasReports: it is the opening, and somebody has reported in it.
        CycleClosed: two closings would count.
    """
    await lock(connection, (await plan_of(connection, slug)).bytes)
    cycle = await fetch_one(connection, ever_opened, slug=slug, code=code)
    rows = await fetch_all(connection, acts_on_cycle, cycle_id=cycle["id"])
    acts = [_act(row, cycle["id"]) for row in rows]
    said = sent.model_dump(include={"reason", "not_personal_reason"})
    took = taking(acts, sent.act, plan_id=cycle["plan_id"], now=now, **said)
    changing = [one for one in took.changed if one.kind is not ActKind.ANNULMENT]
    closed_at = await _closed_at(connection, slug, code, now)
    if any(one.kind is not ActKind.CYCLE_CLOSING for one in changing):
        refuse_sealed(caller, closed_at, sent.reopened_by)
    await _refuse(connection, cycle["id"], acts, changing, now)
    before = await _standings(connection, cycle["id"], now)
    await fetch_all(connection, touching, cycle_id=cycle["id"], now=now)
    (done,) = await take_all_back(connection, caller, [took], now=now)
    if closed_at and sent.reopened_by:
        ids = [cycle["id"]]
        await keep_letter_of(connection, caller, cycle["plan_id"], ids, done.row["id"], sent.reopened_by, now=now)
    await carry_over(connection, cycle["plan_id"], now=now, only=list(before))
    await refresh_snapshot(connection, list(before), now)
    after = await _standings(connection, cycle["id"], now)
    also = [one for one in after if after[one] != before.get(one)]
    await _tell(connection, done, changing, also)
    standing = await fetch_first(connection, cycles_of, slug=slug, moment=Moment(now), code=code)
    detail = await shown(connection, slug, code, now) if standing else None
    return CycleAnnulled(annulment=done.shown(), cycle=detail, also=also)


def _act(row: Row, cycle_id: UUID) -> Act:
    names = ("id", "recorded_at", "names", "counts")
    return Act(kind=ActKind(row["kind"]), cycle_id=cycle_id, **{name: row[name] for name in names})


async def _refuse(
    connection: AsyncConnection, cycle_id: UUID, acts: Collection[Act], changing: Collection[Act], now: datetime
) -> None:
    falling = {one.kind for one in changing if not one.counts}
    reports = await fetch_one(connection, reports_in, cycle_id=cycle_id, moment=Moment(now))
    if ActKind.CYCLE_OPENING in falling and reports["number"]:
        raise CycleHasReports(None, Fault("/act", "is the opening of a cycle in which somebody has reported"))
    closing = {one.id for one in acts if one.kind is ActKind.CYCLE_CLOSING and one.counts}
    back = {one.id for one in changing if one.kind is ActKind.CYCLE_CLOSING and one.counts}
    if back and closing - back:
        raise CycleClosed


async def _closed_at(connection: AsyncConnection, slug: str, code: str, now: datetime) -> datetime | None:
    row = await fetch_first(connection, cycles_of, slug=slug, moment=Moment(now), code=code)
    return row["closed_at"] if row else None


async def _standings(connection: AsyncConnection, cycle_id: UUID, now: datetime) -> dict[UUID, Row]:
    rows = await fetch_all(connection, standings_in, cycle_id=cycle_id, moment=Moment(now))
    return {row["id"]: {name: value for name, value in row.items() if name not in UNCHANGING} for row in rows}


async def _tell(
    connection: AsyncConnection, done: TakenBack, changing: Collection[Act], also: Collection[UUID]
) -> None:
    """Tell of each obligation that stands otherwise, and of a closing that counts no more."""
    told = [events.changed_by(done.row, one) for one in also]
    reopened = any(one.kind is ActKind.CYCLE_CLOSING and not one.counts for one in changing)
    await events.tell(connection, [*told, *([events.closing_annulled(done.row)] if reopened else [])])
