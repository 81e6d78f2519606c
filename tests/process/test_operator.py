"""What an operator does with `dondoc client` and `dondoc keys`, and how the running service takes it."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.given import PLAN
from tests.process.running import PATIENCE, Running, running

pytestmark = pytest.mark.load


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run a service for all tests of this file."""
    with running(tmp_path_factory.mktemp("service")) as serving:
        yield serving


def said(text: str, name: str) -> str:
    """Read `name=value` from what was printed."""
    found = re.search(rf"^{name}=(\S+)$", text, re.MULTILINE)
    assert found, text
    return found[1]


def token_for(service: Running, client: str, secret: str) -> httpx.Response:
    sent = {"grant_type": "client_credentials"}
    return service.http.post("/v1/oauth/token", data=sent, auth=(client, secret))


def owners_seen(service: Running, token: str) -> set[str]:
    """Return whose obligations a token shows."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = service.http.get("/v1/obligations", params={"cycle": "2021-06-15", "limit": 500}, headers=headers)
    assert answer.status_code == 200, answer.text
    return {item["owner"]["code"] for item in answer.json()["items"]}


def kids(service: Running) -> list[str]:
    return [key["kid"] for key in service.http.get("/.well-known/jwks.json").json()["keys"]]


def test_an_operator_looks_after_clients_and_keys(service: Running) -> None:
    added = service.dondoc("client", "add", "Sở Y tế", "--role", "reporter", "--plan", PLAN, "--body", "so-y-te")
    client, first = said(added, "client_id"), said(added, "client_secret")
    token = token_for(service, client, first).json()["access_token"]
    assert "so-y-te" in owners_seen(service, token)

    second = said(service.dondoc("client", "add-secret", client), "client_secret")
    assert [token_for(service, client, one).status_code for one in (first, second)] == [200, 200]
    listed = next(line for line in service.dondoc("client", "list").splitlines() if line.startswith(client))
    service.dondoc("client", "remove-secret", client, listed.split()[-2])
    assert [token_for(service, client, one).status_code for one in (first, second)] == [401, 200]

    service.dondoc("client", "change", client, "--name", "Sở Y tế (mới)", "--scope", "plans:read")
    assert token_for(service, client, second).json()["scope"] == "plans:read"
    assert "Sở Y tế (mới)" in service.dondoc("client", "list")

    service.dondoc("client", "disable", client)
    assert token_for(service, client, second).status_code == 401
    service.dondoc("client", "enable", client)
    assert token_for(service, client, second).status_code == 200

    before = kids(service)
    service.dondoc("keys", "rotate")
    wait_until(lambda: len(kids(service)) == len(before) + 1)
    shown = service.dondoc("keys", "list")
    assert [word for word in ("signs", "next") if word in shown] == ["signs", "next"]

    service.dondoc("keys", "rotate", "--at-once")
    wait_until(lambda: len(kids(service)) == 1 and kids(service) != before)
    gone = service.http.get("/v1/plans", headers={"Authorization": f"Bearer {token}"})
    assert gone.status_code == 401
    assert token_for(service, client, second).status_code == 200
    log = (service.data_dir / "service.log").read_text("utf-8")
    assert [secret for secret in (first, second, token) if secret in log] == []


def wait_until(condition: Callable[[], bool]) -> None:
    """Poll until the service has noticed."""
    for _ in range(PATIENCE):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("the service never noticed")


def test_what_an_operator_gets_wrong_is_said_in_words(service: Running) -> None:
    command = str(Path(sys.executable).with_name("dondoc"))
    for words in (
        ["client", "add", "x", "--role", "reporter", "--plan", PLAN, "--body", "nowhere"],
        ["client", "add", "x", "--role", "integrator", "--scope", "updates:write"],
        ["client", "disable", "3dff274a-a9f4-425f-ac24-cd5c9d64db17"],
    ):
        ended = subprocess.run(  # noqa: S603  Our own command.
            [command, *words], env=service.environment(), capture_output=True, text=True, check=False
        )
        assert ended.returncode == 1
        assert "Traceback" not in ended.stderr
        assert ended.stderr.strip()
