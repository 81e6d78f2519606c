"""The calendar of a plan: GET and POST /v1/plans/{plan}/holidays, and `dondoc holidays import`."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.commands.holidays import import_year
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.domain.errors import NotFound
from app.settings import ROOT
from embedded_postgres import Address
from tests.api.asking import problem_of, rows_of
from tests.conftest import as_owner
from tests.given import PLAN, TODAY, Caller, Service, obligation

HOLIDAYS, CYCLES = f"/v1/plans/{PLAN}/holidays", f"/v1/plans/{PLAN}/cycles"


async def mark(who: Caller, day: str, *, name: str = "Ngày nghỉ theo thông báo", **more: Any) -> Any:
    """Mark a day."""
    return await who.post(HOLIDAYS, {"observed_on": day, "name": name, **more})


async def days(who: Caller, **params: Any) -> list[str]:
    """List the days off."""
    response = await who.get(HOLIDAYS, **params)
    assert response.status_code == 200, response.text
    return [day["observed_on"] for day in response.json()["items"]]


async def test_the_seed_begins_the_calendar(service: Service) -> None:
    found = await days(service.integrator, year=2026)

    assert {"2026-01-01", "2026-02-17", "2026-04-30", "2026-05-01", "2026-09-02"} <= set(found)
    assert found == sorted(found)
    assert await days(service.integrator, year=1990) == []


async def test_a_day_is_marked_and_a_cycle_that_is_opened_later_steps_over_it(service: Service) -> None:
    response = await mark(service.coordinator, "2027-12-15")

    assert response.status_code == 201
    assert (response.json()["observed"], response.json()["client"]) == (True, str(service.coordinator.client_id))
    opened = (await service.coordinator.post(CYCLES, {"code": "2027"})).json()
    assert opened["last_day_on_time"] == "2027-12-17"
    assert opened["basis"]["en"].endswith(
        "Counted from 2027-12-14: Wed 2027-12-15 is a day off, Thu 2027-12-16 is working day 1, "
        "Fri 2027-12-17 is working day 2; due before 2027-12-18."
    )
    assert opened["basis"]["vi"].endswith(
        "Tính từ ngày 14/12/2027: thứ Tư 15/12/2027 là ngày nghỉ, thứ Năm 16/12/2027 là ngày làm việc thứ 1, "
        "thứ Sáu 17/12/2027 là ngày làm việc thứ 2; thời hạn trước ngày 18/12/2027."
    )


async def test_the_arithmetic_of_every_deadline_can_be_counted_again(service: Service) -> None:
    found = {one["code"]: one["basis"]["en"] for one in (await service.integrator.get(CYCLES)).json()["items"]}

    assert found["2024"].endswith(
        "Counted from 2024-12-14: Sun 2024-12-15 is a day off, Mon 2024-12-16 is working day 1, "
        "Tue 2024-12-17 is working day 2; due before 2024-12-18."
    )
    assert found["2021"].endswith("due before 2021-12-17.")
    assert found["2026"].endswith("due before 2026-12-17.")


async def test_a_cycle_that_is_open_keeps_its_deadline(service: Service) -> None:
    before = (await service.integrator.get(f"{CYCLES}/2026")).json()

    marked = await mark(service.coordinator, "2026-12-15")
    await service.coordinator.post(CYCLES, {"code": "2026"})

    after = (await service.integrator.get(f"{CYCLES}/2026")).json()
    assert marked.json()["counted_over"] == ["2026"]
    assert {**after, "basis": before["basis"]} == before
    assert after["basis"]["en"].endswith(
        "Counted from 2026-12-14: Tue 2026-12-15 was counted and has been marked as off since, "
        "Wed 2026-12-16 is working day 2; due before 2026-12-17."
    )
    assert after["basis"]["vi"].endswith(
        "Tính từ ngày 14/12/2026: thứ Ba 15/12/2026 đã được tính là ngày làm việc, sau đó được ghi nhận là ngày nghỉ, "
        "thứ Tư 16/12/2026 là ngày làm việc thứ 2; thời hạn trước ngày 17/12/2026."
    )
    explained = await service.integrator.get(f"/v1/obligations/{obligation('3.4', 'cong-an', '2026')}/explanation")
    assert explained.json()["calendar"]["basis"] == after["basis"]


async def test_a_day_can_be_taken_out_and_put_back_and_nothing_is_forgotten(service: Service) -> None:
    before = datetime.now(UTC)
    await mark(service.coordinator, "2026-09-01", name="Không nghỉ", observed=False)
    since = datetime.now(UTC)
    assert "2026-09-01" not in await days(service.integrator, year=2026)

    await mark(service.coordinator, "2026-09-01", name="Quốc khánh")

    assert "2026-09-01" in await days(service.integrator, year=2026)
    assert "2026-09-01" in await days(service.integrator, year=2026, known_at=before.isoformat())
    assert "2026-09-01" not in await days(service.integrator, year=2026, known_at=since.isoformat())
    marks = (await service.integrator.get(f"{HOLIDAYS}/2026-09-01")).json()["items"]
    assert [(one["observed"], one["name"]) for one in marks] == [
        (True, "Quốc khánh"),
        (False, "Không nghỉ"),
        (True, "Quốc khánh"),
    ]
    assert [one["client"] is None for one in marks] == [True, False, False]


async def test_seeding_again_undoes_no_mark_and_moves_no_deadline(own_service: Service, address: Address) -> None:
    await mark(own_service.coordinator, "2026-09-01", observed=False)
    await mark(own_service.coordinator, "2026-12-15")
    name = own_service.app.state.database.engine.url.database

    async with as_owner(address, name) as owner:
        changes = await apply(owner, read(ROOT / "seeds" / PLAN), now=TODAY)

    assert not changes
    assert "2026-09-01" not in await days(own_service.integrator, year=2026)


async def test_a_year_is_imported_but_for_the_days_that_somebody_has_marked(
    own_service: Service, address: Address
) -> None:
    await mark(own_service.coordinator, "2028-09-02", name="Không nghỉ", observed=False)
    name = own_service.app.state.database.engine.url.database
    async with as_owner(address, name) as owner:
        added = await import_year(owner, PLAN, 2028)
        again = await import_year(owner, PLAN, 2028)

    found = await days(own_service.integrator, year=2028)
    assert again == []
    assert [day.observed_on.isoformat() for day in added] == found
    assert {"2028-01-01", "2028-04-30", "2028-05-01"} <= set(found)
    assert "2028-09-02" not in found


async def test_nothing_is_imported_for_an_unknown_plan(own_service: Service, address: Address) -> None:
    async with as_owner(address, own_service.app.state.database.engine.url.database) as owner:
        with pytest.raises(NotFound):
            await import_year(owner, "unknown", 2028)


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_marks_days(service: Service, name: str) -> None:
    problem_of(await mark(getattr(service, name), "2027-12-15"), 403, "not-allowed")


@pytest.mark.parametrize(
    "sent",
    [
        {"observed_on": "2027-02-30", "name": "X"},
        {"observed_on": "0001-01-01", "name": "X"},
        {"observed_on": "9999-12-31", "name": "X"},
        {"observed_on": "2027-12-15", "name": " "},
        {"observed_on": "2027-12-15", "name": "X", "observed": "maybe"},
        {"name": "X"},
    ],
)
async def test_a_mark_that_cannot_be_read_is_refused(service: Service, sent: dict[str, Any]) -> None:
    before = await rows_of(service)

    problem_of(await service.coordinator.post(HOLIDAYS, sent), 422, "malformed-content")

    assert await rows_of(service) == before


@pytest.mark.parametrize("path", [f"{HOLIDAYS}/tomorrow", f"{HOLIDAYS}/9999-12-31"])
async def test_a_day_that_no_calendar_has_is_refused(service: Service, path: str) -> None:
    problem_of(await service.integrator.get(path), 422, "malformed-content")


async def test_the_calendar_of_an_unknown_plan_is_not_found(service: Service) -> None:
    for path in ("/v1/plans/unknown/holidays", "/v1/plans/unknown/holidays/2026-09-02"):
        problem_of(await service.integrator.get(path), 404, "not-found")
    assert (await service.integrator.get(f"{HOLIDAYS}/{date(2026, 9, 4)}")).json()["items"] == []
