"""POST /v1/obligations/{id}/updates."""

from typing import Any
from uuid import UUID

import pytest

from tests.api.asking import listed, problem_of, rows_of
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, PLAN, TRAINING, Service, item, obligation

FIGURES = {"3.2-a": 100, "3.2-b": 100, "3.2-c": 93.5, "3.2-d": 6}
WHOLE_CONDITIONS = [
    obligation("1.2", "so-ldtbxh"),
    obligation("1.10", "so-ldtbxh"),
    obligation("3.7", "cong-an"),
    obligation("7.1", "so-vhttdl"),
    obligation("7.2", "so-vhttdl"),
]


def measured(**changed: float | str) -> list[dict[str, object]]:
    """Spell the four figures of duty 3.2, some of them changed: `c=90.0`."""
    figures = FIGURES | {f"3.2-{letter}": value for letter, value in changed.items()}
    return [{"target": target, "value": value} for target, value in figures.items()]


async def test_owner_reports_and_sees_where_it_stands(service: Service) -> None:
    response = await service.police.report(TRAINING, "in_progress", percent=40)

    assert response.status_code == 201
    answer = response.json()
    assert answer["update"]["summary"] == "Đã triển khai theo kế hoạch."
    assert answer["obligation"]["status"] == "overdue"
    assert answer["obligation"]["claim"]["percent"] == 40
    assert answer["obligation"]["missing"] == ["report", "evidence"]
    assert answer["obligation"]["version"] == 2
    assert await service.police.standing(TRAINING) == answer["obligation"]


async def test_completed_without_evidence_stays_overdue(service: Service) -> None:
    response = await service.police.report(TRAINING)

    assert response.json()["obligation"]["status"] == "overdue"
    assert response.json()["obligation"]["missing"] == ["evidence"]


async def test_completed_with_a_document_is_late(service: Service) -> None:
    response = await service.police.report(TRAINING, evidence=[DOCUMENT])

    assert response.json()["obligation"]["status"] == "completed_late"
    assert response.json()["obligation"]["missing"] == []


async def test_evidence_that_comes_later_completes_the_report(service: Service) -> None:
    await service.police.report(TRAINING)
    await service.police.attach(TRAINING)

    assert (await service.police.standing(TRAINING))["status"] == "completed_late"


async def test_ninety_is_not_over_ninety(service: Service) -> None:
    response = await service.police.report(INVESTIGATION, measurements=measured(c=90.0), evidence=[DOCUMENT])

    assert response.json()["obligation"]["status"] == "overdue"
    assert response.json()["obligation"]["missing"] == ["target:3.2-c"]


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, []),
        ({"c": 90.000001}, []),
        ({"a": 99.9, "d": 4.9}, ["target:3.2-a", "target:3.2-d"]),
        ({"d": 5}, []),
    ],
)
async def test_every_target_must_be_met(service: Service, changed: dict[str, float], missing: list[str]) -> None:
    response = await service.police.report(INVESTIGATION, measurements=measured(**changed), evidence=[DOCUMENT])

    assert response.json()["obligation"]["missing"] == missing


async def test_a_target_that_is_not_measured_is_missing(service: Service) -> None:
    response = await service.police.report(INVESTIGATION, measurements=measured()[:2], evidence=[DOCUMENT])

    assert response.json()["obligation"]["missing"] == ["target:3.2-c", "target:3.2-d"]


async def test_a_target_of_another_duty_is_refused_and_nothing_is_written(service: Service) -> None:
    before = await rows_of(service)

    response = await service.police.report(TRAINING, measurements=[{"target": "3.2-a", "value": 100}])

    problem = problem_of(response, 422, "target-unknown")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/measurements/0/target"]
    assert await rows_of(service) == before


async def test_an_update_in_time_is_in_progress_or_completed_on_time(service: Service) -> None:
    this_year = obligation("3.4", "cong-an", "2026")

    begun = await service.police.report(this_year, "in_progress")
    done = await service.police.report(this_year, evidence=[LINK])

    assert begun.json()["obligation"]["status"] == "in_progress"
    assert done.json()["obligation"]["status"] == "completed_on_time"


async def test_taking_a_completion_back_opens_the_obligation_again(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    response = await service.police.report(TRAINING, "in_progress", percent=90)

    shown = response.json()["obligation"]
    assert (shown["status"], shown["missing"], shown["completed_at"]) == ("overdue", ["report"], None)


async def test_an_update_is_kept_exactly_as_it_was_sent(service: Service) -> None:
    sent: dict[str, Any] = {
        "state": "in_progress",
        "percent": 50,
        "summary": "  Dòng một\r\nDòng hai\t“trích” \U0001f600  ",
        "occurred_on": "2026-11-20",
        "late_reason": "Chờ hướng dẫn",
    }

    answer = (await service.police.post(f"/v1/obligations/{TRAINING}/updates", sent)).json()["update"]

    assert {name: answer[name] for name in sent} == sent
    assert (answer["received_at"], answer["client"]) == ("2026-11-24T03:00:00Z", str(service.police.client_id))


@pytest.mark.parametrize("waived", WHOLE_CONDITIONS)
async def test_a_duty_with_a_condition_on_the_whole_of_it_can_be_not_applicable(service: Service, waived: UUID) -> None:
    paper = {"received_on": "2021-06-10", "document_number": "9/BC-UBND"}

    response = await service.coordinator.report(waived, "not_applicable", **paper)

    shown = response.json()["obligation"]
    assert (response.status_code, shown["status"], shown["missing"]) == (201, "not_applicable", [])


async def test_no_other_duty_can_be_not_applicable(service: Service) -> None:
    paper = {"received_on": "2026-11-20", "document_number": "9/BC-UBND"}
    owed = await listed(service.coordinator, cycle="2026")
    before = await rows_of(service)

    others = {one["duty"]["code"]: one["id"] for one in owed}
    others = {code: one for code, one in others.items() if code not in {"1.2", "1.10", "3.7", "7.1", "7.2"}}

    answer = await service.coordinator.bulk(*(item(one, "not_applicable", **paper) for one in others.values()))
    alone = await service.coordinator.report(others["4.1"], "not_applicable", **paper)

    results = answer.json()["results"]
    assert len(results) == 83 + 4 - 5
    assert {one["problem"]["type"] for one in results} == {"/problems/condition-not-whole"}
    assert {fault["pointer"][-6:] for one in results for fault in one["problem"]["errors"]} == {"/state"}
    problem_of(alone, 422, "condition-not-whole")
    # What many at once were answered is kept under their key, as it is when some of them are recorded.
    assert {**await rows_of(service), "idempotency_record": 0} == before


@pytest.mark.parametrize("name", ["health", "culture"])
async def test_another_bodys_obligation_is_not_found(service: Service, name: str) -> None:
    before = await rows_of(service)

    problem_of(await getattr(service, name).report(TRAINING), 404, "not-found")

    assert await rows_of(service) == before


@pytest.mark.parametrize("name", ["integrator", "admin"])
async def test_who_owns_nothing_cannot_report(service: Service, name: str) -> None:
    problem_of(await getattr(service, name).report(TRAINING), 403, "not-allowed")


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"colour": "red"}, ""),
        ({"state": "done"}, "/state"),
        ({"state": None}, "/state"),
        ({"summary": ""}, "/summary"),
        ({"summary": " \n\t"}, "/summary"),
        ({"summary": "x" * 10_001}, "/summary"),
        ({"percent": 50}, ""),
        ({"percent": 101}, "/percent"),
        ({"percent": "100"}, "/percent"),
        ({"percent": 99.5}, "/percent"),
        ({"percent": True}, "/percent"),
        ({"occurred_on": "2026-02-30"}, "/occurred_on"),
        ({"occurred_on": 1623628800}, "/occurred_on"),
        ({"occurred_on": "1623628800"}, "/occurred_on"),
        ({"occurred_on": "2021-06-14T00:00:00"}, "/occurred_on"),
        ({"measurements": [{"target": "3.4-a"}]}, "/measurements/0"),
        ({"measurements": [{"target": "3.4-a", "value": True}]}, "/measurements/0/value"),
        ({"measurements": [{"target": "3.4-a", "value": 1, "unit": "%"}]}, "/measurements/0"),
        ({"measurements": [{"target": "3.4-a", "value": 1}] * 2}, ""),
        ({"evidence": [LINK | {"colour": "red"}]}, "/evidence/0"),
        ({"evidence": [LINK | {"url": "nowhere"}]}, "/evidence/0/url"),
        ({"evidence": [LINK, DOCUMENT | {"issued_on": "today"}]}, "/evidence/1/issued_on"),
        ({"evidence": [{"kind": "rumour"}]}, "/evidence/0"),
        ({"evidence": [LINK | {"received_on": "2021-06-14"}]}, "/evidence/0"),
    ],
)
async def test_what_is_malformed_is_refused_where_it_is_wrong(
    service: Service, sent: dict[str, Any], pointer: str
) -> None:
    before = await rows_of(service)

    problem = problem_of(await service.police.report(TRAINING, **sent), 422, "malformed-content")

    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert await rows_of(service) == before


async def test_an_update_of_an_unknown_obligation_is_not_found(service: Service) -> None:
    problem_of(await service.coordinator.report(UUID(int=0)), 404, "not-found")


async def test_reporting_shows_in_the_list_and_in_the_status_document(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    service.clock.catch_up()

    found = await listed(service.coordinator, plan=PLAN, cycle=FIRST, status="completed_late", as_of="2030-01-01")

    assert [item["id"] for item in found] == [str(TRAINING)]
