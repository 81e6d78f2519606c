"""POST /v1/obligations/{id}/annulments: what was recorded by mistake counts nowhere, and stays in the history."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.commands.seals import verify
from app.database.engine import SYSTEM
from embedded_postgres import Address
from tests.api.asking import ids, problem_of, rows_of, status_of
from tests.conftest import as_owner
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, PLAN, TRAINING, Service, obligation

THIS_YEAR = obligation("3.4", "cong-an", "2026")
PARTNERED = obligation("3.6", "cong-an", "2026")
"""One that has a partner, who may contribute."""
PAPER = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
LINE = [obligation("G.1", "so-y-te", cycle) for cycle in (FIRST, "2021", "2022")]


async def later(service: Service, **by: float) -> datetime:
    """Move the clock."""
    service.clock.now += timedelta(**by)
    return service.clock.now


async def accepted_in_time(service: Service) -> dict[str, Any]:
    """Let a completion be entered from a timely paper and accepted."""
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)
    return (await service.coordinator.review(TRAINING, "accepted")).json()["obligation"]  # type: ignore[no-any-return]


def without_version(standing: dict[str, Any]) -> dict[str, Any]:
    """Leave out what every act changes."""
    return {name: value for name, value in standing.items() if name != "version"}


async def test_a_stray_update_is_annulled_and_everything_stands_as_before(service: Service) -> None:
    before = await accepted_in_time(service)
    stray = (await service.police.report(TRAINING, "in_progress")).json()
    assert stray["obligation"]["status"] == "overdue"

    response = await service.coordinator.annul(TRAINING, stray["update"]["id"], "Gửi nhầm kỳ.")

    assert response.status_code == 201, response.text
    answer = response.json()
    assert without_version(answer["obligation"]) == without_version(before)
    assert (before["status"], before["judged"]) == ("completed_on_time", "accepted")
    annulment = answer["annulment"]
    assert annulment | {"id": "", "recorded_at": ""} == {
        "id": "",
        "recorded_at": "",
        "act": stray["update"]["id"],
        "kind": "update",
        "with": [],
        "reason": "Gửi nhầm kỳ.",
        "by": str(service.coordinator.client_id),
    }
    assert answer["also"] == []


async def test_the_history_shows_what_was_annulled_by_whom_and_why(service: Service) -> None:
    stray = (await service.police.report(TRAINING, "in_progress", evidence=[LINK])).json()["update"]
    answer = (await service.coordinator.annul(TRAINING, stray["id"], "Nhầm kỳ.")).json()["annulment"]

    acts = await service.police.history(TRAINING)

    assert [(act["act"], act["counts"], act["why"]) for act in acts] == [
        ("update", False, "annulled"),
        ("evidence", False, "annulled_together"),
        ("annulment", True, None),
    ]
    assert acts[0]["annulled"] == {
        "id": answer["id"],
        "by": str(service.coordinator.client_id),
        "at": answer["recorded_at"],
        "reason": "Nhầm kỳ.",
    }
    assert answer["with"] == [stray["evidence"][0]["id"]]
    assert (acts[2]["annuls"], acts[2]["kind"]) == (stray["id"], "update")


async def test_a_return_given_to_the_wrong_obligation_is_annulled(service: Service) -> None:
    before = await accepted_in_time(service)
    returned = (await service.coordinator.review(TRAINING, "returned")).json()["review"]["id"]

    answer = (await service.coordinator.annul(TRAINING, returned)).json()

    assert without_version(answer["obligation"]) == without_version(before)


async def test_a_day_typed_too_early_is_annulled_and_entered_anew(service: Service) -> None:
    wrong = (await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)).json()["update"]["id"]
    await service.coordinator.annul(TRAINING, wrong)

    right = await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **{**PAPER, "received_on": "2021-06-20"})

    assert (right.json()["obligation"]["status"], right.json()["obligation"]["completed_at"]) == (
        "completed_late",
        "2021-06-20T16:59:59.999999Z",
    )


async def test_an_annulment_is_annulled_and_what_fell_comes_back(service: Service) -> None:
    before = await accepted_in_time(service)
    update = next(act["id"] for act in await service.coordinator.history(TRAINING) if act["act"] == "update")
    first = (await service.coordinator.annul(TRAINING, update)).json()
    assert (first["obligation"]["status"], len(first["annulment"]["with"])) == ("overdue", 2)

    again = (await service.coordinator.annul(TRAINING, first["annulment"]["id"])).json()

    assert without_version(again["obligation"]) == without_version(before)
    assert set(again["annulment"]["with"]) == {update, *first["annulment"]["with"]}
    assert all(act["counts"] for act in await service.police.history(TRAINING) if act["act"] != "annulment")


async def test_what_counted_before_an_annulment_was_known_counted(service: Service) -> None:
    service.clock.catch_up()
    stray = (await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)).json()["update"]["id"]
    known_before = datetime.now(UTC).isoformat()
    await service.coordinator.annul(TRAINING, stray)

    known = await service.police.standing(TRAINING, known_at=known_before)
    now = await service.police.standing(TRAINING, as_of="2021-06-14")

    assert (known["status"], now["status"]) == ("completed_on_time", "not_started")


async def condition_met(service: Service, one: UUID) -> Any:
    """Let the coordinator declare a condition met."""
    decision = {"met": True, "from_on": "2026-11-01", "reason": "Đã có hướng dẫn."}
    return await service.coordinator.post(f"/v1/obligations/{one}/condition-decisions", decision)


async def helped(service: Service, one: UUID) -> Any:
    """Let a partner say how it has helped."""
    return await service.culture.post(f"/v1/obligations/{one}/contributions", {"note": "Đã phối hợp."})


async def instructed(service: Service, one: UUID) -> Any:
    """Let the words of a leader be entered."""
    said = {"words": "Khẩn trương thực hiện.", "leader": "Phó Chủ tịch UBND thành phố"}
    return await service.coordinator.post(f"/v1/obligations/{one}/instructions", said)


KINDS: dict[str, Callable[[Service, UUID], Awaitable[Any]]] = {
    "update": lambda service, one: service.police.report(one, "in_progress", evidence=[LINK]),
    "evidence": lambda service, one: service.police.attach(one),
    "review": lambda service, one: service.coordinator.review(one, "returned"),
    "extension_request": lambda service, one: service.police.ask_for(one, "2027-01-20"),
    "extension_refusal": lambda service, one: service.coordinator.refuse(one),
    "extension": lambda service, one: service.coordinator.extend(one, "2027-01-15"),
    "contribution": helped,
    "condition_decision": condition_met,
    "instruction": instructed,
}
"""How each kind of act comes to stand last in the history of an obligation; some rest on the one before."""


async def test_every_kind_of_act_is_taken_back_and_never_was(service: Service) -> None:
    guided = obligation("3.7", "cong-an", "2026")
    await service.police.report(guided, "not_applicable")
    seen = []
    for kind, act in KINDS.items():
        one = guided if kind == "condition_decision" else PARTNERED
        before, asked = await service.coordinator.standing(one), await pending(service)
        response = await act(service, one)
        assert response.status_code == 201, (kind, response.text)
        made = max(await service.coordinator.history(one), key=lambda act: (act["act"] == kind, act["recorded_at"]))

        answer = await service.coordinator.annul(one, made["id"])

        assert (answer.status_code, answer.json()["annulment"]["kind"]) == (201, kind), answer.text
        assert without_version(answer.json()["obligation"]) == without_version(before), kind
        assert await pending(service) == asked, kind
        taken_back = next(act for act in await service.coordinator.history(one) if act["id"] == made["id"])
        seen.append((taken_back["counts"], taken_back["annulled"]["reason"]))
        # What the next ones rest on stands again.
        if kind in {"update", "extension_request"}:
            await act(service, one)
    assert seen == [(False, "Gửi nhầm kỳ.")] * len(KINDS)


async def pending(service: Service) -> list[str]:
    """Return which obligations somebody has asked a later deadline for."""
    items = (await service.coordinator.get("/v1/extension-requests")).json()["items"]
    return [one["obligation"]["id"] for one in items]


async def test_an_act_is_annulled_once_at_a_time(service: Service) -> None:
    update = (await service.police.report(TRAINING, evidence=[LINK])).json()["update"]
    await service.coordinator.annul(TRAINING, update["id"])
    before = await rows_of(service)

    for act in (update["id"], update["evidence"][0]["id"]):
        problem_of(await service.coordinator.annul(TRAINING, act), 409, "already-annulled")

    assert await rows_of(service) == before


async def test_only_an_act_of_this_obligation_can_be_annulled_here(service: Service) -> None:
    elsewhere = (await service.police.report(INVESTIGATION, "in_progress")).json()["update"]["id"]

    for act in (elsewhere, str(uuid4()), str(TRAINING)):
        problem = problem_of(await service.coordinator.annul(TRAINING, act), 422, "act-unknown")
        assert [one["pointer"] for one in problem["errors"]] == ["/act"]


async def test_an_acceptance_counts_no_more_when_what_it_rested_on_is_annulled(service: Service) -> None:
    update = (await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)).json()["update"]
    await service.coordinator.review(TRAINING, "accepted")

    answer = (await service.coordinator.annul(TRAINING, update["evidence"][0]["id"])).json()

    standing = answer["obligation"]
    assert (standing["status"], standing["missing"], standing["judged"]) == ("overdue", ["evidence"], "awaiting_review")
    assert len(answer["annulment"]["with"]) == 1


async def test_a_withdrawal_that_was_annulled_never_was(service: Service) -> None:
    evidence = (await service.police.attach(TRAINING)).json()["id"]
    await service.police.report(TRAINING)
    withdrawal = (await service.police.withdraw(evidence)).json()["withdrawal"]["id"]

    answer = (await service.coordinator.annul(TRAINING, withdrawal)).json()

    assert answer["obligation"]["status"] == "completed_late"
    assert (await service.police.withdraw(evidence)).status_code == 201
    problem_of(await service.coordinator.annul(TRAINING, answer["annulment"]["id"]), 409, "already-withdrawn")


async def test_the_answer_names_every_obligation_of_the_line_that_changed(service: Service) -> None:
    done = (await service.health.report(LINE[1], evidence=[LINK])).json()["update"]["id"]

    answer = (await service.coordinator.annul(LINE[1], done)).json()

    assert set(map(str, (LINE[0], LINE[2]))) <= set(answer["also"])
    assert str(LINE[1]) not in answer["also"]


async def test_an_owner_annuls_what_it_posted_before_the_deadline(service: Service) -> None:
    stray = (await service.police.report(THIS_YEAR, "completed", evidence=[LINK])).json()["update"]["id"]

    answer = await service.police.annul(THIS_YEAR, stray)

    assert answer.status_code == 201, answer.text
    assert (answer.json()["obligation"]["status"], answer.json()["obligation"]["silent"]) == ("not_started", True)
    assert (await service.police.annul(THIS_YEAR, answer.json()["annulment"]["id"])).status_code == 201


async def test_after_the_deadline_an_owner_asks_the_coordinator(service: Service) -> None:
    late = (await service.police.report(TRAINING, "in_progress")).json()["update"]["id"]
    early = (await service.police.report(THIS_YEAR, "in_progress")).json()["update"]["id"]
    service.clock.now = datetime(2026, 12, 16, 17, tzinfo=UTC)

    for on, act in ((TRAINING, late), (THIS_YEAR, early)):
        problem_of(await service.police.annul(on, act), 409, "deadline-passed")


async def test_no_deadline_of_the_line_may_have_passed(service: Service) -> None:
    this_year = obligation("G.1", "so-y-te", "2026")
    stray = (await service.health.report(this_year, "in_progress")).json()["update"]["id"]

    problem_of(await service.health.annul(this_year, stray), 409, "deadline-passed")


async def test_what_was_reviewed_an_owner_leaves_to_the_coordinator(service: Service) -> None:
    update = (await service.police.report(THIS_YEAR, evidence=[LINK])).json()["update"]
    await service.coordinator.review(THIS_YEAR, "accepted")

    for act in (update["id"], update["evidence"][0]["id"]):
        problem_of(await service.police.annul(THIS_YEAR, act), 409, "act-reviewed")


async def test_an_owner_takes_back_nothing_that_others_recorded(service: Service) -> None:
    paper = {"received_on": "2026-11-20", "document_number": "9/BC-CATP"}
    entered = (await service.coordinator.report(THIS_YEAR, **paper)).json()["update"]["id"]
    review = (await service.coordinator.review(THIS_YEAR, "returned")).json()["review"]["id"]
    stray = (await service.police.report(THIS_YEAR, "in_progress")).json()["update"]["id"]
    annulment = (await service.coordinator.annul(THIS_YEAR, stray)).json()["annulment"]["id"]
    before = await rows_of(service)

    for act in (entered, review, annulment):
        problem_of(await service.police.annul(THIS_YEAR, act), 403, "act-not-yours")

    assert await rows_of(service) == before


@pytest.mark.parametrize(
    ("name", "status", "slug"),
    [
        ("culture", 404, "not-found"),
        ("court", 404, "not-found"),
        ("integrator", 403, "not-allowed"),
        ("admin", 403, "not-allowed"),
    ],
)
async def test_nobody_else_annuls(service: Service, name: str, status: int, slug: str) -> None:
    stray = (await service.police.report(THIS_YEAR, "in_progress")).json()["update"]["id"]

    problem_of(await getattr(service, name).annul(THIS_YEAR, stray), status, slug)


async def test_a_second_extension_does_not_come_back_beside_another(service: Service) -> None:
    await service.coordinator.extend(THIS_YEAR, "2027-01-20")
    first = next(act["id"] for act in await service.coordinator.history(THIS_YEAR) if act["act"] == "extension")
    taken = (await service.coordinator.annul(THIS_YEAR, first)).json()["annulment"]["id"]
    assert (await service.coordinator.extend(THIS_YEAR, "2027-01-10")).status_code == 201

    problem_of(await service.coordinator.annul(THIS_YEAR, taken), 409, "extension-limit-reached")


async def test_an_annulment_that_is_sent_twice_is_made_once(service: Service) -> None:
    stray = (await service.police.report(TRAINING, "in_progress")).json()["update"]["id"]
    key = {"Idempotency-Key": "annul-once"}

    first = await service.coordinator.annul(TRAINING, stray, headers=key)
    again = await service.coordinator.annul(TRAINING, stray, headers=key)

    assert (again.status_code, again.content) == (201, first.content)


async def test_every_obligation_that_an_annulment_changes_is_told_of(own_service: Service) -> None:
    service = own_service
    done = (await service.health.report(LINE[0], evidence=[LINK])).json()["update"]["id"]
    answer = (await service.coordinator.annul(LINE[0], done)).json()
    await service.jobs.number()

    told = (await service.coordinator.get("/v1/events", limit=500)).json()["items"]

    about = [event["obligation"] for event in told if event["type"] == "annulment.made"]
    assert sorted(about) == sorted([str(LINE[0]), *answer["also"]])
    assert {event["act"] for event in told if event["type"] == "annulment.made"} == {answer["annulment"]["id"]}


async def test_lists_and_totals_leave_out_what_was_annulled(service: Service) -> None:
    done = (await service.police.report(TRAINING, evidence=[LINK])).json()["update"]["id"]
    asked = {"cycle": FIRST, "body": "cong-an"}
    before = (await status_of(service.coordinator, **asked))["cycles"][0]

    await service.coordinator.annul(TRAINING, done)

    after = (await status_of(service.coordinator, **asked))["cycles"][0]
    assert (before["totals"]["completed_late"], after["totals"]["completed_late"]) == (1, 0)
    assert (before["judged"]["awaiting_review"], after["judged"]["awaiting_review"]) == (1, 0)
    assert await ids(service.coordinator, **asked, status="completed_late") == []
    assert await ids(service.coordinator, **asked, awaiting_review=True) == []


async def test_a_seal_made_before_an_annulment_still_verifies_and_tampering_shows(
    own_service: Service, address: Address
) -> None:
    service = own_service
    service.clock.catch_up()
    done = (await service.police.report(TRAINING, evidence=[LINK])).json()["update"]["id"]
    sealed = await service.coordinator.post(f"/v1/plans/{PLAN}/cycles/{FIRST}/closing", {"reason": "Chốt số liệu."})
    assert sealed.status_code == 201, sealed.text

    answer = await service.coordinator.annul(TRAINING, done, reopened_by="8/UBND-KGVX")

    assert answer.status_code == 201, answer.text
    database = service.app.state.database
    async with database.reading(SYSTEM) as connection:
        assert [verdict.differences for verdict in await verify(connection)] == [[]]
    # Whoever makes it known before the figures were sealed is found.
    async with as_owner(address, str(database.engine.url.database)) as owner:
        await owner.execute(text("ALTER TABLE annulled_act DISABLE TRIGGER append_only"))
        await owner.execute(text("UPDATE annulled_act SET recorded_at = '2026-01-01T00:00Z'"))
        [verdict] = await verify(owner)
    assert verdict.differences
    assert all(str(TRAINING) in one for one in verdict.differences)


async def test_a_reason_that_holds_a_number_of_a_person_is_refused(service: Service) -> None:
    stray = (await service.police.report(TRAINING, "in_progress")).json()["update"]["id"]

    problem_of(
        await service.coordinator.annul(TRAINING, stray, "Gửi nhầm, gọi 0912 345 678."), 422, "personal-data-found"
    )
