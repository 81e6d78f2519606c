"""Pages of GET /v1/obligations: they neither repeat nor miss, and their cursors cannot be bent."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.asking import ids, page, pages, problem_of
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Service, obligation

SORTS = ["due_before", "-due_before", "duty", "owner", "updated_at"]


def ids_of(found: list[dict[str, Any]]) -> list[str]:
    return [item["id"] for one in found for item in one["items"]]


async def test_pages_lead_to_the_next_one_and_end(service: Service) -> None:
    found = await pages(service.coordinator, cycle=FIRST, limit=100)

    assert [len(one["items"]) for one in found] == [100, 100, 52]
    assert [one["next_cursor"] is None for one in found] == [False, False, True]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [37, 126, 252])
async def test_pages_of_any_size_hold_the_same_in_the_same_order(service: Service, sort: str, limit: int) -> None:
    whole = await ids(service.coordinator, cycle=FIRST, sort=sort)

    found = await pages(service.coordinator, cycle=FIRST, sort=sort, limit=limit)

    assert ids_of(found) == whole
    assert len(found) == -(-252 // limit)


async def test_pages_of_one_obligation_each_neither_repeat_nor_miss(service: Service) -> None:
    asked = {"body": "cong-an", "cycle": FIRST}

    found = await pages(service.coordinator, **asked, limit=1)

    assert ids_of(found) == await ids(service.coordinator, **asked)


async def test_the_link_header_leads_through_the_pages(service: Service) -> None:
    path, seen = f"/v1/obligations?cycle={FIRST}&status=overdue&status=awaited&q=c%C3%B4ng+an&limit=7", list[str]()

    while path:
        response = await service.coordinator.send(path, b"", method="GET")
        seen += [item["id"] for item in response.json()["items"]]
        path = response.links["next"]["url"] if "next" in response.links else ""

    assert len(seen) > 14
    assert seen == await ids(service.coordinator, cycle=FIRST, q="công an", status=["overdue", "awaited"])


async def test_the_last_page_has_no_link(service: Service) -> None:
    response = await service.coordinator.get("/v1/obligations", body="cong-an", cycle=FIRST)

    assert "link" not in response.headers


async def test_a_count_says_how_much_all_pages_hold(service: Service) -> None:
    found = await pages(service.coordinator, cycle=FIRST, status="overdue", limit=150, count="true")

    assert [one["total"] for one in found] == [220, 220]
    assert "total" not in await page(service.coordinator, cycle=FIRST, limit=1)


async def test_all_pages_are_as_of_the_instant_of_the_first(service: Service) -> None:
    first = await page(service.coordinator, cycle="2026", limit=250)
    service.clock.now = TODAY + timedelta(minutes=9)

    second = await page(service.coordinator, cycle="2026", limit=250, cursor=first["next_cursor"])

    assert second["as_of"] == first["as_of"] == "2026-11-24T03:00:00Z"


@pytest.mark.parametrize("sort", SORTS)
async def test_pages_neither_repeat_nor_miss_while_somebody_posts(service: Service, sort: str) -> None:
    service.clock.catch_up()
    asked = {"cycle": FIRST, "body": "cong-an", "status": ["overdue", "awaited"], "sort": sort, "limit": 4}
    before = await ids(service.coordinator, **{key: value for key, value in asked.items() if key != "limit"})

    first = await page(service.coordinator, **asked)
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.police.report(obligation("3.3", "cong-an"), "in_progress")
    service.clock.catch_up()
    rest = await pages(service.coordinator, **asked, cursor=first["next_cursor"])

    assert ids_of([first, *rest]) == before


async def test_pages_neither_repeat_nor_miss_while_a_cycle_is_opened(service: Service) -> None:
    before = await ids(service.coordinator, owner="cong-an")

    first = await page(service.coordinator, owner="cong-an", limit=60)
    await service.coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": "2027"})
    rest = await pages(service.coordinator, owner="cong-an", limit=60, cursor=first["next_cursor"])

    seen = ids_of([first, *rest])
    assert len(set(seen)) == len(seen)
    assert [one for one in seen if one in before] == before


async def cursor_of(service: Service, **asked: Any) -> str:
    """Return the cursor after the first page of a coordinator's question."""
    cursor = (await page(service.coordinator, cycle=FIRST, limit=5, **asked))["next_cursor"]
    assert isinstance(cursor, str)
    return cursor


@pytest.mark.parametrize("position", [0, 1, 10, -10, -1])
async def test_a_cursor_that_was_tampered_with_is_refused(service: Service, position: int) -> None:
    cursor = list(await cursor_of(service))
    # The last letter carries two bits that mean nothing: A and B would be the same signature.
    cursor[position] = "A" if cursor[position] != "A" else "Q"

    response = await service.coordinator.get("/v1/obligations", cycle=FIRST, limit=5, cursor="".join(cursor))

    problem_of(response, 400, "broken-cursor")


@pytest.mark.parametrize("cursor", ["", "x", "a.b", ".", "null", "\0", "é", "W10.x"])
async def test_what_was_never_a_cursor_is_refused(service: Service, cursor: str) -> None:
    problem_of(await service.coordinator.get("/v1/obligations", cursor=cursor), 400, "broken-cursor")


async def test_a_cursor_belongs_to_the_client_that_got_it(service: Service) -> None:
    cursor = await cursor_of(service)

    response = await service.integrator.get("/v1/obligations", cycle=FIRST, limit=5, cursor=cursor)

    problem_of(response, 400, "broken-cursor")


@pytest.mark.parametrize(
    "other", [{"cycle": "2026"}, {"status": "overdue"}, {"sort": "owner"}, {"as_of": "2021-06-10"}]
)
async def test_a_cursor_belongs_to_its_filters(service: Service, other: dict[str, str]) -> None:
    cursor = await cursor_of(service)

    response = await service.coordinator.get("/v1/obligations", **{"cycle": FIRST, **other}, limit=5, cursor=cursor)

    problem_of(response, 400, "broken-cursor")


async def test_the_size_of_a_page_may_change_on_the_way(service: Service) -> None:
    cursor = await cursor_of(service)

    rest = await pages(service.coordinator, cycle=FIRST, limit=100, cursor=cursor)

    assert sum(len(one["items"]) for one in rest) == 252 - 5


async def test_a_cursor_shows_nothing_to_an_attacker_who_makes_another(service: Service) -> None:
    cursor = await cursor_of(service)
    payload, _, signature = cursor.rpartition(".")

    for forged in (payload, f"{payload}.", f".{signature}", f"{payload}.{signature[:-2]}", f"{cursor}.{signature}"):
        response = await service.coordinator.get("/v1/obligations", cycle=FIRST, limit=5, cursor=forged)
        problem_of(response, 400, "broken-cursor")
