"""Webhooks: adding, changing and removing them, their secrets, trying them out, and sending something once more.

A secret is shown once.  It is needed again for every signature, and so is kept sealed, with a key that the database
does not have.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Update, bindparam, func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import Columns, changed_where, deleted_where, equal
from app.database.statements import fetch_all, fetch_built, fetch_one, fetch_only, write_rows
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
    if len(await fetch_all(connection, queries.of, client_id=caller.client_id)) >= MAX_WEBHOOKS:
        raise TooManyWebhooks
    webhook_id, secret = new_id(), secrets.token_bytes(SECRET_BYTES)
    head = (await fetch_only(connection, events.head))["seq"]
    if sent.after is not None and sent.after > head:
        raise MalformedContent(None, Fault("/after", f"is ahead of the feed, which ends at {head}"))
    begins = head if sent.after is None else sent.after
    ids = {"id": webhook_id, "client_id": caller.client_id}
    row = {"url": sent.url, "types": sent.types, "secret": seal(webhook_id, secret), "after_seq": begins, "version": 1}
    await write_rows(connection, webhooks, [ids | row])
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
        await fetch_all(connection, _all_anew, webhook_id=webhook_id, now=now)
    return await _shown(connection, caller, webhook_id)


async def remove(connection: AsyncConnection, caller: Caller, webhook_id: UUID, *, expected: int | None = None) -> None:
    """Remove a webhook with its deliveries.

    Raises:
        NotFound, StaleVersion: see `change`.
    """
    await _hold(connection, caller, webhook_id, expected)
    await fetch_all(connection, deleted_where, these=webhooks, id=webhook_id)


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
    await write_rows(connection, deliveries, [row | _anew(now)])
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
    anew = Columns(_anew(now))
    await fetch_one(connection, changed_where, these=deliveries, columns=anew, id=delivery_id, webhook_id=webhook_id)
    return await _delivery(connection, caller, webhook_id, delivery_id)


async def _shown(connection: AsyncConnection, caller: Caller, webhook_id: UUID) -> WebhookOut:
    return WebhookOut.of(await fetch_only(connection, queries.one, client_id=caller.client_id, webhook_id=webhook_id))


async def _delivery(connection: AsyncConnection, caller: Caller, webhook_id: UUID, delivery_id: UUID) -> DeliveryOut:
    mine = {"client_id": caller.client_id, "webhook_id": webhook_id}
    return DeliveryOut.of(await fetch_only(connection, queries.delivery, **mine, delivery_id=delivery_id))


def _all_anew(webhook_id: UUID, now: datetime) -> Update:
    """Begin anew with what has not arrived."""
    ahead = deliveries.c.state != DeliveryState.DELIVERED
    return (
        update(deliveries).where(equal(deliveries, webhook_id=webhook_id), ahead).values(_anew(bindparam("now", now)))
    )


def _anew(now: datetime | BindParameter[datetime]) -> dict[str, Any]:
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
    # Which columns a change names, only its caller knows.
    found = await fetch_built(connection, counted_up.returning(webhooks.c.version))
    if not found:
        raise NotFound
    if expected is not None and found[0]["version"] != expected + 1:
        raise StaleVersion


async def _refuse_disabled(connection: AsyncConnection, caller: Caller, webhook_id: UUID, expected: int | None) -> None:
    row = await fetch_one(connection, queries.one, client_id=caller.client_id, webhook_id=webhook_id)
    if expected not in {None, row["version"]}:
        raise StaleVersion
    if row["disabled_at"]:
        raise WebhookDisabled
