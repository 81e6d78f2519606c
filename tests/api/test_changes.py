"""GET /v1/plans/{plan}/status/changes: what changed between two instants, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.database.engine import Database
from tests.api.asking import EVERYTHING_KNOWN, listed, problem_of
from tests.files import pdf
from tests.given import DOCUMENT, FIRST, PLAN, TODAY, TOURISTS, TRAINING, Caller, Service, obligation
from tests.statements import statements_on

CHANGES = f"/v1/plans/{PLAN}/status/changes"
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
THIS_YEAR = obligation("3.4", "cong-an", "2026")
DEADLINE = datetime(2026, 12, 16, 17, tzinfo=UTC)


async def changes(who: Caller, since: datetime = YESTERDAY, until: datetime = TOMORROW, **more: Any) -> Any:
    """Ask what changed, with everything known: the clock of these tests is not that of the database."""
    asked = {"from": since.isoformat(), "to": until.isoformat(), "known_at": EVERYTHING_KNOWN, **more}
    asked = {name: value for name, value in asked.items() if value is not None}
    response = await who.get(CHANGES, **asked)
    assert response.status_code == 200, response.text
    return response.json()


def why(change: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return the reasons of a change, each with what was said."""
    return [(one["reason"], one["said"]) for one in change["why"]]


async def test_a_report_with_evidence_changes_one_status(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    found = await changes(service.coordinator)

    [change] = found["items"]
    assert (change["obligation"], change["duty"]["code"], change["cycle"]) == (str(TRAINING), "3.4", FIRST)
    assert (change["before"], change["after"]) == ("overdue", "completed_late")
    assert why(change) == [("update", "completed"), ("evidence", None)]
    assert {one["at"] for one in change["why"]} == {"2026-11-24T03:00:00Z"}
    assert (found["since"], found["until"], found["next_cursor"]) == (
        "2026-11-23T03:00:00Z",
        "2026-11-25T03:00:00Z",
        None,
    )


async def test_the_bytes_of_a_file_change_a_status_once_they_are_there(service: Service) -> None:
    await service.police.report(TRAINING)
    evidence = (await service.police.announce(TRAINING, pdf())).json()["id"]
    service.clock.now = TODAY + timedelta(hours=1)
    await service.police.put(evidence, pdf())

    [change] = (await changes(service.coordinator, TODAY))["items"]

    assert (change["before"], change["after"]) == ("overdue", "completed_late")
    assert why(change) == [("evidence_content", None)]


async def test_evidence_is_a_reason_for_whoever_may_read_it(service: Service) -> None:
    await service.police.report(TRAINING)
    service.clock.now = TODAY + timedelta(hours=1)
    restricted = await service.police.attach(TRAINING, classification="restricted")
    await service.police.withdraw(restricted.json()["id"])
    await service.police.attach(TRAINING, classification="public")

    shown = {
        name: [why(change) for change in (await changes(getattr(service, name), TODAY))["items"]]
        for name in ("police", "coordinator", "integrator")
    }

    everything = [("evidence", None), ("withdrawal", None), ("evidence", None)]
    assert sorted(shown["police"][0]) == sorted(shown["coordinator"][0]) == sorted(everything)
    assert shown["integrator"] == [[("evidence", None)]]


async def test_a_status_that_changed_by_evidence_alone_says_nothing_of_it_to_others(service: Service) -> None:
    await service.police.report(TRAINING)
    service.clock.now = TODAY + timedelta(hours=1)
    await service.police.attach(TRAINING, classification="restricted")

    [change] = (await changes(service.integrator, TODAY))["items"]

    assert (change["before"], change["after"], change["why"]) == ("overdue", "completed_late", [])


async def test_what_leads_to_no_other_status_is_no_change(service: Service) -> None:
    await service.police.report(TRAINING, "in_progress")

    assert (await changes(service.integrator))["items"] == []


async def test_a_deadline_that_passes_changes_everything_that_is_open(service: Service) -> None:
    found = await changes(service.integrator, DEADLINE - timedelta(microseconds=1), DEADLINE, limit=500)

    assert len(found["items"]) == 296 - 1  # The consolidated report rests on the others and is due after them.
    assert {(one["before"], one["after"]) for one in found["items"]} == {
        ("not_started", "overdue"),
        ("not_started", "awaited"),
    }
    assert {tuple(why(one)) for one in found["items"]} == {(("deadline_passed", None),)}
    assert {one["why"][0]["at"] for one in found["items"]} == {"2026-12-16T17:00:00Z"}


async def test_nothing_changes_in_a_moment_without_acts_and_deadlines(service: Service) -> None:
    assert (await changes(service.integrator, TODAY, TOMORROW))["items"] == []


async def test_what_happened_at_the_first_instant_is_no_change_and_at_the_last_is_one(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    assert (await changes(service.integrator, TODAY, TOMORROW))["items"] == []
    assert len((await changes(service.integrator, YESTERDAY, TODAY))["items"]) == 1


async def test_every_kind_of_reason_is_named(service: Service) -> None:
    hour = timedelta(hours=1)
    waived = obligation("3.7", "cong-an", "2026")
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    service.clock.now = TODAY + hour
    await service.coordinator.review(TRAINING, "returned")
    await service.police.report(waived, "not_applicable")
    service.clock.now = TODAY + 2 * hour
    decision = {"met": True, "from_on": "2026-11-25", "reason": "Đã có."}
    await service.coordinator.post(f"/v1/obligations/{waived}/condition-decisions", decision)

    first = (await changes(service.integrator, TODAY, TODAY + hour))["items"]
    second = (await changes(service.integrator, TODAY + hour, TOMORROW))["items"]

    assert {one["duty"]["code"]: (one["before"], one["after"], why(one)) for one in first} == {
        "3.4": ("completed_late", "overdue", [("review", "returned")]),
        "3.7": ("not_started", "not_applicable", [("update", "not_applicable")]),
    }
    assert {one["duty"]["code"]: (one["before"], one["after"], why(one)) for one in second} == {
        "3.7": ("not_applicable", "not_started", [("condition_decision", None)])
    }


async def test_a_duty_owed_once_that_is_done_in_another_cycle_says_so(service: Service) -> None:
    await service.police.report(obligation("G.1", "cong-an", "2026"), evidence=[DOCUMENT])

    found = {one["cycle"]: one for one in (await changes(service.coordinator))["items"]}

    assert len(found) == 7
    assert why(found["2026"]) == [("update", "completed"), ("evidence", None)]
    assert (found[FIRST]["after"], why(found[FIRST])) == ("completed_late", [("done_in_another_cycle", None)])
    assert {one["why"][-1]["at"] for one in found.values()} == {"2026-11-24T03:00:00Z"}


async def test_what_happened_in_its_own_cycle_does_not_hide_that_it_was_done_in_another(service: Service) -> None:
    await service.police.report(obligation("G.1", "cong-an"), "in_progress")
    service.clock.now = TODAY + timedelta(hours=1)
    await service.police.report(obligation("G.1", "cong-an", "2026"), evidence=[DOCUMENT])

    [change] = (await changes(service.integrator, cycle=FIRST))["items"]

    assert why(change) == [("update", "in_progress"), ("done_in_another_cycle", None)]
    assert [one["at"] for one in change["why"]] == ["2026-11-24T03:00:00Z", "2026-11-24T04:00:00Z"]


async def test_a_deed_that_is_undone_in_another_cycle_says_so(service: Service) -> None:
    this_year, hour = obligation("G.1", "cong-an", "2026"), timedelta(hours=1)
    attached = (await service.police.attach(this_year)).json()["id"]
    await service.police.report(this_year)
    service.clock.now = TODAY + hour
    await service.police.withdraw(attached)
    service.clock.now = TODAY + 2 * hour
    await service.police.attach(this_year)
    service.clock.now = TODAY + 3 * hour
    await service.coordinator.review(this_year, "returned")

    spans = [
        {one["cycle"]: one for one in (await changes(service.coordinator, since, since + hour))["items"]}
        for since in (TODAY, TODAY + hour, TODAY + 2 * hour)
    ]

    at = [f"2026-11-24T0{n}:00:00Z" for n in (4, 5, 6)]
    assert [why(span[FIRST]) for span in spans] == [
        [("undone_in_another_cycle", None)],
        [("done_in_another_cycle", None)],
        [("undone_in_another_cycle", None)],
    ]
    assert [span[FIRST]["why"][0]["at"] for span in spans] == at
    assert [(span[FIRST]["before"], span[FIRST]["after"]) for span in spans] == [
        ("completed_late", "overdue"),
        ("overdue", "completed_late"),
        ("completed_late", "overdue"),
    ]
    assert [why(span["2026"]) for span in spans] == [
        [("withdrawal", None)],
        [("evidence", None)],
        [("review", "returned")],
    ]


async def test_a_deed_that_is_another_one_now_names_both(service: Service) -> None:
    day, deed = timedelta(days=1), obligation("G.1", "cong-an", "2025")
    await service.police.report(deed, evidence=[DOCUMENT])
    service.clock.now = DEADLINE + 2 * day
    await service.police.report(obligation("G.1", "cong-an", "2024"), evidence=[DOCUMENT])
    service.clock.now = DEADLINE + 3 * day
    await service.coordinator.review(deed, "returned")

    [change] = (await changes(service.integrator, DEADLINE + day, DEADLINE + 4 * day, cycle="2026"))["items"]

    assert (change["before"], change["after"]) == ("completed_on_time", "completed_late")
    assert why(change) == [("done_in_another_cycle", None), ("undone_in_another_cycle", None)]
    assert [one["at"] for one in change["why"]] == ["2026-12-18T17:00:00Z", "2026-12-19T17:00:00Z"]


async def test_no_change_is_without_a_reason(lived_in: Service) -> None:
    found = (await changes(lived_in.coordinator, datetime(2021, 6, 1, tzinfo=UTC), DEADLINE, limit=500))["items"]

    assert len(found) > 100
    assert [one for one in found if not one["why"]] == []


async def test_a_duty_that_proves_done_before_is_owed_no_more(service: Service) -> None:
    paper = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
    await service.coordinator.report(obligation("G.1", "cong-an"), evidence=[DOCUMENT], **paper)

    found = await changes(service.integrator, datetime(2021, 6, 9, tzinfo=UTC), TODAY, cycle="2026")

    assert [(one["duty"]["code"], one["before"], one["after"], why(one)) for one in found["items"]] == [
        ("G.1", "not_started", None, [("done_in_another_cycle", None)])
    ]
    assert found["items"][0]["why"][0]["at"] == "2021-06-10T16:59:59.999999Z"


async def test_changes_agree_with_two_lists(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.police.report(THIS_YEAR, "in_progress")
    await service.health.report(obligation("4.1", "so-y-te"), evidence=[DOCUMENT])
    asked: dict[str, Any] = {"known_at": "2100-01-01T00:00:00Z"}

    before, after = [
        {one["id"]: one["status"] for one in await listed(service.coordinator, as_of=at.isoformat(), **asked)}
        for at in (YESTERDAY, TOMORROW)
    ]
    found = (await changes(service.coordinator, limit=500, **asked))["items"]

    differing = {one: (before[one], after[one]) for one in before if before[one] != after[one]}
    assert {one["obligation"]: (one["before"], one["after"]) for one in found} == differing
    assert len(differing) == 3


async def test_what_was_not_known_changed_nothing(service: Service) -> None:
    known_before = datetime.now(UTC)
    await service.police.report(TRAINING, evidence=[DOCUMENT])

    assert (await changes(service.integrator, known_at=known_before.isoformat()))["items"] == []


async def test_changes_come_in_pages(service: Service) -> None:
    since, until = DEADLINE - timedelta(microseconds=1), DEADLINE
    whole = (await changes(service.coordinator, since, until, limit=500))["items"]
    found: list[Any] = []
    cursor: dict[str, Any] = {}
    while not found or cursor["cursor"]:
        page = await changes(service.coordinator, since, until, limit=100, **cursor)
        found, cursor = [*found, *page["items"]], {"cursor": page["next_cursor"]}

    assert found == whole


async def test_a_reporter_sees_the_changes_of_its_own(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT])
    await service.police.report(TOURISTS, evidence=[DOCUMENT])

    assert len((await changes(service.police))["items"]) == 2
    assert [one["duty"]["code"] for one in (await changes(service.culture))["items"]] == ["3.6"]
    assert (await changes(service.court))["items"] == []
    problem_of(await service.admin.get(CHANGES, **{"from": "2026-11-01"}), 403, "not-allowed")


async def test_no_narrative_is_told(service: Service) -> None:
    await service.police.report(TRAINING, summary="Bản tường thuật", evidence=[DOCUMENT])

    response = await service.integrator.get(CHANGES, **{"from": "2026-11-01"})

    assert "Bản tường thuật" not in response.text
    assert DOCUMENT["title"] not in response.text


@pytest.mark.parametrize("asked", [{}, {"from": "yesterday"}, {"from": "2026-11-01", "to": "never"}, {"since": "2026"}])
async def test_two_instants_are_needed(service: Service, asked: dict[str, str]) -> None:
    problem_of(await service.integrator.get(CHANGES, **asked), 422, "malformed-content")


async def test_the_changes_of_an_unknown_plan_are_not_found(service: Service) -> None:
    problem_of(
        await service.integrator.get("/v1/plans/unknown/status/changes", **{"from": "2026-11-01"}), 404, "not-found"
    )


async def test_many_changes_take_no_more_statements_than_few(lived_in: Service) -> None:
    database: Database = lived_in.app.state.database

    counts = []
    for since, until in ((YESTERDAY, TOMORROW), (YESTERDAY, DEADLINE)):
        with statements_on(database) as told:
            await changes(lived_in.coordinator, since, until, limit=500)
        counts.append(len(told))

    assert counts[0] == counts[1] <= 6


async def test_the_first_instant_is_not_the_later_one(service: Service) -> None:
    params = {"from": TODAY.isoformat(), "to": YESTERDAY.isoformat()}

    problem = problem_of(await service.integrator.get(CHANGES, **params), 422, "malformed-content")

    assert "`to`" in problem["errors"][0]["detail"]


async def test_an_old_paper_that_is_entered_now_is_a_change_of_now(service: Service) -> None:
    since = datetime.now(UTC)
    paper = {"received_on": "2022-03-01", "document_number": "9/BC-CATP"}
    service.clock.catch_up()
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **paper)
    until = datetime.now(UTC)

    [change] = (await changes(service.coordinator, since, until, known_at=None))["items"]

    assert (change["before"], change["after"]) == ("overdue", "completed_late")
    assert why(change) == [("update", "completed"), ("evidence", None)]
    assert all(since < datetime.fromisoformat(one["at"]) <= until for one in change["why"])


async def test_what_is_taken_back_is_a_change_of_the_instant_at_which_it_was(service: Service) -> None:
    service.clock.catch_up()
    update = (await service.police.report(TRAINING, evidence=[DOCUMENT])).json()["update"]["id"]
    since = datetime.now(UTC)
    service.clock.catch_up()
    annulled = (await service.coordinator.annul(TRAINING, update)).json()["annulment"]
    until = datetime.now(UTC)

    [change] = (await changes(service.integrator, since, until, known_at=None))["items"]
    before = await changes(service.integrator, since - timedelta(days=1), since, known_at=None)

    assert (change["before"], change["after"], why(change)) == ("completed_late", "overdue", [("annulment", None)])
    assert change["why"][0]["at"] == annulled["recorded_at"]
    assert [(one["before"], one["after"]) for one in before["items"]] == [("overdue", "completed_late")]


async def test_what_is_entered_and_taken_back_between_two_instants_is_no_change(service: Service) -> None:
    since = datetime.now(UTC)
    service.clock.catch_up()
    update = (await service.police.report(TRAINING, evidence=[DOCUMENT])).json()["update"]["id"]
    await service.coordinator.annul(TRAINING, update)

    assert (await changes(service.integrator, since, datetime.now(UTC), known_at=None))["items"] == []


async def test_a_deed_of_an_old_paper_is_dated_at_its_recording_in_the_other_cycles_too(service: Service) -> None:
    since = datetime.now(UTC)
    paper = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}
    service.clock.catch_up()
    await service.coordinator.report(obligation("G.1", "cong-an"), evidence=[DOCUMENT], **paper)
    until = datetime.now(UTC)

    found = (await changes(service.integrator, since, until, known_at=None))["items"]

    assert len(found) == 7
    assert all(since < datetime.fromisoformat(one["at"]) <= until for change in found for one in change["why"])
