"""POST /v1/oauth/token, the keys, and what tokens are taken for."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from jose import jwk, jws

from app.security import token_keys, tokens
from tests.api.asking import problem_of
from tests.given import TODAY, Service

TOKEN = "/v1/oauth/token"
GRANT = {"grant_type": "client_credentials"}


async def with_token(service: Service, token: str) -> httpx.Response:
    """Call something that needs a token."""
    return await service.http.get("/v1/plans", headers={"Authorization": f"Bearer {token}"})


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def part(value: dict[str, Any]) -> str:
    """Spell one part of a token."""
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_a_client_gets_a_token_that_works(service: Service) -> None:
    police = service.police

    response = await service.http.post(TOKEN, data=GRANT, auth=(str(police.client_id), police.secret))

    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    issued = response.json()
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 600)
    assert "updates:write" in issued["scope"].split()
    assert (await with_token(service, issued["access_token"])).status_code == 200


async def test_a_client_may_send_its_secret_in_the_form(service: Service) -> None:
    sent = GRANT | {"client_id": str(service.police.client_id), "client_secret": service.police.secret}

    assert (await service.http.post(TOKEN, data=sent)).status_code == 200


async def test_a_secret_that_comes_in_two_ways_gets_no_token(service: Service) -> None:
    police = service.police
    sent = GRANT | {"client_id": str(police.client_id), "client_secret": police.secret}

    response = await service.http.post(TOKEN, data=sent, auth=(str(police.client_id), police.secret))

    problem_of(response, 400, "unreadable-request")


async def test_a_token_names_the_scopes_of_its_role_only(service: Service) -> None:
    integrator = service.integrator

    issued = (await service.http.post(TOKEN, data=GRANT, auth=(str(integrator.client_id), integrator.secret))).json()

    assert set(issued["scope"].split()) == {
        *("plans:read", "standing:read", "evidence:read"),
        *("events:read", "audit:read", "webhooks:manage"),
    }
    assert claims_of(issued["access_token"])["sub"] == str(integrator.client_id)


async def test_the_published_key_verifies_a_token(service: Service) -> None:
    published = (await service.http.get("/.well-known/jwks.json")).json()["keys"]

    (key,) = [one for one in published if one["kid"] == jws.get_unverified_header(service.police.token())["kid"]]

    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert jws.verify(service.police.token(), jwk.construct(key), ["ES256"])


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 200])
async def test_a_wrong_secret_gets_no_token(service: Service, secret: str) -> None:
    response = await service.http.post(TOKEN, data=GRANT, auth=(str(service.police.client_id), secret))

    problem = problem_of(response, 401, "client-unknown")
    assert problem["error"] == "invalid_client"
    assert response.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("client_id", ["", "police", "3dff274a-a9f4-425f-ac24-cd5c9d64db17"])
async def test_an_unknown_client_gets_the_same_answer_as_a_wrong_secret(service: Service, client_id: str) -> None:
    response = await service.http.post(TOKEN, data=GRANT, auth=(client_id, service.police.secret))

    problem_of(response, 401, "client-unknown")


async def test_the_secret_of_another_client_gets_no_token(service: Service) -> None:
    response = await service.http.post(TOKEN, data=GRANT, auth=(str(service.police.client_id), service.admin.secret))

    problem_of(response, 401, "client-unknown")


@pytest.mark.parametrize("grant", [{"scope": "plans:read"}, {"grant_type": "password"}, {"grant_type": ""}])
async def test_only_client_credentials_are_granted(service: Service, grant: dict[str, str]) -> None:
    police = service.police

    response = await service.http.post(TOKEN, data=grant, auth=(str(police.client_id), police.secret))

    assert problem_of(response, 400, "grant-not-supported")["error"] == "unsupported_grant_type"


@pytest.mark.parametrize(
    "header", [b"Basic", b"Basic !", b"Basic YQ", b"Basic /w==", b"Basic \xe9", b"Basic \xff\xfe", b"Bearer x"]
)
async def test_broken_basic_credentials_get_no_token(service: Service, header: bytes) -> None:
    request = service.http.build_request("POST", TOKEN, data=GRANT)
    request.headers = httpx.Headers([*request.headers.raw, (b"authorization", header)])

    problem_of(await service.http.send(request), 401, "client-unknown")


async def test_a_token_ends_after_ten_minutes(service: Service) -> None:
    token = service.police.token()

    service.clock.now = TODAY + timedelta(seconds=599)
    assert (await with_token(service, token)).status_code == 200

    service.clock.now = TODAY + timedelta(seconds=600)
    problem_of(await with_token(service, token), 401, "not-authenticated")


async def test_a_token_of_another_installation_is_not_taken(service: Service, tmp_path_factory: Any) -> None:
    others = token_keys.load(tmp_path_factory.mktemp("other"))
    issuer = service.app.state.settings.issuer

    token = tokens.issue(others, service.police.client_id, [], issuer=issuer, now=TODAY)

    problem_of(await with_token(service, token), 401, "not-authenticated")


async def test_a_token_of_a_client_that_is_gone_is_not_taken(service: Service) -> None:
    state = service.app.state

    token = tokens.issue(state.keys, uuid4(), ["plans:read"], issuer=state.settings.issuer, now=TODAY)

    problem_of(await with_token(service, token), 401, "not-authenticated")


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another"},
        {"aud": None},
        {"exp": 4102444800},
        {"nbf": 4102444800},
        {"iat": "now"},
        {"sub": "3dff274a-a9f4-425f-ac24-cd5c9d64db17"},
        {"jti": ""},
    ],
)
async def test_a_token_with_another_claim_is_not_taken(service: Service, changed: dict[str, Any]) -> None:
    key, claims = service.app.state.keys.at(TODAY).current, claims_of(service.police.token())

    for bent in (claims | changed, {name: value for name, value in claims.items() if name not in changed}):
        token = jws.sign(bent, key.signing, headers={"typ": tokens.TYPE, "kid": key.kid}, algorithm="ES256")
        problem_of(await with_token(service, token), 401, "not-authenticated")


async def test_a_token_that_nobody_signed_is_not_taken(service: Service) -> None:
    header, payload, signature = service.police.token().split(".")
    unsigned = part({"alg": "none", "typ": tokens.TYPE, "kid": service.app.state.keys.at(TODAY).current.kid})
    symmetric = part({"alg": "HS256", "typ": tokens.TYPE, "kid": service.app.state.keys.at(TODAY).current.kid})
    promoted = part(claims_of(service.police.token()) | {"sub": str(service.coordinator.client_id)})

    for token in (
        f"{unsigned}.{payload}.",
        f"{unsigned}.{payload}.{signature}",
        f"{symmetric}.{payload}.{signature}",
        f"{header}.{promoted}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}",
    ):
        problem_of(await with_token(service, token), 401, "not-authenticated")


@pytest.mark.parametrize(
    "token", ["x", "a.b.c", "..", "." * 4000, "x" * 9000, part({"alg": "ES256"}) + ".e30.x", "eyJ" + "W1tb" * 900]
)
async def test_what_is_no_token_is_not_taken(service: Service, token: str) -> None:
    problem_of(await with_token(service, token), 401, "not-authenticated")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "", "Bearer Bearer"])
async def test_a_token_is_taken_as_a_bearer_token_only(service: Service, scheme: str) -> None:
    header = {"Authorization": f"{scheme} {service.police.token()}".strip()}

    problem_of(await service.http.get("/v1/plans", headers=header), 401, "not-authenticated")
