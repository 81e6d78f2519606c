"""GET /v1/obligations/{id}/history."""

from datetime import timedelta
from typing import Any

from app.models import Extension, Review, Withdrawal
from tests.api.asking import problem_of
from tests.given import DOCUMENT, INVESTIGATION, LINK, TODAY, TRAINING, Service, act_of

COUNTS = {"annulled": None, "counts": True, "why": None, "reopened_by": None}
COUNTS |= {"not_personal_reason": None, "client_name": None}
"""What the history says of every act beside what the write answered."""
HISTORY = f"/v1/obligations/{TRAINING}/history"


async def test_the_owner_reads_every_update_and_evidence_in_order(service: Service) -> None:
    await service.police.report(TRAINING, "in_progress", summary="Đang làm")
    service.clock.now = TODAY + timedelta(minutes=1)
    await service.police.attach(TRAINING)
    service.clock.now = TODAY + timedelta(minutes=2)
    await service.police.report(TRAINING, summary="Xong")

    response = await service.police.get(HISTORY)

    assert response.status_code == 200
    acts = response.json()["items"]
    assert [act["act"] for act in acts] == ["update", "evidence", "update"]
    assert [act["summary"] for act in acts if act["act"] == "update"] == ["Đang làm", "Xong"]
    assert [act["received_at"] for act in acts] == [
        "2026-11-24T03:00:00Z",
        "2026-11-24T03:01:00Z",
        "2026-11-24T03:02:00Z",
    ]


async def test_the_history_of_what_nobody_touched_is_empty(service: Service) -> None:
    assert (await service.police.get(HISTORY)).json() == {"obligation": str(TRAINING), "items": []}


async def test_paper_takes_its_place_by_the_day_it_was_received(service: Service) -> None:
    await service.police.report(TRAINING, summary="Qua hệ thống")
    await service.coordinator.report(
        TRAINING, "in_progress", summary="Trên giấy", received_on="2021-06-14", document_number="9/BC-CATP"
    )

    acts = (await service.police.get(HISTORY)).json()["items"]

    assert [act["summary"] for act in acts] == ["Trên giấy", "Qua hệ thống"]
    assert acts[0]["recorded_at"] > acts[1]["recorded_at"]


async def test_reviews_extensions_and_withdrawals_are_acts_like_others(service: Service) -> None:
    reported = (await service.police.report(TRAINING, evidence=[LINK])).json()["update"]
    later: dict[str, Any] = {"at": TODAY + timedelta(minutes=1), "reason": "Chưa đủ"}
    extended: dict[str, Any] = {"due_before": TODAY + timedelta(days=9), "decided_on": TODAY.date()}
    evidence = reported["evidence"][0]["id"]
    of = {"update_id": reported["id"], "waives": []}
    await act_of(service.coordinator, Review, TRAINING, outcome="returned", **of, **later)
    await act_of(service.coordinator, Extension, TRAINING, **extended, **later)
    await act_of(service.police, Withdrawal, TRAINING, evidence_id=evidence, **later)
    service.clock.now = TODAY + timedelta(minutes=2)

    acts = {act["act"]: act for act in (await service.police.get(HISTORY)).json()["items"]}

    assert list(acts) == ["update", "evidence", "review", "extension", "withdrawal"]
    assert (acts["review"]["outcome"], acts["review"]["reason"]) == ("returned", "Chưa đủ")
    assert acts["extension"]["due_before"] == "2026-12-03T03:00:00Z"
    assert acts["withdrawal"]["evidence"] == evidence
    assert acts["evidence"]["withdrawn_at"] == "2026-11-24T03:01:00Z"


async def test_a_return_voids_the_claim_and_an_extension_moves_the_deadline(service: Service) -> None:
    reported = (await service.police.report(TRAINING, evidence=[LINK])).json()["update"]
    of = {"update_id": reported["id"], "waives": []}
    later: dict[str, Any] = {"at": TODAY + timedelta(minutes=1), "reason": "Chưa đủ"}
    extended: dict[str, Any] = {"due_before": TODAY + timedelta(days=9), "decided_on": TODAY.date()}
    await act_of(service.coordinator, Review, TRAINING, outcome="returned", **of, **later)
    await act_of(service.coordinator, Extension, TRAINING, **extended, **later)
    service.clock.now = TODAY + timedelta(minutes=2)

    shown = await service.police.standing(TRAINING)

    assert (shown["claim"], shown["status"], shown["missing"]) == (None, "in_progress", ["report"])
    assert (shown["review"]["outcome"], shown["original_due_before"]) == ("returned", "2021-06-14T17:00:00Z")
    assert (shown["due_before"], shown["last_day_on_time"]) == ("2026-12-03T03:00:00Z", "2026-12-03")


async def test_measurements_come_in_the_order_of_the_plan(service: Service) -> None:
    measurements = [{"target": f"3.2-{letter}", "value": 7.5} for letter in "dcba"]
    await service.police.report(INVESTIGATION, measurements=measurements)

    acts = (await service.police.get(f"/v1/obligations/{INVESTIGATION}/history")).json()["items"]

    assert acts[0]["measurements"] == [one | {"cases": None} for one in measurements[::-1]]


async def test_an_act_in_the_history_is_what_the_write_answered(service: Service) -> None:
    update = (await service.police.report(TRAINING, "in_progress", percent=5)).json()["update"]
    evidence = (await service.police.attach(TRAINING)).json()

    acts = (await service.police.get(HISTORY)).json()["items"]

    assert acts == [{"act": "update"} | update | COUNTS, {"act": "evidence"} | evidence | COUNTS]


async def test_an_update_in_the_history_names_the_evidence_that_came_with_it(service: Service) -> None:
    update = (await service.police.report(TRAINING, evidence=[DOCUMENT])).json()["update"]

    acts = (await service.police.get(HISTORY)).json()["items"]

    assert acts == [{"act": "update"} | update | COUNTS, {"act": "evidence"} | update["evidence"][0] | COUNTS]


async def test_an_update_names_no_evidence_that_came_by_itself(service: Service) -> None:
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
    await service.coordinator.report(TRAINING, evidence=[LINK], **paper)
    await service.coordinator.attach(TRAINING, **paper)

    update, *evidence = (await service.coordinator.get(HISTORY)).json()["items"]

    assert [one["kind"] for one in update["evidence"]] == ["link"]
    assert [one["kind"] for one in evidence] == ["link", "document"]


async def test_a_coordinator_reads_every_history(service: Service) -> None:
    await service.police.report(TRAINING, "in_progress")
    await service.police.attach(TRAINING, classification="restricted")

    acts = (await service.coordinator.get(HISTORY)).json()["items"]

    assert [act["act"] for act in acts] == ["update", "evidence"]


async def test_a_coordinator_is_told_what_the_clients_are_called(service: Service) -> None:
    await service.police.report(INVESTIGATION, evidence=[LINK])
    await service.coordinator.review(INVESTIGATION, "returned")

    told = [one["client_name"] for one in await service.coordinator.history(INVESTIGATION)]

    assert told == ["police", "police", "coordinator"]
    assert {one["client_name"] for one in await service.police.history(INVESTIGATION)} == {None}


async def test_an_integrator_and_an_admin_read_no_history(service: Service) -> None:
    problem_of(await service.integrator.get(HISTORY), 403, "not-allowed")
    problem_of(await service.admin.get(HISTORY), 403, "not-allowed")


async def test_a_stranger_finds_no_history(service: Service) -> None:
    problem_of(await service.health.get(HISTORY), 404, "not-found")
