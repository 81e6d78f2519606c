"""GET and POST /v1/plans/{plan}/cycles."""

from datetime import UTC, datetime

import pytest

from tests.api.asking import listed, problem_of, rows_of, status_of
from tests.given import DOCUMENT, PLAN, Service, obligation

CYCLES = f"/v1/plans/{PLAN}/cycles"


async def test_a_coordinator_opens_a_cycle_which_creates_its_obligations(service: Service) -> None:
    response = await service.coordinator.post(CYCLES, {"code": "2027"})

    assert response.status_code == 201
    opened = response.json()
    assert (opened["code"], opened["starts_on"], opened["ends_on"]) == ("2027", "2026-12-15", "2027-12-14")
    assert opened == (await service.coordinator.get(response.headers["location"])).json()
    owed = await listed(service.coordinator, cycle="2027")
    assert len(owed) == 296
    assert {item["status"] for item in owed} == {"not_started"}


async def test_opening_a_cycle_twice_changes_nothing(service: Service) -> None:
    first = await service.coordinator.post(CYCLES, {"code": "2027"})
    before = await listed(service.coordinator, cycle="2027")

    again = await service.coordinator.post(CYCLES, {"code": "2027"})

    assert again.json() == first.json()
    assert await listed(service.coordinator, cycle="2027") == before


async def test_a_past_year_that_nobody_opened_is_overdue_at_once_when_it_is(service: Service) -> None:
    service.clock.now = datetime(2028, 3, 1, 2, tzinfo=UTC)

    opened = await service.coordinator.post(CYCLES, {"code": "2027"})

    assert (opened.status_code, opened.json()["last_day_on_time"]) == (201, "2027-12-16")
    owed = await listed(service.coordinator, cycle="2027")
    assert {(one["force"], one["status"], one["days_overdue"]) for one in owed} == {
        ("directed", "overdue", 76),
        # R.3 rests on the reports of all others, and is due five working days after these.
        ("directed", "overdue", 69),
        ("requested", "awaited", 0),
    }
    assert len(owed) == 296
    paper = {"received_on": "2027-12-16", "document_number": "9/BC-CATP"}
    in_time = await service.coordinator.report(obligation("3.4", "cong-an", "2027"), evidence=[DOCUMENT], **paper)
    assert in_time.json()["obligation"]["status"] == "completed_on_time"


async def test_opening_a_cycle_shows_in_the_status_document(service: Service) -> None:
    before = (await service.integrator.get(f"/v1/plans/{PLAN}/status")).headers["etag"]

    await service.coordinator.post(CYCLES, {"code": "2027"})

    after = await service.integrator.get(f"/v1/plans/{PLAN}/status", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert [cycle["totals"]["owed"] for cycle in after.json()["cycles"]][-1] == 296


async def test_cycles_say_their_period_their_deadline_and_its_basis(service: Service) -> None:
    found = {cycle["code"]: cycle for cycle in (await service.integrator.get(CYCLES)).json()["items"]}

    first = found["2021-06-15"]
    assert (first["starts_on"], first["ends_on"], first["last_day_on_time"]) == (
        "2021-05-31",
        "2021-06-14",
        "2021-06-14",
    )
    assert (first["due_before"], first["confirmed"], first["annual"]) == ("2021-06-14T17:00:00Z", True, False)
    assert all("15/6/2021" in first["basis"][language] for language in ("vi", "en"))
    assert (found["2021"]["starts_on"], found["2021"]["ends_on"]) == ("2021-05-31", "2021-12-14")
    assert not any(cycle["confirmed"] for cycle in found.values() if cycle["annual"])


@pytest.mark.parametrize(
    ("year", "due_before"),
    [("2021", "2021-12-16T17:00:00Z"), ("2024", "2024-12-17T17:00:00Z"), ("2026", "2026-12-16T17:00:00Z")],
)
async def test_an_annual_cycle_is_due_after_the_second_working_day(
    service: Service, year: str, due_before: str
) -> None:
    found = {cycle["code"]: cycle for cycle in (await service.integrator.get(CYCLES)).json()["items"]}

    assert found[year]["due_before"] == due_before


@pytest.mark.parametrize("code", ["2020", "2021-06-16", "abc"])
async def test_a_cycle_that_the_plan_does_not_have_cannot_be_opened(service: Service, code: str) -> None:
    before = await rows_of(service)

    problem_of(await service.coordinator.post(CYCLES, {"code": code}), 422, "cycle-unknown")

    assert await rows_of(service) == before


@pytest.mark.parametrize("code", ["2028", "2100"])
async def test_a_cycle_that_begins_more_than_a_year_from_now_is_refused_for_that(service: Service, code: str) -> None:
    problem_of(await service.coordinator.post(CYCLES, {"code": code}), 409, "cycle-ahead")


@pytest.mark.parametrize("code", ["10000", "99999", "9" * 80])
async def test_a_year_that_no_calendar_has_is_no_cycle(service: Service, code: str) -> None:
    problem_of(await service.coordinator.post(CYCLES, {"code": code}), 422, "cycle-unknown")


async def test_a_cycle_has_one_code(service: Service) -> None:
    problem_of(await service.coordinator.post(CYCLES, {"code": "02027"}), 422, "cycle-unknown")


async def test_a_cycle_of_an_unknown_plan_is_not_found(service: Service) -> None:
    problem_of(await service.coordinator.post("/v1/plans/unknown/cycles", {"code": "2027"}), 404, "not-found")


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_opens_cycles(service: Service, name: str) -> None:
    problem_of(await getattr(service, name).post(CYCLES, {"code": "2027"}), 403, "not-allowed")

    assert "2027" not in [cycle["cycle"] for cycle in (await status_of(service.integrator))["cycles"]]
