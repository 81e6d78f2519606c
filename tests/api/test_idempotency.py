"""Idempotency-Key: a retry has one effect and gets the same answer."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.models import Obligation
from app.models.base import table
from tests.api.asking import problem_of, rows_of
from tests.given import DOCUMENT, PLAN, TRAINING, Service, obligation

KEY = {"Idempotency-Key": "retry-1"}
UPDATE = {"state": "in_progress", "summary": "Đang triển khai."}
UPDATES = f"/v1/obligations/{TRAINING}/updates"
CREATING: list[tuple[str, str, dict[str, Any]]] = [
    ("police", UPDATES, UPDATE),
    ("police", f"/v1/obligations/{TRAINING}/evidence", DOCUMENT),
    ("coordinator", f"/v1/plans/{PLAN}/cycles", {"code": "2027"}),
]


@pytest.fixture(autouse=True)
def _real_time(service: Service) -> None:
    """A key is kept by the clock of the database."""
    service.clock.catch_up()


@pytest.mark.parametrize(("name", "path", "sent"), CREATING)
async def test_a_retry_gets_the_same_bytes_and_has_no_second_effect(
    service: Service, name: str, path: str, sent: dict[str, Any]
) -> None:
    caller = getattr(service, name)
    first = await caller.post(path, sent, headers=KEY)
    after_first = await rows_of(service)

    again = await caller.post(path, sent, headers=KEY)

    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    for header in ("etag", "location", "content-type"):
        assert again.headers.get(header) == first.headers.get(header)
    assert await rows_of(service) == after_first


async def test_a_retry_is_answered_as_it_was_although_others_have_written_since(service: Service) -> None:
    first = await service.police.post(UPDATES, UPDATE, headers=KEY)
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    again = await service.police.post(UPDATES, UPDATE, headers=KEY)

    assert again.content == first.content


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (UPDATES, UPDATE | {"summary": "Việc khác."}),
        (UPDATES, UPDATE | {"percent": 5}),
        (f"/v1/obligations/{obligation('3.3', 'cong-an')}/updates", UPDATE),
        (f"/v1/obligations/{TRAINING}/evidence", DOCUMENT),
    ],
)
async def test_a_key_cannot_be_used_for_something_else(service: Service, path: str, sent: dict[str, Any]) -> None:
    await service.police.post(UPDATES, UPDATE, headers=KEY)
    before = await rows_of(service)

    problem_of(await service.police.post(path, sent, headers=KEY), 422, "idempotency-key-reused")

    assert await rows_of(service) == before


async def test_a_key_belongs_to_its_client(service: Service) -> None:
    await service.police.post(UPDATES, UPDATE, headers=KEY)

    other = await service.culture.attach(obligation("3.6", "cong-an"), headers=KEY)

    assert (other.status_code, "idempotent-replayed" in other.headers) == (201, False)


async def test_a_failure_is_not_remembered(service: Service) -> None:
    etag = (await service.police.get(f"/v1/obligations/{TRAINING}")).headers["etag"]
    await service.police.report(TRAINING, "in_progress")
    stale = await service.police.post(UPDATES, UPDATE, headers=KEY | {"If-Match": etag})
    malformed = await service.police.post(UPDATES, UPDATE | {"state": "done"}, headers=KEY)

    again = await service.police.post(UPDATES, UPDATE, headers=KEY)

    assert (stale.status_code, malformed.status_code, again.status_code) == (412, 422, 201)
    assert "idempotent-replayed" not in again.headers


async def test_a_key_is_kept_for_seven_days(service: Service) -> None:
    first = await service.police.post(UPDATES, UPDATE, headers=KEY)

    service.clock.now = datetime.now(UTC) + timedelta(days=6, hours=23)
    kept = await service.police.post(UPDATES, UPDATE, headers=KEY)
    service.clock.now = datetime.now(UTC) + timedelta(days=7, hours=1)
    forgotten = await service.police.post(UPDATES, UPDATE, headers=KEY)

    assert kept.content == first.content
    assert (forgotten.status_code, "idempotent-replayed" in forgotten.headers) == (201, False)


async def test_without_a_key_every_post_is_a_new_one(service: Service) -> None:
    headers = {"Authorization": f"Bearer {service.police.token()}"}

    answers = [await service.http.post(UPDATES, json=UPDATE, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["update"]["id"] != answers[1].json()["update"]["id"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\t"])
async def test_a_key_that_cannot_be_is_refused(service: Service, key: str) -> None:
    before = await rows_of(service)

    response = await service.police.post(UPDATES, UPDATE, headers={"Idempotency-Key": key})

    assert problem_of(response, 422, "malformed-content")["errors"][0]["pointer"] == "header: idempotency-key"
    assert await rows_of(service) == before


async def test_of_requests_that_run_together_on_one_key_exactly_one_has_an_effect(own_service: Service) -> None:
    own_service.clock.catch_up()
    before = await rows_of(own_service)

    answers = await asyncio.gather(*(own_service.police.post(UPDATES, UPDATE, headers=KEY) for _ in range(6)))

    fresh = [answer for answer in answers if answer.status_code == 201 and "idempotent-replayed" not in answer.headers]
    others = [answer for answer in answers if answer not in fresh]
    assert len(fresh) == 1
    for answer in others:
        if answer.status_code == 201:
            assert answer.content == fresh[0].content
        else:
            problem_of(answer, 409, "request-in-flight")
            assert int(answer.headers["retry-after"]) > 0
    written = {name: count - before[name] for name, count in (await rows_of(own_service)).items()}
    assert (written["progress_update"], written["idempotency_record"], written["versions"]) == (1, 1, 1)


async def test_a_request_in_flight_is_told_so_and_a_later_retry_gets_its_answer(own_service: Service) -> None:
    own_service.clock.catch_up()
    police, obligations = own_service.police, table(Obligation)

    async with own_service.app.state.database.writing() as connection:
        # Whoever holds the obligation makes the first request wait in the middle of its act.
        await connection.execute(select(obligations.c.id).where(obligations.c.id == TRAINING).with_for_update())
        first = asyncio.create_task(police.post(UPDATES, UPDATE, headers=KEY))
        while not await connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            assert not first.done()
        second = await police.post(UPDATES, UPDATE, headers=KEY)

    problem_of(second, 409, "request-in-flight")
    assert (await first).status_code == 201
    assert (await police.post(UPDATES, UPDATE, headers=KEY)).content == (await first).content
