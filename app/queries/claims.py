"""Claims as a reviewer needs them: words, figures beside thresholds, evidence, and the report of the cycle before."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, case, func, null, or_, select, true, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import LateralFromClause

from app.database.builders import among
from app.database.statements import Row, Statement, fetch_all
from app.domain.access import Caller, Permission
from app.models import Cycle, Measurement, Obligation, Target, Update
from app.models.base import table
from app.queries.evidence import evidence, fields, named, readable, withdrawals
from app.queries.wire import as_object, as_wire, nothing
from app.standing.history import HistoryQuery
from app.standing.moment import Moment, Source, order_of
from app.standing.ownership import owner_of
from app.standing.reports import meeting

owed, earlier = (table(Obligation).alias(name) for name in ("owed", "earlier"))
its_cycle, cycles = (table(Cycle).alias(name) for name in ("its_cycle", "earlier_cycle"))
reports, reports_before = (table(Update).alias(name) for name in ("report", "report_before"))
measurements, targets = table(Measurement), table(Target)
WORDS = ("state", "percent", "summary", "late_reason", "received_at")


async def fetch_claims(
    connection: AsyncConnection, caller: Caller, ids: Collection[UUID], moment: Moment
) -> dict[UUID, Row]:
    """Return the claims of obligations whose words the caller may read, by the ids of these."""
    if not (ids and caller.may(Permission.READ_HISTORY)):
        return {}
    rows = await fetch_all(connection, claims, caller=caller, ids=list(ids), moment=moment)
    return {row["id"]: row["claim"] for row in rows}


def claims(caller: Caller, ids: list[UUID], moment: Moment) -> Statement:
    """Select the claims of obligations, each as the wire shows it; whoever may not read a report does not find it."""
    claim, mine = HistoryQuery(owed, moment), _owner(moment)
    before = _before(mine, moment)
    there = HistoryQuery(before, moment, name="before")
    shown = {
        "update": reports.c.id,
        **{name: reports.c[name] for name in ("summary", "occurred_on", "late_reason", "document_number")},
        "measurements": _figures(reports, owed),
        "evidence": _evidence(caller, moment),
        "before": case((before.c.id.is_not(None), _told_before(before)), else_=null()),
    }
    found = claim.with_claim(owed).join(reports, _is(reports, claim)).join(mine, true()).outerjoin(before, true())
    found = there.with_claim(found).outerjoin(reports_before, _is(reports_before, there))
    return select(owed.c.id, as_object(**shown).label("claim")).select_from(found).where(among(owed.c.id, "ids", ids))


def _is(report: Source, query: HistoryQuery) -> ColumnElement[bool]:
    claim = query.reports.claim
    return and_(report.c.plan_id == claim.c.plan_id, report.c.id == claim.c.id)


def _owner(moment: Moment) -> LateralFromClause:
    """Find out once who owes an obligation."""
    return select(owner_of(owed, moment).label("owner_id")).correlate(owed).lateral("mine")


def _before(mine: Source, moment: Moment) -> LateralFromClause:
    """Find the same duty of the same owner in the cycle that ended last before its own did.

    Who was planned to owe it, then or now, is looked up by index; whose it is by then decides.
    """
    last = ("ends_on", "starts_on", "code")
    place, own = (tuple_(*(one.c[name] for name in last)) for one in (cycles, its_cycle))
    found = (
        select(*earlier.c, cycles.c.code.label("cycle"))
        .select_from(_with_cycles())
        .where(
            earlier.c.plan_id == owed.c.plan_id,
            earlier.c.duty_id == owed.c.duty_id,
            or_(earlier.c.owner_id == owed.c.owner_id, earlier.c.owner_id == mine.c.owner_id),
            owner_of(earlier, moment) == mine.c.owner_id,
            place < own,
            moment.knows(cycles),
            moment.counts(cycles),
        )
    )
    return found.order_by(*(cycles.c[name].desc() for name in last)).limit(1).correlate(owed, mine).lateral("before")


def _with_cycles() -> FromClause:
    same_plan = and_(its_cycle.c.plan_id == earlier.c.plan_id, its_cycle.c.id == owed.c.cycle_id)
    return earlier.join(cycles, cycles.c.id == earlier.c.cycle_id).join(its_cycle, same_plan)


def _told_before(before: Source) -> ColumnElement[Any]:
    words = {name: reports_before.c[name] for name in WORDS}
    report = as_object(update=reports_before.c.id, **words, measurements=_figures(reports_before, before))
    told = case((reports_before.c.id.is_not(None), report), else_=null())
    return as_object(obligation=before.c.id, cycle=before.c.cycle, report=told)


def _figures(report: Source, obligation: Source) -> ColumnElement[Any]:
    """Spell the targets of a duty, in the plan's order, each beside the figure that a report has for it."""
    of_report = and_(measurements.c.plan_id == report.c.plan_id, measurements.c.update_id == report.c.id)
    figure = targets.outerjoin(measurements, and_(of_report, measurements.c.target_id == targets.c.id))
    one = as_object(
        target=targets.c.code,
        threshold=targets.c.value,
        **{name: targets.c[name] for name in ("metric", "comparator", "unit", "direction")},
        value=measurements.c.value,
        cases=measurements.c.cases,
        met=meeting(report).exists(),
    )
    found = (
        select(func.jsonb_agg(aggregate_order_by(one, targets.c.position)))
        .select_from(figure)
        .where(targets.c.plan_id == obligation.c.plan_id, targets.c.duty_id == obligation.c.duty_id)
        .correlate(report, obligation)
    )
    return func.coalesce(found.scalar_subquery(), nothing())


def _evidence(caller: Caller, moment: Moment) -> ColumnElement[Any]:
    """Spell the evidence that stands on an obligation, as far as the caller may read it."""
    one = as_wire(evidence, **fields(caller, moment))
    found = (
        select(func.jsonb_agg(aggregate_order_by(one, *order_of(evidence))))
        .select_from(named(moment))
        .where(evidence.c.plan_id == owed.c.plan_id, evidence.c.obligation_id == owed.c.id)
        .where(moment.sees(evidence), withdrawals.c.id.is_(None), readable(caller, moment))
        .correlate(owed)
    )
    return func.coalesce(found.scalar_subquery(), nothing())
