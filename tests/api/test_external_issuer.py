"""Tokens of an external issuer: taken for the client that its subject is mapped to, and never for more."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.commands.clients import NewClient
from app.database.engine import Database
from app.security.tokens.external import AGAIN_AFTER
from app.settings import Settings
from tests.api.asking import problem_of
from tests.api.forgery import Forger
from tests.api.issuer import AUDIENCE, NAME, SUBJECT, Issuer, publishing
from tests.given import PLAN, TODAY, TRAINING, Service, obligation

NOW = int(TODAY.timestamp())
HEALTHS = obligation("4.1", "so-y-te")


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@asynccontextmanager
async def trusting(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], jwks: str, **settings: Any
) -> AsyncIterator[Service]:
    """Serve with an external issuer, and one client that it knows."""
    configured = Settings(
        keys_dir_or_default=keys_dir, oidc_issuer=NAME, oidc_audience=AUDIENCE, oidc_jwks=jwks, **settings
    )
    async with Service.over(database, keys_dir, cast, configured) as service:
        mapped = {
            "name": "Hệ thống Sở Y tế qua Bộ", "role": "reporter", "subject": SUBJECT,
            "bodies": [{"plan": PLAN, "body": "so-y-te"}],
        }  # fmt: skip
        added = await service.admin.post("/v1/clients", mapped)
        assert (added.status_code, added.json()["client"]["issuer"]) == (201, NAME)
        yield service


@pytest.fixture
async def service(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], issuer: Issuer, tmp_path: Path
) -> AsyncIterator[Service]:
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps(issuer.jwks))
    async with trusting(database, keys_dir, cast, str(jwks)) as serving:
        yield serving


async def read(service: Service, token: str, path: str = f"/v1/obligations/{HEALTHS}") -> httpx.Response:
    return await service.http.get(path, headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("kid", ["rsa-1", "ec-1"])
@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "application/at+jwt", None])
async def test_a_token_of_the_issuer_is_taken_for_its_client(
    service: Service, issuer: Issuer, kid: str, typ: str | None
) -> None:
    token = issuer.token(kid, {"typ": typ} if typ else None)

    assert (await read(service, token)).status_code == 200
    problem_of(await read(service, token, f"/v1/obligations/{TRAINING}"), 404, "not-found")


async def test_its_scopes_are_cut_to_the_local_grant(service: Service, issuer: Issuer) -> None:
    token = issuer.token()

    problem_of(await read(service, token, "/v1/clients"), 403, "not-allowed")
    problem_of(await read(service, token, f"/v1/obligations/{HEALTHS}/history"), 403, "not-allowed")
    assert (await read(service, issuer.token(scope="history:read"))).status_code == 403


@pytest.mark.parametrize("scopes", [{"scope": None, "scp": "standing:read"}, {"scope": None, "scp": ["standing:read"]}])
async def test_scopes_may_be_spelled_scp(service: Service, issuer: Issuer, scopes: dict[str, Any]) -> None:
    assert (await read(service, issuer.token(**scopes))).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "somebody-else"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": None},
        {"iss": f"{NAME}/"},
        {"iss": None},
        {"exp": None},
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": str(NOW + 60)},
        {"exp": NOW + 10 * 365 * 86400},
        {"iat": None},
        {"iat": NOW + 60},
        {"nbf": NOW + 60},
        {"nbf": "now"},
    ],
)
async def test_a_token_with_another_claim_is_not_taken(
    service: Service, issuer: Issuer, claims: dict[str, Any]
) -> None:
    problem_of(await read(service, issuer.token(**claims)), 401, "not-authenticated")


@pytest.mark.parametrize(
    "header",
    [
        {"kid": "unknown"},
        {"kid": 7},
        {"kid": "ec-1"},
        {"typ": "logout+jwt"},
        {"crit": ["exp"]},
        {"jku": "https://attacker.example/"},
        {"jwk": {"kty": "RSA"}},
        {"x5u": "https://attacker.example/"},
    ],
)
async def test_a_token_with_another_header_is_not_taken(
    service: Service, issuer: Issuer, header: dict[str, Any]
) -> None:
    problem_of(await read(service, issuer.token("rsa-1", header)), 401, "not-authenticated")


async def test_a_token_of_an_algorithm_that_is_not_configured_is_not_taken(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], issuer: Issuer, tmp_path: Path
) -> None:
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.jwks))
    async with trusting(database, keys_dir, cast, str(tmp_path / "jwks.json"), oidc_algorithms="RS256") as service:
        assert (await read(service, issuer.token("rsa-1"))).status_code == 200
        problem_of(await read(service, issuer.token("ec-1")), 401, "not-authenticated")


async def test_our_own_key_signs_nothing_for_the_issuer_and_the_other_way_round(
    service: Service, issuer: Issuer
) -> None:
    forger = Forger(service)
    ours = forger.with_claims(iss=NAME, aud=AUDIENCE, sub=SUBJECT)
    theirs = issuer.token("ec-1", {"typ": "at+jwt"}, **forger.claims)

    for token in (ours, theirs):
        problem_of(await read(service, token, "/v1/plans"), 401, "not-authenticated")
    assert (await read(service, forger.good, "/v1/plans")).status_code == 200


async def test_a_disabled_client_calls_with_no_token_of_any_issuer(service: Service, issuer: Issuer) -> None:
    token = issuer.token()
    assert (await read(service, token)).status_code == 200
    (mapped,) = [
        item for item in (await service.admin.get("/v1/clients")).json()["items"] if item["subject"] == SUBJECT
    ]

    await service.admin.patch(f"/v1/clients/{mapped['id']}", {"disabled": True})

    service.clock.now += timedelta(seconds=9.9)
    problem_of(await read(service, token), 401, "not-authenticated")


async def test_a_subject_is_mapped_once(service: Service) -> None:
    sent = {"name": "Một hệ thống khác", "role": "integrator", "subject": SUBJECT}

    problem_of(await service.admin.post("/v1/clients", sent), 409, "already-exists")


async def test_without_its_keys_the_issuer_s_tokens_are_refused(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], issuer: Issuer, tmp_path: Path
) -> None:
    async with trusting(database, keys_dir, cast, str(tmp_path / "missing.json")) as service:
        problem_of(await read(service, issuer.token()), 401, "not-authenticated")
        assert (await service.police.get("/v1/plans")).status_code == 200


@pytest.mark.parametrize("trouble", [{"status": 500}, {"padding": 1 << 20}, {"redirects": True}])
async def test_keys_that_cannot_be_fetched_are_no_keys(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], issuer: Issuer, trouble: dict[str, Any]
) -> None:
    async with publishing(issuer) as publisher, trusting(database, keys_dir, cast, publisher.address) as service:
        vars(publisher).update(trouble)

        problem_of(await read(service, issuer.token()), 401, "not-authenticated")


async def test_keys_are_fetched_once_and_kept(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], issuer: Issuer
) -> None:
    async with publishing(issuer) as publisher, trusting(database, keys_dir, cast, publisher.address) as service:
        for _ in range(3):
            assert (await read(service, issuer.token())).status_code == 200
            problem_of(await read(service, issuer.token("rsa-1", {"kid": "unknown"})), 401, "not-authenticated")
        assert publisher.asked == 1

        service.clock.now += timedelta(minutes=11)
        publisher.status = 500
        assert (await read(service, issuer.token())).status_code == 200
        assert publisher.asked == 2

        service.clock.now += timedelta(minutes=55)
        problem_of(await read(service, issuer.token(exp=NOW + 7200)), 401, "not-authenticated")


async def test_a_new_key_of_the_issuer_is_found(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient]
) -> None:
    issuer = Issuer()
    async with publishing(issuer) as publisher, trusting(database, keys_dir, cast, publisher.address) as service:
        assert (await read(service, issuer.token())).status_code == 200
        issuer.private["ec-2"] = ("ES256", ec.generate_private_key(ec.SECP256R1()))

        service.clock.now += timedelta(seconds=31)

        assert (await read(service, issuer.token("ec-2"))).status_code == 200


async def test_a_weak_key_of_the_issuer_verifies_nothing(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], tmp_path: Path
) -> None:
    issuer = Issuer()
    issuer.private["weak"] = ("RS256", rsa.generate_private_key(public_exponent=65537, key_size=1024))  # noqa: S505
    (tmp_path / "jwks.json").write_text(json.dumps(issuer.jwks))
    async with trusting(database, keys_dir, cast, str(tmp_path / "jwks.json")) as service:
        problem_of(await read(service, issuer.token("weak")), 401, "not-authenticated")
        assert (await read(service, issuer.token("rsa-1"))).status_code == 200


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": NAME},
        {"oidc_issuer": NAME, "oidc_audience": AUDIENCE},
        {"oidc_issuer": NAME, "oidc_audience": AUDIENCE, "oidc_jwks": "http://id.example/jwks"},
        {"oidc_issuer": NAME, "oidc_audience": AUDIENCE, "oidc_jwks": "x", "oidc_algorithms": "HS256"},
        {"oidc_issuer": NAME, "oidc_audience": AUDIENCE, "oidc_jwks": "x", "oidc_algorithms": "RS256 none"},
        {"oidc_issuer": "http://127.0.0.1:8000", "oidc_audience": AUDIENCE, "oidc_jwks": "x"},
    ],
)
def test_the_service_does_not_start_with_half_an_issuer(settings: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="DONDOC_OIDC"):
        Settings(**settings)


async def test_a_token_of_a_known_key_does_not_wait_while_another_key_is_looked_for(
    database: Database, keys_dir: Path, cast: Mapping[str, NewClient], issuer: Issuer
) -> None:
    async with publishing(issuer) as publisher, trusting(database, keys_dir, cast, publisher.address) as service:
        assert (await read(service, issuer.token("rsa-1"))).status_code == 200
        service.clock.now += AGAIN_AFTER
        publisher.came.clear()
        publisher.goes_on.clear()
        looking = asyncio.create_task(read(service, issuer.token("rsa-1", {"kid": "unknown"})))
        await publisher.came.wait()

        answer = await read(service, issuer.token("ec-1"))

        assert (answer.status_code, looking.done()) == (200, False)
        publisher.goes_on.set()
        problem_of(await looking, 401, "not-authenticated")
