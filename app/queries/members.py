"""Memberships of open classes, and which duties leave open who their partners are."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    String,
    Table,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from app.database.statements import Statement
from app.domain.acts import ActKind
from app.models import (
    Annulment,
    Contribution,
    Cycle,
    Duty,
    DutyOwner,
    DutyPartner,
    Evidence,
    Membership,
    MembershipEnding,
    Obligation,
    PartnerNaming,
    Plan,
)
from app.models.base import table
from app.standing.moment import EVERYTHING, INSTANT, Moment

memberships, endings, annulments = table(Membership), table(MembershipEnding), table(Annulment)
contributions, evidence, obligations, cycles = (table(model) for model in (Contribution, Evidence, Obligation, Cycle))
duties, owners, partners, namings = table(Duty), table(DutyOwner), table(DutyPartner), table(PartnerNaming)
plans = table(Plan)


def plan_of(slug: str) -> Statement:
    """Select a plan by its slug."""
    return select(*plans.c).where(plans.c.slug == bindparam("slug", slug, String()))


def memberships_of(plan_id: UUID, class_id: UUID, member_id: UUID) -> Statement:
    """Select how a body has been a member of another, latest first, each with its ending if it has one that counts."""
    ending = (endings.c[name].label(f"ending_{name}") for name in endings.c.keys())  # noqa: SIM118  They are no mapping.
    return (
        select(*memberships.c, *ending)
        .select_from(memberships.outerjoin(endings, _ended(EVERYTHING)))
        .where(*_between(plan_id, class_id, member_id), EVERYTHING.counts(memberships))
        .order_by(memberships.c.from_on.desc(), memberships.c.id.desc())
    )


def last_membership(body: FromClause, member: FromClause, moment: Moment) -> Statement:
    """Select the last letter by which a body of the query around it is a member of another."""
    found = select(memberships.c.from_on, endings.c.until_on)
    found = found.select_from(memberships.outerjoin(endings, _ended(moment)))
    here = (memberships.c.class_id == body.c.id, memberships.c.member_id == member.c.id)
    known = found.where(*here, moment.knows(memberships), moment.counts(memberships))
    last = known.order_by(memberships.c.from_on.desc(), memberships.c.id.desc()).limit(1)
    return last.correlate(body, member)


def acts_on_membership(plan_id: UUID, class_id: UUID, member_id: UUID) -> Statement:
    """Select what has made a body a member of another and ended that, and what has taken it back, all of it.

    `day` is the first one on which a cycle is opened otherwise by it.
    """
    mine = select(memberships.c.id).where(*_between(plan_id, class_id, member_id))
    ended = select(endings.c.id).where(endings.c.membership_id.in_(mine))
    of_those = select(annulments.c.id).where(or_(annulments.c.act_id.in_(mine), annulments.c.act_id.in_(ended)))
    taken = of_those.cte("taken", recursive=True)
    taken = taken.union(select(annulments.c.id).join(taken, annulments.c.act_id == taken.c.id))
    first = _acts(memberships, ActKind.MEMBERSHIP, day=memberships.c.from_on)
    last = _acts(endings, ActKind.MEMBERSHIP, day=endings.c.until_on + 1, falls_with=endings.c.membership_id)
    back = _acts(annulments, ActKind.ANNULMENT, day=cast(null(), Date()), names=annulments.c.act_id)
    every = union_all(
        first.where(memberships.c.id.in_(mine)),
        last.where(endings.c.id.in_(ended)),
        back.where(annulments.c.id.in_(select(taken.c.id))),
    ).subquery("acts")
    return select(*every.c)


def acted_under(plan_id: UUID, class_id: UUID, member_id: UUID, since: datetime, day: date) -> Statement:
    """Find a cycle that was opened by a membership, or without it, or what the member has done for its class."""
    given = {"plan_id": plan_id, "class_id": class_id, "member_id": member_id}
    plan, body, member = (bindparam(name, value, Uuid()) for name, value in given.items())
    later, on = bindparam("since", since, INSTANT), bindparam("day", day, Date())
    opened = select(cycles.c.id).join(plans, plans.c.id == cycles.c.plan_id)
    opened_on = cast(func.timezone(plans.c.time_zone, cycles.c.opened_at), Date())
    opened = opened.where(cycles.c.plan_id == plan, cycles.c.recorded_at > later, opened_on >= on)
    helped = select(partners.c.duty_id).where(partners.c.plan_id == plan, partners.c.body_id == body)
    acts = (
        select(act.c.id)
        .join(obligations, obligations.c.id == act.c.obligation_id)
        .where(act.c.plan_id == plan, act.c.body_id == member, act.c.recorded_at > later)
        .where(obligations.c.duty_id.in_(helped))
        for act in (contributions, evidence)
    )
    return select(literal(1).label("acted")).where(or_(*(found.exists() for found in (opened, *acts))))


def _acts(
    act: Table, kind: ActKind, *, day: ColumnElement[Any], falls_with: Any = None, names: Any = None
) -> Statement:
    nothing = cast(null(), Uuid())
    shown: dict[str, ColumnElement[Any]] = {
        "id": act.c.id,
        "kind": literal(kind.value),
        "recorded_at": act.c.recorded_at,
        "falls_with": nothing if falls_with is None else falls_with,
        "names": nothing if names is None else names,
        "counts": EVERYTHING.counts(act),
        "day": day,
    }
    return select(*(column.label(name) for name, column in shown.items()))


def _between(plan_id: UUID, class_id: UUID, member_id: UUID) -> tuple[ColumnElement[bool], ...]:
    given = {"plan_id": plan_id, "class_id": class_id, "member_id": member_id}
    return tuple(memberships.c[name] == bindparam(name, value, Uuid()) for name, value in given.items())


def _ended(moment: Moment) -> ColumnElement[bool]:
    of_it = (endings.c.plan_id == memberships.c.plan_id, endings.c.membership_id == memberships.c.id)
    return and_(*of_it, moment.knows(endings), moment.counts(endings))


def duty_by_code(plan_id: UUID, code: str) -> Statement:
    """Select a duty, and whether it leaves open who its partners are."""
    left_open = select(partners.c.id).where(
        partners.c.plan_id == duties.c.plan_id,
        partners.c.duty_id == duties.c.id,
        or_(partners.c.open, partners.c.body_id.is_(None)),
    )
    mine = (
        duties.c.plan_id == bindparam("plan_id", plan_id, Uuid()),
        duties.c.code == bindparam("code", code, String()),
    )
    return select(duties.c.id, duties.c.code, left_open.exists().label("is_open")).where(*mine)


def concerned(duty_id: UUID, body_id: UUID) -> Statement:
    """Select what makes a body an owner or a partner of a duty already."""
    duty, body = bindparam("duty_id", duty_id, Uuid()), bindparam("body_id", body_id, Uuid())
    of = (select(one.c.id).where(one.c.duty_id == duty, one.c.body_id == body) for one in (owners, partners, namings))
    every = union_all(*of).subquery("every")
    return select(every.c.id)
