"""Successions of bodies: those of a plan, what was decided, and what has yet to pass over."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Date,
    String,
    Uuid,
    and_,
    bindparam,
    case,
    false,
    func,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.database.builders import among, equal
from app.database.statements import Statement, Values, split_arguments
from app.domain.completion import COMPLETED_STATUSES
from app.models import Body, Duty, Obligation, Plan, Succession, SuccessionDecision, SuccessionPart, Transfer
from app.models.base import table
from app.models.succession import Decision
from app.queries.owners import CONFIRMED_PARTS, SUCCEEDED
from app.queries.plans import plan_id_of
from app.queries.wire import ON_PLAN, counting
from app.standing.moment import INSTANT, Moment
from app.standing.ownership import owner_of
from app.standing.rule import duties, standings

successions, decisions, transfers = table(Succession), table(SuccessionDecision), table(Transfer)
parts = table(SuccessionPart)
plans, obligations, bodies = table(Plan), table(Obligation), table(Body)
predecessors, successors = bodies.alias("predecessor"), bodies.alias("successor")
CLOSED = sorted({status.value for status in COMPLETED_STATUSES})


def successions_of(slug: str, moment: Moment, succession_id: UUID | None = None) -> Statement:
    """Select a plan's successions by day, or one of them, with what was decided, as far as a moment knows."""
    passed = [
        select(func.count()).where(
            transfers.c.plan_id == successions.c.plan_id,
            transfers.c.succession_id == successions.c.id,
            transfers.c.ends == ends,
            moment.knows(transfers),
            moment.counts(transfers),
        )
        for ends in (false(), true())
    ]
    found = (
        select(
            *successions.c,
            plans.c.slug.label("plan"),
            plans.c.time_zone,
            predecessors.c.code.label("predecessor_code"),
            predecessors.c.name.label("predecessor_name"),
            predecessors.c.group_id.label("predecessor_group"),
            predecessors.c.force.label("predecessor_force"),
            _parts().label("parts"),
            *(decisions.c[name] for name in ("outcome", "reason", "received_at")),
            decisions.c.client_id.label("decided_by"),
            decisions.c.id.label("decision_id"),
            decisions.c.recorded_at.label("decided_at"),
            case((decisions.c.id.is_not(None), moment.counts(decisions)), else_=True).label("counts"),
            counting(decisions, moment, ON_PLAN)["annulled"].label("annulled"),
            *(one.scalar_subquery().label(name) for one, name in zip(passed, ("obligations", "ended"), strict=True)),
        )
        .join(plans, plans.c.id == successions.c.plan_id)
        .join(predecessors, predecessors.c.id == successions.c.predecessor_id)
        .outerjoin(decisions, and_(_decided(), moment.knows(decisions)))
        .where(successions.c.plan_id == plan_id_of(slug), moment.knows(successions))
        .order_by(successions.c.effective_on, predecessors.c.position, successions.c.recorded_at, successions.c.id)
    )
    return (
        found if succession_id is None else found.where(successions.c.id == bindparam("succession_id", succession_id))
    )


def _parts() -> ColumnElement[Any]:
    """Spell who takes over by a confirmed succession, in the order in which they were named."""
    body = func.jsonb_build_object("code", successors.c.code, "name", successors.c.name)
    shown = func.jsonb_build_object(
        "successor", case((successors.c.id.is_not(None), body), else_=null()), "duties", parts.c.duties
    )
    found = (
        select(func.jsonb_agg(aggregate_order_by(shown, parts.c.position)))
        .select_from(parts.outerjoin(successors, successors.c.id == parts.c.successor_id))
        .where(parts.c.plan_id == successions.c.plan_id, parts.c.succession_id == successions.c.id)
    )
    return func.coalesce(found.scalar_subquery(), func.jsonb_build_array())


def confirmed(plan_id: UUID) -> Statement:
    """Select what has been confirmed in a plan, part by part, in the order in which it takes effect."""
    predecessor, taking = predecessors.c, func.coalesce(SUCCEEDED.c.successor_id, predecessors.c.id)
    here = (SUCCEEDED.c.plan_id, SUCCEEDED.c.succession_id)
    shown = (
        *(SUCCEEDED.c[name] for name in ("plan_id", "succession_id", "position", "predecessor_id", "effective_on")),
        SUCCEEDED.c.successor_id,
        decisions.c.client_id,
        decisions.c.recorded_at,
        bodies.c.id.label("owner_id"),
        func.coalesce(bodies.c.group_id, bodies.c.id).label("body_id"),
        plans.c.time_zone,
    )
    return (
        select(*shown, func.array_agg(SUCCEEDED.c.duty_code).label("codes"))
        .join(plans, plans.c.id == SUCCEEDED.c.plan_id)
        .join(decisions, tuple_(decisions.c.plan_id, decisions.c.succession_id) == tuple_(*here))
        .join(predecessors, predecessor.id == SUCCEEDED.c.predecessor_id)
        .join(bodies, bodies.c.id == taking)
        .where(SUCCEEDED.c.plan_id == bindparam("plan_id", plan_id, Uuid()))
        .group_by(*shown)
        .order_by(SUCCEEDED.c.effective_on, decisions.c.recorded_at, SUCCEEDED.c.succession_id, SUCCEEDED.c.position)
    )


def succeeded(ids: list[UUID], moment: Moment) -> Statement:
    """Select those of some obligations whose owners at a moment have been succeeded."""
    owner, these = owner_of(obligations, moment), among(obligations.c.id, "ids", ids)
    ended = select(successions.c.predecessor_id).join(decisions, _decided())
    ended = ended.where(decisions.c.outcome == Decision.CONFIRMED)
    return select(obligations.c.id, obligations.c.plan_id).where(these, owner.in_(ended))


@dataclass(frozen=True)
class Part:
    """What a part of a succession takes: from which body, which duties, from when on, and when that was decided."""

    plan_id: UUID
    succession_id: UUID
    predecessor_id: UUID
    effective_on: date
    effective_at: datetime
    decided_at: datetime
    codes: list[str]

    def bind(self, name: str, kind: Any) -> BindParameter[Any]:
        """Return one of these as a parameter."""
        return bindparam(name, getattr(self, name), kind)


@split_arguments.register
def _part(part: Part, name: str) -> tuple[Hashable, Values]:
    return (name,), dict(vars(part))


def passing_over(part: Part, moment: Moment, only: list[UUID] | None) -> Statement:
    """Select the obligations that a succession takes over at a moment: open, the predecessor's, due from its day on.

    They are those of some duties (`codes`), and among some (`only`), or else of all.  What the predecessor itself took
    over by a later act of law is not among them: by that act it owes again.  Nor is what was opened once this had been
    decided, since it was opened for whoever owes it by then.
    """
    plan, predecessor = (part.bind(name, Uuid()) for name in ("plan_id", "predecessor_id"))
    passed = select(transfers.c.obligation_id).where(
        transfers.c.plan_id == plan, transfers.c.succession_id == part.bind("succession_id", Uuid())
    )
    by, later = transfers.alias("by"), successions.alias("later")
    taken_later = (
        select(by.c.obligation_id)
        .join(later, tuple_(later.c.plan_id, later.c.id) == tuple_(by.c.plan_id, by.c.succession_id))
        .where(by.c.plan_id == plan, by.c.owner_id == predecessor)
        .where(later.c.effective_on > part.bind("effective_on", Date()))
    )
    within = [obligations.c.plan_id == plan, obligations.c.id.not_in(passed), obligations.c.id.not_in(taken_later)]
    within.append(among(duties.c.code, "codes", part.codes))
    within.append(obligations.c.recorded_at < part.bind("decided_at", INSTANT))
    if only is not None:
        within.append(among(obligations.c.id, "only", only))
    standing = standings(moment, *within)
    return select(standing.c.id).where(
        standing.c.owner_id == predecessor,
        standing.c.due_before > part.bind("effective_at", INSTANT),
        standing.c.status.not_in(CLOSED),
    )


def duty_codes(plan_id: UUID) -> Statement:
    """Select the codes of a plan's duties."""
    duty = table(Duty)
    return select(duty.c.code).where(equal(duty, plan_id=plan_id))


def conflicting(plan_id: UUID, predecessor_id: UUID, succession_id: UUID, codes: list[str] | None) -> Statement:
    """Select a confirmed succession of the same body for some of the same duties."""
    others = successions.alias("other")
    decided = and_(decisions.c.plan_id == others.c.plan_id, decisions.c.succession_id == others.c.id)
    found = (
        select(others.c.id)
        .join(decisions, decided)
        .where(
            others.c.plan_id == bindparam("plan_id", plan_id),
            others.c.predecessor_id == bindparam("predecessor_id", predecessor_id),
            others.c.id != bindparam("succession_id", succession_id),
            decisions.c.outcome == Decision.CONFIRMED,
            tuple_(others.c.plan_id, others.c.id).in_(
                select(CONFIRMED_PARTS.c.plan_id, CONFIRMED_PARTS.c.succession_id)
            ),
        )
    )
    if codes is None:
        return found
    whole = select(parts.c.id).where(
        parts.c.plan_id == others.c.plan_id, parts.c.succession_id == others.c.id, parts.c.whole
    )
    overlapping = others.c.duties.op("&&")(bindparam("codes", codes, ARRAY(String())))
    return found.where(or_(whole.exists(), overlapping))


def _decided() -> ColumnElement[bool]:
    return tuple_(decisions.c.plan_id, decisions.c.succession_id) == tuple_(successions.c.plan_id, successions.c.id)
