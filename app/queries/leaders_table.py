"""The table for leaders, read: the consolidated report of a cycle, beside how the cycle stood at an earlier instant."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.calendar import HOME_ZONE, day_of
from app.domain.completion import Status
from app.domain.errors import Fault, MalformedContent
from app.domain.letters import soon_until
from app.domain.totals import By
from app.queries.consolidated_report import Asking, report_of
from app.queries.status_document import summed_at
from app.schemas.base import TotalsOut
from app.schemas.consolidated_report import ConsolidatedReport, OpenObligation
from app.schemas.leaders_table import DueBody, LateBody, LeadersBody, LeadersLine, LeadersTable
from app.standing.filters import Filters
from app.standing.moment import Moment

A_WEEK = timedelta(days=7)
IN_TIME = {Status.IN_PROGRESS, Status.NOT_STARTED}
NOTHING = TotalsOut.of(Counter())


async def table_of(connection: AsyncConnection, asking: Asking, since: datetime | None) -> LeadersTable:
    """Read the table as of an instant, and compare it with that of an earlier one: a week before, unless it is said.

    Raises:
        NotFound: there is no such plan, or no such cycle is open.
        MalformedContent: the earlier instant is later.
    """
    report = await report_of(connection, replace(asking, sealed=False))
    then = since or report.as_of - A_WEEK
    if then > report.as_of:
        raise MalformedContent(None, Fault("query: since", "must not be later than `as_of`, or than now"))
    wanted = Filters(plan=asking.slug, cycles=[asking.cycle])
    # What was known then, as in `status/changes`; where less is asked for, no more than that.
    before = Moment(then, min(then, report.known_at))
    last = await summed_at(connection, asking.caller, wanted, before, By.BODY)
    return _table(report, then, {one.code: one.totals for one in last.parts})


def _table(report: ConsolidatedReport, since: datetime, before: Mapping[str, TotalsOut]) -> LeadersTable:
    parts = [
        LeadersBody(
            **{name: getattr(body, name) for name in ("no", "code", "name", "force")},
            **dict(_line(body.totals, before.get(body.code, NOTHING))),
        )
        for body in report.bodies
    ]
    named = ("plan", "cycle", "as_of", "known_at", "letterhead")
    return LeadersTable(
        **{name: getattr(report, name) for name in named},
        since=since,
        bodies=parts,
        whole=_line(report.totals, TotalsOut.adding(before[one.code] for one in parts if one.code in before)),
        most_overdue=_late(report.open),
        silent=report.silent_bodies,
        due_soon=_due(report.open, report.as_of),
    )


def _line(now: TotalsOut, then: TotalsOut) -> LeadersLine:
    return LeadersLine(totals=now, completed_change=_done(now) - _done(then), overdue_change=now.overdue - then.overdue)


def _done(totals: TotalsOut) -> int:
    return totals.completed_on_time + totals.completed_late


def _late(owed: Iterable[OpenObligation]) -> list[LateBody]:
    by_owner = _by_owner(one for one in owed if one.status is Status.OVERDUE)
    found = [
        LateBody(code=code, name=some[0].owner_name, overdue=len(some), days=max(one.days for one in some))
        for code, some in by_owner.items()
    ]
    return sorted(found, key=lambda one: (-one.overdue, -one.days, one.code))


def _due(owed: Iterable[OpenObligation], as_of: datetime) -> list[DueBody]:
    until = soon_until(day_of(as_of, HOME_ZONE))
    by_owner = _by_owner(one for one in owed if one.status in IN_TIME and one.last_day_on_time <= until)
    found = [
        DueBody(
            code=code,
            name=some[0].owner_name,
            due=len(some),
            last_day_on_time=min(one.last_day_on_time for one in some),
        )
        for code, some in by_owner.items()
    ]
    return sorted(found, key=lambda one: (one.last_day_on_time, -one.due, one.code))


def _by_owner(owed: Iterable[OpenObligation]) -> Mapping[str, Sequence[OpenObligation]]:
    found: dict[str, list[OpenObligation]] = {}
    for one in owed:
        found.setdefault(one.owner, []).append(one)
    return found
