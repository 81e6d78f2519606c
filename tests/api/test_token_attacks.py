"""Attacks on tokens: each is answered with 401, and none shakes the service."""

from datetime import timedelta

import httpx
import pytest

from tests.api.asking import problem_of
from tests.api.forgery import ATTACKS, Forger
from tests.given import Service

AT_LEAST = 60


async def with_token(service: Service, token: str) -> httpx.Response:
    """Call something that needs a token, and not much more."""
    request = service.http.build_request("GET", "/v1/plans")
    header = (b"authorization", b"Bearer " + token.encode("utf-8", "surrogatepass"))
    request.headers = httpx.Headers([*request.headers.raw, header])
    return await service.http.send(request)


def test_there_are_enough_attacks() -> None:
    assert len(ATTACKS) >= AT_LEAST


async def test_the_token_that_they_are_made_of_is_good(service: Service) -> None:
    forger = Forger(service)

    for good in (forger.good, forger.signed(forger.claims), forger.with_claims(jti="0" * 32)):
        assert (await with_token(service, good)).status_code == 200


@pytest.mark.parametrize("name", ATTACKS)
async def test_a_forged_token_is_refused_and_nothing_more_is_said_of_why(service: Service, name: str) -> None:
    response = await with_token(service, ATTACKS[name](Forger(service)))

    problem = problem_of(response, 401, "not-authenticated")
    assert response.headers["www-authenticate"] == 'Bearer realm="dondoc", error="invalid_token"'
    assert set(problem) == {"type", "title", "status", "request_id"}


async def test_a_forged_token_is_refused_again(service: Service) -> None:
    forger = Forger(service)

    for _ in range(2):
        problem_of(await with_token(service, ATTACKS["another's claims"](forger)), 401, "not-authenticated")
        assert (await with_token(service, forger.good)).status_code == 200


async def test_a_token_is_refused_after_its_revocation_and_others_are_not(service: Service) -> None:
    service.clock.catch_up()
    police = service.police
    token, other = police.token(), police.token()
    assert (await with_token(service, token)).status_code == 200

    proof = (str(police.client_id), police.secret)
    revoked = await service.http.post("/v1/oauth/revoke", data={"token": token}, auth=proof)

    assert (revoked.status_code, revoked.content) == (200, b"")
    service.clock.now += timedelta(seconds=9.9)
    problem_of(await with_token(service, token), 401, "not-authenticated")
    assert (await with_token(service, other)).status_code == 200
