"""`as_of` and `known_at`: where things stood, or will stand, and what had been recorded by then."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.api.asking import EVERYTHING_KNOWN, page, problem_of, status_of
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TRAINING, Service, obligation

THIS_YEAR = obligation("3.4", "cong-an", "2026")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2021-06-14T17:00:00Z", "2021-06-14T17:00:00Z"),
        ("2021-06-15T00:00:00+07:00", "2021-06-14T17:00:00Z"),
        ("2021-06-14T16:59:59.999999Z", "2021-06-14T16:59:59.999999Z"),
        ("2021-06-14", "2021-06-14T16:59:59.999999Z"),
    ],
)
async def test_an_instant_or_a_day_can_be_asked_about(service: Service, written: str, read: str) -> None:
    assert (await page(service.coordinator, as_of=written, limit=1))["as_of"] == read
    assert (await status_of(service.coordinator, as_of=written))["as_of"] == read


async def test_a_plus_that_the_address_turned_into_a_blank_is_understood(service: Service) -> None:
    lost = "2021-06-15T00:00:00 07:00"

    found = await page(service.coordinator, as_of=lost, due_before=lost, due_after=lost, limit=1)
    document = await status_of(service.coordinator, as_of=lost, known_at=lost)

    assert found["as_of"] == "2021-06-14T17:00:00Z"
    assert (document["as_of"], document["known_at"]) == ("2021-06-14T17:00:00Z", "2021-06-14T17:00:00Z")


@pytest.mark.parametrize("name", ["as_of", "known_at", "due_after", "due_before"])
@pytest.mark.parametrize("value", ["2021-06-14T17:00:00", "2021-02-30", "yesterday", "", "2021-06-14T25:00:00Z"])
async def test_what_is_neither_an_instant_nor_a_day_is_refused(service: Service, name: str, value: str) -> None:
    problem_of(await service.coordinator.get("/v1/obligations", **{name: value}), 422, "malformed-content")


@pytest.mark.parametrize("value", ["2021", "20210614", "1623628800", "-5"])
async def test_a_bare_number_is_no_instant(service: Service, value: str) -> None:
    problem_of(await service.coordinator.get("/v1/obligations", as_of=value, limit=1), 422, "malformed-content")


async def test_the_past_does_not_know_what_came_later(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    before = await service.police.standing(TRAINING, as_of="2026-11-24T02:59:59.999999Z")
    since = await service.police.standing(TRAINING, as_of="2026-11-24T03:00:00Z")

    assert (before["status"], before["claim"], before["evidence_count"]) == ("overdue", None, 0)
    assert since["status"] == "completed_late"


async def test_the_future_is_what_will_be_if_nobody_posts(service: Service) -> None:
    await service.police.report(THIS_YEAR, "in_progress")

    assert (await service.police.standing(THIS_YEAR))["status"] == "in_progress"
    assert (await service.police.standing(THIS_YEAR, as_of="2026-12-31"))["status"] == "overdue"


async def test_what_was_recorded_later_was_not_known(service: Service) -> None:
    service.clock.catch_up()
    before = datetime.now(UTC)
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **paper)

    unknown = await service.police.standing(TRAINING, as_of="2021-06-14", known_at=before.isoformat())
    known = await service.police.standing(TRAINING, as_of="2021-06-14", known_at=EVERYTHING_KNOWN)

    assert (unknown["status"], known["status"]) == ("not_started", "completed_on_time")


async def test_known_at_holds_for_lists_and_totals_alike(service: Service) -> None:
    before = datetime.now(UTC)
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    asked = {"cycle": FIRST, "body": "cong-an", "as_of": "2030-01-01"}

    for known_at, completed in ((before.isoformat(), 0), (EVERYTHING_KNOWN, 1)):
        found = await page(service.coordinator, **asked, known_at=known_at, status="completed_late")
        totals = (await status_of(service.coordinator, **asked, known_at=known_at))["cycles"][0]["totals"]

        assert (len(found["items"]), totals["completed_late"]) == (completed, completed)


async def test_the_history_ends_at_the_instant_that_is_asked_about(service: Service) -> None:
    await service.police.report(TRAINING, "in_progress")
    service.clock.now = TODAY + timedelta(hours=1)
    await service.police.report(TRAINING, "completed")

    acts = await service.police.get(f"/v1/obligations/{TRAINING}/history", as_of="2026-11-24T03:30:00Z")

    assert [act["state"] for act in acts.json()["items"]] == ["in_progress"]


async def test_evidence_was_not_there_before_it_was_attached(service: Service) -> None:
    attached = (await service.police.attach(TRAINING)).json()

    before = await service.police.get(f"/v1/evidence/{attached['id']}", as_of="2026-11-23")

    problem_of(before, 404, "not-found")


@pytest.mark.parametrize("days", [0, 1, 30])
async def test_days_overdue_are_calendar_days_after_the_last_day_on_time(service: Service, days: int) -> None:
    moment = datetime(2021, 6, 14, 16, 59, tzinfo=UTC) + timedelta(days=days)

    shown = await service.police.standing(TRAINING, as_of=moment.isoformat())

    assert shown["days_overdue"] == days


@pytest.mark.parametrize("name", ["as_of", "known_at", "due_after", "due_before"])
@pytest.mark.parametrize(
    "edge",
    [
        "0001-01-01",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+07:00",
        "9999-12-31",
        "9999-12-31T23:59:59.999999Z",
        "9999-12-31T23:59:59-07:00",
    ],
)
async def test_no_edge_of_the_calendar_breaks_the_service(service: Service, name: str, edge: str) -> None:
    answers = [
        await service.coordinator.get(path, **{name: edge})
        for path in ("/v1/obligations", f"/v1/obligations/{TRAINING}", f"/v1/plans/{PLAN}/status")
    ]

    assert {answer.status_code for answer in answers} <= {200, 422}
