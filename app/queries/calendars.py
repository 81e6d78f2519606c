"""Calendars: the addresses that hold, and the deadlines that they show."""

from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, bindparam, func, or_, select

from app.database.builders import among
from app.database.statements import Statement
from app.domain.access import Caller
from app.models import Body, CalendarFeed, Obligation
from app.models.base import table
from app.queries.plans import plan_id_of
from app.standing.moment import Moment
from app.standing.rule import owners, standings
from app.standing.told import told

feeds, bodies, obligations = table(CalendarFeed), table(Body), table(Obligation)


def body(slug: str, code: str) -> Statement:
    """Select a body of a plan, the ids of those who owe what it shows and, if it has an address, the id of that."""
    holding = feeds.c.revoked_at.is_(None) & (feeds.c.plan_id == bodies.c.plan_id) & (feeds.c.body_id == bodies.c.id)
    return (
        select(bodies.c.id, bodies.c.plan_id, bodies.c.group_id, bodies.c.code, feeds.c.id.label("feed_id"))
        .add_columns(feeds.c.created_at, _owners().label("owner_ids"))
        .outerjoin(feeds, holding)
        .where(bodies.c.plan_id == plan_id_of(slug), bodies.c.code == bindparam("code", code))
    )


def feed(feed_id: UUID) -> Statement:
    """Select the body whose calendar an address shows, as long as it holds, and the ids of those who owe it."""
    return (
        select(bodies.c.name, feeds.c.client_id, _owners().label("owner_ids"))
        .join(feeds, (feeds.c.plan_id == bodies.c.plan_id) & (feeds.c.body_id == bodies.c.id))
        .where(feeds.c.id == bindparam("feed_id", feed_id), feeds.c.revoked_at.is_(None))
    )


def _owners() -> ScalarSelect[Any]:
    """Select the ids of a body and, if it is a group, of its members."""
    member = table(Body).alias("member")
    theirs = or_(member.c.id == bodies.c.id, member.c.group_id == bodies.c.id)
    return select(func.array_agg(member.c.id)).where(member.c.plan_id == bodies.c.plan_id, theirs).scalar_subquery()


def deadlines(caller: Caller, owner_ids: list[UUID], moment: Moment) -> Statement:
    """Select what a body, or the members of a group, owe, by deadline."""
    standing = standings(moment, among(owners.c.id, "owner_ids", owner_ids))
    return select(*told(caller, standing, moment)).order_by(standing.c.due_before, standing.c.position, standing.c.id)
