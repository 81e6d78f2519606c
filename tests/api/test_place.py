"""Where the service stands: under a prefix, behind proxies of ours and of others, and asked by HEAD."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from starlette.datastructures import State
from starlette.types import Receive, Scope, Send

from app.commands.clients import NewClient
from app.database.engine import Database
from app.settings import Settings
from app.web.middleware.place import Place
from tests.api.asking import problem_of
from tests.given import PLAN, TRAINING, Service

GRANT = {"grant_type": "client_credentials"}
READS = ["/healthz", "/readyz", "/docs", "/problems", "/openapi.json", "/.well-known/jwks.json"]


async def seen(settings: Settings, client: str, *headers: tuple[str, str]) -> str:
    """Say who is taken for the caller."""
    found = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope["client"][0])

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "path": "/", "headers": raw, "client": (client, 1)}
    await Place(app, State({"settings": settings}))(scope, None, None)  # type: ignore[arg-type]
    return str(found[0])


FOR = "X-Forwarded-For"
OURS = Settings(trusted_proxies="10.0.0.0/8 ::1")
BY_RFC = OURS.model_copy(update={"forwarded_header": "forwarded"})


@pytest.mark.parametrize(
    ("client", "said", "caller"),
    [
        ("192.0.2.1", "198.51.100.1", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1:5000", "198.51.100.1"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::1", "198.51.100.1", "198.51.100.1"),
        ("unix", "198.51.100.1", "unix"),
    ],
)
async def test_who_calls_is_told_by_our_own_proxies_only(client: str, said: str, caller: str) -> None:
    assert await seen(OURS, client, (FOR, said)) == caller
    assert await seen(BY_RFC, client, (FOR, said)) == client


async def test_the_header_of_the_rfc_is_read_where_our_proxies_write_it() -> None:
    said = 'for=203.0.113.9;proto=https, for="[2001:db8::7]:47011";by=10.0.0.1'

    assert await seen(BY_RFC, "10.0.0.1", ("Forwarded", said)) == "2001:db8::7"
    assert await seen(OURS, "10.0.0.1", ("Forwarded", said)) == "10.0.0.1"
    assert await seen(BY_RFC, "10.0.0.1", ("Forwarded", "for=_hidden")) == "10.0.0.1"


@pytest.mark.parametrize("issuer", ["https://a/v1", "https://a/b/", "ftp://a", "https://a?b", "https://a/b//c"])
def test_an_issuer_that_could_not_be_told_apart_is_refused(issuer: str) -> None:
    with pytest.raises(ValueError, match="DONDOC_ISSUER"):
        Settings(issuer_or_default=issuer)


def test_a_proxy_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="nginx"):
        Settings(trusted_proxies="nginx")


@pytest.mark.parametrize("path", [*READS, "/v1/plans", f"/v1/obligations/{TRAINING}"])
async def test_head_is_answered_as_get_is_without_a_body(service: Service, path: str) -> None:
    headers = {"Authorization": f"Bearer {service.coordinator.token()}"}
    get = await service.http.get(path, headers=headers)
    head = await service.http.head(path, headers=headers)

    assert (head.status_code, head.content) == (200, b"")
    told = {"content-type", "content-length", "etag"}
    assert {name: head.headers.get(name) for name in told} == {name: get.headers.get(name) for name in told}


async def test_head_is_refused_as_get_is(service: Service) -> None:
    assert (await service.http.head("/v1/plans")).status_code == 401
    assert (await service.http.head("/v1/nothing")).status_code == 404
    refused = await service.http.head("/v1/oauth/token")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert "HEAD" in (await service.http.delete("/v1/plans")).headers["allow"].split(", ")


async def test_who_sent_a_token_is_told_that_it_is_the_token(service: Service) -> None:
    none = await service.http.get("/v1/plans")
    bad = await service.http.get("/v1/plans", headers={"Authorization": "Bearer x"})
    another = await service.http.get("/v1/plans", headers={"Authorization": "Basic eDp5"})

    assert none.headers["www-authenticate"] == another.headers["www-authenticate"] == 'Bearer realm="dondoc"'
    assert bad.headers["www-authenticate"] == 'Bearer realm="dondoc", error="invalid_token"'


async def test_oauth_clients_are_refused_in_their_own_words(service: Service) -> None:
    proof = (str(service.police.client_id), service.police.secret)

    async def refused(**sent: str) -> tuple[int, str]:
        answer = await service.http.post("/v1/oauth/token", data=sent, auth=proof)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["error_description"].isascii()
        return answer.status_code, answer.json()["error"]

    assert await refused(grant_type="password") == (400, "unsupported_grant_type")
    assert await refused(**GRANT, scope="everything") == (400, "invalid_scope")
    assert await refused(**GRANT, scope="x" * 2000) == (400, "invalid_request")
    proof = (str(service.police.client_id), "wrong")
    assert await refused(**GRANT) == (401, "invalid_client")
    json = await service.http.post("/v1/oauth/token", json=GRANT)
    assert (json.status_code, json.json()["error"]) == (400, "invalid_request")


@pytest.fixture
async def under(database: Database, keys_dir: Path, cast: Mapping[str, NewClient]) -> AsyncIterator[Service]:
    """Serve under a prefix."""
    settings = Settings(
        keys_dir_or_default=keys_dir, data_dir=keys_dir / "data", issuer_or_default="http://dondoc.test/ke-hoach"
    )
    async with Service.over(database, keys_dir, cast, settings) as serving:
        yield serving


@pytest.mark.parametrize("kept", ["", "/ke-hoach"])
async def test_under_a_prefix_everything_leads_back_there(under: Service, kept: str) -> None:
    page = await under.coordinator.get(f"{kept}/v1/obligations", limit=1)
    problem = await under.coordinator.get(f"{kept}/v1/plans/{PLAN}x")
    metadata = await under.http.get("/.well-known/oauth-authorization-server/ke-hoach")

    assert page.headers["link"].startswith("</ke-hoach/v1/obligations?")
    assert problem.json()["type"] == "/ke-hoach/problems/not-found"
    assert metadata.json()["issuer"] == "http://dondoc.test/ke-hoach"


async def test_without_a_prefix_nothing_changes(service: Service) -> None:
    problem = problem_of(await service.police.get("/v1/plans/nothing"), 404, "not-found")

    assert problem["type"] == "/problems/not-found"
