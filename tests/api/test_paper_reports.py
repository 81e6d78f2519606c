"""POST /v1/paper-reports: one paper on which a body reports on many duties."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.models import Obligation
from app.models.base import table
from app.standing.moment import Moment
from tests.api.asking import listed, problem_of, rows_of
from tests.api.test_bulk import FIGURES
from tests.database.test_stored_facts import compared
from tests.files import pdf
from tests.given import FIRST, INVESTIGATION, PLAN, TOURISTS, TRAINING, Service, obligation
from tests.statements import statements_on

PAPER = {
    "plan": PLAN,
    "body": "cong-an",
    "number": "212/BC-CATP",
    "issued_on": "2021-06-10",
    "received_on": "2021-06-11",
    "classification": "internal",
}
SAFETY = obligation("3.1", "cong-an")


def line(duty: str = "3.4", state: str = "completed", **fields: Any) -> dict[str, Any]:
    """Spell what a paper says of one duty."""
    return {"cycle": FIRST, "duty": duty, "state": state, "summary": "Đã triển khai theo kế hoạch.", **fields}


def paper(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Spell a paper."""
    return {**PAPER, "items": items or [line()], **fields}


async def entered(service: Service, *items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Enter a paper, and return the answer."""
    response = await service.coordinator.post("/v1/paper-reports", paper(*items, **fields))
    assert response.status_code == 201, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def annulled(service: Service, paper_id: str, **fields: Any) -> dict[str, Any]:
    """Take a paper back, and return the answer."""
    sent = {"reason": "Nhập nhầm cơ quan.", **fields}
    response = await service.coordinator.post(f"/v1/paper-reports/{paper_id}/annulments", sent)
    assert response.status_code == 201, response.text
    shown: dict[str, Any] = response.json()
    return shown


async def standings(service: Service, *on: UUID) -> list[dict[str, Any]]:
    """Return where obligations stand, but for how often somebody has acted on them."""
    shown = [await service.coordinator.standing(one) for one in on]
    return [{name: value for name, value in one.items() if name != "version"} for one in shown]


async def are_facts_those_of_the_histories(service: Service) -> bool:
    """Say whether the stored facts of the whole plan stand, and are what the histories give."""
    async with service.app.state.database.reading() as connection:
        every = (await connection.scalars(select(table(Obligation).c.id))).all()
        found, replayed = await compared(connection, Moment(service.clock()), every)
    return found == replayed and set(found) == set(every)


async def test_one_paper_reports_on_many_duties_and_is_evidence_of_each(service: Service) -> None:
    answer = await entered(service, line(), line("3.2", measurements=FIGURES), line("3.6", "in_progress", percent=40))

    training, investigation, tourists = answer["items"]
    assert [one["status_before"] for one in answer["items"]] == ["overdue"] * 3
    assert [one["obligation"]["status"] for one in answer["items"]] == ["completed_on_time"] * 2 + ["overdue"]
    assert [one["value"] for one in investigation["update"]["measurements"]] == [100, 100, 93.5, 6]
    assert tourists["update"]["percent"] == 40
    registered = answer["paper_report"]
    for one, on in zip(answer["items"], (TRAINING, INVESTIGATION, TOURISTS), strict=True):
        assert one["obligation"] == await service.coordinator.standing(on)
        (evidence,) = one["update"]["evidence"]
        assert (evidence["kind"], evidence["number"], evidence["body"]) == ("document", "212/BC-CATP", "cong-an")
        assert (evidence["issuer"], evidence["title"]) == ("Công an thành phố", "Báo cáo số 212/BC-CATP")
        assert {registered["id"]} == {evidence["paper_report"], one["update"]["paper_report"]}
        assert {evidence["received_at"], one["update"]["received_at"]} == {registered["received_at"]}
    shown = [registered[name] for name in ("body", "received_on", "content")]
    assert shown == [{"code": "cong-an", "name": "Công an thành phố"}, "2021-06-11", None]
    assert training["update"] in await _updates(service, TRAINING)
    assert await are_facts_those_of_the_histories(service)


async def _updates(service: Service, on: UUID) -> list[dict[str, Any]]:
    """Return the updates of an obligation as its history shows them, without what only a history says."""
    only = ("act", "annulled", "client_name", "counts", "why", "reopened_by", "not_personal_reason")
    acts = [act for act in await service.police.history(on) if act["act"] == "update"]
    return [{name: value for name, value in act.items() if name not in only} for act in acts]


async def test_it_can_be_read_again_where_it_was_said_to_be(service: Service) -> None:
    response = await service.coordinator.post("/v1/paper-reports", paper(line(), line("3.1")))

    read = await service.coordinator.get(response.headers["location"])

    assert read.json()["paper_report"] == response.json()["paper_report"]
    same = [{name: one[name] for name in ("update", "obligation")} for one in response.json()["items"]]
    assert read.json()["items"] == [one | {"counts": True} for one in same]


async def test_another_owner_and_an_obligation_by_its_id_can_be_named(service: Service) -> None:
    answer = await entered(
        service,
        line("4.1", owner="so-y-te"),
        {"obligation": str(SAFETY), "state": "in_progress", "summary": "Đang triển khai."},
        issuer="Ủy ban nhân dân quận",
    )

    assert [one["obligation"]["owner"]["code"] for one in answer["items"]] == ["so-y-te", "cong-an"]
    evidence = [one["update"]["evidence"][0] for one in answer["items"]]
    assert [one["body"] for one in evidence] == ["so-y-te", "cong-an"]
    assert {one["issuer"] for one in evidence} == {"Ủy ban nhân dân quận"}


async def test_a_trial_says_what_each_status_becomes_and_records_nothing(service: Service) -> None:
    before = await rows_of(service)
    sent = paper(line(), line("3.6", "in_progress"))
    key = {"Idempotency-Key": "paper-1"}

    tried = await service.coordinator.post("/v1/paper-reports?dry_run=true", sent, headers=key)

    assert (tried.status_code, tried.headers.get("location")) == (200, None)
    assert tried.json()["paper_report"] is None
    assert [one["update"] for one in tried.json()["items"]] == [None, None]
    assert await rows_of(service) == before
    done = (await service.coordinator.post("/v1/paper-reports", sent, headers=key)).json()
    assert [one["obligation"] for one in done["items"]] == [one["obligation"] for one in tried.json()["items"]]
    assert [one["status_before"] for one in done["items"]] == ["overdue", "overdue"]


async def test_what_is_refused_of_one_line_refuses_the_paper_and_names_the_line(service: Service) -> None:
    before = await rows_of(service)
    sent = paper(
        line(),
        line("9.9"),
        line("3.2", measurements=[{"target": "3.9-z", "value": 1}]),
        line("3.1", "not_applicable"),
        line(),
    )

    problem = problem_of(await service.coordinator.post("/v1/paper-reports", sent), 422, "items-refused")

    assert [fault["pointer"] for fault in problem["errors"]] == [
        *("/items/1", "/items/2/measurements/0/target", "/items/3/state", "/items/4")
    ]
    assert await rows_of(service) == before


@pytest.mark.parametrize(
    ("fields", "status", "kind", "pointer"),
    [
        ({"body": "no-such-body"}, 422, "body-unknown", "/body"),
        ({"plan": "no-such-plan"}, 404, "not-found", None),
        ({"received_on": "2021-06-09"}, 422, "received-on-impossible", "/received_on"),
        ({"received_on": "2026-11-25"}, 422, "received-on-impossible", "/received_on"),
        ({"received_on": "2021-05-01", "issued_on": "2021-05-01"}, 422, "received-on-impossible", "/received_on"),
        ({"number": "not a number"}, 422, "malformed-content", "/number"),
        ({"items": []}, 422, "malformed-content", "/items"),
        ({"items": [line(cycle=None)]}, 422, "malformed-content", "/items/0"),
        ({"items": [line(percent=40)]}, 422, "malformed-content", "/items/0"),
        ({"items": [line(summary="Số căn cước 092201001234.")]}, 422, "personal-data-found", "/items/0/summary"),
    ],
)
async def test_a_paper_that_cannot_be_is_refused(
    service: Service, fields: dict[str, Any], status: int, kind: str, pointer: str | None
) -> None:
    before = await rows_of(service)

    problem = problem_of(await service.coordinator.post("/v1/paper-reports", paper(**fields)), status, kind)

    assert [fault["pointer"] for fault in problem.get("errors", ())] == ([pointer] if pointer else [])
    assert await rows_of(service) == before


async def test_the_same_number_of_the_same_body_is_entered_once_a_year(service: Service) -> None:
    first = (await entered(service))["paper_report"]["id"]

    again = await service.coordinator.post("/v1/paper-reports", paper(line("3.1"), issued_on="2021-06-11"))
    tried = await service.coordinator.post("/v1/paper-reports?dry_run=true", paper(line("3.1")))
    other_body = await service.coordinator.post("/v1/paper-reports", paper(line("4.1"), body="so-y-te"))
    next_year = await service.coordinator.post(
        "/v1/paper-reports", paper(line("3.1"), issued_on="2022-06-10", received_on="2022-06-10")
    )

    for refused in (again, tried):
        problem = problem_of(refused, 409, "paper-report-exists")
        assert (problem["paper_report"], problem["errors"][0]["pointer"]) == (first, "/number")
    assert (other_body.status_code, next_year.status_code) == (201, 201)


@pytest.mark.parametrize(
    ("received_on", "late"),
    [("2026-11-23", False), ("2026-11-24", False), ("2026-11-20", True), ("2021-06-11", True)],
)
async def test_one_that_is_entered_later_than_the_next_working_day_is_taken_with_a_warning(
    service: Service, received_on: str, late: bool
) -> None:
    # TODAY is a Tuesday: what came in on Friday was to be entered on Monday.
    sent = paper(line(cycle="2026"), received_on=received_on)
    vietnamese = {"Accept-Language": "vi"}

    answer = (await service.coordinator.post("/v1/paper-reports", sent, headers=vietnamese)).json()

    assert [one["kind"] for one in answer["warnings"]] == ["entered-late"] * late
    if received_on == "2026-11-20":
        (warning,) = answer["warnings"]
        assert (warning["until_on"], "(23/11/2026)" in warning["detail"]) == ("2026-11-23", True)


async def test_a_working_day_is_one_that_nobody_has_marked_as_off(service: Service) -> None:
    off = {"observed_on": "2026-11-23", "name": "Nghỉ bù"}
    await service.coordinator.post(f"/v1/plans/{PLAN}/holidays", off)

    answer = await entered(service, line(cycle="2026"), received_on="2026-11-20")

    assert answer["warnings"] == []


async def test_eighteen_duties_are_one_call_and_their_annulment_restores_every_standing(service: Service) -> None:
    owed = await listed(service.coordinator, cycle=FIRST)
    chosen = [one for one in owed if one["kind"] == "action"][:18]
    on = [UUID(one["id"]) for one in chosen]
    items = [{"obligation": one["id"], "state": "completed", "summary": "Đã triển khai."} for one in chosen]
    before = await standings(service, *on)

    answer = await entered(service, *items)
    after = await standings(service, *on)
    paper_id = answer["paper_report"]["id"]
    taken = await annulled(service, paper_id)

    assert (len(answer["items"]), all(now != then for now, then in zip(after, before, strict=True))) == (18, True)
    assert await standings(service, *on) == before
    assert {one["counts"] for one in taken["items"]} == {False}
    assert (len(taken["annulments"]), taken["paper_report"]["annulled"]["reason"]) == (1, "Nhập nhầm cơ quan.")
    assert await are_facts_those_of_the_histories(service)
    back = await annulled(service, paper_id, act=taken["annulments"][0]["id"], reason="Đã nhập đúng.")
    assert await standings(service, *on) == after
    assert ({one["counts"] for one in back["items"]}, back["paper_report"]["annulled"]) == ({True}, None)
    assert await are_facts_those_of_the_histories(service)


async def test_with_a_paper_fall_the_reviews_of_its_lines_and_they_come_back_with_it(service: Service) -> None:
    paper_id = (await entered(service, line(), line("3.1")))["paper_report"]["id"]
    reviewed = (await service.coordinator.review(TRAINING, "accepted")).json()["review"]["id"]

    taken = await annulled(service, paper_id)
    history = await service.police.history(TRAINING)

    assert reviewed in taken["annulments"][0]["with"]
    struck = [act for act in history if not act["counts"]]
    assert [act["act"] for act in struck] == ["update", "evidence", "review"]
    assert {act["why"] for act in struck} == {"annulled_together"}
    assert {act["annulled"]["reason"] for act in struck} == {"Nhập nhầm cơ quan."}
    (told,) = [act for act in history if act["act"] == "annulment"]
    assert (told["kind"], told["annuls"], told["obligation"]) == ("paper_report", paper_id, str(TRAINING))
    await annulled(service, paper_id, act=taken["annulments"][0]["id"])
    assert all(act["counts"] for act in await service.police.history(TRAINING) if act["act"] != "annulment")
    assert (await service.coordinator.standing(TRAINING))["review"]["outcome"] == "accepted"


async def test_one_line_can_be_taken_back_and_stays_so_when_the_paper_comes_back(service: Service) -> None:
    answer = await entered(service, line(), line("3.1"))
    paper_id, update = answer["paper_report"]["id"], answer["items"][0]["update"]["id"]

    one = await annulled(service, paper_id, items=[update])
    whole = await annulled(service, paper_id)
    back = await annulled(service, paper_id, act=whole["annulments"][0]["id"])

    assert [line["counts"] for line in one["items"]] == [False, True]
    assert (one["annulments"][0]["act"], one["annulments"][0]["kind"]) == (update, "update")
    assert [line["counts"] for line in whole["items"]] == [False, False]
    assert [line["counts"] for line in back["items"]] == [False, True]
    assert [line["obligation"]["status"] for line in back["items"]] == ["overdue", "completed_on_time"]
    assert await are_facts_those_of_the_histories(service)


async def test_what_is_acted_on_an_obligation_later_leaves_a_paper_that_was_taken_back_as_it_is(
    service: Service,
) -> None:
    paper_id = (await entered(service, line(), line("3.1")))["paper_report"]["id"]
    whole = (await annulled(service, paper_id))["annulments"][0]["id"]
    mistake = (await service.police.report(TRAINING, "in_progress")).json()["update"]["id"]

    await service.coordinator.annul(TRAINING, mistake)

    acts = {act["id"]: act["counts"] for act in await service.coordinator.history(TRAINING)}
    assert [counts for id_, counts in acts.items() if id_ != whole][:2] == [False, False]
    for act in (paper_id, whole):
        problem = problem_of(await service.coordinator.annul(TRAINING, act), 422, "act-unknown")
        assert problem["errors"][0]["pointer"] == "/act"


async def test_once_it_was_taken_back_it_can_be_entered_anew_and_then_comes_back_no_more(service: Service) -> None:
    first = (await entered(service))["paper_report"]["id"]
    whole = (await annulled(service, first))["annulments"][0]["id"]

    again = await entered(service, line("3.1"))

    sent = {"reason": "Nhầm.", "act": whole}
    refused = await service.coordinator.post(f"/v1/paper-reports/{first}/annulments", sent)
    problem = problem_of(refused, 409, "paper-report-exists")
    assert problem["paper_report"] == again["paper_report"]["id"]


@pytest.mark.parametrize(
    ("sent", "status", "kind"),
    [
        ({"items": ["01a211f7-3f7d-7a44-9d0c-0c9a4f6fd7e1"]}, 422, "act-unknown"),
        ({"act": "01a211f7-3f7d-7a44-9d0c-0c9a4f6fd7e1"}, 422, "act-unknown"),
        ({"items": []}, 422, "malformed-content"),
        ({"items": ["01a211f7-3f7d-7a44-9d0c-0c9a4f6fd7e1"] * 2}, 422, "malformed-content"),
    ],
)
async def test_what_is_none_of_a_paper_cannot_be_taken_back_there(
    service: Service, sent: dict[str, Any], status: int, kind: str
) -> None:
    paper_id = (await entered(service))["paper_report"]["id"]
    before = await rows_of(service)

    response = await service.coordinator.post(f"/v1/paper-reports/{paper_id}/annulments", {"reason": "Nhầm.", **sent})

    problem_of(response, status, kind)
    assert await rows_of(service) == before


async def test_it_is_taken_back_once_at_a_time(service: Service) -> None:
    paper_id = (await entered(service))["paper_report"]["id"]
    await annulled(service, paper_id)

    again = await service.coordinator.post(f"/v1/paper-reports/{paper_id}/annulments", {"reason": "Nhầm."})

    problem_of(again, 409, "already-annulled")


async def test_the_feed_tells_of_it_on_each_obligation_and_tells_no_word(service: Service) -> None:
    answer = await entered(service, line(), line("3.1"))
    await annulled(service, answer["paper_report"]["id"])

    events = await service.events()

    told = [(one["act"], one["obligation"]) for one in events if one["type"] == "paper_report.entered"]
    paper_id = answer["paper_report"]["id"]
    assert sorted(told) == sorted([(paper_id, str(TRAINING)), (paper_id, str(SAFETY))])
    undone = [one["obligation"] for one in events if one["type"] == "annulment.made"]
    assert sorted(undone) == sorted([str(TRAINING), str(SAFETY)])
    court = (await service.court.get("/v1/events", after=0, limit=500)).json()["items"]
    assert {one["type"] for one in court} & {"paper_report.entered", "annulment.made"} == set()


async def test_a_closed_cycle_needs_a_letter_for_a_paper_that_came_before(service: Service) -> None:
    closed = await service.coordinator.post(f"/v1/plans/{PLAN}/cycles/{FIRST}/closing", {"reason": "Kết thúc kỳ."})
    assert closed.status_code == 201

    without = await service.coordinator.post("/v1/paper-reports", paper(line(), line("3.1")))
    answer = await entered(service, line(), line("3.1"), reopened_by="30/UBND-KGVX")
    paper_id = answer["paper_report"]["id"]
    undone = await service.coordinator.post(f"/v1/paper-reports/{paper_id}/annulments", {"reason": "Nhầm."})

    problem = problem_of(without, 422, "items-refused")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/items/0/reopened_by", "/items/1/reopened_by"]
    problem_of(undone, 409, "letter-needed")
    await annulled(service, paper_id, reopened_by="31/UBND-KGVX")
    letters = [act["reopened_by"] for act in await service.coordinator.history(TRAINING)]
    assert [one for one in letters if one] == ["30/UBND-KGVX", "31/UBND-KGVX"]


async def test_it_is_answered_again_under_its_key_and_entered_once(service: Service) -> None:
    service.clock.catch_up()
    key = {"Idempotency-Key": "paper-1"}
    first = await service.coordinator.post("/v1/paper-reports", paper(), headers=key)
    before = await rows_of(service)

    again = await service.coordinator.post("/v1/paper-reports", paper(), headers=key)

    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert again.headers["location"] == first.headers["location"]
    assert await rows_of(service) == before


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_enters_papers_and_takes_them_back(service: Service, name: str) -> None:
    paper_id = (await entered(service))["paper_report"]["id"]
    who, path = getattr(service, name), f"/v1/paper-reports/{paper_id}"

    problem_of(await who.post("/v1/paper-reports", paper(line("3.1"))), 403, "not-allowed")
    problem_of(await who.send(f"{path}/content", pdf(), method="PUT"), 403, "not-allowed")
    problem_of(await who.post(f"{path}/annulments", {"reason": "Nhầm."}), 403, "not-allowed")


async def test_an_owner_reads_of_a_paper_what_is_said_of_its_own(service: Service) -> None:
    answer = await entered(service, line(), line("4.1", owner="so-y-te"))
    path = f"/v1/paper-reports/{answer['paper_report']['id']}"

    read = [(await who.get(path)).json() for who in (service.police, service.health)]

    assert [[one["update"]["id"] for one in told["items"]] for told in read] == [
        [one["update"]["id"]] for one in answer["items"]
    ]
    problem_of(await service.court.get(path), 404, "not-found")
    problem_of(await service.integrator.get(path), 403, "not-allowed")


async def test_many_lines_take_no_more_statements_than_two(service: Service) -> None:
    every = await listed(service.coordinator, cycle="2026")
    owed = [one for one in every if one["duty"]["code"].partition(".")[0] in {"3", "4", "8"}]
    items = [{"obligation": one["id"], "state": "in_progress", "summary": "Đang triển khai."} for one in owed]

    async def posted(number: str, some: list[dict[str, Any]]) -> int:
        sent = paper(*some, number=number, received_on="2026-11-23")
        with statements_on(service.app.state.database) as told:
            response = await service.coordinator.post("/v1/paper-reports", sent)
        assert response.status_code == 201, response.text
        return len(told)

    assert len(items) > 10
    assert await posted("1/BC-CATP", items[:2]) == await posted("2/BC-CATP", items[2:]) <= 32


async def test_what_was_known_before_it_was_taken_back_stays_so(service: Service) -> None:
    answer = await entered(service)
    by_then = answer["items"][0]["update"]["evidence"][0]["recorded_at"]
    await annulled(service, answer["paper_report"]["id"])

    then = await service.coordinator.standing(TRAINING, known_at=by_then)
    now = await service.coordinator.standing(TRAINING)

    assert (then["status"], now["status"]) == ("completed_on_time", "overdue")


async def test_its_scan_is_sent_once_and_is_the_content_of_each_of_its_evidence(service: Service) -> None:
    answer = await entered(service, line(), line("3.1"), line("3.6"))
    paper_id, content = answer["paper_report"]["id"], pdf()
    path = f"/v1/paper-reports/{paper_id}/content"
    first, again, other = [
        await service.coordinator.send(path, one, method="PUT", headers={"Content-Type": "application/pdf"})
        for one in (content, content, pdf("Một bản khác"))
    ]

    assert (first.status_code, first.json()) == (200, again.json())
    assert first.json()["paper_report"]["content"]["size"] == len(content)
    problem_of(other, 409, "content-already-there")
    for one in answer["items"]:
        (evidence,) = one["update"]["evidence"]
        bytes_ = await service.police.get(f"/v1/evidence/{evidence['id']}/content")
        assert (bytes_.content, bytes_.headers["content-type"]) == (content, "application/pdf")
        assert "212-BC-CATP.pdf" in bytes_.headers["content-disposition"]
    received = [one["obligation"] for one in await service.events() if one["type"] == "evidence.received"]
    assert sorted(received) == sorted([str(TRAINING), str(SAFETY), str(TOURISTS)])
    assert await are_facts_those_of_the_histories(service)
