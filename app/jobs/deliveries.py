"""Deliveries: which events a webhook is owed, whose turn it is, and what came of an attempt.

The deliveries are their own queue.  A queue beside them, such as pgqueuer's, would hold the same schedule a second
time, and brings native enums and triggers into the database, which we keep out of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Delete, Update, and_, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import Columns, among, changed_where
from app.database.locks import lock, try_lock
from app.database.statements import Row, fetch_all, fetch_first, fetch_only, write_new_rows, write_rows
from app.domain.events import is_wanted
from app.domain.webhooks import GONE, DeliveryState, Disabled, Outcome, wait_after
from app.models import Webhook, WebhookAttempt, WebhookDelivery
from app.models.base import new_id, table
from app.queries import webhooks as queries
from app.schemas.events import EventPage

webhooks, deliveries, attempts = table(Webhook), table(WebhookDelivery), table(WebhookAttempt)
MOST_WAITING = 1000
"""How many deliveries of a webhook wait at most; further events wait in the feed."""
AT_ONCE = 4
LEASE = timedelta(minutes=2)
"""How long an attempt is left alone: a process that ends meanwhile has not told what came of it."""
KEPT = timedelta(days=30)
"""How long what is over stays in the log."""


@dataclass(frozen=True)
class Result:
    """What came of an attempt, and the status of the answer if there was one."""

    outcome: Outcome
    status_code: int | None = None


async def is_full(connection: AsyncConnection, webhook_id: UUID) -> bool:
    """Say whether as many deliveries wait as can."""
    return bool((await fetch_only(connection, queries.waiting, webhook_id=webhook_id))["number"] >= MOST_WAITING)


async def owe(connection: AsyncConnection, webhook: Row, page: EventPage, *, now: datetime) -> None:
    """Owe a webhook the events of a page that it wants, unless another process has come as far."""
    came = {"id": webhook["id"], "after_seq": webhook["after_seq"]}
    further = Columns(after_seq=page.next_after)
    moved = await fetch_all(connection, changed_where, these=webhooks, columns=further, **came)
    wanted = [one for one in page.items if webhook["types"] is None or is_wanted(one.type, webhook["types"])]
    if not (moved and wanted):
        return
    anew = {"webhook_id": webhook["id"], "state": DeliveryState.PENDING, "attempts": 0, "next_attempt_at": now}
    rows = [{"id": new_id(), "event_id": one.id, "seq": one.seq, **anew} for one in wanted]
    await write_new_rows(connection, deliveries, rows)


async def take(connection: AsyncConnection, webhook_id: UUID, *, now: datetime) -> Sequence[Row]:
    """Take deliveries whose turn it is, so that no other process makes the same attempt."""
    if not await try_lock(connection, _name(webhook_id)):
        return ()
    found = await fetch_all(connection, queries.due, webhook_id=webhook_id, now=now, limit=AT_ONCE)
    if found:
        await fetch_all(connection, _taken, ids=[row["id"] for row in found], until=now + LEASE)
    return found


async def settle(connection: AsyncConnection, delivery: Row, result: Result, *, now: datetime, chance: float) -> None:
    """Record an attempt, and say when the next one is made; a receiver that is gone or always fails gets no more."""
    await lock(connection, _name(delivery["webhook_id"]))
    row = {"id": new_id(), "delivery_id": delivery["id"], "attempted_at": now}
    came = {"outcome": result.outcome, "status_code": result.status_code}
    await write_rows(connection, attempts, [row | came])
    if result.outcome is Outcome.DELIVERED:
        await _put(connection, delivery, state=DeliveryState.DELIVERED)
    elif result.status_code == GONE:
        await _give_up(connection, delivery, Disabled.GONE, now)
    elif wait := wait_after(delivery["attempts"] + 1, chance):
        await _put(connection, delivery, next_attempt_at=now + wait)
    else:
        this = {"delivery_id": delivery["id"], "webhook_id": delivery["webhook_id"]}
        arrived = await fetch_first(connection, queries.arrived_since_first, **this)
        await _give_up(connection, delivery, None if arrived else Disabled.FAILING, now)


async def forget_old(connection: AsyncConnection, *, now: datetime) -> None:
    """Delete what is over and has been in the log for long.

    What has failed stays as long as its webhook is disabled: when that is enabled, it is tried anew.
    """
    await fetch_all(connection, _forgotten, until=now - KEPT)


def _forgotten(until: datetime) -> Delete:
    disabled = select(webhooks.c.id).where(webhooks.c.disabled_at.is_not(None))
    lost = and_(deliveries.c.state == DeliveryState.FAILED, deliveries.c.webhook_id.not_in(disabled))
    over = or_(deliveries.c.state == DeliveryState.DELIVERED, lost)
    return delete(deliveries).where(over, deliveries.c.next_attempt_at <= bindparam("until", until))


async def _give_up(connection: AsyncConnection, delivery: Row, because: Disabled | None, now: datetime) -> None:
    await _put(connection, delivery, state=DeliveryState.FAILED)
    if because:
        await fetch_all(connection, _disabled, webhook_id=delivery["webhook_id"], because=because, now=now)


async def _put(connection: AsyncConnection, delivery: Row, **values: Any) -> None:
    """Change a delivery, unless it was begun anew meanwhile."""
    begun = {"id": delivery["id"], "attempts": delivery["attempts"] + 1}
    await fetch_all(connection, changed_where, these=deliveries, columns=Columns(values), **begun)


def _taken(ids: list[UUID], until: datetime) -> Update:
    taken = update(deliveries).where(among(deliveries.c.id, "ids", ids))
    return taken.values(attempts=deliveries.c.attempts + 1, next_attempt_at=bindparam("until", until))


def _disabled(webhook_id: UUID, because: Disabled, now: datetime) -> Update:
    this = (webhooks.c.id == bindparam("webhook_id", webhook_id), webhooks.c.disabled_at.is_(None))
    values = {"disabled_because": because, "version": webhooks.c.version + 1}
    return update(webhooks).where(*this).values(disabled_at=bindparam("now", now), **values)


def _name(webhook_id: UUID) -> bytes:
    return b"dondoc webhook " + webhook_id.bytes
