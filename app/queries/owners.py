"""What has become of a plan's bodies: who takes over which of their duties, and who is a member of which class."""

from datetime import date
from uuid import UUID

from sqlalchemy import Boolean, Column, Date, Integer, String, Table, Uuid, bindparam, or_, select

from app.database.statements import Statement
from app.models import Body, Duty, DutyOwner, Membership, MembershipEnding
from app.models.base import table
from app.models.redacted_views import VIEWS
from app.standing.moment import EVERYTHING

bodies, duties, duty_owners, memberships, endings = (
    table(model) for model in (Body, Duty, DutyOwner, Membership, MembershipEnding)
)
SUCCEEDED = Table(
    "succeeded_duty",
    VIEWS,
    *(Column(name, Uuid) for name in ("plan_id", "succession_id", "predecessor_id", "successor_id", "duty_id")),
    Column("position", Integer),
    Column("effective_on", Date),
    Column("duty_code", String),
    Column("whole", Boolean),
)
"""Which bodies take over which duties of which, by what has been confirmed and not been annulled."""
CONFIRMED_PARTS = Table("confirmed_part", VIEWS, Column("plan_id", Uuid), Column("succession_id", Uuid))
"""Of the parts of successions, those that hold."""


def succeeded_duties(plan_id: UUID) -> Statement:
    """Select who takes over which duties, those of one succession in the order in which they were named."""
    s = SUCCEEDED.c
    found = select(s.duty_id, s.predecessor_id, s.successor_id, s.effective_on)
    return found.where(s.plan_id == bindparam("plan_id", plan_id, Uuid())).order_by(s.succession_id, s.position)


def planned_owners(plan_id: UUID) -> Statement:
    """Select whom the plan names for each duty, with the duty's code and under which heading it stands, if any."""
    shown = (duty_owners.c[name] for name in ("duty_id", "body_id", "position", "force"))
    found = select(*shown, duties.c.code, duties.c.body_id.label("heading_id"))
    mine = duty_owners.c.plan_id == bindparam("plan_id", plan_id, Uuid())
    return found.join(duties, duties.c.id == duty_owners.c.duty_id).where(mine)


def classes(plan_id: UUID) -> Statement:
    """Select the classes that take members, each with a member that the plan names, if it names any."""
    named = bodies.alias("named")
    theirs = (named.c.group_id == bodies.c.id) & named.c.joined_on.is_(None)
    found = select(bodies.c.id, named.c.id.label("named")).outerjoin(named, theirs)
    mine = bodies.c.plan_id == bindparam("plan_id", plan_id, Uuid())
    return found.where(mine, or_(bodies.c.open_class, bodies.c.others))


def members_on(plan_id: UUID, day: date) -> Statement:
    """Select who is a member of which class on a day, in the plan's order."""
    on = bindparam("day", day, Date())
    of_it = (endings.c.plan_id == memberships.c.plan_id) & (endings.c.membership_id == memberships.c.id)
    ended = of_it & EVERYTHING.counts(endings)
    return (
        select(memberships.c.class_id, memberships.c.member_id)
        .join(bodies, bodies.c.id == memberships.c.member_id)
        .outerjoin(endings, ended)
        .where(memberships.c.plan_id == bindparam("plan_id", plan_id, Uuid()), memberships.c.from_on <= on)
        .where(EVERYTHING.counts(memberships))
        .where(or_(endings.c.until_on.is_(None), endings.c.until_on >= on))
        .group_by(memberships.c.class_id, memberships.c.member_id, bodies.c.position)
        .order_by(bodies.c.position)
    )
