"""GET /v1/inbox: what came in, by when it was recorded."""

import csv
import io
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.commands.clients import NewClient
from app.domain.inbox import InboxKind
from embedded_postgres import Address
from tests.api.asking import problem_of
from tests.api.copies import service_over_a_copy
from tests.files import pdf
from tests.given import DOCUMENT, INVESTIGATION, LINK, PLAN, TOURISTS, TRAINING, Caller, Service, obligation

INBOX = "/v1/inbox"
Item = dict[str, Any]
PAPER = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
CONDITIONAL = obligation("3.7", "cong-an")


async def inbox(who: Caller, **asked: Any) -> list[Item]:
    """Read all pages."""
    response = await who.get(INBOX, **asked)
    assert response.status_code == 200, response.text
    page: dict[str, Any] = response.json()
    items: list[Item] = page["items"]
    return items + (await inbox(who, **{**asked, "cursor": page["next_cursor"]}) if page["next_cursor"] else [])


async def made(service: Service) -> None:
    """Let one act of each kind be recorded, in this order of kinds, on obligations of several bodies."""
    service.clock.catch_up()
    police, coordinator = service.police, service.coordinator
    update = await police.report(TRAINING, evidence=[LINK])
    await police.attach(TRAINING, classification="restricted")
    await police.upload(INVESTIGATION, pdf())
    withdrawn = await police.attach(INVESTIGATION)
    await police.withdraw(withdrawn.json()["id"])
    contribution = {"note": "Đã cung cấp danh sách.", "evidence": []}
    await service.culture.post(f"/v1/obligations/{TOURISTS}/contributions", contribution)
    await coordinator.review(TRAINING, "returned", "Thiếu số liệu.")
    await police.ask_for(TRAINING, "2027-06-30")
    await coordinator.refuse(TRAINING)
    await police.ask_for(INVESTIGATION, "2027-06-30")
    letter = {"decided_on": "2021-06-10", "document_number": "9/UBND-KGVX"}
    extended = await coordinator.extend(INVESTIGATION, "2027-06-30", **letter)
    assert extended.status_code == 201, extended.text
    decision = {"met": True, "from_on": "2026-11-20", "reason": "Đã có hướng dẫn."}
    await coordinator.post(f"/v1/obligations/{CONDITIONAL}/condition-decisions", decision)
    said = {"words": "Khẩn trương.", "leader": "Phó Chủ tịch UBND thành phố", "by_on": "2026-12-10"}
    await coordinator.post(f"/v1/obligations/{TOURISTS}/instructions", said)
    await coordinator.report(TOURISTS, evidence=[DOCUMENT], **PAPER)
    await service.health.report(obligation("4.1", "so-y-te", "2026"), "in_progress", percent=10)
    await coordinator.annul(TRAINING, update.json()["update"]["id"])
    service.clock.catch_up()


@pytest.fixture(scope="module")
async def busy(
    address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]
) -> AsyncIterator[Service]:
    """Serve a plan in which an act of each kind has been recorded; tests only read it."""
    async with service_over_a_copy(address, template, keys_dir, cast) as serving:
        await made(serving)
        yield serving


async def test_paper_entered_today_for_a_day_long_past_is_there_today(busy: Service) -> None:
    items = await inbox(busy.coordinator, kind="update", owner="cong-an")

    paper = items[-1]
    assert (paper["obligation"], paper["received_at"]) == (str(TOURISTS), "2021-06-14T16:59:59.999999Z")
    assert (paper["status_before"], paper["status_after"]) == ("overdue", "completed_on_time")
    assert paper["client"] == {"id": str(busy.coordinator.client_id), "name": "coordinator"}
    assert (paper["document_number"], paper["summary"]) == ("9/BC-CATP", "Đã triển khai theo kế hoạch.")
    assert [one["title"] for one in paper["evidence"]] == ["Báo cáo kết quả thực hiện"]


async def test_every_kind_of_act_is_there_by_when_it_was_recorded_the_newest_last(busy: Service) -> None:
    items = await inbox(busy.coordinator)

    assert {one["kind"] for one in items} == {kind.value for kind in InboxKind}
    assert [one["recorded_at"] for one in items] == sorted(one["recorded_at"] for one in items)
    assert (items[0]["kind"], items[-1]["kind"]) == ("update", "annulment")
    histories = {one["obligation"]: await busy.coordinator.history(one["obligation"]) for one in items}
    for one in items:
        if one["kind"] == "evidence_content":
            continue
        act = next(act for act in histories[one["obligation"]] if act["id"] == one["act"])
        for name in ("recorded_at", "received_at", "summary", "reason", "note", "percent", "due_before"):
            assert one[name] == act.get(name), name
        assert one["client"]["id"] == act["client"]


async def test_an_act_is_told_with_where_its_obligation_stood_before_and_after(busy: Service) -> None:
    items = await inbox(busy.coordinator, owner="cong-an")

    told = [
        (one["kind"], one["status_before"], one["status_after"]) for one in items if one["obligation"] == str(TRAINING)
    ]
    assert told == [
        ("update", "overdue", "completed_late"),
        ("evidence", "overdue", "completed_late"),
        ("evidence", "completed_late", "completed_late"),
        ("review", "completed_late", "overdue"),
        ("extension_request", "overdue", "overdue"),
        ("extension_refusal", "overdue", "overdue"),
        ("annulment", "overdue", "overdue"),
    ]
    extension = next(one for one in items if one["kind"] == "extension")
    assert (extension["status_before"], extension["status_after"]) == ("overdue", "not_started")


async def test_where_it_stood_is_what_is_asked_for_with_known_at(busy: Service) -> None:
    for one in await inbox(busy.coordinator, kind=["review", "extension", "annulment", "condition_decision"]):
        recorded = datetime.fromisoformat(one["recorded_at"])
        for name, known in (("status_before", recorded - timedelta(microseconds=1)), ("status_after", recorded)):
            asked = {"as_of": one["recorded_at"], "known_at": known.isoformat()}
            standing = await busy.coordinator.standing(one["obligation"], **asked)
            assert one[name] == standing["status"], (one["kind"], name)


async def test_an_act_that_was_taken_back_is_there_and_says_so(busy: Service) -> None:
    items = await inbox(busy.coordinator)

    annulment = items[-1]
    update = next(one for one in items if one["act"] == annulment["annuls"])
    assert update["annulled"]["id"] == annulment["act"]
    assert update["annulled"]["reason"] == annulment["reason"] == "Gửi nhầm kỳ."


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"owner": "so-y-te"}, lambda one: one["owner"]["code"] == "so-y-te"),
        ({"body": "cong-an"}, lambda one: one["body"]["code"] == "cong-an"),
        ({"kind": ["review", "extension"]}, lambda one: one["kind"] in {"review", "extension"}),
        ({"plan": PLAN}, lambda _: True),
        ({"plan": "another"}, lambda _: False),
        ({"plan": PLAN, "kind": "update", "owner": "cong-an"}, lambda _: False),
    ],
)
async def test_a_filter_keeps_what_it_says(busy: Service, asked: Item, kept: Any) -> None:
    every = await inbox(busy.coordinator)

    found = await inbox(busy.coordinator, **asked)

    if len(asked) == 3:
        assert {(one["kind"], one["owner"]["code"]) for one in found} == {("update", "cong-an")}
    else:
        assert found == [one for one in every if kept(one)]


async def test_a_span_is_of_recordings_and_not_of_receipts(busy: Service) -> None:
    every = await inbox(busy.coordinator)
    middle = every[7]["recorded_at"]
    today = datetime.now(UTC) + timedelta(hours=7)

    assert await inbox(busy.coordinator, since=middle) == every[7:]
    assert await inbox(busy.coordinator, until=middle) == every[:8]
    assert await inbox(busy.coordinator, since=middle, until=middle) == every[7:8]
    assert await inbox(busy.coordinator, until="2021-12-31") == []
    since_yesterday = await inbox(busy.coordinator, since=str((today - timedelta(days=1)).date()))
    assert since_yesterday == await inbox(busy.coordinator, until=str(today.date())) == every


@pytest.mark.parametrize("limit", [1, 3, 5])
@pytest.mark.parametrize("asked", [{}, {"owner": "cong-an"}])
async def test_pages_neither_repeat_nor_miss(busy: Service, limit: int, asked: Item) -> None:
    assert await inbox(busy.coordinator, limit=limit, **asked) == await inbox(busy.coordinator, **asked)


async def test_later_pages_know_only_what_the_first_one_did(own_service: Service) -> None:
    own_service.clock.catch_up()
    for _ in range(2):
        await own_service.police.report(TRAINING, "in_progress")
    first = (await own_service.coordinator.get(INBOX, limit=1)).json()
    await own_service.police.report(TRAINING, "in_progress")

    rest = await inbox(own_service.coordinator, limit=1, cursor=first["next_cursor"])

    assert len(rest) == 1
    assert len(await inbox(own_service.coordinator)) == 3
    problem_of(
        await own_service.coordinator.get(INBOX, limit=1, owner="x", cursor=first["next_cursor"]), 400, "broken-cursor"
    )


async def test_a_reporter_is_shown_what_came_in_on_its_own(busy: Service) -> None:
    every = await inbox(busy.coordinator)

    seen = await inbox(busy.police)

    own = [one for one in every if one["owner"]["code"] == "cong-an"]
    assert [one["act"] for one in seen] == [one["act"] for one in own]
    names = {one["client"]["name"] for one in seen}
    assert names == {"police", None}
    assert await inbox(busy.court) == []
    assert {one["owner"]["code"] for one in await inbox(busy.health)} == {"so-y-te"}
    assert await inbox(busy.police, owner="so-y-te") == []


async def test_words_are_shown_by_the_rules_of_reading(own_service: Service) -> None:
    service = own_service
    service.clock.catch_up()
    await service.culture.attach(TOURISTS, classification="restricted")
    await service.culture.attach(TOURISTS, classification="internal")

    assert len(await inbox(service.coordinator)) == 2
    assert [one["evidence"][0]["classification"] for one in await inbox(service.police)] == ["restricted", "internal"]
    problem_of(await service.integrator.get(INBOX), 403, "not-allowed")
    problem_of(await service.admin.get(INBOX), 403, "not-allowed")


async def test_an_annulment_that_changes_another_cycle_is_told_of_both(own_service: Service) -> None:
    own_service.clock.catch_up()
    first, second = obligation("G.1", "cong-an", "2021"), obligation("G.1", "cong-an", "2026")
    done = await own_service.police.report(first, evidence=[DOCUMENT])
    await own_service.coordinator.annul(first, done.json()["update"]["id"])

    told = {one["obligation"]: one for one in await inbox(own_service.coordinator, kind="annulment")}

    assert {str(first), str(second)} <= told.keys()
    other = told[str(second)]
    assert (other["status_before"], other["status_after"], other["reason"]) == (
        "completed_on_time",
        "not_started",
        "Gửi nhầm kỳ.",
    )


async def test_a_paper_and_its_taking_back_are_told_on_each_obligation_that_it_reports_on(own_service: Service) -> None:
    coordinator = own_service.coordinator
    own_service.clock.catch_up()
    lines = [{"obligation": str(one), "state": "in_progress", "summary": "Đang làm."} for one in (TRAINING, TOURISTS)]
    named = {"plan": PLAN, "body": "cong-an", "number": "212/BC-CATP", "issued_on": "2021-06-10"}
    received = {"received_on": "2021-06-11", "classification": "internal"}
    entered = (await coordinator.post("/v1/paper-reports", {**named, **received, "items": lines})).json()
    paper = entered["paper_report"]["id"]
    await coordinator.post(f"/v1/paper-reports/{paper}/annulments", {"reason": "Nhập nhầm cơ quan."})

    items = await inbox(coordinator)

    on = {str(TRAINING), str(TOURISTS)}
    for kind in (InboxKind.UPDATE, InboxKind.EVIDENCE, InboxKind.ANNULMENT):
        assert {one["obligation"] for one in items if one["kind"] == kind} == on
    assert len(items) == 6
    assert {one["paper_report"] for one in items if one["kind"] == InboxKind.UPDATE} == {paper}
    assert {one["reason"] for one in items if one["kind"] == InboxKind.ANNULMENT} == {"Nhập nhầm cơ quan."}
    assert all(one["annulled"] for one in items if one["kind"] != InboxKind.ANNULMENT)


async def test_an_inbox_is_exported_as_it_is_listed(busy: Service) -> None:
    listed = await inbox(busy.coordinator, owner="cong-an")
    asked = {"owner": "cong-an"}

    lines = (await busy.coordinator.get(f"{INBOX}/export", format="ndjson", **asked)).text.splitlines()
    rows = list(
        csv.DictReader(io.StringIO((await busy.coordinator.get(f"{INBOX}/export", format="csv", **asked)).text))
    )

    assert [json.loads(line) for line in lines] == listed
    assert [row["act"] for row in rows] == [one["act"] for one in listed]
    assert [row["client_name"] for row in rows] == [one["client"]["name"] for one in listed]
    problem_of(await busy.integrator.get(f"{INBOX}/export"), 403, "not-allowed")


async def test_an_inbox_is_printed_for_people(busy: Service) -> None:
    vietnamese = {"Accept-Language": "vi"}
    asked = {"format": "xlsx", "owner": "cong-an", "since": "2026-01-01"}

    answer = await busy.coordinator.get(f"{INBOX}/export", headers=vietnamese, **asked)

    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert (rows[0][0], page.title) == ("BÁO CÁO, VĂN BẢN ĐÃ TIẾP NHẬN", "Tiếp nhận")
    assert "cơ quan chủ trì: Công an thành phố; ghi nhận từ: 00:00 ngày 01/01/2026" in str(rows[1][0])
    assert rows[4][:2] == ["Thời điểm ghi nhận", "Loại ghi nhận"]
    kinds = [row[1] for row in rows[5:]]
    assert {"cập nhật tiến độ", "xem xét (đã hủy ghi nhận)", "hủy ghi nhận"} <= set(kinds)
    assert rows[5][6:8] == ["chưa hoàn thành – quá hạn", "đã hoàn thành – quá hạn"]
