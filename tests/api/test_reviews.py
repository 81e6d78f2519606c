"""POST /v1/obligations/{id}/reviews, and the queue of what waits for one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.asking import ids, problem_of, rows_of
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, TODAY, TRAINING, Service, obligation

WAIVABLE = obligation("3.7", "cong-an")
THIS_YEAR = obligation("3.4", "cong-an", "2026")


async def later(service: Service, **by: float) -> datetime:
    """Move the clock."""
    service.clock.now += timedelta(**by)
    return service.clock.now


async def test_a_coordinator_accepts_a_claim(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    response = await service.coordinator.review(TRAINING, "accepted", "Đủ căn cứ.")

    assert response.status_code == 201
    review, standing = response.json()["review"], response.json()["obligation"]
    assert (review["outcome"], review["reason"], review["obligation"]) == ("accepted", "Đủ căn cứ.", str(TRAINING))
    assert (standing["status"], standing["review"]["outcome"], standing["version"]) == ("completed_late", "accepted", 3)
    assert await service.police.standing(TRAINING) == standing


async def test_acceptance_waives_what_is_missing_and_moves_no_time(service: Service) -> None:
    await service.police.report(INVESTIGATION, measurements=[{"target": "3.2-a", "value": 99}])
    before = await service.police.standing(INVESTIGATION)
    await later(service, days=3)

    await service.coordinator.review(INVESTIGATION, "accepted", waives=before["missing"])

    after = await service.police.standing(INVESTIGATION)
    assert before["missing"] == ["evidence", "target:3.2-a", "target:3.2-b", "target:3.2-c", "target:3.2-d"]
    assert (after["status"], after["missing"], after["waived"]) == ("completed_late", [], before["missing"])
    assert after["judged"] == "accepted_with_waiver"
    assert after["completed_at"] == "2026-11-24T03:00:00Z"


async def test_a_return_opens_the_obligation_until_the_next_update(service: Service) -> None:
    await service.police.report(THIS_YEAR, evidence=[DOCUMENT])
    await later(service, hours=1)

    returned = await service.coordinator.review(THIS_YEAR, "returned", "Thiếu danh sách lớp tập huấn.")

    standing = returned.json()["obligation"]
    assert (standing["status"], standing["claim"], standing["missing"]) == ("in_progress", None, ["report"])
    assert (standing["completed_at"], standing["review"]["outcome"]) == (None, "returned")
    await later(service, hours=1)
    again = (await service.police.report(THIS_YEAR)).json()["obligation"]
    assert (again["status"], again["completed_at"]) == ("completed_on_time", "2026-11-24T05:00:00Z")


async def test_a_return_never_clears_overdue(service: Service) -> None:
    for state, evidence in (("in_progress", []), ("completed", [DOCUMENT])):
        await service.police.report(TRAINING, state, evidence=evidence)

        response = await service.coordinator.review(TRAINING, "returned")

        assert response.json()["obligation"]["status"] == "overdue"
        assert response.json()["obligation"]["days_overdue"] == 1989


async def test_a_return_changes_nothing_before_it(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    before = await service.police.standing(TRAINING)
    returned_at = await later(service, days=2)
    await service.coordinator.review(TRAINING, "returned")

    just_before = await service.police.standing(TRAINING, as_of=(returned_at - timedelta(microseconds=1)).isoformat())
    since = await service.police.standing(TRAINING, as_of=returned_at.isoformat())

    assert just_before | {"version": 0} == before | {"version": 0}
    assert (just_before["status"], since["status"]) == ("completed_late", "overdue")


async def test_what_counts_after_a_return_is_the_next_complete_submission(service: Service) -> None:
    in_time = datetime(2026, 12, 16, 16, 59, 59, tzinfo=UTC)
    service.clock.now = in_time
    await service.police.report(THIS_YEAR, evidence=[DOCUMENT])
    await later(service, seconds=1)
    await service.coordinator.review(THIS_YEAR, "returned")
    await later(service, days=1)

    resubmitted = (await service.police.report(THIS_YEAR)).json()["obligation"]

    assert (resubmitted["status"], resubmitted["completed_at"]) == ("completed_late", "2026-12-17T17:00:00Z")
    await service.coordinator.review(THIS_YEAR, "accepted")
    accepted = await service.police.standing(THIS_YEAR)
    assert (accepted["status"], accepted["completed_at"]) == ("completed_late", "2026-12-17T17:00:00Z")


async def test_first_submission_resubmission_and_acceptance_are_all_kept(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[LINK])
    await later(service, days=1)
    await service.coordinator.review(TRAINING, "returned", "Chưa rõ số người dự.")
    await later(service, days=1)
    await service.police.report(TRAINING)
    await later(service, days=1)
    await service.coordinator.review(TRAINING, "accepted", "Đã rõ.")

    acts = await service.police.history(TRAINING)

    assert [(act["act"], act["received_at"][:10]) for act in acts] == [
        ("update", "2026-11-24"),
        ("evidence", "2026-11-24"),
        ("review", "2026-11-25"),
        ("update", "2026-11-26"),
        ("review", "2026-11-27"),
    ]
    assert [act["reason"] for act in acts if act["act"] == "review"] == ["Chưa rõ số người dự.", "Đã rõ."]
    assert (await service.police.standing(TRAINING))["completed_at"] == "2026-11-26T03:00:00Z"


async def test_resubmitting_without_a_return_moves_nothing(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[LINK])
    await later(service, days=1)

    await service.police.report(TRAINING)

    assert (await service.police.standing(TRAINING))["completed_at"] == "2026-11-24T03:00:00Z"


async def test_the_history_names_every_return(service: Service) -> None:
    for n in range(3):
        await service.police.report(TRAINING, evidence=[LINK])
        await later(service, minutes=1)
        await service.coordinator.review(TRAINING, "returned", f"Lần {n}")
        await later(service, minutes=1)

    acts = await service.police.history(TRAINING)

    assert [act["reason"] for act in acts if act["act"] == "review"] == ["Lần 0", "Lần 1", "Lần 2"]


async def test_a_claim_that_nothing_arises_can_be_returned(service: Service) -> None:
    await service.police.report(WAIVABLE, "not_applicable")
    await later(service, hours=1)

    await service.coordinator.review(WAIVABLE, "returned", "Đã có hướng dẫn.")

    standing = await service.police.standing(WAIVABLE)
    assert (standing["status"], standing["missing"]) == ("overdue", ["report", "evidence"])
    assert standing["judged"] == "returned"


async def test_a_claim_that_nothing_arises_can_be_accepted(service: Service) -> None:
    await service.police.report(WAIVABLE, "not_applicable")

    response = await service.coordinator.review(WAIVABLE, "accepted")

    assert response.json()["obligation"]["status"] == "not_applicable"


@pytest.mark.parametrize("outcome", ["accepted", "returned"])
async def test_where_nobody_has_reported_there_is_nothing_to_review(service: Service, outcome: str) -> None:
    await service.police.attach(TRAINING)
    before = await rows_of(service)

    problem_of(await service.coordinator.review(TRAINING, outcome), 409, "nothing-to-review")

    assert await rows_of(service) == before


@pytest.mark.parametrize("state", ["not_started", "in_progress"])
async def test_what_is_not_finished_can_be_returned_and_not_accepted(service: Service, state: str) -> None:
    await service.police.report(TRAINING, state)

    problem_of(await service.coordinator.review(TRAINING, "accepted"), 409, "nothing-to-review")
    assert (await service.coordinator.review(TRAINING, "returned")).status_code == 201


async def test_a_claim_is_accepted_once_and_returned_once(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.coordinator.review(TRAINING, "accepted")

    problem_of(await service.coordinator.review(TRAINING, "accepted"), 409, "nothing-to-review")
    assert (await service.coordinator.review(TRAINING, "returned")).status_code == 201
    for outcome in ("accepted", "returned"):
        problem_of(await service.coordinator.review(TRAINING, outcome), 409, "nothing-to-review")


@pytest.mark.parametrize("waives", [[], ["evidence"], ["target:3.2-c"], ["evidence", "target:3.2-c", "target:3.2-d"]])
async def test_an_acceptance_names_exactly_what_is_missing(service: Service, waives: list[str]) -> None:
    figures = {"3.2-a": 100, "3.2-b": 100, "3.2-c": 90, "3.2-d": 6}
    await service.police.report(INVESTIGATION, measurements=[{"target": t, "value": v} for t, v in figures.items()])
    before = await rows_of(service)

    problem = problem_of(
        await service.coordinator.review(INVESTIGATION, "accepted", waives=waives), 409, "waiver-mismatch"
    )

    assert problem["missing"] == ["evidence", "target:3.2-c"]
    assert await rows_of(service) == before


async def test_a_review_of_a_version_that_is_not_the_latest_decides_nothing(service: Service) -> None:
    seen = (await service.police.report(TRAINING, evidence=[DOCUMENT])).json()["obligation"]["version"]
    await service.police.attach(TRAINING)
    before = await rows_of(service)

    problem = problem_of(await service.coordinator.review(TRAINING, "accepted", seen=seen), 409, "changed-since-seen")

    assert problem["version"] == seen + 1
    assert await rows_of(service) == before
    assert (await service.coordinator.review(TRAINING, "accepted", seen=seen + 1)).status_code == 201


async def test_a_review_names_the_update_that_it_is_of(service: Service) -> None:
    update = (await service.police.report(TRAINING, evidence=[DOCUMENT])).json()["update"]["id"]

    review = (await service.coordinator.review(TRAINING, "returned")).json()["review"]

    assert (review["update"], review["waives"]) == (update, [])


async def test_where_there_was_no_case_a_share_is_met_and_a_fall_is_not(service: Service) -> None:
    no_case = [{"target": f"3.2-{letter}", "cases": 0} for letter in "abc"]
    fall = {"target": "3.2-d", "value": 5}

    refused = await service.police.report(INVESTIGATION, measurements=[*no_case, {"target": "3.2-d", "cases": 0}])
    taken = await service.police.report(INVESTIGATION, measurements=[*no_case, fall], evidence=[DOCUMENT])

    assert [one["pointer"] for one in problem_of(refused, 422, "figure-needed")["errors"]] == ["/measurements/3/cases"]
    assert taken.json()["obligation"]["status"] == "completed_late"
    assert taken.json()["update"]["measurements"][0] == {"target": "3.2-a", "value": None, "cases": 0}


@pytest.mark.parametrize(
    ("letter", "value", "meant"),
    [
        ("a", 100.1, "is a percentage: from 0 to 100"),
        ("b", -1, "is a percentage: from 0 to 100"),
        ("d", -5, "says how far it fell, in percent from 0 to 100 and without a sign; 0 where it rose"),
        ("d", 101, "says how far it fell, in percent from 0 to 100 and without a sign; 0 where it rose"),
    ],
)
async def test_a_figure_that_cannot_be_is_refused_with_what_is_meant(
    service: Service, letter: str, value: float, meant: str
) -> None:
    figure = {"target": f"3.2-{letter}", "value": value}

    refused = await service.police.report(INVESTIGATION, "in_progress", measurements=[figure])

    faults = problem_of(refused, 422, "figure-impossible")["errors"]
    assert faults == [{"pointer": "/measurements/0/value", "detail": meant}]


async def test_a_paper_report_from_before_what_was_returned_does_not_undo_the_return(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await later(service, days=1)
    await service.coordinator.review(TRAINING, "returned")

    paper = {"received_on": "2026-11-23", "document_number": "9/BC-CATP"}
    await service.coordinator.report(TRAINING, **paper)

    assert (await service.police.standing(TRAINING))["status"] == "overdue"


async def test_a_paper_report_from_after_what_was_returned_counts(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await later(service, days=1)
    await service.coordinator.review(TRAINING, "returned")

    paper = {"received_on": "2026-11-24", "document_number": "9/BC-CATP"}
    await service.coordinator.report(TRAINING, **paper)

    assert (await service.police.standing(TRAINING))["status"] == "completed_late"


async def test_a_review_answers_the_version_that_was_read(service: Service) -> None:
    seen = (await service.police.report(TRAINING, evidence=[DOCUMENT])).headers["etag"]
    await service.police.report(TRAINING, "in_progress")
    before = await rows_of(service)

    stale = await service.coordinator.review(TRAINING, "returned", headers={"If-Match": seen})

    problem_of(stale, 412, "stale-version")
    assert await rows_of(service) == before


async def test_a_review_that_is_sent_twice_is_given_once(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    key = {"Idempotency-Key": "review-once"}

    first = await service.coordinator.review(TRAINING, "accepted", headers=key)
    again = await service.coordinator.review(TRAINING, "accepted", headers=key)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert len(await service.police.history(TRAINING)) == 3


@pytest.mark.parametrize("name", ["police", "culture", "court", "integrator", "admin"])
async def test_only_a_coordinator_reviews(service: Service, name: str) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    problem_of(await getattr(service, name).review(TRAINING, "accepted"), 403, "not-allowed")


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"outcome": "accepted"}, "/reason"),
        ({"outcome": "returned", "reason": " "}, "/reason"),
        ({"outcome": "rejected", "reason": "Không"}, "/outcome"),
        ({"outcome": "returned", "reason": "Không", "received_on": "2026-11-20"}, ""),
    ],
)
async def test_a_review_says_what_and_why(service: Service, sent: dict[str, Any], pointer: str) -> None:
    response = await service.coordinator.post(f"/v1/obligations/{TRAINING}/reviews", sent)

    assert [fault["pointer"] for fault in problem_of(response, 422, "malformed-content")["errors"]] == [pointer]


async def test_the_queue_holds_what_waits_for_a_review_oldest_first(service: Service) -> None:
    waiting = [TRAINING, WAIVABLE, INVESTIGATION]
    for one, state in zip(waiting, ("completed", "not_applicable", "completed"), strict=True):
        await service.police.report(one, state)
        await later(service, minutes=1)
    await service.police.report(obligation("3.5", "cong-an"), "in_progress")
    for one, outcome in ((obligation("3.1", "cong-an"), "accepted"), (obligation("3.3", "cong-an"), "returned")):
        await service.police.report(one, evidence=[DOCUMENT])
        await service.coordinator.review(one, outcome)
    service.clock.catch_up()

    queue = {"cycle": FIRST, "awaiting_review": True, "sort": "updated_at"}

    assert await ids(service.coordinator, **queue) == [str(one) for one in waiting]
    assert await ids(service.court, **queue) == []
    assert str(TRAINING) not in await ids(service.coordinator, cycle=FIRST, awaiting_review=False)


async def test_what_was_returned_comes_back_to_the_queue_with_the_next_report(service: Service) -> None:
    await service.police.report(TRAINING)
    await service.coordinator.review(TRAINING, "returned")
    assert await ids(service.coordinator, awaiting_review=True) == []
    await later(service, minutes=1)

    await service.police.report(TRAINING)

    assert await ids(service.coordinator, awaiting_review=True) == [str(TRAINING)]
    assert await ids(service.coordinator, awaiting_review=True, as_of=TODAY.isoformat()) == []


async def test_an_act_that_waited_for_a_later_one_sees_it(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    asked_at = service.clock.now
    accepted = await service.coordinator.review(TRAINING, "accepted")
    await later(service, seconds=1)
    await service.coordinator.review(TRAINING, "returned")

    service.clock.now = asked_at
    response = await service.coordinator.review(TRAINING, "accepted")

    assert accepted.status_code == 201
    problem_of(response, 409, "nothing-to-review")
