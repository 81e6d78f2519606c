"""/v1/webhooks: each client has its own, and nobody else knows of them."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.database.engine import NOBODY, Identity
from app.models import Webhook, WebhookAttempt, WebhookDelivery
from app.models.base import table
from app.queries.clients import every_client
from tests.api.asking import problem_of
from tests.given import HOOKS, TRAINING, Service
from tests.receiving import deliverer, leading_to, log_of, subscribe

WEBHOOKS = "/v1/webhooks"


async def test_a_webhook_is_added_changed_and_removed(service: Service) -> None:
    sent = {"url": f"{HOOKS}/in", "types": ["update.reported"]}

    added = await service.integrator.post(WEBHOOKS, sent)
    webhook = added.json()["webhook"]
    path = f"{WEBHOOKS}/{webhook['id']}"
    read = await service.integrator.get(path)
    changed = await service.integrator.patch(path, {"url": f"{HOOKS}/other", "types": None})
    disabled = await service.integrator.patch(path, {"disabled": True})
    removed = await service.integrator.delete(path)

    assert (added.status_code, added.headers["location"]) == (201, path)
    assert added.json()["secret"].startswith("whsec_")
    assert read.json() == webhook
    assert webhook | {"id": "", "created_at": ""} == {
        "id": "",
        **sent,
        "next_after": 0,
        "former_secret_until": None,
        "created_at": "",
        "disabled_at": None,
        "disabled_because": None,
        "version": 1,
    }
    assert (changed.json()["url"], changed.json()["types"], changed.json()["version"]) == (f"{HOOKS}/other", None, 2)
    assert (disabled.json()["disabled_because"], disabled.json()["disabled_at"]) == ("asked", "2026-11-24T03:00:00Z")
    assert removed.status_code == 204
    problem_of(await service.integrator.get(path), 404, "not-found")
    assert (await service.integrator.get(WEBHOOKS)).json() == {"items": []}


async def test_a_webhook_begins_with_what_happens_next_or_where_it_is_told_to(service: Service) -> None:
    head = len(await service.events())

    now = await subscribe(service.integrator, HOOKS)
    before = await subscribe(service.integrator, HOOKS, after=3)

    assert (now["next_after"], before["next_after"]) == (head, 3)


@pytest.mark.parametrize("call", ["get", "patch", "delete", "secrets", "tests", "deliveries", "redelivery"])
async def test_nobody_else_knows_of_a_webhook(service: Service, call: str) -> None:
    path = f"{WEBHOOKS}/{(await subscribe(service.police, HOOKS))['id']}"
    delivery = (await service.police.post(f"{path}/tests", {})).json()["id"]
    for who in (service.integrator, service.coordinator, service.health):
        answers: dict[str, Any] = {
            "get": lambda who=who: who.get(path),
            "patch": lambda who=who: who.patch(path, {"disabled": True}),
            "delete": lambda who=who: who.delete(path),
            "secrets": lambda who=who: who.post(f"{path}/secrets", {}),
            "tests": lambda who=who: who.post(f"{path}/tests", {}),
            "deliveries": lambda who=who: who.get(f"{path}/deliveries"),
            "redelivery": lambda who=who: who.post(f"{path}/deliveries/{delivery}/redelivery", {}),
        }
        problem_of(await answers[call](), 404, "not-found")
        assert (await who.get(WEBHOOKS)).json() == {"items": []}

    assert (await service.police.get(path)).json()["version"] == 1


async def test_the_database_shows_a_webhook_to_its_client_and_to_the_service_alone(service: Service) -> None:
    webhook = await subscribe(service.police, HOOKS)
    await service.police.post(f"{WEBHOOKS}/{webhook['id']}/tests", {})
    await deliverer(service, HOOKS, resolve=leading_to("10.0.0.1")).deliver()
    database = service.app.state.database
    async with database.reading() as connection:
        clients = list((await connection.execute(every_client())).mappings())
    identities = {row["name"]: Identity(row["role"], client=str(row["id"])) for row in clients} | {"nobody": NOBODY}

    seen: dict[str, set[str]] = {}
    for model in (Webhook, WebhookDelivery, WebhookAttempt):
        for name, identity in identities.items():
            async with database.reading(identity) as connection:
                if (await connection.execute(select(table(model).c.id))).first():
                    seen.setdefault(table(model).name, set()).add(name)

    assert seen == {name: {"police"} for name in ("webhook", "webhook_delivery", "webhook_attempt")}


async def test_an_administrator_has_no_webhooks(service: Service) -> None:
    problem_of(await service.admin.get(WEBHOOKS), 403, "not-allowed")
    problem_of(await service.admin.post(WEBHOOKS, {"url": HOOKS}), 403, "not-allowed")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/in",
        "https://hooks.example.org:8443/in",
        "https://hooks.example.org.evil.example/in",
        "https://evil.example/in",
        "http://127.0.0.1:5432/",
        "http://[::1]/",
        "http://2130706433/",
        "https://hooks.example.org#@evil.example",
    ],
)
async def test_a_webhook_goes_only_where_the_operator_allows(service: Service, url: str) -> None:
    path = f"{WEBHOOKS}/{(await subscribe(service.integrator, HOOKS))['id']}"

    added = await service.integrator.post(WEBHOOKS, {"url": url})
    changed = await service.integrator.patch(path, {"url": url})

    for response in (added, changed):
        problem = problem_of(response, 422, "webhook-target-not-allowed")
        assert problem["errors"] == [{"pointer": "/url", "detail": "is on no origin that the operator allows"}]
        assert url not in response.text
    assert (await service.integrator.get(path)).json()["url"] == HOOKS


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"url": "https://user:pass@hooks.example.org/"},
        {"url": f"{HOOKS}/{'x' * 500}"},
        {"url": f"{HOOKS}/079203001234"},
        {"url": HOOKS, "types": []},
        {"url": HOOKS, "types": ["no.such"]},
        {"url": HOOKS, "after": -1},
        {"url": HOOKS, "secret": "whsec_x"},
    ],
)
async def test_what_is_no_webhook_is_refused(service: Service, sent: dict[str, Any]) -> None:
    response = await service.integrator.post(WEBHOOKS, sent)

    assert response.status_code == 422
    assert response.json()["type"] in {"/problems/malformed-content", "/problems/personal-data-found"}


async def test_a_client_has_ten_webhooks_at_most(service: Service) -> None:
    for _ in range(10):
        await subscribe(service.integrator, HOOKS)

    problem_of(await service.integrator.post(WEBHOOKS, {"url": HOOKS}), 409, "too-many-webhooks")
    await subscribe(service.police, HOOKS)


async def test_nothing_can_be_sent_to_a_webhook_that_is_disabled(service: Service) -> None:
    path = f"{WEBHOOKS}/{(await subscribe(service.integrator, HOOKS))['id']}"
    tried = (await service.integrator.post(f"{path}/tests", {})).json()
    await service.integrator.patch(path, {"disabled": True})

    problem_of(await service.integrator.post(f"{path}/tests", {}), 409, "webhook-disabled")
    again = await service.integrator.post(f"{path}/deliveries/{tried['id']}/redelivery", {})
    problem_of(again, 409, "webhook-disabled")


async def test_a_delivery_that_there_is_not_cannot_be_sent_again(service: Service) -> None:
    mine, others = [await subscribe(service.integrator, HOOKS) for _ in range(2)]
    tried = (await service.integrator.post(f"{WEBHOOKS}/{others['id']}/tests", {})).json()

    for delivery in (tried["id"], uuid4()):
        path = f"{WEBHOOKS}/{mine['id']}/deliveries/{delivery}/redelivery"
        problem_of(await service.integrator.post(path, {}), 404, "not-found")


async def test_a_change_of_what_has_changed_since_is_refused(service: Service) -> None:
    path = f"{WEBHOOKS}/{(await subscribe(service.integrator, HOOKS))['id']}"
    stale = {"If-Match": (await service.integrator.get(path)).headers["etag"]}
    await service.integrator.patch(path, {"disabled": True})

    for response in (
        await service.integrator.patch(path, {"disabled": False}, headers=stale),
        await service.integrator.post(f"{path}/secrets", {}, headers=stale),
        await service.integrator.post(f"{path}/tests", {}, headers=stale),
        await service.integrator.delete(path, headers=stale),
    ):
        problem_of(response, 412, "stale-version")


async def test_a_repeated_answer_shows_no_secret(service: Service) -> None:
    key = {"Idempotency-Key": "once"}
    first = (await service.integrator.post(WEBHOOKS, {"url": HOOKS}, headers=key)).json()
    again = (await service.integrator.post(WEBHOOKS, {"url": HOOKS}, headers=key)).json()

    assert again == first | {"secret": None}


async def test_the_log_is_read_page_by_page(service: Service) -> None:
    webhook = await subscribe(service.integrator, HOOKS)
    path = f"{WEBHOOKS}/{webhook['id']}"
    tried = [(await service.integrator.post(f"{path}/tests", {})).json()["id"] for _ in range(5)]

    first = (await service.integrator.get(f"{path}/deliveries", limit=3)).json()
    rest = (await service.integrator.get(f"{path}/deliveries", limit=3, cursor=first["next_cursor"])).json()

    assert [one["id"] for one in (*first["items"], *rest["items"])] == tried[::-1]
    assert rest["next_cursor"] is None
    assert await log_of(service.integrator, webhook["id"], state="delivered") == []


async def test_removing_a_webhook_takes_its_log_with_it(service: Service) -> None:
    webhook = await subscribe(service.integrator, HOOKS)
    path = f"{WEBHOOKS}/{webhook['id']}"
    await service.integrator.post(f"{path}/tests", {})
    await deliverer(service, HOOKS, resolve=leading_to("10.0.0.1")).deliver()
    await service.police.report(TRAINING)
    await service.integrator.delete(path)

    async with service.app.state.database.reading() as connection:
        for model in (Webhook, WebhookDelivery, WebhookAttempt):
            assert (await connection.execute(select(table(model).c.id))).all() == []
