"""Mail: which plans have addresses, whose mail of a day is to be sent, and how it went last."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Integer, Update, Uuid, and_, bindparam, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from app.database.statements import Statement
from app.domain.mail import MailKind, MailState
from app.models import Body, MailAddress, MailDigest, Plan
from app.models.base import table
from app.standing.moment import INSTANT

plans, bodies, addresses, digests = table(Plan), table(Body), table(MailAddress), table(MailDigest)


def plans_with_addresses() -> Statement:
    """Select the plans in which a body has an address."""
    given = select(addresses.c.plan_id).where(addresses.c.plan_id == plans.c.id).exists()
    return (
        select(*(plans.c[name] for name in ("id", "slug", "number", "time_zone"))).where(given).order_by(plans.c.slug)
    )


def to_serve(plan_id: UUID, today: date, now: datetime) -> Statement:
    """Select the bodies of a plan whose mail of today is not done, with when each kind was told last.

    `digest_id` is the mail of today, if it was begun; one that is being sent, or waits for its next turn, is left out.
    """
    day, of = bindparam("today", today, Date()), digests.alias("of_today")
    mine = and_(of.c.plan_id == addresses.c.plan_id, of.c.body_id == addresses.c.body_id, of.c.on_day == day)
    waits = and_(of.c.state == MailState.PENDING, of.c.next_attempt_at <= bindparam("now", now, INSTANT))
    return (
        select(
            *(addresses.c[name] for name in ("plan_id", "body_id", "address")),
            *(addresses.c[f"{kind.value}_every_days"] for kind in MailKind),
            *(_told_on(kind, day).label(f"{kind.value}_told_on") for kind in MailKind),
            bodies.c.code,
            of.c.id.label("digest_id"),
        )
        .select_from(addresses)
        .join(bodies, and_(bodies.c.id == addresses.c.body_id, bodies.c.plan_id == addresses.c.plan_id))
        .outerjoin(of, mine)
        .where(addresses.c.plan_id == bindparam("plan_id", plan_id, Uuid()))
        .where(or_(addresses.c.silent_until.is_(None), addresses.c.silent_until < day), or_(of.c.id.is_(None), waits))
        .order_by(bodies.c.code)
    )


def _told_on(kind: MailKind, day: ColumnElement[date]) -> ColumnElement[Any]:
    """Return on which day before today a body was told of a kind last; a clock that was ahead once says nothing."""
    last = select(func.max(digests.c.on_day)).where(
        digests.c.plan_id == addresses.c.plan_id,
        digests.c.body_id == addresses.c.body_id,
        digests.c.on_day < day,
        digests.c.state == MailState.SENT,
        literal(kind.value) == func.any(digests.c.kinds),
    )
    return last.correlate(addresses).scalar_subquery()


def taken(digest_id: UUID, now: datetime, until: datetime) -> Update:
    """Take a mail whose turn it is, so that no other process sends it; nothing comes back when another one has."""
    this = and_(digests.c.id == bindparam("digest_id", digest_id, Uuid()), digests.c.state == MailState.PENDING)
    changed = update(digests).where(this, digests.c.next_attempt_at <= bindparam("now", now, INSTANT))
    values = {
        "attempts": digests.c.attempts + literal(1, Integer()),
        "next_attempt_at": bindparam("until", until, INSTANT),
    }
    return changed.values(**values).returning(digests.c.id)


def every_address() -> Statement:
    """Select the addresses with the last mail of each."""
    last = select(*digests.c).ext(distinct_on(digests.c.plan_id, digests.c.body_id))
    last_one = last.order_by(digests.c.plan_id, digests.c.body_id, digests.c.on_day.desc()).subquery("last")
    mine = and_(last_one.c.plan_id == addresses.c.plan_id, last_one.c.body_id == addresses.c.body_id)
    return (
        select(*addresses.c, plans.c.slug, bodies.c.code, last_one.c.on_day, last_one.c.state)
        .join(plans, plans.c.id == addresses.c.plan_id)
        .join(bodies, and_(bodies.c.id == addresses.c.body_id, bodies.c.plan_id == addresses.c.plan_id))
        .outerjoin(last_one, mine)
        .order_by(plans.c.slug, bodies.c.code)
    )
