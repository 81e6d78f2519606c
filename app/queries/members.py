"""Memberships of open classes, and which duties leave open who their partners are."""

from uuid import UUID

from sqlalchemy import String, Uuid, and_, bindparam, or_, select, union_all

from app.database.statements import Statement
from app.models import Body, Duty, DutyOwner, DutyPartner, Membership, MembershipEnding, PartnerNaming, Plan
from app.models.base import table

bodies, memberships, endings = table(Body), table(Membership), table(MembershipEnding)
duties, owners, partners, namings = table(Duty), table(DutyOwner), table(DutyPartner), table(PartnerNaming)
plans, members = table(Plan), bodies.alias("member")


def plan_of(slug: str) -> Statement:
    """Select a plan by its slug."""
    return select(*plans.c).where(plans.c.slug == bindparam("slug", slug, String()))


def memberships_of(plan_id: UUID, body: str, member: str) -> Statement:
    """Select how a body has been a member of another, latest first, each with its ending if it has one."""
    ended = and_(endings.c.plan_id == memberships.c.plan_id, endings.c.membership_id == memberships.c.id)
    ending = (endings.c[name].label(f"ending_{name}") for name in endings.c.keys())  # noqa: SIM118  They are no mapping.
    return (
        select(*memberships.c, *ending)
        .join(bodies, bodies.c.id == memberships.c.class_id)
        .join(members, members.c.id == memberships.c.member_id)
        .outerjoin(endings, ended)
        .where(memberships.c.plan_id == bindparam("plan_id", plan_id, Uuid()))
        .where(bodies.c.code == bindparam("body", body, String()))
        .where(members.c.code == bindparam("member", member, String()))
        .order_by(memberships.c.from_on.desc(), memberships.c.id.desc())
    )


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
