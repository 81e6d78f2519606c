"""The consolidated report, read: as of now, of an instant, or of the closing of its cycle."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.engine import as_system
from app.database.statements import Row, fetch_all, fetch_one, fetch_only
from app.domain.access import Caller, Permission, Role
from app.domain.calendar import day_of, start_of
from app.domain.errors import CycleNotClosed, Fault, MalformedContent, NotFound
from app.domain.totals import By
from app.queries import report_rows
from app.queries.claims import fetch_claims
from app.queries.letterheads import letterhead_of
from app.queries.status import last_change, parts_of
from app.reports.assembly import Found, assembled
from app.reports.checking import Said
from app.reports.consolidated import paper_of
from app.reports.documents import written
from app.schemas.consolidated_report import ConsolidatedReport
from app.schemas.report_rules import ReportPart, ReportRules
from app.standing.cycles import cycles_of, deadlines_of
from app.standing.filters import Filters
from app.standing.moment import Moment


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Who asks for the report of which cycle, as of when, known when, and now; with `sealed`, of its closing."""

    caller: Caller
    slug: str
    cycle: str
    now: datetime
    as_of: datetime | None = None
    known_at: datetime | None = None
    sealed: bool = False


async def report_of(connection: AsyncConnection, asking: Asking) -> ConsolidatedReport:
    """Read everything that a report tells, and put it together.

    Raises:
        NotFound: there is no such plan, or no such cycle is open at that moment.
        CycleNotClosed, MalformedContent: see `_closing`.
    """
    plan = await fetch_one(connection, report_rows.plan_of, slug=asking.slug)
    closed = await _closing(connection, asking) if asking.sealed else None
    moment = _moment_of(closed) if closed else await _moment(connection, plan, asking)
    cycle, before = await _cycles(connection, asking, moment)
    owed = await _owed(connection, asking.caller, cycle, moment, closed, slug=asking.slug)
    targets = await fetch_all(connection, report_rows.targets_of, plan_id=plan["id"])
    measured = {row["duty_id"] for row in targets}
    found = Found(
        plan=plan,
        cycle={**cycle, "closed_at": closed["closed_at"] if closed else cycle["closed_at"]},
        as_of=moment.as_of,
        known_at=_known(moment),
        sealed=asking.sealed,
        letterhead=await letterhead_of(connection, plan, _known(moment)),
        bodies=await fetch_all(connection, parts_of, slug=asking.slug, by=By.BODY),
        duties=await fetch_all(connection, parts_of, slug=asking.slug, by=By.DUTY),
        owed=owed,
        targets=targets,
        claims=await _claims(connection, asking.caller, plan, owed, measured, moment),
        **await _acts(connection, plan, cycle, moment),
        **(await _before(connection, asking, before, measured, moment) if before else {}),
    )
    return assembled(found)


async def made_again(connection: AsyncConnection, said: Said) -> tuple[str, bytes]:
    """Make the report anew that a document says it is; return its digest and its document.

    Raises:
        NotFound, CycleNotClosed: the record has no such report.
    """
    anybody = Caller(
        client_id=UUID(int=0),
        role=Role.COORDINATOR,
        scopes=frozenset({Permission.READ_REPORTS, Permission.READ_HISTORY}),
    )
    asking = Asking(
        caller=anybody,
        slug=said.plan,
        cycle=said.cycle,
        now=said.as_of,
        as_of=None if said.sealed else said.as_of,
        known_at=None if said.sealed else said.known_at,
        sealed=said.sealed,
    )
    report = await report_of(connection, asking)
    return report.digest, written(paper_of(report))


async def _moment(connection: AsyncConnection, plan: Row, asking: Asking) -> Moment:
    """Return the moment that is asked about; by itself, that of the last change, or the first one of today.

    So the same state gives the same report all day, and days are counted as of today.  What had been recorded is
    always told, so that the report can be made again.
    """
    since = await fetch_one(connection, last_change, slug=asking.slug, moment=Moment(asking.as_of or asking.now))
    zone = ZoneInfo(plan["time_zone"])
    by_itself = max(since["changed_at"], start_of(day_of(asking.now, zone), zone))
    async with as_system(connection):
        recorded = (await fetch_only(connection, report_rows.recorded_until, plan_id=plan["id"]))["recorded_at"]
    return Moment(asking.as_of or by_itself, asking.known_at or recorded or asking.now)


async def _closing(connection: AsyncConnection, asking: Asking) -> Row:
    """Return a closed cycle with its seal.

    Raises:
        NotFound: no such cycle is open.
        CycleNotClosed: it is not closed.
        MalformedContent: another instant is asked for.
    """
    if given := [name for name in ("as_of", "known_at") if getattr(asking, name)]:
        raise MalformedContent(None, *(Fault(f"query: {name}", "must not be given with sealed") for name in given))
    now = Moment(asking.now)
    cycle = await fetch_one(connection, cycles_of, slug=asking.slug, moment=now, code=asking.cycle)
    if cycle["seal_id"] is None:
        raise CycleNotClosed
    return cycle


def _moment_of(closed: Row) -> Moment:
    return Moment(closed["closed_at"], closed["sealed_known_at"])


def _known(moment: Moment) -> datetime:
    assert moment.known_at is not None, "a report always says what was known"  # noqa: S101
    return moment.known_at


async def _cycles(connection: AsyncConnection, asking: Asking, moment: Moment) -> tuple[Row, Row | None]:
    """Return the cycle, and the one whose deadline came right before, if there is one."""
    cycles = await fetch_all(connection, cycles_of, slug=asking.slug, moment=moment)
    places = [n for n, one in enumerate(cycles) if one["code"] == asking.cycle]
    if not places:
        raise NotFound
    (place,) = places
    return cycles[place], cycles[place - 1] if place else None


async def _owed(
    connection: AsyncConnection, caller: Caller, cycle: Row, moment: Moment, closed: Row | None, *, slug: str
) -> list[Row]:
    """Read what is owed; under a seal, each obligation stands as it was sealed."""
    wanted = Filters(plan=slug, cycle=cycle["code"])
    rows = await fetch_all(connection, report_rows.owed_in, caller=caller, filters=wanted, moment=moment)
    if closed is None:
        return rows
    under = await fetch_all(connection, report_rows.sealed_statuses, seal_id=closed["seal_id"])
    statuses = {row["obligation_id"]: row["status"] for row in under}
    return [{**row, "status": statuses[row["id"]]} for row in rows if row["id"] in statuses]


async def _claims(
    connection: AsyncConnection, caller: Caller, plan: Row, owed: list[Row], measured: set[Any], moment: Moment
) -> dict[UUID, Row]:
    """Read what is claimed of what a report quotes, and of what has targets."""
    rules = ReportRules.model_validate(plan["report_rules"])
    quoted = rules.duties_of(ReportPart.FUNDING) | rules.duties_of(ReportPart.PROPOSALS)
    ids = [row["id"] for row in owed if row["duty_code"] in quoted or row["duty_id"] in measured]
    return await fetch_claims(connection, caller, ids, moment)


async def _acts(connection: AsyncConnection, plan: Row, cycle: Row, moment: Moment) -> dict[str, Any]:
    guiding = sorted(ReportRules.model_validate(plan["report_rules"]).duties_of(ReportPart.GUIDANCE))
    guidance = await fetch_all(connection, report_rows.duties_named, plan_id=plan["id"], codes=guiding)
    earlier = {"until": cycle["ends_on"], "earlier": [row["id"] for row in guidance]}
    mine = {"cycle_id": cycle["id"], "moment": moment}
    return {
        "reasons": await fetch_all(connection, report_rows.late_reasons_in, **mine),
        "documents": await fetch_all(connection, report_rows.documents_in, **mine, **earlier),
        "extensions": await fetch_all(connection, report_rows.extensions_in, **mine),
        "deadlines": await fetch_all(connection, deadlines_of, plan_id=plan["id"], **mine),
        "waivers": await fetch_all(connection, report_rows.waivers_in, **mine),
        "annulments": await fetch_all(connection, report_rows.annulled_in, **mine),
    }


async def _before(
    connection: AsyncConnection, asking: Asking, cycle: Row, measured: set[Any], moment: Moment
) -> dict[str, Any]:
    """Read what was measured in the cycle before."""
    wanted = Filters(plan=asking.slug, cycle=cycle["code"])
    owed = await fetch_all(connection, report_rows.owed_in, caller=asking.caller, filters=wanted, moment=moment)
    rows = [row for row in owed if row["duty_id"] in measured]
    claims = await fetch_claims(connection, asking.caller, [row["id"] for row in rows], moment)
    return {"cycle_before": cycle["code"], "before": rows, "claims_before": claims}
