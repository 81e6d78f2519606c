"""Webhooks: adding, changing and removing them, their secrets, trying them out, and sending something once more.

A secret is shown once.  It is needed again for every signature, and so is kept sealed, with a key that the database
does not have.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.access import Caller
from app.domain.errors import (
    Fault,
    MalformedContent,
    NotFound,
    StaleVersion,
    TooManyWebhooks,
    WebhookDisabled,
    WebhookTargetNotAllowed,
)
from app.domain.webhooks import OVERLAP, SECRET_BYTES, DeliveryState, Disabled, Targets, spelled
from app.models import Webhook, WebhookDelivery
from app.models.base import new_id, table
from app.queries import events
from app.queries import webhooks as queries
from app.schemas.webhooks import DeliveryOut, WebhookIn, WebhookOut, WebhookSecretOut

Seal = Callable[[UUID, bytes], bytes]
"""Seals a secret of a webhook."""
MAX_WEBHOOKS = 10
webhooks, deliveries = table(Webhook), table(WebhookDelivery)


async def add(
    connection: AsyncConnection, caller: Caller, sent: WebhookIn, targets: Targets, seal: Seal
) -> WebhookSecretOut:
    """Add a webhook of the caller, and show it with its secret.

    Raises:
        WebhookTargetNotAllowed: the operator does not let it go there.
        TooManyWebhooks: the caller has as many as it can have.
    """
    _refuse_elsewhere(sent.url, targets)
    if len((await connection.execute(queries.of(caller))).all()) >= MAX_WEBHOOKS:
        raise TooManyWebhooks
    webhook_id, secret = new_id(), secrets.token_bytes(SECRET_BYTES)
    head = (await connection.execute(events.head())).scalar_one()
    if sent.after is not None and sent.after > head:
        raise MalformedContent(None, Fault("/after", f"is ahead of the feed, which ends at {head}"))
    begins = head if sent.after is None else sent.after
    ids = {"id": webhook_id, "client_id": caller.client_id}
    row = {"url": sent.url, "types": sent.types, "secret": seal(webhook_id, secret), "after_seq": begins, "version": 1}
    await connection.execute(insert(webhooks).values(ids | row))
    return WebhookSecretOut(webhook=await _shown(connection, caller, webhook_id), secret=spelled(secret))


async def change(
    connection: AsyncConnection,
    caller: Caller,
    webhook_id: UUID,
    changes: Mapping[str, Any],
    targets: Targets,
    *,
    now: datetime,
    expected: int | None = None,
) -> WebhookOut:
    """Change what `changes` names: `url`, `types` or `disabled`; enabling tries anew what has not arrived.

    Raises:
        NotFound, StaleVersion: the caller has no such webhook, or not in the expected version.
        WebhookTargetNotAllowed: see `add`.
    """
    if "url" in changes:
        _refuse_elsewhere(changes["url"], targets)
    await _hold(connection, caller, webhook_id, expected, **_columns(changes, now))
    if changes.get("disabled") is False:
        ahead = (deliveries.c.webhook_id == webhook_id, deliveries.c.state != DeliveryState.DELIVERED)
        await connection.execute(update(deliveries).where(*ahead).values(_anew(now)))
    return await _shown(connection, caller, webhook_id)


async def remove(connection: AsyncConnection, caller: Caller, webhook_id: UUID, *, expected: int | None = None) -> None:
    """Remove a webhook with its deliveries.

    Raises:
        NotFound, StaleVersion: see `change`.
    """
    await _hold(connection, caller, webhook_id, expected)
    await connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))


async def rotate(
    connection: AsyncConnection,
    caller: Caller,
    webhook_id: UUID,
    seal: Seal,
    *,
    now: datetime,
    expected: int | None = None,
) -> WebhookSecretOut:
    """Make a new secret; for a day, deliveries are signed with the one before as well.

    Raises:
        NotFound, StaleVersion: see `change`.
    """
    secret = secrets.token_bytes(SECRET_BYTES)
    columns = {"secret": seal(webhook_id, secret), "former_secret": webhooks.c.secret, "former_until": now + OVERLAP}
    await _hold(connection, caller, webhook_id, expected, **columns)
    return WebhookSecretOut(webhook=await _shown(connection, caller, webhook_id), secret=spelled(secret))


async def try_out(
    connection: AsyncConnection, caller: Caller, webhook_id: UUID, *, now: datetime, expected: int | None = None
) -> DeliveryOut:
    """Send something that has not happened, and show its delivery.

    Raises:
        NotFound, StaleVersion: see `change`.
        WebhookDisabled: nothing is sent to it.
    """
    await _refuse_disabled(connection, caller, webhook_id, expected)
    row = {"id": new_id(), "webhook_id": webhook_id, "event_id": new_id()}
    await connection.execute(insert(deliveries).values(row | _anew(now)))
    return await _delivery(connection, caller, webhook_id, row["id"])


async def send_again(
    connection: AsyncConnection,
    caller: Caller,
    webhook_id: UUID,
    delivery_id: UUID,
    *,
    now: datetime,
    expected: int | None = None,
) -> DeliveryOut:
    """Send an event once more, under the same id, whatever became of it.

    Raises:
        NotFound, StaleVersion: see `change`; or it has no such delivery.
        WebhookDisabled: nothing is sent to it.
    """
    await _refuse_disabled(connection, caller, webhook_id, expected)
    this = (deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
    if not (await connection.execute(update(deliveries).where(*this).values(_anew(now)))).rowcount:
        raise NotFound
    return await _delivery(connection, caller, webhook_id, delivery_id)


async def _shown(connection: AsyncConnection, caller: Caller, webhook_id: UUID) -> WebhookOut:
    return WebhookOut.of((await connection.execute(queries.one(caller, webhook_id))).mappings().one())


async def _delivery(connection: AsyncConnection, caller: Caller, webhook_id: UUID, delivery_id: UUID) -> DeliveryOut:
    found = await connection.execute(queries.delivery(caller, webhook_id, delivery_id))
    return DeliveryOut.of(found.mappings().one())


def _anew(now: datetime) -> dict[str, Any]:
    return {"state": DeliveryState.PENDING, "attempts": 0, "next_attempt_at": now}


def _refuse_elsewhere(url: str, targets: Targets) -> None:
    if not targets.allow(url):
        raise WebhookTargetNotAllowed(None, Fault("/url", "is on no origin that the operator allows"))


def _columns(changes: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    values = {name: changes[name] for name in ("url", "types") if name in changes}
    if changes.get("disabled"):
        values["disabled_at"] = func.coalesce(webhooks.c.disabled_at, now)
        values["disabled_because"] = func.coalesce(webhooks.c.disabled_because, Disabled.ASKED)
    elif "disabled" in changes:
        values |= {"disabled_at": None, "disabled_because": None}
    return values


async def _hold(
    connection: AsyncConnection, caller: Caller, webhook_id: UUID, expected: int | None, **values: Any
) -> None:
    """Lock a webhook of the caller, change columns of it, and count its version up."""
    mine = (webhooks.c.id == webhook_id, webhooks.c.client_id == caller.client_id)
    counted_up = update(webhooks).where(*mine).values(version=webhooks.c.version + 1, **values)
    version = (await connection.execute(counted_up.returning(webhooks.c.version))).scalar()
    if version is None:
        raise NotFound
    if expected is not None and version != expected + 1:
        raise StaleVersion


async def _refuse_disabled(connection: AsyncConnection, caller: Caller, webhook_id: UUID, expected: int | None) -> None:
    row: RowMapping | None = (await connection.execute(queries.one(caller, webhook_id))).mappings().first()
    if row is None:
        raise NotFound
    if expected not in {None, row["version"]}:
        raise StaleVersion
    if row["disabled_at"]:
        raise WebhookDisabled
