"""POST /v1/updates: many updates in one request."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from app.database.failures import sqlstate_of
from tests.api.asking import listed, problem_of, rows_of
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, PLAN, TOURISTS, TRAINING, Service, item, obligation
from tests.statements import statements_on

NAMES = {"plan": PLAN, "cycle": FIRST, "duty": "3.4", "owner": "cong-an"}
FIGURES = [
    {"target": f"3.2-{letter}", "value": value} for letter, value in zip("abcd", (100, 100, 93.5, 6), strict=True)
]


def results_of(response: Any) -> list[dict[str, Any]]:
    """Return the results of an answer, which must have one for each item, in order."""
    assert response.status_code == 207, response.text
    results: list[dict[str, Any]] = response.json()["results"]
    assert [result["index"] for result in results] == list(range(len(results)))
    return results


def statuses(response: Any) -> list[int]:
    """Return the status of each item."""
    return [result["status"] for result in results_of(response)]


async def test_each_item_is_recorded_as_if_it_had_come_alone(service: Service) -> None:
    response = await service.police.bulk(
        item(TRAINING, "completed", evidence=[DOCUMENT, LINK], late_reason="Chờ hướng dẫn"),
        item(INVESTIGATION, "completed", measurements=FIGURES, evidence=[LINK]),
        item(TOURISTS, percent=40, occurred_on="2026-11-20"),
    )

    training, investigation, tourists = results_of(response)
    assert statuses(response) == [201, 201, 201]
    assert [training["obligation"]["status"], investigation["obligation"]["status"]] == ["completed_late"] * 2
    assert [evidence["kind"] for evidence in training["update"]["evidence"]] == ["document", "link"]
    assert [measured["value"] for measured in investigation["update"]["measurements"]] == [100, 100, 93.5, 6]
    assert (tourists["obligation"]["claim"]["percent"], tourists["obligation"]["version"]) == (40, 2)
    for result in (training, investigation, tourists):
        assert result["obligation"] == await service.police.standing(result["obligation"]["id"])
        history = (await service.police.get(f"/v1/obligations/{result['obligation']['id']}/history")).json()["items"]
        stands = {
            "act": "update",
            "annulled": None,
            "counts": True,
            "why": None,
            "reopened_by": None,
            "not_personal_reason": None,
            "client_name": None,
        }
        assert result["update"] | stands in history
        assert len(history) == 1 + len(result["update"]["evidence"])


async def test_an_obligation_can_be_named_by_plan_cycle_duty_and_owner(service: Service) -> None:
    response = await service.police.bulk({**NAMES, "state": "in_progress", "summary": "Đang triển khai."})

    assert results_of(response)[0]["obligation"]["id"] == str(TRAINING)


async def test_two_items_on_one_obligation_are_two_acts_in_their_order(service: Service) -> None:
    response = await service.police.bulk(item(TRAINING, percent=10), item(TRAINING, "completed", evidence=[LINK]))

    shown = [result["obligation"] for result in results_of(response)]
    assert shown[0] == shown[1]
    assert (shown[0]["claim"]["state"], shown[0]["version"]) == ("completed", 3)


async def test_a_bad_item_is_named_and_hurts_no_other(service: Service) -> None:
    before = await rows_of(service)
    bad: dict[str, Any] = {
        "malformed-content": [
            (5, ""),
            (item(TRAINING, "done"), "/state"),
            (item(TRAINING, percent="40"), "/percent"),
            (item(TRAINING, colour="red"), ""),
            (item(TRAINING, client_ref="two words"), "/client_ref"),
            ({"state": "completed", "summary": "Không nêu nghĩa vụ."}, ""),
            ({**item(TRAINING), **NAMES}, ""),
            ({"cycle": FIRST, "state": "completed", "summary": "Thiếu ba tên."}, ""),
        ],
        "not-found": [
            (item(obligation("4.1", "so-y-te")), None),
            ({**NAMES, "duty": "99.9", "state": "completed", "summary": "Không có."}, None),
        ],
        "condition-not-whole": [(item(TRAINING, "not_applicable"), "/state")],
        "target-unknown": [(item(TRAINING, measurements=FIGURES[:1]), "/measurements/0/target")],
        "paper-report-not-yours": [(item(TRAINING, received_on="2026-11-20"), "/received_on")],
    }
    expected = [(kind, one, pointer) for kind, ones in bad.items() for one, pointer in ones]

    response = await service.police.bulk(*(one for _, one, _ in expected), item(TRAINING))

    *refused, recorded = results_of(response)
    for place, ((kind, _, pointer), result) in enumerate(zip(expected, refused, strict=True)):
        problem = result["problem"]
        assert (problem["type"], problem["status"]) == (f"/problems/{kind}", result["status"]), result
        faults = [f"/items/{place}{pointer}"] if pointer is not None else None
        assert [fault["pointer"] for fault in problem.get("errors", ())] == (faults or []), result
        assert (result["update"], result["obligation"]) == (None, None)
    assert recorded["status"] == 201
    written = {name: count - before[name] for name, count in (await rows_of(service)).items() if count != before[name]}
    assert written == {"progress_update": 1, "idempotency_record": 1, "versions": 1}


async def test_what_was_sent_is_not_in_the_problem(service: Service) -> None:
    secret = "cháu Lan"

    response = await service.police.bulk({"state": secret, secret: secret, "client_ref": secret}, secret)

    assert statuses(response) == [422, 422]
    assert secret not in response.text


async def test_problems_of_items_speak_the_callers_language(service: Service) -> None:
    response = await service.police.bulk(item(TRAINING, "not_applicable"), headers={"Accept-Language": "vi"})

    title = results_of(response)[0]["problem"]["title"]
    assert title.startswith("Chỉ nhiệm vụ mà toàn bộ nội dung phụ thuộc vào điều kiện")


async def test_atomic_records_all(service: Service) -> None:
    response = await service.police.bulk(item(TRAINING), item(TOURISTS), atomic=True)

    assert statuses(response) == [201, 201]


async def test_atomic_records_none_when_one_is_refused(service: Service) -> None:
    before = await rows_of(service)
    sent = [
        item(TRAINING, client_ref="a-1"),
        item(TRAINING, "done"),
        item(obligation("4.1", "so-y-te")),
        item(TRAINING, "not_applicable", client_ref="a-2"),
    ]

    problem = problem_of(await service.police.bulk(*sent, atomic=True), 422, "items-refused")

    assert [fault["pointer"] for fault in problem["errors"]] == ["/items/1/state", "/items/2", "/items/3/state"]
    assert await rows_of(service) == before
    assert statuses(await service.police.bulk(sent[0], atomic=True)) == [201]


@pytest.mark.parametrize(
    "sent", [{"items": []}, {"items": [item(TRAINING)] * 501}, {}, {"items": {}}, [], {"item": []}]
)
async def test_a_request_holds_one_to_five_hundred_items(service: Service, sent: Any) -> None:
    before = await rows_of(service)

    problem_of(await service.police.post("/v1/updates", sent), 422, "malformed-content")

    assert await rows_of(service) == before


@pytest.mark.parametrize("name", ["integrator", "admin"])
async def test_who_owns_nothing_cannot_report(service: Service, name: str) -> None:
    problem_of(await getattr(service, name).bulk(item(TRAINING)), 403, "not-allowed")


async def test_a_coordinator_enters_paper_reports(service: Service) -> None:
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-CATP"}

    response = await service.coordinator.bulk(
        item(TRAINING, "completed", evidence=[DOCUMENT], **paper), item(obligation("4.1", "so-y-te"))
    )

    paper_report, other = results_of(response)
    assert paper_report["obligation"]["status"] == "completed_on_time"
    assert paper_report["update"]["evidence"][0]["document_number"] == "9/BC-CATP"
    assert other["problem"]["type"] == "/problems/paper-report-incomplete"


async def test_a_client_ref_is_recorded_once_in_whatever_company(service: Service) -> None:
    one = item(TRAINING, "completed", evidence=[DOCUMENT, LINK], client_ref="so-1")
    first = results_of(await service.police.bulk(one))[0]
    before = await rows_of(service)

    again = results_of(await service.police.bulk(item(TOURISTS, "done"), one))[1]

    assert (first["replayed"], again["replayed"], again["status"]) == (False, True, 201)
    assert {**again, "index": 0, "replayed": False} == first
    assert {**await rows_of(service), "idempotency_record": 0} == {**before, "idempotency_record": 0}


async def test_a_replayed_item_shows_where_its_obligation_stands_by_now(service: Service) -> None:
    one = item(TRAINING, client_ref="so-1")
    await service.police.bulk(one)
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    again = results_of(await service.police.bulk(one))[0]

    assert (again["update"]["state"], again["obligation"]["status"]) == ("in_progress", "completed_late")


async def test_a_client_ref_names_one_report(service: Service) -> None:
    await service.police.bulk(item(TRAINING, client_ref="so-1"))

    response = await service.police.bulk(
        item(TRAINING, percent=5, client_ref="so-1"),
        item(TOURISTS, client_ref="so-1"),
        {**item(TRAINING, client_ref="so-1"), "obligation": None, **NAMES},
    )

    other, elsewhere, same = results_of(response)
    for result in (other, elsewhere):
        assert result["problem"]["type"] == "/problems/client-ref-reused"
    assert (same["status"], same["replayed"]) == (201, True)


async def test_a_client_ref_that_comes_twice_in_one_request_counts_once(service: Service) -> None:
    one = item(TRAINING, client_ref="so-1")
    refused = item(TRAINING, "not_applicable", client_ref="so-2")

    response = await service.police.bulk(one, one, item(TOURISTS, client_ref="so-1"), refused, refused)

    first, again, other, *both = results_of(response)
    assert [first["replayed"], again["replayed"], again["update"]] == [False, True, first["update"]]
    assert other["problem"]["type"] == "/problems/client-ref-reused"
    assert [result["problem"]["errors"][0]["pointer"] for result in both] == ["/items/3/state", "/items/4/state"]
    assert (await service.police.standing(TRAINING))["version"] == 2


async def test_a_repeated_item_is_not_found_by_who_may_not_see_it_any_more(service: Service) -> None:
    one = item(TRAINING, client_ref="so-1")
    await service.police.bulk(one)
    other = {"bodies": [{"plan": PLAN, "body": "so-y-te"}]}
    await service.admin.patch(f"/v1/clients/{service.police.client_id}", other)
    service.clock.now += timedelta(seconds=11)

    (again,) = results_of(await service.police.bulk(one))

    assert (again["status"], again["problem"]["type"]) == (404, "/problems/not-found")


async def test_a_client_ref_belongs_to_its_client(service: Service) -> None:
    await service.police.bulk(item(TRAINING, client_ref="so-1"))

    response = await service.culture.bulk(item(obligation("7.1", "so-vhttdl"), client_ref="so-1"))

    assert results_of(response)[0]["replayed"] is False


async def test_a_refused_item_keeps_no_client_ref(service: Service) -> None:
    await service.police.bulk(item(TRAINING, "not_applicable", client_ref="so-1"))

    response = await service.police.bulk(item(TRAINING, client_ref="so-1"))

    assert (statuses(response), results_of(response)[0]["replayed"]) == ([201], False)


async def test_the_whole_request_can_be_repeated_under_its_key(service: Service) -> None:
    service.clock.catch_up()
    key = {"Idempotency-Key": "bulk-1"}
    first = await service.police.bulk(item(TRAINING), item(TRAINING, "done"), headers=key)
    before = await rows_of(service)

    again = await service.police.bulk(item(TRAINING), item(TRAINING, "done"), headers=key)
    other = await service.police.bulk(item(TRAINING), headers=key)

    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    problem_of(other, 422, "idempotency-key-reused")
    assert await rows_of(service) == before


async def test_five_hundred_items_take_no_more_statements_than_two(service: Service) -> None:
    async def posted(number: int, start: str) -> int:
        sent = [
            item(INVESTIGATION, measurements=FIGURES, evidence=[LINK], client_ref=f"{start}-{n}")
            if n % 2
            else {**NAMES, "state": "in_progress", "summary": "Đang triển khai.", "client_ref": f"{start}-{n}"}
            for n in range(number)
        ]
        with statements_on(service.app.state.database) as told:
            assert set(statuses(await service.police.bulk(*sent))) == {201}
        return len(told)

    few, many, replayed = await posted(2, "few"), await posted(500, "many"), await posted(500, "many")

    assert few == many <= 28
    assert replayed < many


async def test_requests_on_the_same_obligations_in_other_orders_never_lock_each_other_out(
    own_service: Service,
) -> None:
    police, failures = own_service.police, set[str]()
    engine = own_service.app.state.database.engine.sync_engine
    event.listen(engine, "handle_error", lambda context: failures.add(sqlstate_of(context.sqlalchemy_exception)))
    owed = await listed(own_service.coordinator, owner="cong-an", cycle="2026")
    items = [item(one["id"], client_ref=f"so-{n}") for n, one in enumerate(owed)]
    orders = [items, items[::-1], items[5:] + items[:5], items[::2] + items[1::2]] * 4

    async def posted(order: list[Any]) -> list[dict[str, Any]]:
        # On a busy machine a request may wait longer for the others than the service lets it.
        while (answer := await police.bulk(*order)).status_code == 503:
            pass
        return results_of(answer)

    answers = await asyncio.gather(*(posted(order) for order in orders))

    assert {result["status"] for results in answers for result in results} == {201}
    assert sum(not result["replayed"] for results in answers for result in results) == len(items)
    assert {(await police.standing(one["id"]))["version"] for one in owed} == {2}
    assert "40P01" not in failures
