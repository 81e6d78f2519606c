"""Webhooks: events that are sent to addresses of a client's own, and what became of each."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response

from app.commands import webhooks
from app.database.statements import fetch_all, fetch_one
from app.domain import errors
from app.domain.access import Caller, Permission
from app.domain.webhooks import DeliveryState
from app.queries import webhooks as queries
from app.schemas.webhooks import (
    DeliveryList,
    DeliveryOut,
    WebhookChange,
    WebhookIn,
    WebhookList,
    WebhookOut,
    WebhookSecretOut,
)
from app.standing.moment import Moment
from app.web.auth.access import may
from app.web.clock import Now
from app.web.json_body import ExactRoute
from app.web.paging import CursorText, Limit, Pages, end_of
from app.web.parameters import Router
from app.web.problems.handlers import documented
from app.web.read import Reading, answer
from app.web.write import Creating, Writing

router = Router(prefix="/v1/webhooks", tags=["webhooks"], route_class=ExactRoute)
Manager = Annotated[Caller, may(Permission.MANAGE_WEBHOOKS)]
WebhookId = Annotated[UUID, Path(alias="id", description="The webhook's id.")]
ABSENT = documented(errors.NotFound)
ONE: dict[str, Any] = {"response_model": WebhookOut, "responses": ABSENT}


@router.get("", operation_id="listWebhooks", summary="List webhooks", response_model=WebhookList)
async def list_webhooks(request: Request, caller: Manager, reading: Reading) -> Response:
    """List one's webhooks."""
    rows = await fetch_all(reading, queries.of, client_id=caller.client_id)
    return answer(request, WebhookList(items=list(map(WebhookOut.of, rows))))


@router.get("/{id}", operation_id="getWebhook", summary="Get a webhook", **ONE)
async def get_webhook(request: Request, webhook_id: WebhookId, caller: Manager, reading: Reading) -> Response:
    """Get one webhook; its ETag goes into `If-Match` of a change."""
    row = await fetch_one(reading, queries.one, client_id=caller.client_id, webhook_id=webhook_id)
    return answer(request, WebhookOut.of(row), version=row["version"])


@router.post(
    "",
    operation_id="addWebhook",
    summary="Add a webhook",
    status_code=201,
    response_model=WebhookSecretOut,
    responses=documented(errors.TooManyWebhooks, errors.WebhookTargetNotAllowed),
)
async def add_webhook(request: Request, caller: Manager, write: Creating, sent: WebhookIn) -> Response:
    """Have the events that one may read sent to an address, with a secret that is shown only in this answer."""
    state = request.app.state
    adding = write.at("/v1/webhooks/{webhook.id}")
    return await adding.run(webhooks.add, caller, sent, state.settings.targets, state.secret_box.seal)


@router.patch(
    "/{id}",
    operation_id="changeWebhook",
    summary="Change, disable or enable a webhook",
    response_model=WebhookOut,
    responses=documented(errors.NotFound, errors.WebhookTargetNotAllowed),
)
async def change_webhook(
    request: Request, webhook_id: WebhookId, caller: Manager, write: Writing, sent: WebhookChange
) -> Response:
    """Change what is named; once enabled again, it goes on where it stopped."""
    changes = {name: getattr(sent, name) for name in sent.model_fields_set}
    targets = request.app.state.settings.targets
    return await write.run(
        webhooks.change, caller, webhook_id, changes, targets, now=write.now, expected=write.expected
    )


@router.delete(
    "/{id}",
    operation_id="removeWebhook",
    summary="Remove a webhook",
    status_code=204,
    response_description="The webhook is gone.",
    responses=ABSENT,
)
async def remove_webhook(webhook_id: WebhookId, caller: Manager, write: Writing) -> Response:
    """Remove a webhook and its log; nothing more is sent to it."""
    return await write.run(webhooks.remove, caller, webhook_id, expected=write.expected)


@router.post(
    "/{id}/secrets",
    operation_id="rotateWebhookSecret",
    summary="Make a new secret",
    status_code=201,
    response_model=WebhookSecretOut,
    responses=ABSENT,
)
async def rotate_webhook_secret(request: Request, webhook_id: WebhookId, caller: Manager, write: Writing) -> Response:
    """Make a new secret, shown only in this answer; for a day, the one before signs as well."""
    seal = request.app.state.secret_box.seal
    return await write.run(webhooks.rotate, caller, webhook_id, seal, now=write.now, expected=write.expected)


@router.post(
    "/{id}/tests",
    operation_id="testWebhook",
    summary="Try a webhook out",
    status_code=201,
    response_model=DeliveryOut,
    responses=documented(errors.NotFound, errors.WebhookDisabled),
)
async def test_webhook(webhook_id: WebhookId, caller: Manager, write: Writing) -> Response:
    """Send an event of the type `webhook.test`, which tells of nothing."""
    return await write.run(webhooks.try_out, caller, webhook_id, now=write.now, expected=write.expected)


@router.get(
    "/{id}/deliveries",
    operation_id="listDeliveries",
    summary="List deliveries",
    response_model=DeliveryList,
    responses=documented(errors.NotFound, errors.BrokenCursor),
)
async def list_deliveries(
    request: Request,
    webhook_id: WebhookId,
    caller: Manager,
    reading: Reading,
    now: Now,
    state: Annotated[DeliveryState | None, Query(description="Only those that stand so.")] = None,
    limit: Limit = 100,
    cursor: CursorText = None,
) -> Response:
    """List what was sent and is to be sent, the last one first, each with every attempt; kept for thirty days."""
    mine = {"client_id": caller.client_id, "webhook_id": webhook_id}
    await fetch_one(reading, queries.one, **mine)
    pages = Pages(request, caller)
    moment, after = pages.begin(Moment(now, now), cursor)
    rows = await fetch_all(reading, queries.log, **mine, state=state, limit=limit, after=after)
    next_cursor = pages.next_cursor(moment, end_of(rows, limit, queries.SORT_COLUMNS))
    body = DeliveryList(items=[DeliveryOut.of(row) for row in rows[:limit]], next_cursor=next_cursor)
    return answer(request, body, headers=pages.link(next_cursor))


@router.post(
    "/{id}/deliveries/{delivery}/redelivery",
    operation_id="redeliver",
    summary="Send an event once more",
    status_code=201,
    response_model=DeliveryOut,
    responses=documented(errors.NotFound, errors.WebhookDisabled),
)
async def redeliver(
    webhook_id: WebhookId,
    delivery_id: Annotated[UUID, Path(alias="delivery", description="The delivery's id.")],
    caller: Manager,
    write: Writing,
) -> Response:
    """Send an event once more, under the same id, whether or not it has arrived."""
    return await write.run(webhooks.send_again, caller, webhook_id, delivery_id, now=write.now, expected=write.expected)
