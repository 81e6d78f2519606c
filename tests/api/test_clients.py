"""Clients over the API: added, changed and disabled by an administrator, their secrets shown once."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from app.database.engine import SYSTEM
from app.domain.access import Permission, Role, acts_of
from app.models import IdempotencyRecord
from app.models.base import table
from tests.api.asking import problem_of
from tests.given import PLAN, TRAINING, Caller, Service

CLIENTS = "/v1/clients"
HEALTH = {"plan": PLAN, "body": "so-y-te"}
REPORTER = {"name": "Hệ thống báo cáo Sở Y tế", "role": "reporter", "bodies": [HEALTH]}


async def added(service: Service, **fields: Any) -> dict[str, Any]:
    """Add a client, and return the whole answer."""
    response = await service.admin.post(CLIENTS, REPORTER | fields)
    assert response.status_code == 201, response.text
    answer: dict[str, Any] = response.json()
    return answer


def as_caller(service: Service, answer: dict[str, Any]) -> Caller:
    """Let a client that was added call."""
    client, secret = answer["client"], answer["secret"]
    return Caller(service, UUID(client["id"]), Role(client["role"]), secret["client_secret"])


async def token_for(service: Service, client_id: str, secret: str) -> int:
    sent = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return (await service.http.post("/v1/oauth/token", data=sent)).status_code


async def test_a_client_that_was_added_gets_a_token_and_sees_its_own(service: Service) -> None:
    answer = await added(service)

    client, secret = answer["client"], answer["secret"]
    assert (client["name"], client["role"], client["bodies"]) == (REPORTER["name"], "reporter", [HEALTH])
    assert (client["scopes_limited"], client["disabled_at"], client["version"]) == (False, None, 1)
    assert set(client["scopes"]) == acts_of(Role.REPORTER)
    assert [one["id"] for one in client["secrets"]] == [secret["id"]]
    assert await token_for(service, client["id"], secret["client_secret"]) == 200
    owners = {
        item["owner"]["code"]
        for item in (await as_caller(service, answer).get("/v1/obligations", duty="4.1")).json()["items"]
    }
    assert owners == {"so-y-te"}


async def test_a_client_is_where_its_answer_says(service: Service) -> None:
    response = await service.admin.post(CLIENTS, REPORTER)

    client = response.json()["client"]
    found = await service.admin.get(response.headers["location"])
    assert found.json() == client
    assert found.headers["etag"].startswith('"1-')
    assert response.headers["cache-control"] == "no-store"


async def test_a_secret_is_shown_once_and_kept_nowhere(service: Service) -> None:
    service.clock.catch_up()
    key = {"Idempotency-Key": "client-1"}
    first = await service.admin.post(CLIENTS, REPORTER, headers=key)
    secret = first.json()["secret"]["client_secret"]

    again = await service.admin.post(CLIENTS, REPORTER, headers=key)

    assert (again.status_code, again.headers["idempotent-replayed"]) == (201, "true")
    assert again.json() == first.json() | {"secret": first.json()["secret"] | {"client_secret": None}}
    assert again.headers["etag"] == first.headers["etag"]
    async with service.app.state.database.reading(SYSTEM) as connection:
        kept = (await connection.execute(select(table(IdempotencyRecord).c.body))).scalars().all()
        columns = await connection.execute(text("SELECT s::text || c::text FROM client_secret s, client c"))
        assert secret not in "".join(columns.scalars())
    assert kept
    assert secret.encode() not in b"".join(kept)
    assert secret not in (await service.admin.get(CLIENTS)).text


async def test_a_second_secret_works_beside_the_first_and_a_third_is_refused(service: Service) -> None:
    answer = await added(service)
    client, first = answer["client"]["id"], answer["secret"]

    second = (await service.admin.post(f"{CLIENTS}/{client}/secrets", {})).json()

    assert second["client_secret"] != first["client_secret"]
    for secret in (first, second):
        assert await token_for(service, client, secret["client_secret"]) == 200
    problem_of(await service.admin.post(f"{CLIENTS}/{client}/secrets", {}), 409, "too-many-secrets")


async def test_after_a_rotation_only_the_new_secret_works(service: Service) -> None:
    answer = await added(service)
    client, old = answer["client"]["id"], answer["secret"]
    new = (await service.admin.post(f"{CLIENTS}/{client}/secrets", {})).json()

    removed = await service.admin.delete(f"{CLIENTS}/{client}/secrets/{old['id']}")

    assert removed.status_code == 204
    assert await token_for(service, client, old["client_secret"]) == 401
    assert await token_for(service, client, new["client_secret"]) == 200
    problem_of(await service.admin.delete(f"{CLIENTS}/{client}/secrets/{old['id']}"), 404, "not-found")
    assert (await service.admin.post(f"{CLIENTS}/{client}/secrets", {})).status_code == 201


async def test_a_secret_of_another_client_is_not_removed(service: Service) -> None:
    one, other = await added(service), await added(service, name="Hệ thống khác")

    path = f"{CLIENTS}/{one['client']['id']}/secrets/{other['secret']['id']}"

    problem_of(await service.admin.delete(path), 404, "not-found")


async def test_a_change_names_what_shall_be_otherwise_and_leaves_the_rest(service: Service) -> None:
    client = (await added(service))["client"]

    changed = await service.admin.patch(f"{CLIENTS}/{client['id']}", {"name": "Tên mới"})

    assert changed.status_code == 200
    assert changed.json() == client | {"name": "Tên mới", "version": 2}


@pytest.mark.parametrize("scopes", [["plans:read"], [], ["standing:read", "plans:read"]])
async def test_scopes_narrow_down_what_the_role_allows(service: Service, scopes: list[str]) -> None:
    answer = await added(service, scopes=scopes)

    client, caller = answer["client"], as_caller(service, answer)

    assert (client["scopes"], client["scopes_limited"]) == (sorted(scopes), True)
    # The caller's token names every scope of its role: the local grant cuts them.
    assert (await caller.get("/v1/plans")).status_code == (200 if "plans:read" in scopes else 403)
    assert (await caller.get("/v1/obligations")).status_code == (200 if "standing:read" in scopes else 403)
    back = await service.admin.patch(f"{CLIENTS}/{client['id']}", {"scopes": None})
    assert back.json()["scopes_limited"] is False
    assert set(back.json()["scopes"]) == acts_of(Role.REPORTER)


async def test_disabling_keeps_the_client_and_its_first_instant(service: Service) -> None:
    client = (await added(service))["client"]
    path = f"{CLIENTS}/{client['id']}"

    disabled = (await service.admin.patch(path, {"disabled": True})).json()
    service.clock.catch_up()
    again = (await service.admin.patch(path, {"disabled": True})).json()

    assert disabled["disabled_at"] == again["disabled_at"] == "2026-11-24T03:00:00Z"
    assert (await service.admin.patch(path, {"disabled": False})).json()["disabled_at"] is None


@pytest.mark.parametrize(
    ("sent", "kind", "pointer"),
    [
        ({"bodies": [HEALTH | {"body": "so-nao-do"}]}, "body-unknown", "/bodies/0"),
        ({"bodies": [HEALTH, HEALTH | {"plan": "another"}]}, "body-unknown", "/bodies/1"),
        ({"role": "coordinator"}, "bodies-are-for-reporters", "/bodies"),
        ({"role": "integrator", "bodies": [], "scopes": ["history:read"]}, "scope-beyond-role", "/scopes/0"),
        ({"scopes": ["plans:read", "clients:write"]}, "scope-beyond-role", "/scopes/1"),
        ({"subject": "so-y-te"}, "no-external-issuer", "/subject"),
        ({"role": "owner"}, "malformed-content", "/role"),
        ({"scopes": ["everything"]}, "malformed-content", "/scopes/0"),
        ({"name": " "}, "malformed-content", "/name"),
        ({"name": "x" * 121}, "malformed-content", "/name"),
        ({"name": None}, "malformed-content", "/name"),
        ({"bodies": [{"plan": PLAN}]}, "malformed-content", "/bodies/0/body"),
    ],
)
async def test_what_a_client_cannot_be_is_refused(
    service: Service, sent: dict[str, Any], kind: str, pointer: str
) -> None:
    before = (await service.admin.get(CLIENTS, role="reporter")).json()["items"]

    response = await service.admin.post(CLIENTS, REPORTER | sent)

    assert problem_of(response, 422, kind)["errors"][0]["pointer"] == pointer
    assert (await service.admin.get(CLIENTS, role="reporter")).json()["items"] == before


@pytest.mark.parametrize("sent", [{"role": "admin"}, {"id": str(uuid4())}, {"secret": "x"}, {"name": None}])
async def test_what_never_changes_is_refused(service: Service, sent: dict[str, Any]) -> None:
    path = f"{CLIENTS}/{service.police.client_id}"

    problem_of(await service.admin.patch(path, sent), 422, "malformed-content")


async def test_a_name_is_taken_once(service: Service) -> None:
    await added(service)
    other = (await added(service, name="Hệ thống khác"))["client"]

    problem_of(await service.admin.post(CLIENTS, REPORTER), 409, "already-exists")
    problem_of(await service.admin.patch(f"{CLIENTS}/{other['id']}", {"name": REPORTER["name"]}), 409, "already-exists")


async def test_a_change_of_an_older_version_is_refused(service: Service) -> None:
    path = f"{CLIENTS}/{(await added(service))['client']['id']}"
    etag = (await service.admin.get(path)).headers["etag"]
    first = await service.admin.patch(path, {"name": "Tên mới"}, headers={"If-Match": etag})

    second = await service.admin.patch(path, {"name": "Tên khác"}, headers={"If-Match": etag})

    assert first.status_code == 200
    problem_of(second, 412, "stale-version")
    problem_of(
        await service.admin.delete(f"{path}/secrets/{uuid4()}", headers={"If-Match": etag}), 412, "stale-version"
    )
    assert (await service.admin.get(path)).json()["name"] == "Tên mới"


async def test_clients_are_listed_by_name_in_pages(service: Service) -> None:
    everyone = (await service.admin.get(CLIENTS)).json()
    names = [item["name"] for item in everyone["items"]]
    assert (names, everyone["next_cursor"]) == (sorted(names), None)

    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await service.admin.get(CLIENTS, limit=2, **cursor)).json()
        found += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert found == names


async def test_clients_are_found_by_role_and_state(service: Service) -> None:
    disabled = (await service.admin.get(CLIENTS, disabled=True)).json()["items"]
    admins = (await service.admin.get(CLIENTS, role="admin", disabled=False)).json()["items"]

    assert [item["name"] for item in disabled] == ["disabled"]
    assert [item["name"] for item in admins] == ["admin"]
    problem_of(await service.admin.get(CLIENTS, cursor="x"), 400, "broken-cursor")


async def test_the_history_of_a_disabled_client_stays(service: Service) -> None:
    answer = await added(service, bodies=[{"plan": PLAN, "body": "cong-an"}])
    assert (await as_caller(service, answer).report(TRAINING)).status_code == 201

    await service.admin.patch(f"{CLIENTS}/{answer['client']['id']}", {"disabled": True})

    acts = (await service.coordinator.get(f"/v1/obligations/{TRAINING}/history")).json()["items"]
    assert [act["client"] for act in acts] == [answer["client"]["id"]]


def test_every_scope_is_open_to_somebody() -> None:
    assert set().union(*(acts_of(role) for role in Role)) == set(Permission)
