"""POST /v1/plans/{plan}/cycles: cycles of their own kind, which a letter orders."""

from datetime import timedelta
from typing import Any

import pytest

from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from embedded_postgres import Address
from tests.api.asking import listed, problem_of, rows_of, status_of
from tests.conftest import PLAN_FOLDER, as_owner
from tests.given import DOCUMENT, PLAN, TODAY, Caller, Service, obligation

CYCLES = f"/v1/plans/{PLAN}/cycles"
ORDERED: dict[str, Any] = {
    "code": "6-thang-2026",
    "title_vi": "Báo cáo đột xuất sáu tháng",
    "title_en": "Ad hoc report over six months",
    "starts_on": "2026-06-01",
    "ends_on": "2026-11-30",
    "due_before_on": "2026-12-10",
    "document_number": "77/UBND-KGVX",
    "decided_on": "2026-11-20",
}


async def order(who: Caller, **more: Any) -> Any:
    """Open a cycle of its own kind."""
    sent = {name: value for name, value in (ORDERED | more).items() if value is not None}
    return await who.post(CYCLES, sent)


async def test_a_letter_orders_a_cycle_of_all_that_every_cycle_asks_for(service: Service) -> None:
    response = await order(service.coordinator)

    assert response.status_code == 201, response.text
    cycle = response.json()
    assert {name: cycle[name] for name in ORDERED if name != "due_before_on"} == {
        name: value for name, value in ORDERED.items() if name != "due_before_on"
    }
    assert (cycle["due_before"], cycle["annual"], cycle["confirmed"]) == ("2026-12-09T17:00:00Z", False, True)
    assert all("77/UBND-KGVX" in cycle["basis"][language] for language in ("vi", "en"))
    owed = await listed(service.coordinator, cycle="6-thang-2026")
    every_cycle = {one["duty"]["code"] for one in owed}
    assert every_cycle.isdisjoint({"7.2", "G.1", "18.3", "18.7", "F.1", "R.1", "R.2"})
    annual = await listed(service.coordinator, cycle="2026")
    assert every_cycle == {one["duty"]["code"] for one in annual} - {"7.2", "G.1", "18.3", "18.7", "F.1", "R.2"}
    [*_, shown] = (await service.integrator.get(CYCLES)).json()["items"]
    assert shown["code"] in {"2026", "6-thang-2026"}


async def test_it_asks_for_the_duties_that_it_names(service: Service) -> None:
    await order(service.coordinator, duties=["3.2", "3.4"])

    owed = await listed(service.coordinator, cycle="6-thang-2026")

    assert [(one["duty"]["code"], one["owner"]["code"]) for one in owed] == [("3.2", "cong-an"), ("3.4", "cong-an")]
    one = obligation("3.4", "cong-an", "6-thang-2026")
    reported = await service.police.report(one, evidence=[DOCUMENT])
    assert reported.json()["obligation"]["status"] == "completed_on_time"
    assert [cycle["totals"]["owed"] for cycle in (await status_of(service.integrator))["cycles"]].count(2) == 1


async def test_ordering_it_again_changes_nothing_and_another_one_by_its_code_is_refused(service: Service) -> None:
    first = await order(service.coordinator, duties=["3.4"])
    again = await order(service.coordinator, duties=["3.4"])
    before = await rows_of(service)

    assert again.json() == first.json()
    assert len(await listed(service.coordinator, cycle="6-thang-2026")) == 1
    problem_of(await order(service.coordinator, duties=["3.5"]), 409, "already-exists")
    assert await rows_of(service) == before


@pytest.mark.parametrize(
    ("more", "kind", "pointer"),
    [
        ({"due_before_on": "2026-11-24"}, "deadline-not-after", "/due_before_on"),
        ({"decided_on": "2026-11-25"}, "letter-date-impossible", "/decided_on"),
        ({"decided_on": "2021-05-30"}, "letter-date-impossible", "/decided_on"),
        ({"code": "2027"}, "cycle-code-reserved", "/code"),
        ({"code": "2021-06-15"}, "cycle-code-reserved", "/code"),
        ({"ends_on": "2026-05-31"}, "period-impossible", "/ends_on"),
        ({"starts_on": "2026-12-10", "ends_on": "2026-12-31"}, "period-impossible", "/due_before_on"),
        ({"duties": ["3.4", "99.9"]}, "duty-unknown", "/duties/1"),
        ({"duties": ["G.1", "3.4", "7.2"]}, "duty-not-every-cycle", "/duties/0"),
        ({"duties": ["18.3"]}, "duty-not-every-cycle", "/duties/0"),
        ({"duties": ["R.1"]}, "duty-not-every-cycle", "/duties/0"),
        ({"document_number": None}, "malformed-content", ""),
        ({"title_vi": None}, "malformed-content", ""),
        ({"title_vi": "Cháu Trần Thị Mai, 12 tuổi"}, "personal-data-found", "/title_vi"),
        ({"code": "x" * 41}, "malformed-content", ""),
        ({"duties": ["3.4", "3.4"]}, "malformed-content", ""),
    ],
)
async def test_what_cannot_be_ordered_is_refused_for_its_reason(
    service: Service, more: dict[str, Any], kind: str, pointer: str
) -> None:
    before = await rows_of(service)

    problem = problem_of(await order(service.coordinator, **more), 422, kind)

    assert problem["errors"][0]["pointer"] == pointer
    assert await rows_of(service) == before


async def test_a_deadline_of_tomorrow_is_late_enough(service: Service) -> None:
    response = await order(service.coordinator, due_before_on="2026-11-25")

    assert response.json()["last_day_on_time"] == "2026-11-24"


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_orders_a_cycle(service: Service, name: str) -> None:
    problem_of(await order(getattr(service, name)), 403, "not-allowed")


async def test_a_letter_moves_its_deadline_and_it_is_closed_like_others(service: Service) -> None:
    await order(service.coordinator)
    moved = {"due_before_on": "2026-12-20", "reason": "Theo công văn.", "document_number": "80/UBND-KGVX"}
    response = await service.coordinator.post(f"{CYCLES}/6-thang-2026/deadlines", moved)
    service.clock.now = TODAY + timedelta(days=26)

    closed = await service.coordinator.post(f"{CYCLES}/6-thang-2026/closing", {"reason": "Đã tổng hợp."})

    assert (response.status_code, closed.status_code) == (201, 201)


async def test_seeding_again_leaves_it_as_it_was_ordered(own_service: Service, address: Address) -> None:
    await order(own_service.coordinator, duties=["3.4"])
    one = obligation("3.4", "cong-an", "6-thang-2026")
    await own_service.police.report(one, evidence=[DOCUMENT])
    before = await own_service.police.standing(one)

    async with as_owner(address, str(own_service.app.state.database.engine.url.database)) as owner:
        changes = await apply(owner, read(PLAN_FOLDER), now=TODAY)

    assert not changes
    assert await own_service.police.standing(one) == before
