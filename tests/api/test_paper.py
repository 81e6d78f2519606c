"""Paper reports: a coordinator enters what an owner sent to the office on paper."""

from typing import Any

import pytest

from tests.api.asking import problem_of, rows_of
from tests.given import DOCUMENT, TRAINING, Service

NUMBER = {"document_number": "9/BC-CATP"}


async def test_a_paper_report_of_the_last_day_on_time_completes_on_time(service: Service) -> None:
    response = await service.coordinator.report(TRAINING, received_on="2021-06-14", evidence=[DOCUMENT], **NUMBER)

    assert response.status_code == 201
    answer = response.json()
    assert answer["obligation"]["status"] == "completed_on_time"
    assert answer["obligation"]["completed_at"] == "2021-06-14T16:59:59.999999Z"
    assert answer["update"]["document_number"] == "9/BC-CATP"
    assert [one["received_at"] for one in answer["update"]["evidence"]] == ["2021-06-14T16:59:59.999999Z"]


async def test_a_paper_report_of_the_next_day_is_late(service: Service) -> None:
    response = await service.coordinator.report(TRAINING, received_on="2021-06-15", evidence=[DOCUMENT], **NUMBER)

    assert response.json()["obligation"]["status"] == "completed_late"


async def test_evidence_on_paper_proves_as_of_the_day_it_came_in(service: Service) -> None:
    await service.coordinator.report(TRAINING, received_on="2021-06-10", **NUMBER)

    response = await service.coordinator.attach(TRAINING, received_on="2021-06-14", **NUMBER)

    assert response.status_code == 201
    assert (response.json()["body"], response.json()["document_number"]) == ("cong-an", "9/BC-CATP")
    assert (await service.police.standing(TRAINING))["status"] == "completed_on_time"


async def test_a_paper_report_that_came_late_to_the_register_does_not_hide_a_newer_one(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    response = await service.coordinator.report(TRAINING, "in_progress", received_on="2021-06-14", **NUMBER)

    shown = response.json()["obligation"]
    assert (shown["status"], shown["claim"]["state"]) == ("completed_late", "completed")


async def test_the_owner_reads_the_paper_report_in_its_history(service: Service) -> None:
    await service.coordinator.report(TRAINING, received_on="2021-06-14", **NUMBER)

    acts = (await service.police.get(f"/v1/obligations/{TRAINING}/history")).json()["items"]

    assert [(act["document_number"], act["received_at"]) for act in acts] == [
        ("9/BC-CATP", "2021-06-14T16:59:59.999999Z")
    ]


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({}, ["/received_on", "/document_number"]),
        ({"received_on": "2021-06-14"}, ["/document_number"]),
        (NUMBER, ["/received_on"]),
    ],
)
async def test_a_coordinator_reports_only_from_paper(
    service: Service, given: dict[str, str], lacking: list[str]
) -> None:
    before = await rows_of(service)

    for act in (service.coordinator.report, service.coordinator.attach):
        problem = problem_of(await act(TRAINING, **given), 422, "paper-report-incomplete")
        assert [fault["pointer"] for fault in problem["errors"]] == lacking

    assert await rows_of(service) == before


@pytest.mark.parametrize("given", [{"received_on": "2021-06-14"}, NUMBER])
async def test_an_owner_cannot_date_its_own_report_back(service: Service, given: dict[str, str]) -> None:
    before = await rows_of(service)

    for act in (service.police.report, service.police.attach):
        problem = problem_of(await act(TRAINING, **given), 403, "paper-report-not-yours")
        assert [fault["pointer"] for fault in problem["errors"]] == [f"/{name}" for name in given]

    assert await rows_of(service) == before


@pytest.mark.parametrize("received_on", ["2021-05-30", "2026-11-25", "0001-01-01", "9999-12-31"])
async def test_a_paper_report_comes_in_between_the_plans_issue_and_today(service: Service, received_on: str) -> None:
    response = await service.coordinator.report(TRAINING, received_on=received_on, **NUMBER)

    problem_of(response, 422, "received-on-impossible")


@pytest.mark.parametrize("received_on", ["2021-05-31", "2026-11-24"])
async def test_the_day_of_issue_and_today_are_still_possible(service: Service, received_on: str) -> None:
    response = await service.coordinator.report(TRAINING, received_on=received_on, **NUMBER)

    assert response.status_code == 201


async def test_a_paper_report_of_today_is_not_received_in_the_future(service: Service) -> None:
    response = await service.coordinator.report(TRAINING, received_on="2026-11-24", **NUMBER)

    assert response.json()["update"]["received_at"] == "2026-11-24T03:00:00Z"
    assert response.json()["obligation"]["claim"]["state"] == "completed"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("115/KH-UBND", "115/KH-UBND"),
        ("04/2021/QĐ-UBND", "04/2021/QĐ-UBND"),
        ("04/2021/QÐ-UBND", "04/2021/QĐ-UBND"),
        ("04/2021/QƉ-UBND", "04/2021/QĐ-UBND"),
        (" 115 / KH - UBND ", "115/KH-UBND"),
        ("80-NQ/TW", "80-NQ/TW"),
        ("05-KL/BCSĐ", "05-KL/BCSĐ"),
        ("375/LĐTBXH-TE", "375/LĐTBXH-TE"),
        ("15/U\u031b-UBND", "15/Ư-UBND"),
    ],
)
async def test_a_document_number_is_kept_in_one_spelling(service: Service, written: str, kept: str) -> None:
    paper: dict[str, Any] = {"received_on": "2021-06-14", "document_number": written}

    response = await service.coordinator.report(TRAINING, evidence=[DOCUMENT | {"number": written}], **paper)

    update = response.json()["update"]
    assert (update["document_number"], update["evidence"][0]["number"]) == (kept, kept)


@pytest.mark.parametrize("number", ["", "115", "KH-UBND", "115/kh-ubnd", "115/KH-UBND; x", "1" * 61, "115/KH-UBND\n1"])
async def test_what_is_no_document_number_is_refused(service: Service, number: str) -> None:
    as_paper = await service.coordinator.report(TRAINING, received_on="2021-06-14", document_number=number)
    as_evidence = await service.police.attach(TRAINING, number=number)

    problems = [problem_of(one, 422, "malformed-content") for one in (as_paper, as_evidence)]
    places = [problem["errors"][0]["pointer"].rpartition("/")[2] for problem in problems]
    assert places == ["document_number", "number"]
