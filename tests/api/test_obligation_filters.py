"""Every filter and every sort of GET /v1/obligations, against a full listing that is filtered here."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from app.domain.text import fold
from tests.api.asking import EVERYTHING_KNOWN, ids, listed, page, problem_of
from tests.api.conftest import TOUCHED
from tests.api.test_successions import NINH_KIEU, decide
from tests.given import FIRST, INVESTIGATION, LINK, PLAN, Service

Item = dict[str, Any]
NOW = {"as_of": "2026-11-24T03:00:00Z", "known_at": EVERYTHING_KNOWN}
TEXTS: dict[str, str] = {}
"""What each duty says, folded; filled with the full listing."""
FIRST_DUE, LAST_DUE = "2021-06-14T17:00:00Z", "2026-12-16T17:00:00Z"


@pytest.fixture(scope="module")
async def everything(lived_in: Service) -> list[Item]:
    """List all obligations once, and read what their duties say."""
    duties = (await lived_in.coordinator.get(f"/v1/plans/{PLAN}/duties")).json()["items"]
    TEXTS.update({duty["code"]: fold(f"{duty['title_vi']} {duty['title_en']} {duty['text']}") for duty in duties})
    return await listed(lived_in.coordinator, **NOW)


async def test_every_obligation_is_listed_once(everything: list[Item]) -> None:
    assert len(everything) == 252 + 6 * 296
    assert len({item["id"] for item in everything}) == len(everything)


async def test_the_listing_that_the_filters_are_compared_with_holds_every_status(everything: list[Item]) -> None:
    assert {item["status"] for item in everything} == {
        "not_applicable",
        "completed_on_time",
        "completed_late",
        "overdue",
        "awaited",
        "in_progress",
        "not_started",
    }


FILTERS: list[tuple[dict[str, Any], Callable[[Item], bool]]] = [
    ({"plan": PLAN}, lambda item: item["plan"] == PLAN),
    ({"plan": "unknown"}, lambda _: False),
    ({"cycle": FIRST}, lambda item: item["cycle"] == FIRST),
    ({"cycle": "2026"}, lambda item: item["cycle"] == "2026"),
    ({"body": "cong-an"}, lambda item: item["body"]["code"] == "cong-an"),
    ({"body": "ubnd-quan-huyen"}, lambda item: item["body"]["no"] == 18),
    ({"body": "ubnd-ninh-kieu"}, lambda item: item["owner"]["code"] == "ubnd-ninh-kieu"),
    ({"body": "unknown"}, lambda _: False),
    ({"owner": "cong-an"}, lambda item: item["owner"]["code"] == "cong-an"),
    ({"owner": "ubnd-quan-huyen"}, lambda _: False),
    ({"duty": "G.1"}, lambda item: item["duty"]["code"] == "G.1"),
    *(
        ({"status": status}, lambda item, status=status: item["status"] == status)
        for status in ("not_applicable", "completed_on_time", "completed_late", "overdue", "awaited", "in_progress")
    ),
    (
        {"status": ["completed_on_time", "completed_late", "in_progress"]},
        lambda item: item["status"] in {"completed_on_time", "completed_late", "in_progress"},
    ),
    ({"past_due": "true"}, lambda item: item["due_before"] <= NOW["as_of"]),
    ({"past_due": "false"}, lambda item: item["due_before"] > NOW["as_of"]),
    ({"due_after": FIRST_DUE}, lambda item: item["due_before"] > FIRST_DUE),
    ({"awaiting_review": "true"}, lambda item: item["judged"] == "awaiting_review"),
    ({"due_after": "2021-06-14T16:59:59.999999Z"}, lambda _: True),
    ({"due_before": LAST_DUE}, lambda item: item["due_before"] <= LAST_DUE),
    ({"due_before": "2026-12-16T16:59:59.999999Z"}, lambda item: item["due_before"] < LAST_DUE),
    ({"due_before": "2026-12-17"}, lambda item: item["due_before"] <= LAST_DUE),
    ({"due_after": "2026-12-17"}, lambda item: item["due_before"] > LAST_DUE),
    ({"due_before": "2021-06-14"}, lambda _: False),
    # The consolidated report is due five working days after the others.
    ({"due_before": "2021-06-15"}, lambda item: item["cycle"] == FIRST and item["duty"]["code"] != "R.3"),
    ({"due_before": "2021-06-22"}, lambda item: item["cycle"] == FIRST),
    ({"silent": "true"}, lambda item: item["silent"]),
    ({"silent": "false"}, lambda item: not item["silent"]),
    ({"missing": "report"}, lambda item: "report" in item["missing"]),
    ({"missing": "evidence"}, lambda item: "evidence" in item["missing"]),
    ({"missing": "target"}, lambda item: any(part.startswith("target:") for part in item["missing"])),
    ({"missing": ["report", "target"]}, lambda item: bool({*item["missing"]} - {"evidence"})),
    ({"claim": "completed"}, lambda item: (item["claim"] or {}).get("state") == "completed"),
    (
        {"claim": ["in_progress", "not_applicable"]},
        lambda item: (item["claim"] or {}).get("state") in {"in_progress", "not_applicable"},
    ),
    ({"waived": "false"}, lambda item: not item["waived"]),
    ({"force": "requested"}, lambda item: item["force"] == "requested"),
    ({"kind": "reporting"}, lambda item: item["kind"] == "reporting"),
    ({"q": "tap huan"}, lambda item: says(item, "tap", "huan")),
    ({"q": "Công an"}, lambda item: says(item, "cong", "an")),
    ({"q": "\u00d0ảm"}, lambda item: says(item, "dam")),
    ({"q": "100%"}, lambda item: item["duty"]["code"] in {"3.2", "14.2"}),
    (
        {"cycle": FIRST, "body": "cong-an", "status": "overdue", "kind": "action", "past_due": "true"},
        lambda item: (
            (item["cycle"], item["body"]["code"], item["status"], item["kind"])
            == (FIRST, "cong-an", "overdue", "action")
        ),
    ),
]


def says(item: Item, *words: str) -> bool:
    """Say whether a duty or its owner's name holds every word."""
    text = f"{TEXTS[item['duty']['code']]} {fold(item['owner']['name'])}"
    return all(word in text for word in words)


@pytest.mark.parametrize(("asked", "expected"), FILTERS, ids=[repr(asked) for asked, _ in FILTERS])
async def test_a_filter_keeps_exactly_what_it_names(
    lived_in: Service, everything: list[Item], asked: dict[str, Any], expected: Callable[[Item], bool]
) -> None:
    found = await listed(lived_in.coordinator, **NOW, **asked)

    assert found == [item for item in everything if expected(item)]


async def test_the_sum_over_the_filters_of_a_kind_is_everything(lived_in: Service, everything: list[Item]) -> None:
    counted = 0
    for kind in ("action", "reporting", "liability"):
        counted += (await page(lived_in.coordinator, **NOW, kind=kind, count="true", limit=1))["total"]

    assert counted == len(everything)


async def test_the_default_order_is_by_deadline_then_by_the_plan(lived_in: Service, everything: list[Item]) -> None:
    duties = (await lived_in.coordinator.get(f"/v1/plans/{PLAN}/duties")).json()["items"]
    places = {
        (duty["code"], owner["code"]): (n, m) for n, duty in enumerate(duties) for m, owner in enumerate(duty["owners"])
    }

    def order(item: Item) -> tuple[Any, ...]:
        return item["due_before"], *places[item["duty"]["code"], item["owner"]["code"]]

    assert [item["id"] for item in everything] == [item["id"] for item in sorted(everything, key=order)]
    assert await listed(lived_in.coordinator, **NOW, sort="due_before") == everything


async def test_the_last_deadline_can_come_first(lived_in: Service, everything: list[Item]) -> None:
    found = await listed(lived_in.coordinator, **NOW, sort="-due_before")

    deadlines = [item["due_before"] for item in found]
    assert deadlines == sorted(deadlines, reverse=True)
    assert {item["id"] for item in found} == {item["id"] for item in everything}


async def test_obligations_can_be_sorted_by_duty_in_the_plans_order(lived_in: Service, everything: list[Item]) -> None:
    duties = (await lived_in.coordinator.get(f"/v1/plans/{PLAN}/duties")).json()["items"]
    places = {duty["code"]: n for n, duty in enumerate(duties)}

    found = await listed(lived_in.coordinator, **NOW, sort="duty")

    order = [places[item["duty"]["code"]] for item in found]
    assert order == sorted(order)
    assert {item["id"] for item in found} == {item["id"] for item in everything}


async def test_obligations_can_be_sorted_by_owner_in_the_plans_order(lived_in: Service, everything: list[Item]) -> None:
    bodies = (await lived_in.coordinator.get(f"/v1/plans/{PLAN}/bodies")).json()["items"]
    places = [code for body in bodies for code in (body["code"], *(member["code"] for member in body["members"]))]

    found = await listed(lived_in.coordinator, **NOW, sort="owner")

    order = [places.index(item["owner"]["code"]) for item in found]
    assert order == sorted(order)
    assert {item["id"] for item in found} == {item["id"] for item in everything}


async def test_obligations_can_be_sorted_by_when_they_were_last_touched(
    lived_in: Service, everything: list[Item]
) -> None:
    touched = [str(one) for one in TOUCHED]

    found = await ids(lived_in.coordinator, **NOW, sort="updated_at")

    assert [one for one in found if one in touched] == touched
    assert set(found) == {item["id"] for item in everything}


async def test_obligations_can_be_sorted_by_when_they_were_last_reported_on_and_the_silent_come_first(
    lived_in: Service, everything: list[Item]
) -> None:
    found = await listed(lived_in.coordinator, **NOW, sort="last_reported_at")

    reported = [one["last_reported_at"] for one in found if one["last_reported_at"]]
    silent = [one["last_reported_at"] for one in found[: -len(reported)]]
    assert (reported, {*silent}) == (sorted(reported), {None})
    assert len(reported) == len(TOUCHED)
    assert {one["id"] for one in found} == {one["id"] for one in everything}


async def test_what_misses_a_target_is_found_until_an_acceptance_lets_it_pass(service: Service) -> None:
    figures = [{"target": f"3.2-{one}", "value": value} for one, value in zip("abcd", (100, 100, 90, 5), strict=True)]
    await service.police.report(INVESTIGATION, measurements=figures, evidence=[LINK])
    of_police = {"cycle": FIRST, "owner": "cong-an"}

    short = await ids(service.coordinator, **of_police, missing="target")
    await service.coordinator.review(INVESTIGATION, "accepted", waives=["target:3.2-c"])

    assert short == [str(INVESTIGATION)]
    assert await ids(service.coordinator, **of_police, missing="target") == []
    assert await ids(service.coordinator, **of_police, waived="true") == [str(INVESTIGATION)]
    export = await service.coordinator.get("/v1/obligations/export", **of_police, waived="true", format="ndjson")
    assert [json.loads(line)["id"] for line in export.text.splitlines()] == [str(INVESTIGATION)]


async def test_what_has_ended_misses_nothing(service: Service) -> None:
    await decide(service.coordinator, NINH_KIEU, ends=True)

    assert await ids(service.coordinator, ended="true")
    assert await ids(service.coordinator, ended="true", missing="report") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("silent", "perhaps"),
        ("missing", "target:3.2-c"),
        ("claim", "done"),
        ("waived", "evidence"),
        ("sort", "status"),
        ("status", "late"),
        ("past_due", "perhaps"),
        ("force", "asked"),
        ("kind", "deed"),
        ("limit", "0"),
        ("limit", "501"),
        ("limit", "many"),
        ("count", "perhaps"),
        ("q", "x" * 201),
        ("cycle", "../2026"),
    ],
)
async def test_a_filter_that_cannot_be_is_refused(lived_in: Service, name: str, value: str) -> None:
    problem = problem_of(await lived_in.coordinator.get("/v1/obligations", **{name: value}), 422, "malformed-content")

    assert [fault["pointer"].partition("/")[0] for fault in problem["errors"]] == [f"query: {name}"]


async def test_a_filter_that_nobody_knows_is_refused_and_not_passed_over(lived_in: Service) -> None:
    response = await lived_in.coordinator.get("/v1/obligations", statuss="overdue")

    problem_of(response, 422, "malformed-content")
