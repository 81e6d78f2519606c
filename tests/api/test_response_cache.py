"""Answers about a plan are remembered, and never told when they no longer hold, whoever changed the plan."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.commands import events
from app.commands.clients import NewClient
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database.engine import SYSTEM, Database, connect
from app.models.base import stable_id
from app.web.response_cache import KEPT_ANSWERS
from embedded_postgres import Address
from tests.api.asking import problem_of
from tests.conftest import PLAN_FOLDER, as_owner
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Service
from tests.statements import Statement, statements_on

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
        await events.tell(slow, [events.seeded(stable_id(PLAN), TODAY, anew=False)])
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
    assert len(set(tags)) == len(own_service.app.state.response_cache._kept) == 3


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
    assert sum("judged" in one.text for one in told) == 1


async def test_what_is_not_there_is_not_remembered(own_service: Service) -> None:
    for number in range(3):
        problem_of(await own_service.coordinator.get(f"/v1/plans/none-{number}/status"), 404, "not-found")

    memory = own_service.app.state.response_cache
    assert (len(memory._kept), len(memory._making)) == (0, 0)


async def test_what_was_asked_for_longest_ago_is_forgotten(
    own_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.response_cache.KEPT_ANSWERS", 3)
    for day in range(1, 6):
        await etag_of(own_service, as_of=date(2023, 1, day).isoformat())

    memory = own_service.app.state.response_cache
    assert [asked for _, _, asked in memory._kept] == [f"as_of=2023-01-0{day}".encode() for day in (3, 4, 5)]
    assert memory._bytes == sum(one.size for one in memory._kept.values())
    assert KEPT_ANSWERS > 3


LISTS = "/v1/obligations"
OVERDUE = {"plan": PLAN, "status": "overdue", "limit": 7}


async def test_an_unchanged_page_takes_one_statement_and_is_as_of_now(
    own_service: Service, own_database: Database
) -> None:
    first = await own_service.coordinator.get(LISTS, **OVERDUE)
    own_service.clock.now += timedelta(hours=1)

    with statements_on(own_database) as told:
        again = await own_service.coordinator.get(LISTS, **OVERDUE)
        unchanged = await own_service.coordinator.get(
            LISTS, headers={"If-None-Match": again.headers["etag"]}, **OVERDUE
        )

    assert (asked_about(told, "plan_change"), asked_about(told, "standing")) == (2, 0)
    assert again.json()["items"] == first.json()["items"]
    assert [parsed(one.json()["as_of"]) for one in (first, again)] == [TODAY, TODAY + timedelta(hours=1)]
    assert again.headers["etag"] == first.headers["etag"]
    assert unchanged.status_code == 304


async def test_the_page_after_a_remembered_one_is_as_of_the_same_instant(own_service: Service) -> None:
    await own_service.coordinator.get(LISTS, **OVERDUE)
    own_service.clock.now += timedelta(hours=1)
    again = (await own_service.coordinator.get(LISTS, **OVERDUE)).json()
    own_service.clock.now += timedelta(hours=1)

    following = [
        (await own_service.coordinator.get(LISTS, **OVERDUE, cursor=again["next_cursor"])).json() for _ in range(2)
    ]

    assert following[0] == following[1]
    assert following[0]["as_of"] == again["as_of"]
    assert not {item["id"] for item in again["items"]} & {item["id"] for item in following[0]["items"]}


@pytest.mark.parametrize("asked", [{}, {"count": "true"}, {"sort": "updated_at"}, {"as_of": "2026-11-24T00:00:00Z"}])
async def test_a_remembered_page_is_what_would_be_made(
    own_service: Service, another: Service, asked: dict[str, str]
) -> None:
    for _ in range(2):
        own_service.clock.now += timedelta(seconds=5)
        remembered = (await own_service.coordinator.get(LISTS, **OVERDUE, **asked)).json()
    another.clock.now = own_service.clock.now
    made = (await another.coordinator.get(LISTS, **OVERDUE, **asked)).json()

    cursors = [one.pop("next_cursor") for one in (remembered, made)]
    assert remembered == made
    assert all(cursors)


async def test_a_page_tells_of_an_act_to_whoever_asks_next_and_wherever(own_service: Service, another: Service) -> None:
    asked = {"plan": PLAN, "cycle": FIRST, "duty": "3.4"}
    before = [(await serving.coordinator.get(LISTS, **asked)).json()["items"] for serving in (own_service, another)]

    assert (await own_service.police.report(TRAINING)).status_code == 201

    for serving in (own_service, another):
        serving.clock.now += timedelta(minutes=1)
        (item,) = (await serving.coordinator.get(LISTS, **asked)).json()["items"]
        assert item["claim"]["state"] == "completed"
    assert before[0] == before[1]
    assert before[0][0]["claim"] is None


async def test_a_page_counts_on_at_midnight(own_service: Service) -> None:
    days = []
    for hours in (0, 13, 14):  # 10:00, 23:00 and 24:00 in Cần Thơ
        own_service.clock.now = TODAY + timedelta(hours=hours)
        found = (await own_service.coordinator.get(LISTS, **OVERDUE)).json()
        days.append(found["items"][0]["days_overdue"])

    assert days == [1989, 1989, 1990]


async def test_a_page_of_no_plan_is_made_each_time(own_service: Service, own_database: Database) -> None:
    with statements_on(own_database) as told:
        for _ in range(2):
            assert (await own_service.coordinator.get(LISTS, cycle=FIRST)).status_code == 200

    assert sum("standing" in one.text for one in told) == 2
    assert len(own_service.app.state.response_cache._kept) == 0


async def test_a_remembered_page_is_for_whoever_it_was_made_for(own_service: Service) -> None:
    for _ in range(2):
        owners = {
            name: {
                item["owner"]["code"]
                for item in (await getattr(own_service, name).get(LISTS, plan=PLAN, cycle=FIRST)).json()["items"]
            }
            for name in ("coordinator", "police", "court")
        }
        assert len(owners["coordinator"]) > 2
        assert "cong-an" in owners["police"]
        assert "cong-an" not in owners["court"]
    problem_of(await own_service.admin.get(LISTS, plan=PLAN, cycle=FIRST), 403, "not-allowed")
    problem_of(await own_service.http.get(LISTS, params={"plan": PLAN, "cycle": FIRST}), 401, "not-authenticated")


async def test_what_came_after_the_instant_of_an_answer_is_told_by_the_next_one(own_service: Service) -> None:
    """An answer may be made of a view that somebody has written to since the instant of the request."""
    own_service.clock.now = TODAY + timedelta(minutes=1)
    assert (await own_service.police.report(TRAINING, evidence=[DOCUMENT])).status_code == 201
    asked = {"plan": PLAN, "cycle": FIRST, "duty": "3.4"}

    own_service.clock.now = TODAY
    before = [await own_service.coordinator.get(LISTS, **asked), await own_service.coordinator.get(PATH)]
    own_service.clock.now = TODAY + timedelta(minutes=2)
    after = [await own_service.coordinator.get(LISTS, **asked), await own_service.coordinator.get(PATH)]

    claims = [one.json()["items"][0]["claim"] for one in (before[0], after[0])]
    assert claims[0] is None
    assert claims[1]["state"] == "completed"
    assert before[1].json()["cycles"] != after[1].json()["cycles"]


async def test_pages_that_follow_are_not_kept(own_service: Service) -> None:
    first = (await own_service.coordinator.get(LISTS, **OVERDUE)).json()
    await own_service.coordinator.get(LISTS, **OVERDUE, cursor=first["next_cursor"])

    assert len(own_service.app.state.response_cache._kept) == 1


async def test_many_readers_beside_a_writer_each_see_what_was_written_before_they_asked(own_service: Service) -> None:
    async def read() -> tuple[int, int]:
        known = written
        (item,) = (await own_service.coordinator.get(LISTS, plan=PLAN, cycle=FIRST, duty="3.4")).json()["items"]
        return known, item["version"]

    begun = (await own_service.coordinator.get(LISTS, plan=PLAN, cycle=FIRST, duty="3.4")).json()["items"][0]["version"]
    written = begun
    for _ in range(5):
        readers = [asyncio.create_task(read()) for _ in range(10)]
        assert (await own_service.police.report(TRAINING, "in_progress")).status_code == 201
        written += 1
        readers += [asyncio.create_task(read()) for _ in range(10)]
        for known, seen in await asyncio.gather(*readers):
            assert seen >= known

    assert written == begun + 5
    assert len(own_service.app.state.response_cache._making) == 0


async def test_whoever_goes_away_leaves_nobody_waiting(own_service: Service) -> None:
    async def read() -> int:
        return (await own_service.coordinator.get(PATH)).status_code

    for _ in range(3):
        readers = [asyncio.create_task(read()) for _ in range(8)]
        await asyncio.sleep(0)
        for number in (0, 3, 7):
            readers[number].cancel()
        answered = await asyncio.gather(*readers, return_exceptions=True)
        own_service.clock.now += timedelta(minutes=1)
        assert (await own_service.police.report(TRAINING, "in_progress")).status_code == 201

        assert [one for one in answered if not isinstance(one, asyncio.CancelledError)] == [200] * 5


async def test_what_is_refused_is_refused_again(own_service: Service) -> None:
    for _ in range(2):
        problem_of(await own_service.coordinator.get(LISTS, plan=PLAN, colour="red"), 422, "malformed-content")
        problem_of(await own_service.coordinator.get(LISTS, plan=PLAN, limit=0), 422, "malformed-content")

    assert len(own_service.app.state.response_cache._making) == 0


async def test_questions_that_come_at_once_are_put_to_the_database_together(
    own_service: Service, own_database: Database
) -> None:
    asked = [{"plan": PLAN, "cycle": FIRST, "limit": limit} for limit in range(1, 9)]
    first = await asyncio.gather(*(own_service.coordinator.get(LISTS, **one) for one in asked))

    with statements_on(own_database) as told:
        again = await asyncio.gather(*(own_service.coordinator.get(LISTS, **one) for one in asked))

    assert [one.json() for one in again] == [one.json() for one in first]
    # Whoever comes while a question is out waits for the next; how many come together is up to the machine.
    assert 1 <= asked_about(told, "plan_change") < len(asked)
    assert asked_about(told, "standing") == 0


async def test_whoever_waits_for_a_question_that_fails_is_told(own_service: Service) -> None:
    assert (await own_service.coordinator.get(PATH)).status_code == 200
    own_service.app.state.response_cache._watch._database = connect("postgresql://nobody@127.0.0.1:1/none")

    failed = await asyncio.gather(*(own_service.coordinator.get(PATH) for _ in range(4)))

    for one in failed:
        problem_of(one, 503, "service-unavailable")


def parsed(instant: str) -> datetime:
    return datetime.fromisoformat(instant)


def asked_about(told: Sequence[Statement], table: str) -> int:
    """Count the statements that name a table."""
    return sum(table in one.text for one in told)
