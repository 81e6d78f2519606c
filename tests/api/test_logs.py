"""Logs: JSON, one line a request with its id, and nothing that somebody wrote."""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest

from app import logs
from tests.api.forgery import ATTACKS, Forger
from tests.given import DOCUMENT, LINK, TRAINING, Service

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """Log as the service does, and read back what has been logged."""
    root, ours, stream = logging.getLogger(), logging.getLogger("dondoc"), StringIO()
    handlers, levels = root.handlers[:], (root.level, ours.level)
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure("debug")
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


async def test_a_request_is_one_line_with_its_id_its_route_and_its_client(service: Service, lines: Lines) -> None:
    response = await service.police.get(f"/v1/obligations/{TRAINING}", headers={"X-Request-Id": "tour-1"})

    (line,) = lines()
    assert response.headers["x-request-id"] == line["request_id"] == "tour-1"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/obligations/{id}", 200)
    assert (line["client"], line["level"], line["event"]) == (str(service.police.client_id), "info", "request")
    assert line["timestamp"].endswith("Z")


async def test_a_refusal_is_logged_by_its_kind(service: Service, lines: Lines) -> None:
    await service.health.get(f"/v1/obligations/{TRAINING}")

    (line,) = lines()
    assert (line["status"], line["refusal"]) == (404, "not-found")


async def test_nothing_that_somebody_wrote_is_logged(service: Service, lines: Lines) -> None:
    secret = "Bí mật của cháu Lan"
    police, headers = service.police, {"X-Request-Id": "x"}
    await police.report(TRAINING, summary=secret, late_reason=secret, evidence=[DOCUMENT | {"title": secret}])
    await police.attach(TRAINING, title=secret, issuer=secret)
    await police.post(f"/v1/obligations/{TRAINING}/evidence", LINK | {"url": "https://example.org/" + "Lan" * 9})
    await police.report(TRAINING, secret, summary=secret, **{secret: secret}, headers=headers)
    await police.get("/v1/obligations", q=secret)
    await police.get(f"/v1/plans/{secret}", as_of=secret)
    await police.send("/v1/plans", b"", method="LAN")
    await police.get(f"/v1/{secret}")
    await police.send(f"/v1/obligations/{TRAINING}/updates", secret.encode())

    logged = lines()

    assert len(logged) == 9
    assert [name for name in ("Lan", "LAN") if name in json.dumps(logged, ensure_ascii=False)] == []


async def test_no_token_and_no_secret_is_logged(service: Service, lines: Lines) -> None:
    police, grant = service.police, {"grant_type": "client_credentials"}
    proof = {"client_id": str(police.client_id), "client_secret": police.secret}
    issued = (await service.http.post("/v1/oauth/token", data=grant | proof)).json()["access_token"]
    await service.http.post("/v1/oauth/token", data=grant, auth=(str(police.client_id), police.secret))
    await service.http.get("/v1/plans", headers={"Authorization": f"Bearer {issued}"})
    await service.http.get("/v1/plans", headers={"Authorization": f"Bearer {issued}x"})
    await service.http.get(f"/v1/plans?access_token={issued}")

    logged = json.dumps(lines())

    assert logged.count('"request"') == 5
    assert [one for one in (issued, issued.rpartition(".")[2], police.secret) if one in logged] == []


async def test_a_failure_of_ours_is_logged_by_its_place_and_not_by_its_words(
    service: Service, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise LookupError("Bí mật của cháu Lan")

    monkeypatch.setattr(service.app.state, "clock", fail)
    response = await service.http.get("/v1/plans", headers={"Authorization": "Bearer x", "X-Request-Id": "tour-2"})

    assert response.status_code == 500
    logged = lines()
    assert {line["request_id"] for line in logged} == {"tour-2"}
    assert [line["kind"] for line in logged if line["event"] == "bug"] == ["LookupError"]
    assert [line["status"] for line in logged if line["event"] == "request"] == [500]
    assert "Lan" not in json.dumps(logged, ensure_ascii=False)


async def test_what_a_library_logs_is_json_too_and_without_the_error_s_words(lines: Lines) -> None:
    try:
        raise LookupError("Bí mật của cháu Lan")
    except LookupError:
        logging.getLogger("library").exception("It failed")

    (line,) = lines()
    assert (line["event"], line["level"], line["kind"]) == ("It failed", "error", "LookupError")
    assert "Lan" not in json.dumps(line, ensure_ascii=False)


async def test_an_authentication_is_logged_with_the_act_that_was_allowed(service: Service, lines: Lines) -> None:
    await service.police.get("/v1/plans")
    await service.admin.get("/v1/obligations")

    allowed, refused = lines()
    assert (allowed["authentication"], allowed["by"], allowed["act"]) == ("accepted", "token", "plans:read")
    assert (refused["authentication"], refused["act"], refused["refusal"]) == (
        "accepted",
        "standing:read",
        "not-allowed",
    )
    assert (refused["client"], refused["role"]) == (str(service.admin.client_id), "admin")


REASONS = {
    "no signature": "malformed",
    "none": "malformed",
    "RS256": "header",
    "jku": "header",
    "kid of nothing": "key-unknown",
    "another's key, our kid": "signature",
    "aud of another": "claims",
    "no jti": "claims",
    "exp is past": "expired",
    "nbf in the future": "too-early",
    "a client that is unknown": "client-unknown",
}


@pytest.mark.parametrize("name", REASONS)
async def test_why_a_token_was_refused_is_for_the_log_alone(service: Service, lines: Lines, name: str) -> None:
    token = ATTACKS[name](Forger(service))

    answer = await service.http.get("/v1/plans", headers={"Authorization": f"Bearer {token}"})

    (line,) = lines()
    assert (line["authentication"], line["by"], line["reason"]) == ("refused", "token", REASONS[name])
    assert (line["client"], line["refusal"], line["status"]) == (None, "not-authenticated", 401)
    assert REASONS[name] not in answer.text
    assert token not in json.dumps(line)


async def test_why_a_client_was_refused_is_logged_too(service: Service, lines: Lines) -> None:
    await service.disabled.get("/v1/plans")
    await service.http.get("/v1/plans")

    disabled, missing = lines()
    assert (disabled["reason"], missing["reason"]) == ("client-disabled", "missing")
    assert (disabled["client"], missing["client"]) == (str(service.disabled.client_id), None)


async def test_which_secret_was_used_is_logged_by_its_id(service: Service, lines: Lines) -> None:
    police, sent = service.police, {"grant_type": "client_credentials"}
    secrets = (await service.admin.get(f"/v1/clients/{police.client_id}")).json()["secrets"]

    await service.http.post("/v1/oauth/token", data=sent, auth=(str(police.client_id), police.secret))
    await service.http.post("/v1/oauth/token", data=sent, auth=(str(police.client_id), "wrong"))

    _, taken, refused = lines()
    assert (taken["authentication"], taken["by"], taken["secret"]) == ("accepted", "secret", secrets[0]["id"])
    assert (refused["authentication"], refused["reason"]) == ("refused", "client-unknown")
    assert taken["client"] == str(police.client_id)
