"""An acceptance outlives whatever is annulled, as long as its claim has what it did not waive."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.given import TRAINING, Service, obligation

GUIDED, MEASURED = obligation("3.7", "cong-an"), obligation("3.2", "cong-an", "2026")
GOOD = {"3.2-a": 100, "3.2-b": 100, "3.2-c": 95, "3.2-d": 5}
Step = tuple[str, dict[str, Any]]
WAIVED: Step = ("accepted", {"waives": ["evidence"]})
ACCEPTED: Step = ("accepted", {"waives": []})
OVERTAKEN = {"received_on": "2026-11-25", "document_number": "77/BC-CATP"}
DONE: Step = ("completed", {})


def figures(**other: int) -> Step:
    """Report completion with figures, good ones but for some."""
    measured = [{"target": code, "value": other.get(code[-1], value)} for code, value in GOOD.items()]
    return "completed", {"measurements": measured}


async def told(service: Service, one: UUID, steps: Sequence[Step]) -> list[str]:
    """Let a story happen, one step a day; return the ids of its acts."""
    acts = []
    for verb, fields in steps:
        who = service.coordinator if "document_number" in fields else service.police
        if verb in {"accepted", "returned"}:
            response = await service.coordinator.review(one, verb, **fields)
        elif verb == "attached":
            response = await service.police.attach(one)
        else:
            response = await who.report(one, verb, **fields)
        assert response.status_code == 201, (verb, response.text)
        made = response.json()
        acts.append(next((made[name] for name in ("update", "review") if name in made), made)["id"])
        service.clock.now += timedelta(days=1)
    return acts


@pytest.mark.parametrize(
    ("one", "steps"),
    [
        (TRAINING, [DONE, WAIVED, DONE, ACCEPTED]),
        (TRAINING, [DONE, WAIVED, DONE, ACCEPTED, ("in_progress", OVERTAKEN)]),
        (GUIDED, [DONE, WAIVED, ("not_applicable", {}), DONE, ACCEPTED]),
        (TRAINING, [DONE, ("attached", {}), ACCEPTED, DONE, ACCEPTED]),
    ],
    ids=["another full report", "overtaken paper", "a late claim that nothing arises", "evidence that stood"],
)
async def test_taking_back_what_proved_nothing_leaves_an_acceptance_standing(
    service: Service, one: UUID, steps: list[Step]
) -> None:
    await told(service, one, steps)
    before = await service.coordinator.standing(one)
    (stray,) = await told(service, one, [("attached", {})])

    answer = (await service.coordinator.annul(one, stray)).json()

    assert (before["status"], before["missing"]) == ("completed_late", [])
    assert answer["annulment"]["with"] == []
    assert answer["obligation"] | {"version": 0, "updated_at": ""} == before | {"version": 0, "updated_at": ""}


async def test_evidence_that_was_withdrawn_after_an_acceptance_is_settled_for_the_next_one(service: Service) -> None:
    acts = await told(service, TRAINING, [DONE, ("attached", {}), ACCEPTED])
    assert (await service.police.withdraw(acts[1])).status_code == 201
    await told(service, TRAINING, [DONE, ACCEPTED])
    before = await service.coordinator.standing(TRAINING)
    (stray,) = await told(service, TRAINING, [("attached", {})])

    answer = (await service.coordinator.annul(TRAINING, stray)).json()

    assert before["status"] == answer["obligation"]["status"] == "completed_late"
    assert answer["annulment"]["with"] == []


@pytest.mark.parametrize(
    ("one", "steps", "wrong"),
    [
        (
            MEASURED,
            [
                *(figures(), WAIVED),
                *(figures(c=80), ("accepted", {"waives": ["evidence", "target:3.2-c"]})),
                *(figures(), ACCEPTED),
            ],
            3,
        ),
        (TRAINING, [DONE, WAIVED, ("returned", {}), DONE, ("attached", {}), ACCEPTED], 4),
    ],
    ids=["a waiver that made a report full", "evidence after a return"],
)
async def test_an_acceptance_falls_with_the_act_without_which_its_claim_lacks_something(
    service: Service, one: UUID, steps: list[Step], wrong: int
) -> None:
    acts = await told(service, one, steps)
    before = await service.coordinator.standing(one)

    answer = (await service.coordinator.annul(one, acts[wrong])).json()

    assert answer["annulment"]["with"] == [acts[-1]]
    standing = answer["obligation"]
    assert (before["missing"], standing["missing"], standing["judged"]) == ([], ["evidence"], "awaiting_review")
    back = (await service.coordinator.annul(one, answer["annulment"]["id"])).json()["obligation"]
    assert back | {"version": 0, "updated_at": ""} == before | {"version": 0, "updated_at": ""}
