"""The status document, put together: where a plan stands, what closed cycles were sealed as, and which are missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, fetch_all, fetch_one
from app.domain.access import Caller
from app.domain.calendar import day_of, start_of
from app.domain.errors import CycleNotClosed, Fault, MalformedContent
from app.domain.totals import By
from app.models.succession import Decision
from app.queries.cycles import opened_by
from app.queries.obligations import needs_history
from app.queries.status import changed_from_sealed, parts_of, sealed_tally, tally
from app.queries.successions import successions_of
from app.schemas.base import TotalsOut
from app.schemas.seed import CycleRules
from app.schemas.status import (
    CycleByDuty,
    CycleStatus,
    StatusOut,
    SuccessionRef,
    Summed,
    cycle_statuses,
    missing_cycles,
    summed,
)
from app.schemas.views import succession_ref
from app.standing.cycles import cycles_of
from app.standing.filters import Filters
from app.standing.moment import Moment

Shown = list[CycleStatus | CycleByDuty]


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks for which part of a plan, as of when, known when, and now."""

    caller: Caller
    filters: Filters
    as_of: datetime | None
    known_at: datetime | None
    now: datetime
    by: By = By.BODY

    @property
    def slug(self) -> str:
        """The plan's name."""
        return self.filters.plan or ""


async def document_of(connection: AsyncConnection, asking: Asking, since: Row) -> tuple[StatusOut, datetime | None]:
    """Say where a plan stands, and until when it says so if nobody acts; `since` says when it last changed.

    A cycle that nobody opens on the first day of its period is missing from then on, which is a change.
    """
    plan = await fetch_one(connection, opened_by, slug=asking.slug, known_at=asking.known_at)
    missing = missing_cycles(plan, min(filter(None, (asking.as_of, asking.known_at, asking.now))))
    zone = ZoneInfo(plan["time_zone"])
    begun = [start_of(day, zone) for day in missing.values()]
    as_of = asking.as_of or max([since["changed_at"], *begun])
    shown = await cycles_at(connection, asking.caller, asking.filters, Moment(as_of, asking.known_at), asking.by)
    document = await _document(connection, asking, Moment(as_of, asking.known_at), shown, missing)
    turn = CycleRules.model_validate(plan["cycle_rules"]).next_start(day_of(asking.now, zone))
    ends = [since["next_due"], start_of(turn, zone) if turn else None]
    return document, None if asking.as_of else min(filter(None, ends), default=None)


async def sealed_document(connection: AsyncConnection, asking: Asking, _: Row) -> tuple[StatusOut, datetime | None]:
    """Give the figures of closed cycles as they were sealed: the same for ever.

    Raises:
        CycleNotClosed: one of the cycles is not closed.
        MalformedContent: another instant is asked for.
    """
    if given := [name for name in ("as_of", "known_at") if getattr(asking, name)]:
        raise MalformedContent(None, *(Fault(f"query: {name}", "must not be given with sealed") for name in given))
    found = await _cycles(connection, asking.filters, Moment(asking.now))
    closed = {cycle["code"] for cycle in found if cycle["seal_id"]}
    if not closed or not closed.issuperset([*asking.filters.cycles, *(cycle["code"] for cycle in found)]):
        raise CycleNotClosed
    parts = await fetch_all(connection, parts_of, slug=asking.slug, by=asking.by)
    shown = [one for cycle in found for one in await _sealed(connection, asking, cycle, parts)]
    last = Moment(max(one["closed_at"] for one in found), max(one["sealed_known_at"] for one in found))
    plan = await fetch_one(connection, opened_by, slug=asking.slug, known_at=last.known_at)
    return await _document(connection, asking, last, shown, missing_cycles(plan, last.as_of)), None


async def _document(
    connection: AsyncConnection, asking: Asking, moment: Moment, cycles: Shown, missing: Iterable[str]
) -> StatusOut:
    return StatusOut(
        plan=asking.slug,
        as_of=moment.as_of,
        known_at=moment.known_at,
        successions=await _successions(connection, asking, moment),
        totals=TotalsOut.adding(cycle.totals for cycle in cycles),
        cycles=cycles,
        missing_cycles=list(missing),
    )


async def _successions(connection: AsyncConnection, asking: Asking, moment: Moment) -> list[SuccessionRef]:
    """Say where went what the body that is asked for owed, by the successions that hold."""
    if not asking.filters.body:
        return []
    rows = await fetch_all(connection, successions_of, slug=asking.slug, moment=moment)
    mine = [row for row in rows if row["predecessor_code"] == asking.filters.body and _holds(row, moment)]
    return list(map(succession_ref, mine))


def _holds(row: Row, moment: Moment) -> bool:
    confirmed: bool = row["counts"] and row["outcome"] == Decision.CONFIRMED
    return confirmed and row["effective_on"] <= day_of(moment.as_of, ZoneInfo(row["time_zone"]))


async def _sealed(connection: AsyncConnection, asking: Asking, cycle: Row, parts: list[Row]) -> Shown:
    moment = Moment(cycle["closed_at"], cycle["sealed_known_at"])
    then = await fetch_one(connection, cycles_of, slug=asking.slug, moment=moment, code=cycle["code"])
    counted = await fetch_all(
        connection,
        sealed_tally,
        caller=asking.caller,
        filters=asking.filters,
        seal_id=cycle["seal_id"],
        cycle_id=cycle["id"],
        moment=moment,
        by=asking.by,
    )
    return cycle_statuses([{**then, "closed_at": cycle["closed_at"]}], parts, counted, asking.by)


async def cycles_at(connection: AsyncConnection, caller: Caller, wanted: Filters, moment: Moment, by: By) -> Shown:
    """Add up where a plan stands, cycle by cycle, and body by body or duty by duty."""
    return cycle_statuses(*await _counted_at(connection, caller, wanted, moment, by), by)


async def summed_at(connection: AsyncConnection, caller: Caller, wanted: Filters, moment: Moment, by: By) -> Summed:
    """Add up the same over all cycles, too."""
    cycles, parts, counted = await _counted_at(connection, caller, wanted, moment, by)
    return summed(cycle_statuses(cycles, parts, counted, by), parts, counted, by)


async def _counted_at(
    connection: AsyncConnection, caller: Caller, wanted: Filters, moment: Moment, by: By
) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the cycles that are asked about, the parts of the plan, and how many obligations stand where."""
    asked = {"caller": caller, "filters": wanted, "moment": moment, "by": by}
    history = await needs_history(connection, wanted, moment)
    counted = await fetch_all(connection, tally, **asked, history=history)
    parts = await fetch_all(connection, parts_of, slug=wanted.plan or "", by=by)
    found = await _cycles(connection, wanted, moment)
    closings = [await _since_closing(connection, caller, wanted, cycle, moment) for cycle in found]
    return [{**cycle, **more} for cycle, more in zip(found, closings, strict=True)], parts, counted


async def _cycles(connection: AsyncConnection, wanted: Filters, moment: Moment) -> list[Row]:
    """Return the open cycles that are asked about; a plan has few."""
    found = await fetch_all(connection, cycles_of, slug=wanted.plan or "", moment=moment)
    return [cycle for cycle in found if not wanted.cycles or cycle["code"] in wanted.cycles]


async def _since_closing(
    connection: AsyncConnection, caller: Caller, wanted: Filters, cycle: Row, moment: Moment
) -> dict[str, Any]:
    """Count what has changed since a cycle was closed, and what would be sealed otherwise by what is known since."""
    if cycle["seal_id"] is None:
        return {}
    asked = {"caller": caller, "filters": wanted, "seal_id": cycle["seal_id"], "cycle_id": cycle["id"]}
    now = await fetch_one(connection, changed_from_sealed, moment=moment, **asked)
    then = Moment(cycle["closed_at"], moment.known_at)
    restated = await fetch_one(connection, changed_from_sealed, moment=then, **asked)
    return {"changed_since_closing": now["number"], "restated": restated["number"]}
