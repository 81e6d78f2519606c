"""GET /v1/obligations/{id}/explanation: facts, signals, the rule, the clock, the calendar, the legal basis."""

from datetime import timedelta
from typing import Any

import pytest

from app.domain.completion import RULES, Signal
from tests.api.asking import problem_of
from tests.api.conftest import TOUCHED
from tests.given import DOCUMENT, FIRST, INVESTIGATION, PLAN, TODAY, TRAINING, Caller, Service, obligation

THIS_YEAR = obligation("3.4", "cong-an", "2026")


async def explained(who: Caller, one: Any, **params: Any) -> dict[str, Any]:
    """Ask why an obligation stands where it stands."""
    response = await who.get(f"/v1/obligations/{one}/explanation", **params)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


async def test_what_nobody_reported_on_is_explained(service: Service) -> None:
    told = await explained(service.integrator, TRAINING)

    assert (told["status"], told["rule"]["number"], told["rule"]["status"]) == ("overdue", 4, "overdue")
    assert told["rule"]["needs"] == ["past_due", "binding"]
    assert told["rule"]["text"]["vi"].startswith("Chưa hoàn thành – quá hạn")
    assert told["rule"]["text"]["en"].startswith("Overdue")
    held = {one["signal"]: one["holds"] for one in told["signals"]}
    assert held == dict.fromkeys(Signal, False) | {"on_target": True, "past_due": True, "binding": True}
    assert told["facts"]["missing"] == ["report", "evidence"]
    assert (told["facts"]["owner"]["code"], told["facts"]["owner_since"]) == ("cong-an", None)
    assert told["clock"] == {
        "time_zone": "Asia/Ho_Chi_Minh",
        "as_of": "2026-11-24T03:00:00Z",
        "today": "2026-11-24",
        "due_before": "2021-06-14T17:00:00Z",
        "last_day_on_time": "2021-06-14",
        "days_left": 0,
        "days_overdue": 1989,
    }
    assert all("15/6/2021" in told["calendar"]["basis"][language] for language in ("vi", "en"))
    basis = told["legal_basis"]
    assert (basis["number"], basis["duty"], basis["classification"]) == ("115/KH-UBND", "3.4", "42/2014/QĐ-TTg")
    duty = (await service.integrator.get(f"/v1/plans/{PLAN}/duties/3.4")).json()
    assert (basis["text"], basis["source_line"]) == (duty["text"], duty["source_line"])


async def test_every_time_that_counts_is_named(service: Service) -> None:
    await service.police.report(THIS_YEAR, evidence=[DOCUMENT])
    for n, (who, act) in enumerate(
        [
            (service.coordinator, "returned"),
            (service.police, "completed"),
            (service.police, "completed"),
            (service.coordinator, "accepted"),
        ],
        1,
    ):
        service.clock.now = TODAY + timedelta(days=n)
        await (who.review(THIS_YEAR, act) if who.role == "coordinator" else who.report(THIS_YEAR, act))

    facts = (await explained(service.police, THIS_YEAR))["facts"]

    days = ("first_submitted_at", "returned_at", "done_since", "last_submitted_at", "accepted_at", "completed_at")
    assert [facts[name][8:10] for name in days] == ["24", "25", "26", "27", "28", "26"]
    assert (facts["times_returned"], facts["claim"], facts["missing"]) == (1, "completed", [])


async def test_an_explanation_is_as_of_its_instant(service: Service) -> None:
    await service.police.report(THIS_YEAR, evidence=[DOCUMENT])

    before = await explained(service.police, THIS_YEAR, as_of="2026-11-23")
    later = await explained(service.police, obligation("3.5", "cong-an", "2026"), as_of="2026-12-17")

    assert (before["status"], before["rule"]["number"]) == ("not_started", 7)
    assert before["facts"]["first_submitted_at"] is None
    assert (before["clock"]["today"], before["clock"]["days_left"]) == ("2026-11-23", 23)
    assert (later["status"], later["clock"]["days_overdue"]) == ("overdue", 1)


@pytest.mark.parametrize("one", TOUCHED)
async def test_the_rule_that_matched_is_the_first_whose_needs_all_hold(lived_in: Service, one: Any) -> None:
    told = await explained(lived_in.coordinator, one)

    holding = {Signal(each["signal"]) for each in told["signals"] if each["holds"]}
    number = next(n for n, (_, needs) in enumerate(RULES, 1) if needs <= holding)
    assert (told["rule"]["number"], told["rule"]["status"]) == (number, told["status"])
    assert told["status"] == (await lived_in.coordinator.standing(one))["status"]


async def test_a_target_that_is_not_met_is_named(service: Service) -> None:
    await service.police.report(INVESTIGATION, evidence=[DOCUMENT], measurements=[{"target": "3.2-a", "value": 100}])

    told = await explained(service.police, INVESTIGATION)

    assert told["facts"]["missing"] == ["target:3.2-b", "target:3.2-c", "target:3.2-d"]
    assert {one["signal"]: one["holds"] for one in told["signals"]}["on_target"] is False


async def test_what_moved_the_deadline_is_named(service: Service) -> None:
    await service.coordinator.extend(THIS_YEAR, "2027-01-15", document_number="45/UBND-KGVX", reason="Lý do riêng")

    told = await explained(service.coordinator, THIS_YEAR)

    calendar = told["calendar"]
    without_document = {**told, "calendar": {**calendar, "document_number": None}}
    assert await explained(service.integrator, THIS_YEAR) == without_document
    assert (calendar["moved_by"], calendar["document_number"]) == ("extension", "45/UBND-KGVX")
    assert (calendar["original_due_before"], told["clock"]["due_before"]) == (
        "2026-12-16T17:00:00Z",
        "2027-01-14T17:00:00Z",
    )
    assert "working day 2" in calendar["basis"]["en"]
    assert "ngày làm việc thứ 2" in calendar["basis"]["vi"]
    assert "Lý do riêng" not in str(told)


@pytest.mark.parametrize(("own", "shown"), [({}, None), ({"document_number": "45/UBND-KGVX"}, "45/UBND-KGVX")])
async def test_an_extension_is_never_shown_under_the_number_of_the_cycles_document(
    service: Service, own: dict[str, str], shown: str | None
) -> None:
    cycles, next_year = f"/v1/plans/{PLAN}/cycles", obligation("3.4", "cong-an", "2027")
    moved = {"due_before_on": "2027-12-20", "reason": "Theo công văn.", "document_number": "12/UBND-KGVX"}
    await service.coordinator.post(cycles, {"code": "2027"})
    await service.coordinator.post(f"{cycles}/2027/deadlines", moved)
    before = (await explained(service.integrator, next_year))["calendar"]
    service.clock.now = TODAY + timedelta(hours=1)
    await service.coordinator.extend(next_year, "2028-01-15", **own)

    for_the_office = (await explained(service.coordinator, next_year))["calendar"]
    for_others = (await explained(service.integrator, next_year))["calendar"]

    assert (before["moved_by"], before["document_number"]) == ("cycle_deadline", "12/UBND-KGVX")
    assert (for_the_office["moved_by"], for_the_office["document_number"]) == ("extension", shown)
    assert (for_others["moved_by"], for_others["document_number"]) == ("extension", None)


async def test_what_a_later_report_takes_back_is_not_said_to_have_never_been_reported(service: Service) -> None:
    await service.police.report(THIS_YEAR, "in_progress")
    service.clock.now = TODAY + timedelta(hours=1)
    await service.police.report(THIS_YEAR, "not_started")

    told = await explained(service.police, THIS_YEAR)

    (started,) = [one["text"] for one in told["signals"] if one["signal"] == "started"]
    assert (told["status"], started["en"]) == (
        "not_started",
        "The latest report, if there is one, does not say that work has begun.",
    )
    assert started["vi"] == "Báo cáo gần nhất, nếu có, không cho biết đã bắt đầu."
    assert started["en"][1:-1] in told["rule"]["text"]["en"]


async def test_only_the_report_and_its_proof_are_said_to_have_been_in_time(service: Service) -> None:
    this_year = obligation("3.2", "cong-an", "2026")
    claimed = await service.police.report(this_year, evidence=[DOCUMENT])
    service.clock.now = TODAY + timedelta(days=30)
    await service.coordinator.review(this_year, "accepted", waives=claimed.json()["obligation"]["missing"])

    told = await explained(service.police, this_year)

    texts = [told["rule"]["text"], *(one["text"] for one in told["signals"] if one["signal"] == "in_time")]
    assert told["status"] == "completed_on_time"
    assert all("report and its proof were there before the deadline" in text["en"] for text in texts)
    assert all("báo cáo hoàn thành và minh chứng có trước khi hết thời hạn" in text["vi"].lower() for text in texts)


async def test_a_requested_body_is_awaited_and_the_reason_is_told(service: Service) -> None:
    told = await explained(service.coordinator, obligation("14.1", "vksnd"))

    assert (told["status"], told["rule"]["number"]) == ("awaited", 5)
    assert told["legal_basis"]["force"] == "requested"
    assert told["legal_basis"]["force_text"]["vi"] == "Kế hoạch đề nghị."


async def test_a_duty_with_a_condition_quotes_it(service: Service) -> None:
    told = await explained(service.coordinator, obligation("1.2", "so-ldtbxh", FIRST))

    assert told["legal_basis"]["condition"] == "sau khi Thủ tướng Chính phủ phê duyệt"


async def test_an_explanation_is_for_those_who_may_see_the_obligation(service: Service) -> None:
    path = f"/v1/obligations/{TRAINING}/explanation"

    problem_of(await service.court.get(path), 404, "not-found")
    problem_of(await service.admin.get(path), 403, "not-allowed")
    response = await service.police.get(path)
    again = await service.police.get(path, headers={"If-None-Match": response.headers["etag"]})
    assert again.status_code == 304
