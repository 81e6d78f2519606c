"""Webhooks: what a client has, what is to be sent, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.database.keyset import KeysetCursor
from app.database.statements import Statement
from app.domain.webhooks import DeliveryState, Disabled, Outcome
from app.models import Client, ClientBody, Webhook, WebhookAttempt, WebhookDelivery
from app.models import SequencedEvent as Sequenced
from app.models.base import table
from app.models.event import FEED_HEAD

webhooks, deliveries, attempts = table(Webhook), table(WebhookDelivery), table(WebhookAttempt)
clients, grants, sequenced = table(Client), table(ClientBody), table(Sequenced)
SORT_COLUMNS = ("id",)
"""The order in which deliveries are listed, the last one first: ids begin with the time."""
WAITS = deliveries.c.state == DeliveryState.PENDING


def of(client_id: UUID) -> Statement:
    """Select the webhooks of a client, the first one first."""
    return select(*webhooks.c).where(webhooks.c.client_id == bindparam("client_id", client_id)).order_by(webhooks.c.id)


def every_address() -> Statement:
    """Select where the webhooks of all clients are sent to that nobody has switched off."""
    return select(webhooks.c.url).where(webhooks.c.disabled_because.is_distinct_from(Disabled.ASKED))


def one(client_id: UUID, webhook_id: UUID) -> Statement:
    """Select one webhook of a client."""
    return of(client_id).where(webhooks.c.id == bindparam("webhook_id", webhook_id))


def log(
    client_id: UUID, webhook_id: UUID, *, state: DeliveryState | None, limit: int, after: KeysetCursor | None
) -> Statement:
    """Select one page of the deliveries of a webhook, and one row more, which tells whether there is another page."""
    found = _deliveries(client_id, webhook_id).order_by(deliveries.c.id.desc())
    if state is not None:
        found = found.where(deliveries.c.state == state)
    if after is not None:
        found = found.where(tuple_(deliveries.c.id) < after.row([deliveries.c.id]))
    return found.limit(bindparam("limit", limit) + 1)


def delivery(client_id: UUID, webhook_id: UUID, delivery_id: UUID) -> Statement:
    """Select one delivery of a webhook of a client."""
    return _deliveries(client_id, webhook_id).where(deliveries.c.id == bindparam("delivery_id", delivery_id))


def _deliveries(client_id: UUID, webhook_id: UUID) -> Statement:
    mine = and_(webhooks.c.id == deliveries.c.webhook_id, webhooks.c.client_id == bindparam("client_id", client_id))
    found = select(*deliveries.c, _attempted().label("log")).join(webhooks, mine)
    return found.where(deliveries.c.webhook_id == bindparam("webhook_id", webhook_id))


def _attempted() -> ColumnElement[Any]:
    shown = func.jsonb_build_object(
        *(part for name in ("attempted_at", "outcome", "status_code") for part in (name, attempts.c[name]))
    )
    ordered = aggregate_order_by(shown, attempts.c.attempted_at, attempts.c.id)
    found = select(func.jsonb_agg(ordered)).where(attempts.c.delivery_id == deliveries.c.id)
    return func.coalesce(found.scalar_subquery(), func.jsonb_build_array())


def at_work(now: datetime) -> Statement:
    """Select the webhooks for which there is something to do, with what their clients may do."""
    due = exists().where(
        deliveries.c.webhook_id == webhooks.c.id, WAITS, deliveries.c.next_attempt_at <= bindparam("now", now)
    )
    behind = webhooks.c.after_seq < select(FEED_HEAD.c.seq).scalar_subquery()
    body_ids = select(func.array_agg(grants.c.body_id)).where(grants.c.client_id == clients.c.id).scalar_subquery()
    return (
        select(*webhooks.c, clients.c.role, clients.c.scopes, body_ids.label("body_ids"))
        .join(clients, clients.c.id == webhooks.c.client_id)
        .where(webhooks.c.disabled_at.is_(None), clients.c.disabled_at.is_(None), or_(due, behind))
        .order_by(webhooks.c.id)
    )


def waiting(webhook_id: UUID) -> Statement:
    """Count the deliveries of a webhook that are still to arrive."""
    return select(func.count().label("number")).where(
        deliveries.c.webhook_id == bindparam("webhook_id", webhook_id), WAITS
    )


def due(webhook_id: UUID, now: datetime, limit: int) -> Statement:
    """Select deliveries whose time has come, the earliest events first, with what is sent and how it is signed."""
    its_turn = and_(WAITS, deliveries.c.next_attempt_at <= bindparam("now", now))
    wanted = (webhooks.c.id == bindparam("webhook_id", webhook_id), webhooks.c.disabled_at.is_(None), its_turn)
    return (
        select(
            *(deliveries.c[name] for name in ("id", "webhook_id", "event_id", "seq", "attempts", "created_at")),
            *(webhooks.c[name] for name in ("url", "secret", "former_secret", "former_until")),
            sequenced.c.content,
        )
        .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
        .outerjoin(sequenced, sequenced.c.seq == deliveries.c.seq)
        .where(*wanted)
        .order_by(deliveries.c.seq, deliveries.c.id)
        .limit(bindparam("limit", limit))
    )


def arrived_since_first(delivery_id: UUID, webhook_id: UUID) -> Statement:
    """Select something that arrived at a webhook after the first attempt at a delivery, if there is anything."""
    first = (
        select(func.min(attempts.c.attempted_at))
        .where(attempts.c.delivery_id == bindparam("delivery_id", delivery_id))
        .scalar_subquery()
    )
    others = attempts.alias("others")
    return (
        select(others.c.id)
        .join(deliveries, deliveries.c.id == others.c.delivery_id)
        .where(deliveries.c.webhook_id == bindparam("webhook_id", webhook_id), others.c.outcome == Outcome.DELIVERED)
        .where(others.c.attempted_at >= first)
        .limit(1)
    )
