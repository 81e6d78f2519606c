"""What an administrator changes takes effect within ten seconds on every worker, on tokens already issued."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.commands.clients import NewClient
from app.database.engine import Database
from app.security import token_keys
from tests.given import PLAN, TODAY, TRAINING, Service

TEN_SECONDS = timedelta(seconds=10)
OBLIGATION = f"/v1/obligations/{TRAINING}"


class Workers:
    """Two instances of the service on one database, and a token of the police that both have seen."""

    def __init__(self, first: Service, second: Service) -> None:
        self.all = (first, second)
        self.admin = first.admin
        self.client = f"/v1/clients/{first.police.client_id}"
        self.token = first.police.token()

    async def answers(self) -> list[int]:
        """Return what each worker says to the token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return [(await worker.http.get(OBLIGATION, headers=headers)).status_code for worker in self.all]

    def after(self, time: timedelta) -> None:
        """Let time pass for both."""
        for worker in self.all:
            worker.clock.now += time


@pytest.fixture
async def workers(own_database: Database, keys_dir: Path, cast: Mapping[str, NewClient]) -> AsyncIterator[Workers]:
    async with (
        Service.over(own_database, keys_dir, cast) as first,
        Service.over(own_database, keys_dir, cast) as second,
    ):
        both = Workers(first, second)
        assert await both.answers() == [200, 200]
        yield both


OTHER = [{"plan": PLAN, "body": "so-y-te"}]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"disabled": True}, 401),
        ({"bodies": []}, 404),
        ({"bodies": OTHER}, 404),
        ({"scopes": ["updates:write"]}, 403),
        ({"scopes": []}, 403),
    ],
)
async def test_a_change_takes_effect_on_tokens_already_issued(
    workers: Workers, change: dict[str, Any], expected: int
) -> None:
    assert (await workers.admin.patch(workers.client, change)).status_code == 200

    workers.after(TEN_SECONDS)

    assert await workers.answers() == [expected, expected]


async def test_what_is_given_back_works_again(workers: Workers) -> None:
    await workers.admin.patch(workers.client, {"disabled": True})
    workers.after(TEN_SECONDS)
    assert await workers.answers() == [401, 401]

    await workers.admin.patch(workers.client, {"disabled": False})

    assert await workers.answers() == [200, 200]


async def test_a_revoked_token_is_taken_by_no_worker(workers: Workers) -> None:
    first = workers.all[0]
    proof = (str(first.police.client_id), first.police.secret)

    await first.http.post("/v1/oauth/revoke", data={"token": workers.token}, auth=proof)

    workers.after(TEN_SECONDS)
    assert await workers.answers() == [401, 401]


async def test_a_worker_asks_the_database_only_now_and_then(workers: Workers) -> None:
    await workers.admin.patch(workers.client, {"disabled": True})

    workers.after(timedelta(seconds=1))

    assert await workers.answers() == [200, 200]


async def test_a_key_that_others_may_have_ends_every_token_at_once(workers: Workers, keys_dir: Path) -> None:
    folder = keys_dir.parent / "compromised"
    held = token_keys.load(folder)
    for worker in workers.all:
        worker.app.state.callers._keys = worker.app.state.keys = held
    workers.token = workers.all[0].police.token()
    assert await workers.answers() == [200, 200]

    token_keys.rotate(folder, now=TODAY, at_once=True)

    workers.after(timedelta(seconds=1))
    assert await workers.answers() == [401, 401]
    assert (await workers.all[1].police.get(OBLIGATION)).status_code == 200


async def test_a_removed_secret_gets_no_token(workers: Workers) -> None:
    first = workers.all[0]
    (secret,) = (await workers.admin.get(workers.client)).json()["secrets"]

    removed = await workers.admin.delete(f"{workers.client}/secrets/{secret['id']}")

    assert (removed.status_code, removed.content) == (204, b"")
    proof = (str(first.police.client_id), first.police.secret)
    for worker in workers.all:
        answer: httpx.Response = await worker.http.post(
            "/v1/oauth/token", data={"grant_type": "client_credentials"}, auth=proof
        )
        assert answer.status_code == 401
