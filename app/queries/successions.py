"""Successions of bodies: those of a plan, what was decided, and what has yet to pass over."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    String,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
)

from app.database.statements import Statement
from app.domain.completion import COMPLETED_STATUSES
from app.models import Body, Obligation, Plan, Succession, SuccessionDecision, Transfer
from app.models.base import table
from app.models.succession import Decision
from app.queries.plans import plan_id_of
from app.standing.moment import INSTANT, Moment
from app.standing.rule import duties, standings

successions, decisions, transfers = table(Succession), table(SuccessionDecision), table(Transfer)
plans, obligations, bodies = table(Plan), table(Obligation), table(Body)
predecessors, successors = bodies.alias("predecessor"), bodies.alias("successor")
CLOSED = sorted({status.value for status in COMPLETED_STATUSES})


def successions_of(slug: str, succession_id: UUID | None = None) -> Statement:
    """Select a plan's successions by day, or one of them, with what was decided."""
    passed = select(func.count()).where(
        transfers.c.plan_id == successions.c.plan_id, transfers.c.succession_id == successions.c.id
    )
    found = (
        select(
            *successions.c,
            plans.c.slug.label("plan"),
            plans.c.time_zone,
            predecessors.c.code.label("predecessor_code"),
            predecessors.c.name.label("predecessor_name"),
            successors.c.code.label("confirmed_code"),
            successors.c.name.label("confirmed_name"),
            *(decisions.c[name] for name in ("outcome", "reason", "received_at")),
            decisions.c.client_id.label("decided_by"),
            decisions.c.recorded_at.label("decided_at"),
            passed.scalar_subquery().label("obligations"),
        )
        .join(plans, plans.c.id == successions.c.plan_id)
        .join(predecessors, predecessors.c.id == successions.c.predecessor_id)
        .outerjoin(decisions, _decided())
        .outerjoin(successors, successors.c.id == decisions.c.successor_id)
        .where(successions.c.plan_id == plan_id_of(slug))
        .order_by(successions.c.effective_on, predecessors.c.position, successions.c.recorded_at, successions.c.id)
    )
    return found if succession_id is None else found.where(successions.c.id == succession_id)


def confirmed(plan_id: UUID) -> Statement:
    """Select what has been confirmed in a plan, in the order in which it takes effect."""
    names = ("id", "plan_id", "predecessor_id", "duties", "effective_on")
    return (
        select(
            *(successions.c[name] for name in names),
            decisions.c.successor_id,
            decisions.c.client_id,
            func.coalesce(bodies.c.group_id, bodies.c.id).label("body_id"),
            plans.c.time_zone,
        )
        .join(plans, plans.c.id == successions.c.plan_id)
        .join(decisions, _decided())
        .join(bodies, bodies.c.id == decisions.c.successor_id)
        .where(successions.c.plan_id == plan_id, decisions.c.outcome == Decision.CONFIRMED)
        .order_by(successions.c.effective_on, decisions.c.recorded_at, decisions.c.id)
    )


def succeeded(owners: list[UUID]) -> Statement:
    """Select those of some bodies of which a succession has been confirmed."""
    body, confirmed_of = successions.c.predecessor_id, decisions.c.outcome == Decision.CONFIRMED
    these = body == any_(bindparam("owners", owners, ARRAY(Uuid())))
    return select(body).join(decisions, _decided()).where(confirmed_of, these).distinct()


def passing_over(
    plan_id: UUID,
    succession_id: UUID,
    predecessor_id: UUID,
    effective_on: date,
    effective_at: datetime,
    moment: Moment,
    codes: list[str] | None,
    only: list[UUID] | None,
) -> Statement:
    """Select the obligations that a succession takes over at a moment: open, the predecessor's, due from its day on.

    They are those of some duties (`codes`), and among some (`only`), or else of all.  What the predecessor itself took
    over by a later act of law is not among them: by that act it owes again.
    """
    plan = bindparam("plan_id", plan_id, Uuid())
    predecessor = bindparam("predecessor_id", predecessor_id, Uuid())
    passed = select(transfers.c.obligation_id).where(
        transfers.c.plan_id == plan, transfers.c.succession_id == bindparam("succession_id", succession_id, Uuid())
    )
    by, later = transfers.alias("by"), successions.alias("later")
    taken_later = (
        select(by.c.obligation_id)
        .join(later, tuple_(later.c.plan_id, later.c.id) == tuple_(by.c.plan_id, by.c.succession_id))
        .where(by.c.plan_id == plan, by.c.owner_id == predecessor)
        .where(later.c.effective_on > bindparam("effective_on", effective_on, Date()))
    )
    within = [obligations.c.plan_id == plan, obligations.c.id.not_in(passed), obligations.c.id.not_in(taken_later)]
    if codes is not None:
        within.append(duties.c.code == any_(bindparam("codes", codes, ARRAY(String))))
    if only is not None:
        within.append(obligations.c.id == any_(bindparam("only", only, ARRAY(Uuid()))))
    standing = standings(moment, *within)
    return select(standing.c.id).where(
        standing.c.owner_id == predecessor,
        standing.c.due_before > bindparam("effective_at", effective_at, INSTANT),
        standing.c.status.not_in(CLOSED),
    )


def conflicting(succession: Any) -> Statement:
    """Select a confirmed succession of the same body for some of the same duties."""
    others = successions.alias("other")
    decided = and_(decisions.c.plan_id == others.c.plan_id, decisions.c.succession_id == others.c.id)
    found = (
        select(others.c.id)
        .join(decisions, decided)
        .where(
            others.c.plan_id == succession["plan_id"],
            others.c.predecessor_id == succession["predecessor_id"],
            others.c.id != succession["id"],
            decisions.c.outcome == Decision.CONFIRMED,
        )
    )
    if succession["duties"] is None:
        return found
    return found.where(
        others.c.duties.is_(None) | others.c.duties.op("&&")(literal(succession["duties"], ARRAY(String)))
    )


def _decided() -> ColumnElement[bool]:
    return tuple_(decisions.c.plan_id, decisions.c.succession_id) == tuple_(successions.c.plan_id, successions.c.id)
