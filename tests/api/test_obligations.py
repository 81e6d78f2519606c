"""GET /v1/obligations and GET /v1/obligations/{id}: what is owed, by whom, by when, and where it stands."""

from collections import Counter
from uuid import UUID

import pytest

from tests.api.asking import ids, listed, page, problem_of
from tests.given import DOCUMENT, FIRST, INVESTIGATION, PLAN, TOURISTS, TRAINING, Service, obligation

NOBODYS = UUID(int=0)


async def test_a_coordinator_asks_what_is_overdue(service: Service) -> None:
    response = await service.coordinator.get("/v1/obligations", plan=PLAN, cycle=FIRST, status="overdue")

    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == {"as_of", "items", "next_cursor"}
    assert answer["as_of"] == "2026-11-24T03:00:00Z"
    assert len(answer["items"]) == 100
    assert {item["status"] for item in answer["items"]} == {"overdue"}


async def test_an_obligation_looks_as_the_contract_shows(service: Service) -> None:
    shown = await service.police.standing(INVESTIGATION)

    assert shown == {
        "id": str(INVESTIGATION),
        "plan": PLAN,
        "cycle": "2021-06-15",
        "duty": {"code": "3.2", "title_vi": shown["duty"]["title_vi"], "title_en": shown["duty"]["title_en"]},
        "body": {"no": 3, "code": "cong-an"},
        "owner": {"code": "cong-an", "name": "Công an thành phố"},
        "force": "directed",
        "kind": "action",
        "due_before": "2021-06-14T17:00:00Z",
        "last_day_on_time": "2021-06-14",
        "original_due_before": "2021-06-14T17:00:00Z",
        "status": "overdue",
        "days_overdue": 1989,
        "missing": ["report", "evidence"],
        "claim": None,
        "ended_by": None,
        "inherited_from": None,
        "evidence_count": 0,
        "completed_at": None,
        "review": None,
        "waived": [],
        "silent": True,
        "last_reported_at": None,
        "judged": "silent",
        "version": 1,
    }


async def test_an_obligation_has_the_same_id_on_every_installation(service: Service) -> None:
    # Integrators keep these ids; a change of how they are made would orphan what they keep.
    assert str(TRAINING) == "6f2539a2-499b-5170-a3ef-88108fa8ca3c"
    assert (await service.police.standing(TRAINING))["duty"]["code"] == "3.4"


async def test_the_first_cycle_has_252_obligations_of_30_owners(service: Service) -> None:
    owed = await listed(service.coordinator, cycle=FIRST)

    assert len({item["id"] for item in owed}) == 252
    assert len({item["owner"]["code"] for item in owed}) == 30


async def test_a_fresh_annual_cycle_has_296_obligations(service: Service) -> None:
    assert len(await ids(service.coordinator, cycle="2026")) == 296


async def test_today_220_are_overdue_and_32_awaited(service: Service) -> None:
    owed = await listed(service.coordinator, cycle=FIRST)

    assert Counter(item["status"] for item in owed) == {"overdue": 220, "awaited": 32}
    assert Counter(item["force"] for item in owed) == {"directed": 220, "requested": 32}


async def test_before_the_deadline_nothing_had_been_started(service: Service) -> None:
    owed = await listed(service.coordinator, cycle=FIRST, as_of="2021-06-10")

    assert Counter(item["status"] for item in owed) == {"not_started": 252}


@pytest.mark.parametrize(
    ("as_of", "status", "days"),
    [("2026-12-16T16:59:59.999999Z", "not_started", 0), ("2026-12-16T17:00:00Z", "overdue", 1)],
)
async def test_the_annual_report_of_2026_is_in_time_until_the_16th_of_december(
    service: Service, as_of: str, status: str, days: int
) -> None:
    shown = await service.police.standing(obligation("3.4", "cong-an", "2026"), as_of=as_of)

    assert (shown["last_day_on_time"], shown["status"], shown["days_overdue"]) == ("2026-12-16", status, days)


async def test_the_whole_annual_cycle_turns_at_one_microsecond(service: Service) -> None:
    before = await page(service.coordinator, cycle="2026", past_due="true", as_of="2026-12-16T16:59:59.999999Z")
    after = await page(service.coordinator, cycle="2026", past_due="true", as_of="2026-12-16T17:00:00Z", count="true")

    assert before["items"] == []
    assert after["total"] == 296 - 1  # The consolidated report rests on the others and is due after them.


async def test_a_body_that_the_plan_only_asks_is_awaited_and_never_overdue(service: Service) -> None:
    asked = await listed(service.coordinator, cycle=FIRST, owner="tand")

    assert {(item["force"], item["status"], item["days_overdue"]) for item in asked} == {("requested", "awaited", 0)}


async def test_a_claim_and_its_evidence_show_in_the_standing(service: Service) -> None:
    await service.police.report(TRAINING, "in_progress", percent=40)
    await service.police.attach(TRAINING)

    shown = await service.police.standing(TRAINING)

    assert shown["claim"] == {"state": "in_progress", "percent": 40, "received_at": "2026-11-24T03:00:00Z"}
    assert (shown["evidence_count"], shown["missing"], shown["version"]) == (1, ["report"], 3)


async def test_a_duty_done_once_completes_the_earlier_open_cycles_late(service: Service) -> None:
    plan_of = [obligation("G.1", "cong-an", cycle) for cycle in (FIRST, "2025", "2026")]

    await service.police.report(plan_of[2], evidence=[DOCUMENT])

    shown = [await service.police.standing(one) for one in plan_of]
    assert [one["status"] for one in shown] == ["completed_late", "completed_late", "completed_on_time"]
    assert {one["completed_at"] for one in shown} == {"2026-11-24T03:00:00Z"}
    assert [one["missing"] for one in shown] == [[], [], []]


async def test_a_duty_done_once_is_not_owed_in_the_cycles_that_follow(service: Service) -> None:
    done, later = obligation("G.1", "cong-an"), obligation("G.1", "cong-an", "2026")
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}

    await service.coordinator.report(done, evidence=[DOCUMENT], **paper)

    assert (await service.police.standing(done))["status"] == "completed_on_time"
    owed = await ids(service.coordinator, cycle="2026", known_at="2100-01-01")
    assert len(owed) == 295
    assert str(later) not in owed


async def test_what_was_recorded_on_a_duty_that_proves_done_before_is_kept_and_can_be_read(service: Service) -> None:
    before, later = obligation("G.1", "cong-an"), obligation("G.1", "cong-an", "2026")
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
    await service.police.report(later, "in_progress")
    await service.coordinator.report(before, evidence=[DOCUMENT], **paper)

    problem_of(await service.police.report(later, "in_progress"), 404, "not-found")
    shown = await service.police.standing(later)
    assert (shown["status"], shown["completed_at"]) == ("completed_on_time", "2021-06-14T16:59:59.999999Z")
    history = await service.police.get(f"/v1/obligations/{later}/history", known_at="2100-01-01")
    assert [act["act"] for act in history.json()["items"]] == ["update"]


async def test_a_report_from_before_its_cycle_on_a_duty_done_once_is_answered(service: Service) -> None:
    later = obligation("G.1", "cong-an", "2026")
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}

    entered = await service.coordinator.report(later, evidence=[DOCUMENT], **paper)

    assert entered.status_code == 201
    assert entered.json()["obligation"]["status"] == "completed_on_time"
    assert str(later) not in await ids(service.coordinator, known_at="2100-01-01")


async def test_a_duty_done_once_by_one_owner_is_still_owed_by_the_others(service: Service) -> None:
    await service.police.report(obligation("G.1", "cong-an"), evidence=[DOCUMENT])

    assert (await service.health.standing(obligation("G.1", "so-y-te")))["status"] == "overdue"


async def test_a_reporter_lists_what_it_owns_or_coordinates_and_nothing_else(service: Service) -> None:
    seen = await listed(service.culture, cycle=FIRST)

    everything = await listed(service.coordinator, cycle=FIRST)
    by_name, as_a_department = {"3.6", "12.2"}, {"1.1", "1.8", "1.10", "3.5", "17.1", "R.3"}
    coordinated = by_name | as_a_department
    assert [item["id"] for item in seen] == [
        item["id"] for item in everything if item["owner"]["code"] == "so-vhttdl" or item["duty"]["code"] in coordinated
    ]
    assert str(TOURISTS) in [item["id"] for item in seen]


@pytest.mark.parametrize("name", ["court", "culture"])
async def test_what_is_not_the_callers_to_know_is_not_found(service: Service, name: str) -> None:
    hidden = await getattr(service, name).get(f"/v1/obligations/{TRAINING}")
    absent = await getattr(service, name).get(f"/v1/obligations/{NOBODYS}")

    problems = [problem_of(response, 404, "not-found") for response in (hidden, absent)]
    assert next(problem | {"request_id": None} for problem in problems) == problems[1] | {"request_id": None}


@pytest.mark.parametrize("path", ["/v1/obligations", f"/v1/obligations/{TRAINING}", f"/v1/plans/{PLAN}/status"])
async def test_an_admin_keeps_clients_and_reads_no_standing(service: Service, path: str) -> None:
    problem_of(await service.admin.get(path), 403, "not-allowed")
