"""What a coordinator does in a closed cycle names the letter that reopens it, and the figures that were sealed stay."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.database.engine import SYSTEM
from tests.api.asking import problem_of, rows_of, status_of
from tests.api.test_successions import SUCCESSIONS, decide, propose, succeed
from tests.given import DOCUMENT, FIRST, LINK, PLAN, TODAY, TRAINING, Service, obligation

CYCLES = f"/v1/plans/{PLAN}/cycles"
STATUS = f"/v1/plans/{PLAN}/status"
OTHER, WHOLE, ONCE = obligation("3.5", "cong-an"), obligation("3.7", "cong-an"), obligation("G.1", "cong-an", "2026")
BY = "8/UBND-KGVX"
OLD_PAPER: dict[str, Any] = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
LETTER: dict[str, Any] = {"decided_on": "2021-06-10", "document_number": "7/UBND-KGVX"}


async def close(service: Service, cycle: str = FIRST) -> None:
    """Close a cycle, and let a minute pass."""
    response = await service.coordinator.post(f"{CYCLES}/{cycle}/closing", {"reason": "Đã tổng hợp."})
    assert response.status_code == 201, response.text
    service.clock.now += timedelta(minutes=1)


@pytest.fixture
async def closed(service: Service) -> Service:
    """Close the first cycle, in which training was reported without evidence, and one thing asked for."""
    await service.police.report(TRAINING)
    await service.police.report(WHOLE, "not_applicable")
    await service.police.ask_for(OTHER, "2027-01-15")
    await close(service)
    return service


async def letters(service: Service) -> list[str]:
    """Return the letters that have reopened figures, one for each act and cycle."""
    async with service.app.state.database.reading(SYSTEM) as connection:
        return list(await connection.scalars(text("SELECT document_number FROM reopening")))


def acts(service: Service) -> dict[str, tuple[str, dict[str, Any]]]:
    """Spell every act of a coordinator that touches an obligation of the first cycle."""
    of, reason = f"/v1/obligations/{TRAINING}", {"reason": "Vì nhầm."}
    report = {"state": "in_progress", "summary": "Đang làm.", **OLD_PAPER}
    return {
        "a return": (f"{of}/reviews", {"outcome": "returned", **reason}),
        "an extension": (f"/v1/obligations/{OTHER}/extensions", {"due_before_on": "2027-01-15", **reason, **LETTER}),
        "a refusal": (f"/v1/obligations/{OTHER}/extension-refusals", reason),
        "a request on paper": (
            f"/v1/obligations/{OTHER}/extension-requests",
            {"due_before_on": "2027-01-20", **reason, **OLD_PAPER},
        ),
        "a condition": (
            f"/v1/obligations/{WHOLE}/condition-decisions",
            {"met": True, "from_on": "2021-06-01", **reason},
        ),
        "a paper report": (f"{of}/updates", report),
        "a paper that proves": (f"{of}/evidence", DOCUMENT | OLD_PAPER),
        "a deadline": (f"{CYCLES}/{FIRST}/deadlines", {"due_before_on": "2021-07-01", **reason, **LETTER}),
        "a duty owed once": (f"/v1/obligations/{ONCE}/updates", report),
    }


@pytest.mark.parametrize("name", acts(None))  # type: ignore[arg-type]
async def test_every_act_of_a_coordinator_needs_the_letter_that_reopens_the_figures(closed: Service, name: str) -> None:
    path, sent = acts(closed)[name]
    before = await rows_of(closed)

    problem = problem_of(await closed.coordinator.post(path, sent), 409, "letter-needed")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/reopened_by"]
    assert await rows_of(closed) == before
    done = await closed.coordinator.post(path, sent | {"reopened_by": BY})

    assert done.status_code == 201, done.text
    assert await letters(closed) == [BY]


async def test_the_history_shows_by_which_letter_the_figures_were_reopened(closed: Service) -> None:
    await closed.coordinator.review(TRAINING, "returned", reopened_by=BY)
    await closed.police.report(TRAINING, evidence=[LINK])

    history = {act["act"]: act["reopened_by"] for act in await closed.police.history(TRAINING)}

    assert history == {"update": None, "evidence": None, "review": BY}


async def test_owners_report_as_before(closed: Service) -> None:
    evidence = (await closed.police.attach(TRAINING)).json()["id"]
    answers = [
        await closed.police.report(OTHER, evidence=[DOCUMENT]),
        await closed.police.withdraw(evidence),
        await closed.police.bulk({"obligation": str(OTHER), "state": "in_progress", "summary": "Đang làm."}),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 207]
    problem_of(await closed.police.report(OTHER, reopened_by=BY), 403, "paper-report-not-yours")


async def test_an_acceptance_that_changes_no_status_needs_no_letter(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await close(service)

    assert (await service.coordinator.review(TRAINING, "accepted")).status_code == 201


async def test_a_paper_that_came_after_the_closing_needs_no_letter(closed: Service) -> None:
    closed.clock.now += timedelta(days=1)
    late = {"received_on": "2026-11-25", "document_number": "19/BC-CATP"}
    early = {"received_on": "2026-11-23", "document_number": "18/BC-CATP"}

    assert (await closed.coordinator.report(OTHER, evidence=[DOCUMENT], **late)).status_code == 201
    problem_of(await closed.coordinator.report(OTHER, evidence=[DOCUMENT], **early), 409, "letter-needed")


async def test_many_papers_are_refused_one_by_one(closed: Service) -> None:
    papers = [
        {"obligation": str(one), "state": "in_progress", "summary": "Đang làm.", **OLD_PAPER}
        for one in (OTHER, obligation("3.4", "cong-an", "2026"))
    ]

    results = (await closed.coordinator.bulk(*papers)).json()["results"]
    with_letter = (await closed.coordinator.bulk(papers[0] | {"reopened_by": BY})).json()["results"]

    assert [one["status"] for one in results] == [409, 201]
    assert results[0]["problem"]["type"] == "/problems/letter-needed"
    assert [one["status"] for one in with_letter] == [201]


async def test_a_cycle_that_is_not_closed_needs_no_letter(closed: Service) -> None:
    open_one = obligation("3.4", "cong-an", "2026")

    assert (await closed.coordinator.report(open_one, **OLD_PAPER)).status_code == 201
    assert (await closed.coordinator.report(open_one, **OLD_PAPER, reopened_by=BY)).status_code == 201


async def first_of(service: Service, **params: Any) -> dict[str, Any]:
    """Return what the status document says of the first cycle."""
    [cycle] = (await status_of(service.integrator, cycle=FIRST, **params))["cycles"]
    return dict(cycle)


async def test_the_status_document_says_what_has_changed_since_the_closing(closed: Service) -> None:
    untouched = await first_of(closed)
    await closed.police.report(OTHER, evidence=[DOCUMENT])
    late = await first_of(closed)
    one: UUID = obligation("3.1", "cong-an")
    await closed.coordinator.report(one, evidence=[DOCUMENT], **OLD_PAPER, reopened_by=BY)
    restated = await first_of(closed)
    before = await first_of(closed, as_of="2026-11-23")

    names = ("closed_at", "changed_since_closing", "restated")
    assert [[each[name] for name in names] for each in (untouched, late, restated, before)] == [
        ["2026-11-24T03:00:00Z", 0, 0],
        ["2026-11-24T03:00:00Z", 1, 0],
        ["2026-11-24T03:00:00Z", 2, 1],
        [None, None, None],
    ]
    others = (await status_of(closed.integrator, cycle="2026"))["cycles"][0]
    assert [others[name] for name in names] == [None, None, None]


async def test_the_sealed_figures_are_the_same_for_ever(closed: Service) -> None:
    live = await first_of(closed)
    sealed = await closed.integrator.get(STATUS, cycle=FIRST, sealed=True)
    await closed.police.report(OTHER, evidence=[DOCUMENT])
    await closed.coordinator.report(obligation("3.1", "cong-an"), evidence=[DOCUMENT], **OLD_PAPER, reopened_by=BY)
    closed.clock.now = TODAY + timedelta(days=400)

    again = await closed.integrator.get(STATUS, cycle=FIRST, sealed=True)

    assert again.content == sealed.content
    [cycle] = again.json()["cycles"]
    for name in ("totals", "completion_rate", "due_completion_rate", "status", "bodies", "due_before", "closed_at"):
        assert cycle[name] == live[name], name
    assert again.json()["as_of"] == "2026-11-24T03:00:00Z"
    assert (await first_of(closed))["totals"] != cycle["totals"]


async def test_sealed_figures_go_with_closed_cycles_and_no_other_instant(closed: Service) -> None:
    problem_of(await closed.integrator.get(STATUS, sealed=True), 409, "cycle-not-closed")
    problem_of(await closed.integrator.get(STATUS, cycle="2026", sealed=True), 409, "cycle-not-closed")
    problem_of(await closed.integrator.get(STATUS, cycle="2030", sealed=True), 409, "cycle-not-closed")
    problem_of(await closed.integrator.get(STATUS, cycle=[FIRST, "2030"], sealed=True), 409, "cycle-not-closed")
    for other in ({"as_of": "2026-11-24"}, {"known_at": "2026-11-24"}):
        problem_of(await closed.integrator.get(STATUS, cycle=FIRST, sealed=True, **other), 422, "malformed-content")
    body = await closed.integrator.get(STATUS, cycle=FIRST, body="cong-an", sealed=True)
    assert body.json()["cycles"][0]["totals"]["owed"] == 10
    duties = await closed.integrator.get(STATUS, cycle=FIRST, body="cong-an", by="duty", sealed=True)
    assert sum(one["totals"]["owed"] for one in duties.json()["cycles"][0]["duties"]) == 10


async def test_a_reporter_reads_what_was_sealed_of_its_own(closed: Service) -> None:
    answer = await closed.court.get(STATUS, cycle=FIRST, sealed=True)

    [cycle] = answer.json()["cycles"]
    assert [body["code"] for body in cycle["bodies"]] == ["tand"]


async def test_an_acceptance_that_waives_and_so_completes_needs_the_letter(closed: Service) -> None:
    waiving: dict[str, Any] = {"waives": ["evidence"]}

    problem_of(await closed.coordinator.review(TRAINING, "accepted", **waiving), 409, "letter-needed")
    done = await closed.coordinator.review(TRAINING, "accepted", **waiving, reopened_by=BY)

    assert done.json()["obligation"]["status"] == "completed_late"


async def test_taking_back_an_act_on_a_closed_cycle_needs_the_letter(closed: Service) -> None:
    update = next(act["id"] for act in await closed.police.history(TRAINING) if act["act"] == "update")
    sent = {"act": update, "reason": "Ghi nhầm."}
    path = f"/v1/obligations/{TRAINING}/annulments"

    problem_of(await closed.coordinator.post(path, sent), 409, "letter-needed")

    assert (await closed.coordinator.post(path, sent | {"reopened_by": BY})).status_code == 201


async def test_a_succession_that_touches_a_closed_cycle_needs_the_letter(closed: Service) -> None:
    proposed = await propose(closed.coordinator, "so-tu-phap", "so-y-te", effective_on="2021-06-10")
    one = proposed.json()["id"]
    before = await rows_of(closed)

    problem = problem_of(await decide(closed.coordinator, one), 409, "letter-needed")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/reopened_by"]
    assert await rows_of(closed) == before
    assert (await decide(closed.coordinator, one, reopened_by=BY)).status_code == 201
    # One act, one closed cycle, however many obligations of it have passed.
    assert await letters(closed) == [BY]

    path, sent = f"{SUCCESSIONS}/{one}/annulments", {"reason": "Ghi nhầm."}
    problem_of(await closed.coordinator.post(path, sent), 409, "letter-needed")
    assert (await closed.coordinator.post(path, sent | {"reopened_by": BY})).status_code == 201
    assert await letters(closed) == [BY, BY]


async def test_a_succession_that_touches_no_closed_cycle_needs_no_letter(closed: Service) -> None:
    done = await succeed(closed, "so-tu-phap", "so-y-te", duties=["5.1"])

    assert done.status_code == 201, done.text
    assert await letters(closed) == []


async def test_what_goes_on_with_a_successor_touches_the_closed_cycles_of_whom_it_follows(closed: Service) -> None:
    proposed = await propose(closed.coordinator, "so-tu-phap", {"code": "so-moi", "name": "Sở Mới"})
    # What is owed once touches every cycle of its line, so the succession itself needs the letter.
    problem_of(await decide(closed.coordinator, proposed.json()["id"]), 409, "letter-needed")
    await decide(closed.coordinator, proposed.json()["id"], reopened_by=BY)
    closed.clock.now += timedelta(seconds=1)
    await closed.coordinator.post(CYCLES, {"code": "2027"})
    theirs = obligation("G.1", "so-moi", "2027")
    paper = {"received_on": "2021-06-10", "document_number": "9/BC-STP"}

    problem_of(await closed.coordinator.report(theirs, **paper), 409, "letter-needed")
    done = await closed.coordinator.report(theirs, **paper, reopened_by=BY)

    assert done.status_code == 201, done.text
    assert await letters(closed) == [BY, BY]
