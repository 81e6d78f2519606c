"""GET /v1/plans/{plan}/report: what the standing body reports of a cycle, as data."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.domain.completion import ClaimState
from app.models import Update
from app.schemas.status import FiguresOut
from app.web.openapi.document import EXAMPLES
from tests.api.asking import problem_of
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Service, act_of, obligation
from tests.reports.living import EMPTY, FULL, IN_TIME, REASON, REPORT, STATUS


async def report_of(service: Service, cycle: str = FIRST, **asked: Any) -> dict[str, Any]:
    """Get a report."""
    answer = await service.coordinator.get(REPORT, cycle=cycle, **asked)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def figures(part: dict[str, Any]) -> dict[str, Any]:
    """Return what a part of a document counts."""
    return {name: part[name] for name in FiguresOut.model_fields}


@pytest.mark.parametrize("cycle", [FIRST, FULL, EMPTY])
@pytest.mark.parametrize("as_of", [None, "2021-06-11", "2022-12-20", "2031-01-01"])
async def test_every_figure_is_that_of_the_status_document(told: Service, cycle: str, as_of: str | None) -> None:
    report = await report_of(told, cycle, **({"as_of": as_of} if as_of else {}))
    instant = {name: report[name] for name in ("as_of", "known_at")}
    status = (await told.integrator.get(STATUS, cycle=cycle, **instant)).json()["cycles"][0]

    assert figures(report) == figures(status)
    assert [one["code"] for one in report["bodies"]] == [one["code"] for one in status["bodies"]]
    for mine, its in zip(report["bodies"], status["bodies"], strict=True):
        assert figures(mine) == figures(its)
        assert {one["code"]: figures(one) for one in mine["members"]} == {
            one["code"]: figures(one) for one in its["members"]
        }


@pytest.mark.parametrize("cycle", [FIRST, FULL, EMPTY])
async def test_duties_groups_and_open_obligations_are_those_of_the_list(told: Service, cycle: str) -> None:
    report = await report_of(told, cycle)
    listed = await told.coordinator.get("/v1/obligations", plan=PLAN, cycle=cycle, limit=500, as_of=report["as_of"])
    items = listed.json()["items"]

    by_duty = Counter((one["duty"]["code"], one["status"]) for one in items)
    told_by_duty = {
        (one["code"], status): count
        for one in report["duties"]
        for status, count in one["totals"].items()
        if count and status != "owed"
    }
    assert told_by_duty == by_duty
    for name in ("owed", "overdue", "completed_on_time"):
        assert sum(one["totals"][name] for one in report["groups"]) == report["totals"][name]
    assert {one["id"] for one in report["open"]} == {one["id"] for one in items if not one["completed_at"]}
    days = {one["id"]: one["days_overdue"] for one in items if one["status"] == "overdue"}
    assert {one["id"]: one["days"] for one in report["open"] if one["status"] == "overdue"} == days


@pytest.mark.parametrize("cycle", [FIRST, FULL, EMPTY])
async def test_what_is_asked_for_is_counted_apart_and_never_overdue(told: Service, cycle: str) -> None:
    report = await report_of(told, cycle, as_of="2031-01-01")

    for part in [report, *report["bodies"], *report["duties"], *report["groups"]]:
        directed, requested = part["directed"]["totals"], part["requested"]["totals"]
        assert {name: directed[name] + requested[name] for name in directed} == part["totals"]
        assert requested["overdue"] == directed["awaited"] == 0
    assert report["requested"]["totals"]["owed"] > 0


async def test_the_same_state_gives_the_same_report_all_day_and_counts_the_days_of_today(service: Service) -> None:
    first = await service.coordinator.get(REPORT, cycle=FIRST)
    service.clock.now = TODAY + timedelta(hours=2)
    again = await service.coordinator.get(REPORT, cycle=FIRST)
    service.clock.now = TODAY + timedelta(days=1)
    tomorrow = await service.coordinator.get(REPORT, cycle=FIRST)

    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert tomorrow.json()["as_of"] == "2026-11-24T17:00:00Z"
    late = [{one["days"] for one in answer.json()["open"]} for answer in (first, tomorrow)]
    assert [max(days) for days in late] == [1989, 1990]


async def test_an_act_gives_another_report_and_the_one_before_can_be_asked_for_again(service: Service) -> None:
    before = await report_of(service)
    service.clock.now = TODAY + timedelta(minutes=1)
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    after = await report_of(service)
    again = await report_of(service, as_of=before["as_of"], known_at=before["known_at"])

    assert after["digest"] != before["digest"]
    assert after["totals"]["completed_late"] == 1
    assert again == before


async def test_a_sealed_report_is_the_same_after_what_was_sealed_is_annulled(own_service: Service) -> None:
    service = own_service
    mistaken = await service.police.report(TRAINING, evidence=[DOCUMENT])
    early = await service.coordinator.get(REPORT, cycle=FIRST, sealed=True)
    closing = f"/v1/plans/{PLAN}/cycles/{FIRST}/closing"
    assert (await service.coordinator.post(closing, {"reason": "Đã tổng hợp."})).status_code == 201
    sealed = await service.coordinator.get(REPORT, cycle=FIRST, sealed=True)

    act, letter = mistaken.json()["update"]["id"], {"reopened_by": "8/UBND-KGVX"}
    assert (await service.coordinator.annul(TRAINING, act, **letter)).status_code == 201
    now, again = await report_of(service), await service.coordinator.get(REPORT, cycle=FIRST, sealed=True)

    assert problem_of(early, 409, "cycle-not-closed")
    assert again.content == sealed.content
    figures_then = (await service.integrator.get(STATUS, cycle=FIRST, sealed=True)).json()["cycles"][0]
    assert figures(again.json()) == figures(figures_then)
    assert (again.json()["totals"]["completed_late"], now["totals"]["completed_late"]) == (1, 0)
    assert again.json()["cycle"]["closed_at"] == again.json()["as_of"]


async def test_another_instant_is_refused_with_sealed_and_a_cycle_that_is_not_there(service: Service) -> None:
    both = await service.coordinator.get(REPORT, cycle=FIRST, sealed=True, as_of="2021-06-15")
    absent = await service.coordinator.get(REPORT, cycle="1999")
    of_all = await service.coordinator.get(REPORT)

    assert problem_of(both, 422, "malformed-content")
    assert problem_of(absent, 404, "not-found")
    assert problem_of(of_all, 422, "malformed-content")


async def test_it_tells_who_issued_plans_and_which_documents_prove_and_nothing_restricted(told: Service) -> None:
    report = await report_of(told)

    assert [(one["body"], one["number"]) for one in report["guidance_documents"]] == [("cong-an", "45/KH-CATP")]
    assert report["guidance"]["totals"]["completed_on_time"] == 1
    numbers = Counter(one["number"] for one in report["documents"])
    assert numbers == {"45/KH-CATP": 1, "115/BC-CATP": 3, "12/BC-SYT": 1}
    assert "77/BC-CATP" not in (await told.coordinator.get(REPORT, cycle=FIRST)).text


async def test_targets_stand_beside_what_is_measured_now_and_was_before(told: Service) -> None:
    first, later = await report_of(told), await report_of(told, EMPTY)

    figure = {one["target"]: one for one in first["targets"]}
    assert list(figure) == ["3.2-a", "3.2-b", "3.2-c", "3.2-d", "14.2-a", "14.2-b", "15.1-a"]
    assert (figure["3.2-c"]["measured"], figure["3.2-c"]["met"]) == ({"value": 92.5, "cases": None}, True)
    assert (figure["15.1-a"]["measured"], figure["15.1-a"]["met"]) == ({"value": None, "cases": 0}, True)
    assert (figure["14.2-a"]["measured"], figure["14.2-a"]["met"]) == (None, None)
    assert later["before"] == FULL
    assert [one["before"] for one in later["targets"]][2] == {"value": 92.5, "cases": None}
    assert {one["measured"] for one in later["targets"]} == {None}


async def test_reasons_waivers_letters_mistakes_and_silence_are_told_as_they_were_given(told: Service) -> None:
    report = await report_of(told)

    assert [(one["duty"], one["quote"]["words"]) for one in report["late_reasons"]] == [
        ("4.1", REASON), ("4.2", REASON), ("15.2", "Chưa bố trí được lớp."),
    ]  # fmt: skip
    [waiver] = report["waivers"]
    assert (waiver["duty"], waiver["waives"], waiver["by"]) == ("3.5", ["evidence"], "coordinator")
    [letter] = report["letters"]
    assert (letter["owed"]["duty"], letter["document_number"]) == ("4.3", "9/UBND-KGVX")
    [annulled] = report["annulments"]
    assert (annulled["owed"]["duty"], annulled["reason"]["words"]) == ("3.1", "Gửi nhầm nhiệm vụ 3.1.")
    [proposal] = report["proposals"]
    assert (proposal["owner"], proposal["quote"]["words"]) == ("cong-an", "Đề nghị sửa đổi Điều 142 Bộ luật Hình sự.")
    assert {one["code"] for one in report["silent_bodies"]} == {"bao-can-tho", "dai-ptth", "vksnd"}


async def test_before_it_was_recorded_nothing_of_it_is_told(told: Service) -> None:
    report = await report_of(told, as_of=IN_TIME.isoformat(), known_at="2021-06-01")

    assert report["totals"]["not_started"] == 252
    nothing = ("guidance_documents", "late_reasons", "proposals", "letters", "documents", "waivers", "annulments")
    assert [report[name] for name in nothing] == [[]] * len(nothing)


async def test_words_that_may_name_a_child_are_left_out_however_they_came_to_be_recorded(service: Service) -> None:
    name = "Cháu Nguyễn Văn An, 9 tuổi, được hỗ trợ; đề nghị sửa luật."
    owed = obligation("3.7", "cong-an")
    await act_of(service.police, Update, owed, state=ClaimState.COMPLETED, summary=name)

    report = await service.coordinator.get(REPORT, cycle=FIRST, as_of=TODAY.isoformat(), known_at="2100-01-01")

    assert [one["quote"] for one in report.json()["proposals"]] == [{"words": None}]
    assert "Văn An" not in report.text


def shortened(part: Any) -> Any:
    """Keep the first of each list, and nothing that is new each time."""
    if isinstance(part, dict):
        return {name: shortened(value) for name, value in part.items() if name not in {"known_at", "digest"}}
    return [shortened(one) for one in part[:1]] if isinstance(part, list) else part


async def test_the_example_is_what_the_service_answers_but_for_the_length_of_lists(service: Service) -> None:
    example = json.loads((EXAMPLES / "getReport.json").read_text("utf-8"))["response"]["shortened"]["value"]

    assert shortened(example) == shortened(await report_of(service))
