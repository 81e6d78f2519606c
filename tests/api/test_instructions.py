"""POST /v1/obligations/{id}/instructions: a leader's words, which the owner reads and no status does."""

from typing import Any

import pytest

from tests.api.asking import problem_of
from tests.given import FIRST, TOURISTS, TRAINING, Service

PATH = f"/v1/obligations/{TRAINING}/instructions"
SAID = {"words": "Khẩn trương hoàn thành.", "leader": "Phó Chủ tịch Ủy ban nhân dân thành phố"}


async def test_an_instruction_is_read_by_whom_it_addresses_and_changes_no_status(service: Service) -> None:
    before = await service.police.standing(TRAINING)
    sent = SAID | {"given_on": "2026-11-20", "by_on": "2026-12-10", "document_number": "215/TB-UBND"}

    response = await service.coordinator.post(PATH, sent)

    assert response.status_code == 201, response.text
    told, after = response.json()["instruction"], response.json()["obligation"]
    assert {name: told[name] for name in sent} == sent
    changing = {"version", "updated_at"}
    assert {k: v for k, v in after.items() if k not in changing} == {
        k: v for k, v in before.items() if k not in changing
    }
    (act,) = await service.police.history(TRAINING)
    assert (act["act"], act["words"], act["by_on"]) == ("instruction", SAID["words"], "2026-12-10")
    (item,) = (await service.police.get("/v1/inbox", kind="instruction")).json()["items"]
    assert (item["words"], item["leader"], item["status_before"]) == (*SAID.values(), item["status_after"])
    (event,) = [one for one in await service.events() if one["type"] == "instruction.given"]
    assert (event["obligation"], SAID["words"] in str(event)) == (str(TRAINING), False)


async def test_an_instruction_is_for_those_who_read_the_history(service: Service) -> None:
    await service.coordinator.post(f"/v1/obligations/{TOURISTS}/instructions", SAID)

    kinds = {
        name: [act["act"] for act in await who.history(TOURISTS)]
        for name, who in (("owner", service.police), ("partner", service.culture))
    }
    assert kinds == {"owner": ["instruction"], "partner": ["instruction"]}
    problem_of(await service.health.get(f"/v1/obligations/{TRAINING}/history"), 404, "not-found")
    problem_of(await service.police.post(PATH, SAID), 403, "not-allowed")


@pytest.mark.parametrize(
    ("more", "problem", "pointer"),
    [
        ({"given_on": "2026-11-30"}, "instruction-date-impossible", "/given_on"),
        ({"given_on": "2021-05-30"}, "instruction-date-impossible", "/given_on"),
        ({"given_on": "2026-11-20", "by_on": "2026-11-19"}, "instruction-date-impossible", "/by_on"),
        ({"words": "Gọi cháu Nguyễn Thị Lan, 9 tuổi."}, "personal-data-found", "/words"),
        ({"leader": "ông Nam, 0912345678"}, "personal-data-found", "/leader"),
        ({"words": " "}, "malformed-content", "/words"),
    ],
)
async def test_what_cannot_be_said_is_refused(
    service: Service, more: dict[str, Any], problem: str, pointer: str
) -> None:
    refused = problem_of(await service.coordinator.post(PATH, SAID | more), 422, problem)

    assert [error["pointer"] for error in refused["errors"]] == [pointer]
    assert await service.police.history(TRAINING) == []


async def test_on_a_closed_cycle_an_instruction_names_a_letter_as_every_act_does(service: Service) -> None:
    closing = f"/v1/plans/115-kh-ubnd-2021/cycles/{FIRST}/closing"
    assert (await service.coordinator.post(closing, {"reason": "Hết kỳ."})).status_code == 201

    problem_of(await service.coordinator.post(PATH, SAID), 409, "letter-needed")

    letter = {"reopened_by": "8/UBND-KGVX"}
    assert (await service.coordinator.post(PATH, SAID | letter)).status_code == 201
