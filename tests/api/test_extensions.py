"""Extensions: POST /v1/obligations/{id}/extensions, and the requests for them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.models import Extension
from embedded_postgres import Address
from tests.api.asking import ids, problem_of, rows_of, status_of
from tests.conftest import as_owner
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Service, act_of, obligation

THIS_YEAR = obligation("3.4", "cong-an", "2026")
REQUESTS = "/v1/extension-requests"
MOMENT = timedelta(microseconds=1)
DECIDED: dict[str, Any] = {"decided_on": TODAY.date()}
LETTER = {"decided_on": "2021-06-14", "document_number": "12/UBND-KGVX"}
"""A letter that was decided on the last day on time of the first cycle, and is found today."""


async def test_a_coordinator_moves_a_deadline(service: Service) -> None:
    response = await service.coordinator.extend(THIS_YEAR, "2027-01-15", document_number="12/UBND-KGVX")

    assert response.status_code == 201
    extension, standing = response.json()["extension"], response.json()["obligation"]
    assert (extension["due_before"], extension["document_number"]) == ("2027-01-14T17:00:00Z", "12/UBND-KGVX")
    assert (standing["due_before"], standing["last_day_on_time"]) == ("2027-01-14T17:00:00Z", "2027-01-14")
    assert (standing["original_due_before"], standing["version"]) == ("2026-12-16T17:00:00Z", 2)
    [act] = await service.police.history(THIS_YEAR)
    counting = {"annulled": None, "counts": True, "why": None}
    said = {"act": "extension", "reopened_by": None, "not_personal_reason": None, "client_name": None}
    assert act == said | counting | extension


async def test_lateness_is_measured_against_the_deadline_in_force(service: Service) -> None:
    await service.coordinator.extend(THIS_YEAR, "2027-01-15")

    for day, status, days in (("2026-12-20", "not_started", 0), ("2027-01-14", "not_started", 0)):
        standing = await service.police.standing(THIS_YEAR, as_of=day)
        assert (standing["status"], standing["days_overdue"]) == (status, days)
    standing = await service.police.standing(THIS_YEAR, as_of="2027-01-15")
    assert (standing["status"], standing["days_overdue"]) == ("overdue", 1)
    service.clock.now = datetime(2027, 1, 14, 16, 59, tzinfo=UTC)
    reported = await service.police.report(THIS_YEAR, evidence=[DOCUMENT])
    assert reported.json()["obligation"]["status"] == "completed_on_time"


async def test_each_day_has_the_deadline_of_that_day(service: Service) -> None:
    given_at = service.clock.now = datetime(2026, 12, 10, 2, tzinfo=UTC)
    await service.coordinator.extend(THIS_YEAR, "2027-01-15")

    before = await service.police.standing(THIS_YEAR, as_of=(given_at - MOMENT).isoformat())
    since = await service.police.standing(THIS_YEAR, as_of=given_at.isoformat())

    assert (before["due_before"], since["due_before"]) == ("2026-12-16T17:00:00Z", "2027-01-14T17:00:00Z")
    assert since["original_due_before"] == before["due_before"]


async def test_a_letter_that_was_decided_in_time_and_is_found_years_later_moves_the_deadline(service: Service) -> None:
    response = await service.coordinator.extend(TRAINING, "2026-12-01", **LETTER)

    extension = response.json()["extension"]
    assert (extension["decided_on"], extension["received_at"]) == ("2021-06-14", "2021-06-14T16:59:59.999999Z")
    assert response.json()["obligation"]["status"] == "not_started"
    assert (await service.police.standing(TRAINING, as_of="2021-06-13"))["due_before"] == "2021-06-14T17:00:00Z"
    assert (await service.police.standing(TRAINING, as_of="2021-06-15"))["status"] == "not_started"
    assert (await service.police.standing(TRAINING, as_of="2026-12-01"))["status"] == "overdue"
    assert (await status_of(service.integrator, cycle=FIRST))["cycles"][0]["totals"]["overdue"] == 219


async def test_what_is_long_overdue_is_not_extended_by_a_letter_of_today(service: Service) -> None:
    before = await rows_of(service)

    problem = problem_of(await service.coordinator.extend(TRAINING, "2027-01-15"), 422, "letter-decided-too-late")

    assert [fault["pointer"] for fault in problem["errors"]] == ["/decided_on"]
    assert await rows_of(service) == before
    assert (await service.police.standing(TRAINING))["days_overdue"] == 1989


async def test_what_was_done_late_is_in_time_by_a_letter_that_was_decided_before(service: Service) -> None:
    paper = {"received_on": "2021-06-20", "document_number": "9/BC-CATP"}
    late = await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **paper)

    extended = await service.coordinator.extend(TRAINING, "2021-06-21", **LETTER)

    assert late.json()["obligation"]["status"] == "completed_late"
    assert extended.json()["obligation"]["status"] == "completed_on_time"
    assert extended.json()["obligation"]["last_day_on_time"] == "2021-06-20"


@pytest.mark.parametrize(
    ("decided_on", "kind"),
    [
        ("2021-05-30", "letter-date-impossible"),
        ("2021-05-31", None),
        ("2021-06-13", None),
        ("2021-06-14", None),
        ("2021-06-15", "letter-decided-too-late"),
        ("2026-11-24", "letter-decided-too-late"),
        ("2026-11-25", "letter-date-impossible"),
    ],
)
async def test_a_letter_is_decided_between_the_plans_issue_and_the_last_day_on_time(
    service: Service, decided_on: str, kind: str | None
) -> None:
    letter = {"decided_on": decided_on, "document_number": "12/UBND-KGVX"}

    response = await service.coordinator.extend(TRAINING, "2027-01-15", **letter)

    if kind is None:
        assert response.status_code == 201
    else:
        problem = problem_of(response, 422, kind)
        assert [fault["pointer"] for fault in problem["errors"]] == ["/decided_on"]


async def test_a_letter_of_an_earlier_day_needs_its_number_and_one_of_today_may_go_without(service: Service) -> None:
    yesterday = await service.coordinator.extend(THIS_YEAR, "2027-01-15", decided_on="2026-11-23")
    today = await service.coordinator.extend(THIS_YEAR, "2027-01-15", decided_on="2026-11-24")

    problem = problem_of(yesterday, 422, "letter-number-needed")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/document_number"]
    assert today.json()["extension"]["received_at"] == "2026-11-24T03:00:00Z"


async def test_a_deadline_lies_after_the_day_on_which_it_was_decided(service: Service) -> None:
    problem = problem_of(await service.coordinator.extend(THIS_YEAR, "2026-11-24"), 422, "deadline-not-after")

    assert [fault["pointer"] for fault in problem["errors"]] == ["/due_before_on"]


async def test_of_two_letters_the_one_decided_last_is_in_force_whichever_was_recorded_last(
    own_service: Service, address: Address
) -> None:
    async with as_owner(address, own_service.app.state.database.engine.url.database) as owner:
        await owner.execute(text("UPDATE plan SET max_extensions = 3"))
    coordinator = own_service.coordinator
    later = {"decided_on": "2026-11-20", "document_number": "20/UBND-KGVX"}
    earlier = {"decided_on": "2026-11-10", "document_number": "10/UBND-KGVX"}

    await coordinator.extend(THIS_YEAR, "2027-01-15", **later)
    response = await coordinator.extend(THIS_YEAR, "2027-03-01", **earlier)

    assert response.json()["obligation"]["due_before"] == "2027-01-14T17:00:00Z"
    between = await own_service.police.standing(THIS_YEAR, as_of="2026-11-19")
    assert between["due_before"] == "2027-02-28T17:00:00Z"
    same_day = await coordinator.extend(THIS_YEAR, "2027-01-20", **later)
    assert same_day.json()["obligation"]["due_before"] == "2027-01-19T17:00:00Z"


@pytest.mark.parametrize(
    ("one", "state"), [(TRAINING, "completed"), (obligation("3.7", "cong-an", "2026"), "not_applicable")]
)
async def test_what_is_complete_or_does_not_arise_is_extended_no_more(service: Service, one: UUID, state: str) -> None:
    await service.police.report(one, state, evidence=[DOCUMENT])
    before = await service.police.standing(one)

    problem_of(await service.coordinator.extend(one, "2027-01-15"), 409, "obligation-already-complete")
    problem_of(await service.police.ask_for(one, "2027-01-15"), 409, "obligation-already-complete")

    assert await service.police.standing(one) == before


async def test_what_was_returned_can_be_extended_again(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.coordinator.review(TRAINING, "returned")

    assert (await service.coordinator.extend(TRAINING, "2027-01-15", **LETTER)).status_code == 201


async def test_a_deadline_that_moved_twice(service: Service) -> None:
    first, second = TODAY + timedelta(days=30), TODAY + timedelta(days=40)
    await act_of(service.coordinator, Extension, THIS_YEAR, due_before=first, reason="Lần một", **DECIDED)
    moved_again = TODAY + timedelta(days=2)
    again = {"at": moved_again, "due_before": second, "reason": "Lần hai", **DECIDED}
    await act_of(service.coordinator, Extension, THIS_YEAR, **again)

    once = await service.police.standing(THIS_YEAR, as_of=(moved_again - MOMENT).isoformat())
    twice = await service.police.standing(THIS_YEAR, as_of=moved_again.isoformat())

    assert (once["due_before"], twice["due_before"]) == ("2026-12-24T03:00:00Z", "2027-01-03T03:00:00Z")
    assert once["original_due_before"] == twice["original_due_before"] == "2026-12-16T17:00:00Z"


async def test_a_deadline_moves_once_unless_the_plan_allows_more(own_service: Service, address: Address) -> None:
    coordinator = own_service.coordinator
    await coordinator.extend(THIS_YEAR, "2027-01-15")

    problem_of(await coordinator.extend(THIS_YEAR, "2027-02-15"), 409, "extension-limit-reached")
    problem_of(await own_service.police.ask_for(THIS_YEAR, "2027-02-15"), 409, "extension-limit-reached")
    name = own_service.app.state.database.engine.url.database
    async with as_owner(address, name) as owner:
        await owner.execute(text("UPDATE plan SET max_extensions = 2"))
    again = await coordinator.extend(THIS_YEAR, "2027-02-15")

    assert again.json()["obligation"]["due_before"] == "2027-02-14T17:00:00Z"
    problem_of(await coordinator.extend(THIS_YEAR, "2027-03-15"), 409, "extension-limit-reached")


@pytest.mark.parametrize("day", ["2026-12-17", "2026-12-01"])
async def test_an_extension_moves_the_deadline_later(service: Service, day: str) -> None:
    before = await rows_of(service)

    for response in (await service.coordinator.extend(THIS_YEAR, day), await service.police.ask_for(THIS_YEAR, day)):
        problem = problem_of(response, 422, "extension-not-later")
        assert [fault["pointer"] for fault in problem["errors"]] == ["/due_before_on"]
    assert await rows_of(service) == before


async def test_a_later_deadline_is_asked_for_on_a_day_to_come(service: Service) -> None:
    problem_of(await service.police.ask_for(TRAINING, "2026-11-24"), 422, "extension-not-later")

    assert (await service.police.ask_for(TRAINING, "2026-11-25")).status_code == 201


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2027-01-01", "2026-12-31"),
        ("2027-03-01", "2027-02-28"),
        ("2028-03-01", "2028-02-29"),
        ("2200-12-31", "2200-12-30"),
    ],
)
async def test_before_a_day_ends_with_the_day_before_it(service: Service, day: str, last: str) -> None:
    response = await service.coordinator.extend(THIS_YEAR, day)

    assert response.json()["obligation"]["last_day_on_time"] == last


@pytest.mark.parametrize(
    "sent",
    [
        {"due_before_on": "2027-01-15"},
        {"due_before_on": "2027-01-15", "reason": ""},
        {"due_before_on": "2027-02-30", "reason": "Vì"},
        {"due_before_on": "9999-12-31", "reason": "Vì"},
        {"due_before_on": "0001-01-01", "reason": "Vì"},
        {"due_before_on": 1800000000, "reason": "Vì"},
        {"due_before_on": "2027-01-15", "reason": "Vì", "document_number": "không số"},
        {"due_before_on": "2027-01-15", "reason": "Vì", "received_on": "2026-11-20"},
        {"reason": "Vì"},
    ],
)
async def test_an_extension_names_a_day_and_a_reason(service: Service, sent: dict[str, Any]) -> None:
    response = await service.coordinator.post(f"/v1/obligations/{THIS_YEAR}/extensions", sent)

    problem_of(response, 422, "malformed-content")


@pytest.mark.parametrize("name", ["police", "culture", "integrator", "admin"])
async def test_only_a_coordinator_moves_deadlines(service: Service, name: str) -> None:
    who = getattr(service, name)

    problem_of(await who.extend(THIS_YEAR, "2027-01-15"), 403, "not-allowed")
    problem_of(await who.refuse(THIS_YEAR), 403, "not-allowed")


async def test_an_extension_answers_the_version_that_was_read(service: Service) -> None:
    seen = (await service.coordinator.get(f"/v1/obligations/{THIS_YEAR}")).headers["etag"]
    await service.police.report(THIS_YEAR, "in_progress")

    stale = await service.coordinator.extend(THIS_YEAR, "2027-01-15", headers={"If-Match": seen})

    problem_of(stale, 412, "stale-version")


async def test_an_extension_shows_in_lists_and_in_the_status_document(service: Service) -> None:
    etag = (await service.integrator.get(f"/v1/plans/{PLAN}/status")).headers["etag"]
    service.clock.now += timedelta(seconds=1)
    await service.coordinator.extend(THIS_YEAR, "2027-01-15")

    after = await service.integrator.get(f"/v1/plans/{PLAN}/status", headers={"If-None-Match": etag})
    still = await ids(service.coordinator, cycle="2026", owner="cong-an", status="not_started", as_of="2026-12-20")

    assert after.status_code == 200
    assert still == [str(THIS_YEAR)]


async def test_an_owner_asks_and_nothing_moves_until_it_is_given(service: Service) -> None:
    asked = await service.police.ask_for(THIS_YEAR, "2027-01-15")

    assert asked.status_code == 201
    assert asked.json()["request"]["due_before"] == "2027-01-14T17:00:00Z"
    assert asked.json()["obligation"]["due_before"] == "2026-12-16T17:00:00Z"
    [waiting] = (await service.coordinator.get(REQUESTS)).json()["items"]
    assert waiting == asked.json()
    await service.coordinator.extend(THIS_YEAR, "2027-01-05")
    assert (await service.coordinator.get(REQUESTS)).json()["items"] == []
    assert [act["act"] for act in await service.police.history(THIS_YEAR)] == ["extension_request", "extension"]


async def test_a_request_that_is_refused_moves_nothing(service: Service) -> None:
    await service.police.ask_for(THIS_YEAR, "2027-01-15")

    response = await service.coordinator.refuse(THIS_YEAR, "Đã có hướng dẫn.")

    assert response.status_code == 201
    assert response.json()["refusal"]["reason"] == "Đã có hướng dẫn."
    assert response.json()["obligation"]["due_before"] == "2026-12-16T17:00:00Z"
    assert (await service.coordinator.get(REQUESTS)).json()["items"] == []
    assert [act["act"] for act in await service.police.history(THIS_YEAR)] == ["extension_request", "extension_refusal"]
    problem_of(await service.coordinator.refuse(THIS_YEAR), 409, "no-extension-requested")


async def test_where_nobody_asked_there_is_nothing_to_refuse(service: Service) -> None:
    problem_of(await service.coordinator.refuse(THIS_YEAR), 409, "no-extension-requested")


async def test_the_last_request_is_the_one_that_waits(service: Service) -> None:
    await service.police.ask_for(THIS_YEAR, "2027-01-15")
    last = await service.police.ask_for(THIS_YEAR, "2027-01-20")

    items = (await service.coordinator.get(REQUESTS)).json()["items"]

    assert [item["request"]["id"] for item in items] == [last.json()["request"]["id"]]


async def test_a_request_on_paper_waits_although_an_older_one_was_refused_after_it_came(service: Service) -> None:
    await service.police.ask_for(THIS_YEAR, "2027-01-15")
    await service.coordinator.refuse(THIS_YEAR)

    paper = {"received_on": "2026-11-20", "document_number": "9/CATP-PV01"}
    entered = await service.coordinator.ask_for(THIS_YEAR, "2027-01-15", **paper)

    assert entered.json()["request"]["received_at"] == "2026-11-20T16:59:59.999999Z"
    assert len((await service.coordinator.get(REQUESTS)).json()["items"]) == 1


async def test_an_owners_letter_has_a_number_of_its_own(service: Service) -> None:
    response = await service.police.ask_for(THIS_YEAR, "2027-01-15", document_number="9/CATP-PV01")

    assert response.json()["request"]["document_number"] == "9/CATP-PV01"


async def test_a_coordinator_asks_for_an_owner_only_from_paper(service: Service) -> None:
    problem_of(await service.coordinator.ask_for(THIS_YEAR, "2027-01-15"), 422, "paper-report-incomplete")


async def test_nobody_asks_for_another_body(service: Service) -> None:
    problem_of(await service.health.ask_for(THIS_YEAR, "2027-01-15"), 404, "not-found")
    problem_of(await service.culture.ask_for(obligation("3.6", "cong-an", "2026"), "2027-01-15"), 404, "not-found")
    problem_of(await service.integrator.ask_for(THIS_YEAR, "2027-01-15"), 403, "not-allowed")


async def test_requests_are_seen_by_whom_they_concern(service: Service) -> None:
    await service.police.ask_for(THIS_YEAR, "2027-01-15")

    assert len((await service.police.get(REQUESTS)).json()["items"]) == 1
    assert (await service.health.get(REQUESTS)).json()["items"] == []
    problem_of(await service.integrator.get(REQUESTS), 403, "not-allowed")


async def test_requests_come_in_pages_oldest_first(service: Service) -> None:
    asked = [obligation(f"3.{n}", "cong-an", "2026") for n in (8, 1, 5, 3, 4)]
    for one in asked:
        await service.police.ask_for(one, "2027-01-15")
        service.clock.now += timedelta(minutes=1)

    found: list[str] = []
    cursor = None
    while not found or cursor:
        response = await service.coordinator.get(REQUESTS, limit=2, **({"cursor": cursor} if cursor else {}))
        found += [item["obligation"]["id"] for item in response.json()["items"]]
        cursor = response.json()["next_cursor"]

    assert found == [str(one) for one in asked]
    problem_of(await service.coordinator.get(REQUESTS, cursor="broken"), 400, "broken-cursor")
