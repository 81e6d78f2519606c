"""An OAuth client that knows nothing of us finds out how to get a token, gets one, uses it, and takes it back."""

from typing import Any

import httpx
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwk, jwt

from app.domain.access import Permission
from app.web.auth.callers import NOTICED_WITHIN
from tests.api.asking import problem_of
from tests.given import Caller, Service

WELL_KNOWN = "/.well-known/oauth-authorization-server"


async def metadata(service: Service) -> dict[str, Any]:
    found: dict[str, Any] = (await service.http.get(WELL_KNOWN)).json()
    return found


def client_of(service: Service, caller: Caller, method: str, **options: Any) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        str(caller.client_id),
        caller.secret,
        token_endpoint_auth_method=method,
        transport=httpx.ASGITransport(service.app, raise_app_exceptions=False),
        **options,
    )


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_an_independent_client_gets_and_uses_a_token_by_discovery(service: Service, method: str) -> None:
    service.clock.catch_up()
    found = await metadata(service)
    assert method in found["token_endpoint_auth_methods_supported"]

    async with client_of(service, service.police, method) as client:
        token = await client.fetch_token(found["token_endpoint"], grant_type="client_credentials")
        plans = await client.get(f"{found['issuer']}/v1/plans")

        assert (token["token_type"], token["expires_in"], plans.status_code) == ("Bearer", 600, 200)

        await client.revoke_token(found["revocation_endpoint"], token["access_token"])
        service.clock.now += NOTICED_WITHIN
        problem_of(await client.get(f"{found['issuer']}/v1/plans"), 401, "not-authenticated")


async def test_an_independent_library_verifies_our_tokens(service: Service) -> None:
    found = await metadata(service)
    published = jwk.KeySet.import_key_set((await service.http.get(found["jwks_uri"])).json())

    read = jwt.decode(service.police.token(), published, algorithms=["ES256"])

    assert read.header["typ"] == "at+jwt"
    assert (read.claims["iss"], read.claims["sub"]) == (found["issuer"], str(service.police.client_id))


async def test_the_metadata_names_what_there_is(service: Service) -> None:
    found = await metadata(service)

    assert found["issuer"] == service.app.state.settings.issuer
    assert found["scopes_supported"] == [act.value for act in Permission]
    assert (found["grant_types_supported"], found["response_types_supported"]) == (["client_credentials"], [])
    for name in ("token_endpoint", "revocation_endpoint", "jwks_uri", "service_documentation"):
        address = httpx.URL(found[name])
        assert str(address).startswith(found["issuer"])
        assert (await service.http.get(address.path)).status_code in {200, 405}


async def test_a_client_may_ask_for_fewer_scopes(service: Service) -> None:
    found = await metadata(service)
    async with client_of(service, service.police, "client_secret_basic", scope="plans:read") as client:
        token = await client.fetch_token(found["token_endpoint"], grant_type="client_credentials")

        assert token["scope"] == "plans:read"
        assert (await client.get(f"{found['issuer']}/v1/plans")).status_code == 200
        problem_of(await client.get(f"{found['issuer']}/v1/obligations"), 403, "not-allowed")


@pytest.mark.parametrize("scope", ["clients:write", "plans:read clients:write", "nothing", "PLANS:READ"])
async def test_a_scope_that_was_not_granted_gets_no_token(service: Service, scope: str) -> None:
    sent = {"grant_type": "client_credentials", "scope": scope}
    proof = (str(service.police.client_id), service.police.secret)

    response = await service.http.post("/v1/oauth/token", data=sent, auth=proof)

    assert problem_of(response, 400, "scope-not-granted")["error"] == "invalid_scope"


async def test_a_client_revokes_its_own_tokens_only(service: Service) -> None:
    service.clock.catch_up()
    token, health = service.police.token(), service.health
    proof = (str(health.client_id), health.secret)

    response = await service.http.post("/v1/oauth/revoke", data={"token": token}, auth=proof)

    assert problem_of(response, 400, "token-of-another-client")["error"] == "unauthorized_client"
    service.clock.now += NOTICED_WITHIN
    authorization = {"Authorization": f"Bearer {token}"}
    assert (await service.http.get("/v1/plans", headers=authorization)).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 9000])
async def test_revoking_what_is_no_token_does_nothing(service: Service, token: str) -> None:
    proof = (str(service.police.client_id), service.police.secret)

    for _ in range(2):
        response = await service.http.post("/v1/oauth/revoke", data={"token": token}, auth=proof)
        assert (response.status_code, response.content) == (200, b"")


async def test_nobody_revokes_without_a_secret(service: Service) -> None:
    sent = {"token": service.police.token(), "client_id": str(service.police.client_id), "client_secret": "wrong"}

    problem_of(await service.http.post("/v1/oauth/revoke", data=sent), 401, "client-unknown")
