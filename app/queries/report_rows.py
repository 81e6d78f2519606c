"""What a consolidated report is made of, row by row: each question is about one cycle as of one moment."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, and_, bindparam, func, or_, select

from app.database.builders import among, rows_where
from app.database.statements import Statement
from app.domain.access import Caller, Classification
from app.domain.completion import ReviewOutcome
from app.models import (
    Annulment,
    Body,
    Cycle,
    Duty,
    Event,
    Extension,
    Obligation,
    Plan,
    Review,
    SealedStanding,
    Target,
    Update,
)
from app.models.base import table
from app.models.evidence import EvidenceKind
from app.models.redacted_views import CLIENT_NAMES
from app.queries.evidence import erasures, evidence, named, texts, withdrawals
from app.queries.obligations import visible
from app.standing.filters import Filters, within
from app.standing.moment import Moment, order_of
from app.standing.rule import standings

plans, cycles, duties, obligations = (table(model) for model in (Plan, Cycle, Duty, Obligation))
updates, targets, events = (table(model) for model in (Update, Target, Event))
reviews, annulments, extensions = table(Review), table(Annulment), table(Extension)
sealed_standings, bodies = table(SealedStanding), table(Body)
SHOWN = (
    *("id", "duty_id", "duty_code", "title_vi", "body_id", "owner_id", "owner_code", "owner_name", "inherited_from"),
    *("force", "status", "judged", "due_before", "claim_state", "claim_percent", "waived", "silent", "position"),
)
TOLD = sorted({Classification.PUBLIC.value, Classification.INTERNAL.value})
"""What evidence leaves the house; what is restricted never does."""


def plan_of(slug: str) -> Statement:
    """Select a plan with how reports tell of it."""
    return rows_where(plans, slug=slug)


def duties_named(plan_id: UUID, codes: Collection[str]) -> Statement:
    """Select duties of a plan by their codes."""
    mine = duties.c.plan_id == bindparam("plan_id", plan_id)
    return select(duties.c.id).where(mine, among(duties.c.code, "codes", codes))


def recorded_until(plan_id: UUID) -> Statement:
    """Find when the last thing was recorded that happened to a plan: every act tells of itself after it was written."""
    mine = events.c.plan_id == bindparam("plan_id", plan_id)
    return select(func.max(events.c.recorded_at).label("recorded_at")).where(mine)


def owed_in(caller: Caller, filters: Filters, moment: Moment) -> Statement:
    """Select what is owed in a cycle with its standing, in the plan's order."""
    standing = standings(moment, within(filters), shown=SHOWN)
    order = (standing.c.position, standing.c.owner_name, standing.c.id)
    return select(*standing.c).where(visible(caller, standing)).order_by(*order)


def sealed_statuses(seal_id: UUID) -> Statement:
    """Select the status of each obligation under a seal."""
    mine = sealed_standings.c.seal_id == bindparam("seal_id", seal_id)
    return select(sealed_standings.c.obligation_id, sealed_standings.c.status).where(mine)


def late_reasons_in(cycle_id: UUID, moment: Moment) -> Statement:
    """Select why something is late, as the reports of a cycle say that count, in order."""
    shown = (updates.c.obligation_id, updates.c.late_reason)
    found = select(*shown).select_from(_in_cycle(updates)).where(_of_cycle(cycle_id), moment.sees(updates))
    return found.where(updates.c.late_reason.is_not(None)).order_by(*order_of(updates))


def targets_of(plan_id: UUID) -> Statement:
    """Select the targets of a plan's duties, in order."""
    mine = targets.c.plan_id == bindparam("plan_id", plan_id)
    return select(*targets.c).where(mine).order_by(targets.c.duty_id, targets.c.position)


def documents_in(cycle_id: UUID, until: date, earlier: Collection[UUID], moment: Moment) -> Statement:
    """Select the documents that stand as evidence in a cycle and may leave the house; of some duties also earlier ones.

    Earlier cycles are those that end by the day on which this one does.
    """
    source = named(moment).join(duties, duties.c.id == obligations.c.duty_id)
    source = source.join(cycles, cycles.c.id == obligations.c.cycle_id)
    shown = (
        *(evidence.c[name] for name in ("id", "number", "issued_on")),
        *(texts.c[name] for name in ("title", "issuer")),
        duties.c.code.label("duty"),
        cycles.c.code.label("cycle"),
        cycles.c.id.label("cycle_id"),
        bodies.c.code.label("body"),
        bodies.c.name.label("body_name"),
    )
    told = and_(evidence.c.kind == EvidenceKind.DOCUMENT, evidence.c.classification.in_(TOLD))
    stands = and_(withdrawals.c.id.is_(None), erasures.c.id.is_(None), texts.c.id.is_not(None), moment.sees(evidence))
    by_then = and_(among(obligations.c.duty_id, "earlier", earlier), cycles.c.ends_on <= bindparam("until", until))
    where = or_(_of_cycle(cycle_id), by_then)
    order = (obligations.c.position, bodies.c.position, evidence.c.issued_on, evidence.c.number, evidence.c.id)
    return select(*shown).select_from(source).where(told, stands, where).order_by(*order)


def extensions_in(cycle_id: UUID, moment: Moment) -> Statement:
    """Select the letters that moved deadlines of single obligations of a cycle, in order."""
    found = select(*extensions.c).select_from(_in_cycle(extensions))
    return found.where(_of_cycle(cycle_id), moment.sees(extensions)).order_by(
        extensions.c.decided_on, *order_of(extensions)
    )


def waivers_in(cycle_id: UUID, moment: Moment) -> Statement:
    """Select the acceptances in a cycle that count and waive something, in order, with who gave them."""
    found = select(*reviews.c, CLIENT_NAMES.c.name.label("by")).select_from(_by(reviews, _in_cycle(reviews)))
    waives = and_(reviews.c.outcome == ReviewOutcome.ACCEPTED, func.cardinality(reviews.c.waives) > 0)
    return found.where(_of_cycle(cycle_id), waives, moment.sees(reviews)).order_by(*order_of(reviews))


def annulled_in(cycle_id: UUID, moment: Moment) -> Statement:
    """Select the annulments that count of acts on a cycle and on its obligations, in order, with who made them."""
    mine = and_(obligations.c.id == annulments.c.obligation_id, obligations.c.plan_id == annulments.c.plan_id)
    found = select(*annulments.c, CLIENT_NAMES.c.name.label("by"))
    found = found.select_from(_by(annulments, annulments.outerjoin(obligations, mine)))
    where = or_(annulments.c.cycle_id == bindparam("cycle_id", cycle_id), _of_cycle(cycle_id))
    return found.where(where, moment.sees(annulments)).order_by(*order_of(annulments))


def _in_cycle(act: Table) -> FromClause:
    return act.join(obligations, and_(obligations.c.id == act.c.obligation_id, obligations.c.plan_id == act.c.plan_id))


def _of_cycle(cycle_id: UUID) -> ColumnElement[bool]:
    return obligations.c.cycle_id == bindparam("cycle_id", cycle_id)


def _by(act: Table, source: FromClause) -> FromClause:
    return source.join(CLIENT_NAMES, CLIENT_NAMES.c.id == act.c.client_id)
