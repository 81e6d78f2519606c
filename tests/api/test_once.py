"""Duties that are owed once: done in one cycle, they are not owed in those that began after the deed."""

from typing import Any

from tests.api.asking import problem_of, rows_of
from tests.given import DOCUMENT, FIRST, Service, item, obligation

DONE, LATER = obligation("G.1", "cong-an", FIRST), obligation("G.1", "cong-an", "2026")
PAPER: dict[str, Any] = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}


async def test_before_the_deed_it_can_be_reported_in_any_cycle(service: Service) -> None:
    alone = await service.police.report(LATER, "in_progress")
    together = await service.police.bulk(item(LATER), item(DONE))

    assert alone.status_code == 201
    assert [one["status"] for one in together.json()["results"]] == [201, 201]


async def test_after_the_deed_no_act_is_on_what_is_not_owed(service: Service) -> None:
    await service.coordinator.report(DONE, evidence=[DOCUMENT], **PAPER)
    before = await rows_of(service)

    for answer in (
        await service.police.report(LATER),
        await service.police.attach(LATER),
        await service.police.ask_for(LATER, "2027-01-15"),
        await service.coordinator.report(LATER, **PAPER),
        await service.coordinator.review(LATER, "returned"),
        await service.coordinator.extend(LATER, "2027-01-15"),
    ):
        problem_of(answer, 404, "not-found")
    assert await rows_of(service) == before


async def test_after_the_deed_many_at_once_are_refused_like_one(service: Service) -> None:
    await service.coordinator.report(DONE, evidence=[DOCUMENT], **PAPER)

    response = await service.police.bulk(item(LATER), item(DONE, "completed"))

    assert [one["status"] for one in response.json()["results"]] == [404, 201]


async def test_where_the_deed_was_done_and_in_the_cycle_of_that_day_it_can_still_be_reported(service: Service) -> None:
    await service.police.report(LATER, evidence=[DOCUMENT])

    answers = [await service.police.report(one) for one in (DONE, LATER)]

    assert [one.status_code for one in answers] == [201, 201]


async def test_what_was_attached_before_it_proved_not_owed_can_be_withdrawn(service: Service) -> None:
    attached = (await service.police.attach(LATER)).json()["id"]
    await service.coordinator.report(DONE, evidence=[DOCUMENT], **PAPER)

    response = await service.police.withdraw(attached)

    assert response.status_code == 201
    assert (await service.police.get(f"/v1/evidence/{attached}")).json()["withdrawn_at"] is not None


async def test_once_the_deed_is_returned_it_is_owed_again(service: Service) -> None:
    await service.coordinator.report(DONE, evidence=[DOCUMENT], **PAPER)
    problem_of(await service.police.report(LATER), 404, "not-found")

    await service.coordinator.review(DONE, "returned")

    assert (await service.police.report(LATER, "in_progress")).status_code == 201
