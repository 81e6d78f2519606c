"""Calendars: the addresses that hold, and the deadlines that they show."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from app.models import Body, CalendarFeed, Obligation
from app.models.base import table
from app.queries.moment import Moment
from app.queries.obligations import among
from app.queries.plans import plan_id_of
from app.queries.standing import owners, standings

AnyRow = Select[*tuple[Any, ...]]
feeds, bodies, obligations = table(CalendarFeed), table(Body), table(Obligation)


def body(slug: str, code: str) -> AnyRow:
    """Select a body of a plan and, if its calendar has an address, the id of that address."""
    holding = feeds.c.revoked_at.is_(None) & (feeds.c.plan_id == bodies.c.plan_id) & (feeds.c.body_id == bodies.c.id)
    return (
        select(bodies.c.id, bodies.c.plan_id, bodies.c.group_id, bodies.c.code, feeds.c.id.label("feed_id"))
        .add_columns(feeds.c.created_at)
        .outerjoin(feeds, holding)
        .where(bodies.c.plan_id == plan_id_of(slug), bodies.c.code == code)
    )


def feed(feed_id: UUID) -> AnyRow:
    """Select the body whose calendar an address shows, as long as it holds, and the ids of those who owe it."""
    member = table(Body).alias("member")
    theirs = or_(member.c.id == bodies.c.id, member.c.group_id == bodies.c.id)
    owners = select(func.array_agg(member.c.id)).where(member.c.plan_id == bodies.c.plan_id, theirs)
    return (
        select(bodies.c.name, feeds.c.client_id, owners.scalar_subquery().label("owner_ids"))
        .join(feeds, (feeds.c.plan_id == bodies.c.plan_id) & (feeds.c.body_id == bodies.c.id))
        .where(feeds.c.id == feed_id, feeds.c.revoked_at.is_(None))
    )


def deadlines(owner_ids: Collection[UUID], moment: Moment) -> AnyRow:
    """Select what a body, or the members of a group, owe, by deadline."""
    standing = standings(moment, among(owners.c.id, owner_ids))
    return select(*standing.c).order_by(standing.c.due_before, standing.c.position, standing.c.id)
