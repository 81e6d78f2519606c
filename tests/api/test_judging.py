"""POST /v1/reviews, /v1/extensions, /v1/annulments: what a coordinator decides about many obligations at once."""

from collections.abc import Callable
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest

from tests.api.asking import listed, pages, problem_of, rows_of
from tests.api.test_bulk import FIGURES, NAMES, results_of, statuses
from tests.given import (
    DOCUMENT,
    FIRST,
    INVESTIGATION,
    LINK,
    PLAN,
    TOURISTS,
    TRAINING,
    Caller,
    Service,
    item,
    obligation,
)
from tests.statements import statements_on

SAFETY = obligation("3.1", "cong-an")
LETTER = {"decided_on": "2021-06-10", "document_number": "9/UBND-KGVX"}
REOPENED = {"reopened_by": "30/UBND-KGVX"}


def review(obligation_id: UUID, outcome: str = "accepted", **fields: Any) -> dict[str, Any]:
    """Spell one review among many."""
    return {"obligation": str(obligation_id), "outcome": outcome, "reason": "Đã xem xét.", **fields}


def letter(obligation_id: UUID, before: str = "2027-01-31", **fields: Any) -> dict[str, Any]:
    """Spell one letter among many."""
    return {"obligation": str(obligation_id), "due_before_on": before, "reason": "Theo đề nghị.", **LETTER, **fields}


def mistake(obligation_id: UUID, act: str, **fields: Any) -> dict[str, Any]:
    """Spell one annulment among many."""
    return {"obligation": str(obligation_id), "act": act, "reason": "Gửi nhầm kỳ.", **fields}


def kinds_of(response: Any) -> list[str | None]:
    """Return the kind of problem of each item."""
    return [one["problem"] and one["problem"]["type"].removeprefix("/problems/") for one in results_of(response)]


async def claimed(who: Caller, *on: UUID, **fields: Any) -> list[dict[str, Any]]:
    """Report obligations as completed, with evidence; return where each stands."""
    items = [item(one, "completed", **{"evidence": [DOCUMENT], **fields}) for one in on]
    return [one["obligation"] for one in results_of(await who.bulk(*items))]


async def test_claims_are_accepted_and_returned_in_one_request(service: Service) -> None:
    await claimed(service.police, TRAINING, TOURISTS, SAFETY)

    response = await service.coordinator.judge(
        "reviews",
        review(TRAINING),
        review(TOURISTS, "returned", reason="Cần bổ sung số liệu."),
        {**NAMES, "duty": "3.1", "outcome": "accepted", "reason": "Đạt."},
    )

    accepted, returned, named = results_of(response)
    assert statuses(response) == [201, 201, 201]
    assert [one["status_before"] for one in (accepted, returned, named)] == ["completed_late"] * 3
    assert [one["obligation"]["status"] for one in (accepted, returned, named)] == [
        *("completed_late", "overdue", "completed_late")
    ]
    assert [one["obligation"]["judged"] for one in (accepted, returned)] == ["accepted", "returned"]
    for result, on in zip((accepted, returned, named), (TRAINING, TOURISTS, SAFETY), strict=True):
        assert result["obligation"] == await service.coordinator.standing(on)
        act = next(act for act in await service.coordinator.history(on) if act["act"] == "review")
        assert result["review"].items() <= act.items()


async def test_a_bad_review_is_named_and_hurts_no_other(service: Service) -> None:
    stood = await claimed(service.police, TRAINING, TOURISTS, SAFETY)
    await service.police.report(INVESTIGATION, evidence=[DOCUMENT], measurements=FIGURES[1:])
    await service.police.report(TOURISTS, "in_progress")
    before = await rows_of(service)

    response = await service.coordinator.judge(
        "reviews",
        "x",
        review(TRAINING, "agreed"),
        review(obligation("3.3", "cong-an")),
        review(TOURISTS, seen=stood[1]["version"]),
        review(INVESTIGATION),
        review(UUID(int=7)),
        review(SAFETY, seen=stood[2]["version"]),
        review(SAFETY, "returned"),
    )

    problems = [one["problem"] for one in results_of(response)]
    assert kinds_of(response) == [
        *("malformed-content", "malformed-content", "nothing-to-review", "changed-since-seen"),
        *("waiver-mismatch", "not-found", None, "obligation-repeated"),
    ]
    assert problems[1]["errors"][0]["pointer"] == "/items/1/outcome"
    assert problems[3]["version"] == stood[1]["version"] + 1
    assert problems[3]["errors"][0]["pointer"] == "/items/3/seen"
    assert problems[4]["missing"] == ["target:3.2-a"]
    written = {name: count - before[name] for name, count in (await rows_of(service)).items() if count != before[name]}
    assert written == {"review": 1, "idempotency_record": 1, "versions": 1}


async def test_what_was_changed_in_between_is_refused_alone(service: Service) -> None:
    on = [TRAINING, TOURISTS, SAFETY]
    await claimed(service.police, *on)
    page = await listed(service.coordinator, cycle=FIRST, owner="cong-an", awaiting_review=True)
    await service.police.report(TOURISTS, evidence=[LINK])

    items = [review(UUID(one["id"]), seen=one["version"]) for one in page]
    response = await service.coordinator.judge("reviews", *items)

    refused = [one["id"] for one, kind in zip(page, kinds_of(response), strict=True) if kind == "changed-since-seen"]
    assert (refused, sorted(statuses(response))) == ([str(TOURISTS)], [201, 201, 409])


@pytest.mark.parametrize("path", ["reviews", "extensions", "annulments"])
async def test_a_trial_says_what_would_become_of_each_and_records_nothing(service: Service, path: str) -> None:
    await claimed(service.police, TRAINING, TOURISTS)
    act = (await service.coordinator.history(TRAINING))[0]["id"]
    sent = {
        "reviews": [review(TRAINING, "returned"), review(SAFETY)],
        "extensions": [letter(SAFETY), letter(SAFETY, "2021-01-01")],
        "annulments": [mistake(TRAINING, act), mistake(TRAINING, act)],
    }[path]
    on = SAFETY if path == "extensions" else TRAINING
    before, stood = await rows_of(service), await service.coordinator.standing(on)
    noun = path.removesuffix("s")

    tried = await service.coordinator.judge(path, *sent, dry_run=True)

    would, refused = results_of(tried)
    assert (statuses(tried)[0], would[noun], refused["obligation"]) == (200, None, None)
    assert {**await rows_of(service), "idempotency_record": 0} == {**before, "idempotency_record": 0}
    assert await service.coordinator.standing(on) == stood
    done = results_of(await service.coordinator.judge(path, *sent))
    assert done[0]["obligation"] == would["obligation"] != stood
    assert (done[0]["status"], done[0]["status_before"]) == (
        201,
        stood["status"] == would["status_before"] and stood["status"],
    )
    assert {**done[1], "problem": None} == {**refused, "problem": None}


async def test_a_trial_keeps_no_key(service: Service) -> None:
    await claimed(service.police, TRAINING)
    key = {"Idempotency-Key": "judging-1"}

    tried = await service.coordinator.judge("reviews", review(TRAINING), headers=key, dry_run=True)
    done = await service.coordinator.judge("reviews", review(TRAINING), headers=key)
    again = await service.coordinator.judge("reviews", review(TRAINING), headers=key)

    assert (statuses(tried), statuses(done)) == ([200], [201])
    assert (again.content, again.headers["idempotent-replayed"]) == (done.content, "true")


@pytest.mark.parametrize("dry_run", [False, True])
async def test_atomic_decides_none_when_one_is_refused(service: Service, dry_run: bool) -> None:
    await claimed(service.police, TRAINING, TOURISTS)
    before = await rows_of(service)

    response = await service.coordinator.judge(
        "reviews", review(TRAINING), review(SAFETY), review(TOURISTS, "agreed"), atomic=True, dry_run=dry_run
    )

    problem = problem_of(response, 422, "items-refused")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/items/1", "/items/2/outcome"]
    assert await rows_of(service) == before
    both = await service.coordinator.judge("reviews", review(TRAINING), review(TOURISTS), atomic=True)
    assert statuses(both) == [201, 201]


async def test_deadlines_are_moved_in_one_request(service: Service) -> None:
    await claimed(service.police, TRAINING)

    response = await service.coordinator.judge(
        "extensions",
        letter(SAFETY),
        letter(TOURISTS, decided_on="2021-06-20"),
        letter(TRAINING, decided_on="2021-06-11"),
        letter(SAFETY),
        letter(INVESTIGATION, "2021-06-01"),
    )

    moved, _, completed_since, *_ = results_of(response)
    assert kinds_of(response) == [None, "letter-decided-too-late", None, "obligation-repeated", "deadline-not-after"]
    assert (moved["status_before"], moved["obligation"]["status"]) == ("overdue", "not_started")
    assert completed_since["obligation"]["status"] == "completed_on_time"
    assert moved["extension"]["document_number"] == "9/UBND-KGVX"


async def test_acts_are_taken_back_in_one_request_each_counting_on_those_before_it(service: Service) -> None:
    await claimed(service.police, TRAINING, SAFETY)
    attached = (await service.police.attach(TRAINING)).json()["id"]
    update = next(one["id"] for one in await service.coordinator.history(TRAINING) if one["act"] == "update")
    other = next(one["id"] for one in await service.coordinator.history(SAFETY) if one["act"] == "update")

    response = await service.coordinator.judge(
        "annulments",
        mistake(TRAINING, update),
        mistake(TRAINING, attached),
        mistake(TRAINING, update),
        mistake(SAFETY, other),
        mistake(SAFETY, update),
    )

    first, second, _, elsewhere, _ = results_of(response)
    assert kinds_of(response) == [None, None, "already-annulled", None, "act-unknown"]
    assert len(first["annulment"]["with"]) == 1
    assert (second["annulment"]["kind"], second["obligation"]["evidence_count"]) == ("evidence", 0)
    assert first["obligation"] == second["obligation"] == await service.coordinator.standing(TRAINING)
    assert {one["obligation"]["status"] for one in (first, elsewhere)} == {"overdue"}
    both = [one["annulment"]["id"] for one in (first, second)]
    back = await service.coordinator.judge("annulments", *(mistake(TRAINING, one) for one in both))
    assert statuses(back) == [201, 201]
    assert results_of(back)[1]["obligation"]["evidence_count"] == 2


async def test_an_annulment_names_the_others_of_its_line(service: Service) -> None:
    first, later = obligation("G.1", "so-y-te"), obligation("G.1", "so-y-te", "2021")
    done = (await service.health.report(first, evidence=[DOCUMENT])).json()["update"]["id"]

    tried = await service.coordinator.judge("annulments", mistake(first, done), dry_run=True)
    response = await service.coordinator.judge("annulments", mistake(first, done))

    assert results_of(tried)[0]["also"] == results_of(response)[0]["also"]
    assert str(later) in results_of(response)[0]["also"]
    told = [one["obligation"] for one in await service.events() if one["type"] == "annulment.made"]
    assert sorted(told) == sorted([str(first), *results_of(response)[0]["also"]])


async def test_on_a_closed_cycle_only_an_acceptance_that_changes_nothing_needs_no_letter(service: Service) -> None:
    await claimed(service.police, TRAINING, TOURISTS)
    await claimed(service.police, SAFETY, evidence=[])
    closed = await service.coordinator.post(f"/v1/plans/{PLAN}/cycles/{FIRST}/closing", {"reason": "Kết thúc kỳ."})
    assert closed.status_code == 201, closed.text
    waiving = review(SAFETY, waives=["evidence"])

    response = await service.coordinator.judge("reviews", review(TRAINING), review(TOURISTS, "returned"), waiving)
    lettered = await service.coordinator.judge("reviews", review(TOURISTS, "returned", **REOPENED), waiving | REOPENED)

    assert kinds_of(response) == [None, "letter-needed", "letter-needed"]
    assert statuses(lettered) == [201, 201]
    assert [one["obligation"]["waived"] for one in results_of(lettered)] == [[], ["evidence"]]
    kept = [one["reopened_by"] for one in await service.coordinator.history(SAFETY) if one["act"] == "review"]
    assert kept == ["30/UBND-KGVX"]


@pytest.mark.parametrize("path", ["reviews", "extensions", "annulments"])
@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_decides_about_many(service: Service, path: str, name: str) -> None:
    sent = {"reviews": review(TRAINING), "extensions": letter(TRAINING), "annulments": mistake(TRAINING, str(TRAINING))}

    problem_of(await getattr(service, name).judge(path, sent[path]), 403, "not-allowed")


async def test_many_reviews_take_no_more_statements_than_two(service: Service) -> None:
    every = await listed(service.coordinator, cycle="2026", owner="cong-an")
    owed = [UUID(one["id"]) for one in every if one["duty"]["code"].startswith("3.")]
    await claimed(service.police, *owed)

    async def judged(*on: UUID) -> int:
        with statements_on(service.app.state.database) as told:
            response = await service.coordinator.judge("reviews", *(review(one, "returned") for one in on))
        assert set(statuses(response)) == {201}
        return len(told)

    few, many = await judged(*owed[:2]), await judged(*owed[2:])

    assert few == many <= 20


async def test_a_coordinator_reviews_a_whole_cycle_by_one_question_and_one_request(
    service: Service, record_property: Callable[[str, object], None]
) -> None:
    coordinator = service.coordinator
    paper = {"received_on": "2026-11-20", "document_number": "9/BC-CATP", "evidence": [DOCUMENT]}
    owed = await listed(coordinator, cycle="2026")
    entered = await coordinator.bulk(*(item(UUID(one["id"]), "completed", **paper) for one in owed))
    assert (len(owed), set(statuses(entered))) == (296, {201})
    asked = {"plan": PLAN, "cycle": "2026", "awaiting_review": True, "include": "claim", "limit": 100}

    began = perf_counter()
    read = await pages(coordinator, **asked)
    seen = [one for page in read for one in page["items"]]
    looked = perf_counter()
    await service.police.report(obligation("3.4", "cong-an", "2026"), evidence=[LINK])
    items = [review(UUID(one["id"]), seen=one["version"], waives=one["missing"]) for one in seen]
    reviewed = perf_counter()
    response = await coordinator.judge("reviews", *items)

    figure = f"296 claims: read in {looked - began:.2f} s, reviewed in {perf_counter() - reviewed:.2f} s"
    record_property("figure", figure)
    assert [len(page["items"]) for page in read] == [100, 100, 96]
    assert all(one["claim"]["summary"] and one["claim"]["evidence"] for one in seen)
    refused = [one["id"] for one, result in zip(seen, results_of(response), strict=True) if result["status"] != 201]
    assert refused == [str(obligation("3.4", "cong-an", "2026"))]
    assert kinds_of(response).count("changed-since-seen") == 1
    assert await listed(coordinator, cycle="2026", awaiting_review=True) == [
        await coordinator.standing(obligation("3.4", "cong-an", "2026"))
    ]
