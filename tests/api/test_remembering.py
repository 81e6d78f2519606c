"""The status document is remembered, and never told when it no longer holds, whoever changed the plan."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from app.commands import events
from app.commands.clients import NewClient
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database.embedded import Address
from app.database.engine import SYSTEM, Database
from app.models.base import stable_id
from app.web.remembering import KEPT_ANSWERS
from tests.api.asking import problem_of
from tests.conftest import PLAN_FOLDER, as_owner
from tests.given import PLAN, TODAY, TRAINING, Service
from tests.statements import statements_on

PATH = f"/v1/plans/{PLAN}/status"


@pytest.fixture
async def another(own_database: Database, keys_dir: Path, cast: Mapping[str, NewClient]) -> AsyncIterator[Service]:
    """Serve the same database as `own_service`, with a memory of its own, as another process does."""
    async with Service.over(own_database, keys_dir, cast) as serving:
        yield serving


async def etag_of(service: Service, name: str = "coordinator", **asked: str) -> str:
    """Ask for the document, and return its tag."""
    response = await getattr(service, name).get(PATH, **asked)
    assert response.status_code == 200, response.text
    tag: str = response.headers["etag"]
    return tag


async def test_an_unchanged_document_takes_one_statement(own_service: Service, own_database: Database) -> None:
    token = {"Authorization": f"Bearer {own_service.coordinator.token()}"}
    first = await own_service.http.get(PATH, headers=token)

    with statements_on(own_database) as told:
        again = await own_service.http.get(PATH, headers=token)
        unchanged = await own_service.http.get(PATH, headers=token | {"If-None-Match": first.headers["etag"]})

    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert ["plan_change" in one.text for one in told] == [True, True]


async def test_an_act_is_seen_by_whoever_asks_next_and_wherever(own_service: Service, another: Service) -> None:
    before = [await etag_of(serving) for serving in (own_service, another)]
    own_service.clock.now += timedelta(minutes=1)
    another.clock.now += timedelta(minutes=1)

    assert (await own_service.police.report(TRAINING)).status_code == 201

    after = [await etag_of(serving) for serving in (own_service, another)]
    assert before[0] == before[1]
    assert after[0] == after[1] != before[0]


async def test_a_deadline_is_seen_without_an_act(own_service: Service) -> None:
    before = await etag_of(own_service)
    own_service.clock.now = TODAY + timedelta(days=60)
    passed = await etag_of(own_service)
    own_service.clock.now = TODAY

    assert passed != before
    assert await etag_of(own_service) == before, "a clock that is behind is told what it would have found"


async def test_a_change_that_began_before_the_document_was_made_is_seen_once_it_is_committed(
    own_service: Service, own_database: Database
) -> None:
    async with own_database.writing(SYSTEM) as slow:
        await events.tell(slow, [events.amended(stable_id(PLAN), TODAY)])
        await etag_of(own_service)
        with statements_on(own_database) as before:
            await etag_of(own_service)

    with statements_on(own_database) as after:
        await etag_of(own_service)

    assert not any("standing" in one.text for one in before)
    assert any("standing" in one.text for one in after)


async def test_what_a_seed_amends_is_seen(own_service: Service, own_database: Database, address: Address) -> None:
    before = await own_service.coordinator.get(PATH)
    seed = read(PLAN_FOLDER)
    first = seed.bodies[0]
    renamed = first.model_copy(update={"name": "Một tên khác"})
    seed.bodies[0] = renamed

    async with as_owner(address, str(own_database.engine.url.database)) as owner:
        await apply(owner, seed, now=TODAY)

    after = await own_service.coordinator.get(PATH)
    assert (first.name in before.text, renamed.name in before.text) == (True, False)
    assert (first.name in after.text, renamed.name in after.text) == (False, True)


async def test_everybody_is_told_what_is_theirs(own_service: Service) -> None:
    names = ("coordinator", "integrator", "police", "culture", "police", "coordinator")

    tags = [await etag_of(own_service, name) for name in names]

    assert tags[0] == tags[1] == tags[5]
    assert tags[2] == tags[4]
    assert len(set(tags)) == 3


async def test_every_question_has_its_own_answer(own_service: Service) -> None:
    asked: list[dict[str, str]] = [
        {},
        {"cycle": "2023"},
        {"cycle": "2024"},
        {"body": "cong-an"},
        {"as_of": "2022-01-01"},
        {"as_of": "2025-01-01"},
        {"as_of": "2025-01-01", "known_at": "2022-01-01"},
    ]

    first = [await etag_of(own_service, **one) for one in asked]
    again = [await etag_of(own_service, **one) for one in asked]

    assert first == again
    assert len(set(first)) == len(asked)


async def test_those_who_ask_at_once_share_the_work(own_service: Service, own_database: Database) -> None:
    with statements_on(own_database) as told:
        tags = await asyncio.gather(*(etag_of(own_service) for _ in range(8)))

    assert len(set(tags)) == 1
    assert sum("standing" in one.text for one in told) == 1


async def test_what_is_not_there_is_not_remembered(own_service: Service) -> None:
    for number in range(3):
        problem_of(await own_service.coordinator.get(f"/v1/plans/none-{number}/status"), 404, "not-found")

    memory = own_service.app.state.memory
    assert (len(memory._kept), len(memory._making)) == (0, 0)


async def test_what_was_asked_for_longest_ago_is_forgotten(
    own_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.remembering.KEPT_ANSWERS", 3)
    for day in range(1, 6):
        await etag_of(own_service, as_of=date(2023, 1, day).isoformat())

    memory = own_service.app.state.memory
    assert [question[4].day for question in memory._kept] == [3, 4, 5]
    assert memory._bytes == sum(len(one.content) for one in memory._kept.values())
    assert KEPT_ANSWERS > 3
