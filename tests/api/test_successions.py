"""Successions of bodies: /v1/plans/{plan}/successions, and who owes what since."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.commands.successions import decide as decide_on
from app.domain import access
from app.models.base import stable_id
from app.schemas.successions import SuccessionDecisionIn
from app.settings import ROOT
from embedded_postgres import Address
from tests.api.asking import listed, problem_of, rows_of, status_of
from tests.conftest import as_owner
from tests.given import DOCUMENT, FIRST, LINK, PLAN, TODAY, TOURISTS, Caller, Service, item, obligation

SUCCESSIONS, BODIES = f"/v1/plans/{PLAN}/successions", f"/v1/plans/{PLAN}/bodies"
CHILDREN = stable_id(PLAN, "succession", "so-ldtbxh", "2025-03-01")
"""Body 1 hands its duties to the health department."""
NINH_KIEU = stable_id(PLAN, "succession", "ubnd-ninh-kieu", "2025-07-01")
ETHNIC = stable_id(PLAN, "succession", "ban-dan-toc", "2025-03-01")
ACT = {"title": "Nghị quyết về sắp xếp", "issued_on": "2025-02-20"}
MOMENT = timedelta(microseconds=1)
FIRST_OF_MARCH = datetime(2025, 2, 28, 17, tzinfo=UTC)


def labour(cycle: str = "2026", duty: str = "1.3") -> UUID:
    """Return an obligation of body 1, by plan."""
    return obligation(duty, "so-ldtbxh", cycle)


async def decide(who: Caller, succession: UUID | str, outcome: str = "confirmed", **more: Any) -> Any:
    """Decide on a succession."""
    sent = {"outcome": outcome, "reason": "Theo nghị quyết.", **more}
    return await who.post(f"{SUCCESSIONS}/{succession}/decision", sent)


async def propose(who: Caller, predecessor: str, successor: Any = None, **more: Any) -> Any:
    """Propose a succession; a successor is named by its code."""
    named = {"code": successor} if isinstance(successor, str) else successor
    sent = {"predecessor": predecessor, "successor": named, "kind": "merged", "effective_on": "2025-03-01", "act": ACT}
    return await who.post(SUCCESSIONS, {**sent, **more})


async def succeed(service: Service, predecessor: str, successor: Any, **more: Any) -> Any:
    """Propose a succession and confirm it."""
    proposed = await propose(service.coordinator, predecessor, successor, **more)
    assert proposed.status_code == 201, proposed.text
    return await decide(service.coordinator, proposed.json()["id"])


async def owner_of(service: Service, one: UUID, **params: Any) -> str:
    """Return the code of who owes an obligation."""
    code: str = (await service.coordinator.standing(one, **params))["owner"]["code"]
    return code


async def test_the_changes_of_2025_are_proposed_and_change_nothing(service: Service) -> None:
    found = (await service.integrator.get(SUCCESSIONS)).json()["items"]

    assert {one["state"] for one in found} == {"proposed"}
    told = [(one["predecessor"]["code"], (one["successor"] or {}).get("code"), one["duties"]) for one in found]
    assert told[:6] == [
        ("so-ldtbxh", "so-y-te", None),
        ("so-tttt", "so-vhttdl", ["6.2", "6.3"]),
        ("so-tttt", None, ["6.1"]),
        ("so-gtvt", "so-xay-dung", None),
        ("so-khdt", "so-tai-chinh", None),
        ("ban-dan-toc", "so-dan-toc-ton-giao", None),
    ]
    assert [(code, duties) for _, code, duties in told[6:]] == [(None, None)] * 9
    assert {one["effective_on"] for one in found} == {"2025-03-01", "2025-07-01"}
    assert {one["act"]["number"] for one in found} == {None, "72/2025/QH15"}
    assert all(one["act"]["title"] for one in found)
    assert len(await listed(service.coordinator, owner="so-ldtbxh", cycle="2026")) == 16
    assert [body["no"] for body in (await service.integrator.get(BODIES)).json()["items"]] == list(range(1, 19))


async def test_confirming_passes_what_is_open_and_due_from_the_day_on(service: Service) -> None:
    response = await decide(service.coordinator, CHILDREN)

    assert response.status_code == 201
    decided = response.json()
    assert (decided["state"], decided["successor"]["code"], decided["decision"]["obligations"]) == (
        "confirmed",
        "so-y-te",
        32,
    )
    owners = {item["cycle"]: item["owner"]["code"] for item in await listed(service.coordinator, duty="1.3")}
    assert owners == {FIRST: "so-ldtbxh", **{str(year): "so-ldtbxh" for year in range(2021, 2025)}} | {
        "2025": "so-y-te",
        "2026": "so-y-te",
    }
    assert (await service.coordinator.get(response.headers["location"])).json() == decided


async def test_each_day_has_the_owner_of_that_day(service: Service) -> None:
    known_before = datetime.now(UTC)
    await decide(service.coordinator, CHILDREN)
    one = labour("2025")

    assert await owner_of(service, one, as_of=(FIRST_OF_MARCH - MOMENT).isoformat()) == "so-ldtbxh"
    assert await owner_of(service, one, as_of=FIRST_OF_MARCH.isoformat()) == "so-y-te"
    assert await owner_of(service, one) == "so-y-te"
    assert await owner_of(service, one, known_at=known_before.isoformat()) == "so-ldtbxh"
    assert await owner_of(service, labour("2024")) == "so-ldtbxh"


async def test_a_transfer_leaves_its_trace_and_counts_the_version_up(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)

    [act] = await service.coordinator.history(labour())

    assert (act["act"], act["predecessor"]["code"], act["owner"]["code"]) == ("transfer", "so-ldtbxh", "so-y-te")
    assert (act["received_at"], act["succession"]) == ("2025-02-28T17:00:00Z", str(CHILDREN))
    assert act["act_of_succession"]["issued_on"] == "2025-02-20"
    assert (await service.coordinator.standing(labour()))["version"] == 2
    assert await service.coordinator.history(labour("2024")) == []


async def test_the_successor_sees_and_reports_and_the_predecessor_does_no_more(service: Service) -> None:
    await service.labour.report(labour(), "in_progress", summary="Trước khi bàn giao")
    problem_of(await service.health.report(labour()), 404, "not-found")
    await decide(service.coordinator, CHILDREN)

    reported = await service.health.report(labour(), evidence=[LINK])

    assert (reported.status_code, reported.json()["obligation"]["status"]) == (201, "completed_on_time")
    assert reported.json()["update"]["evidence"][0]["body"] == "so-y-te"
    assert [act["act"] for act in await service.health.history(labour())] == [
        "transfer",
        "update",
        "update",
        "evidence",
    ]
    for response in (
        await service.labour.report(labour()),
        await service.labour.attach(labour()),
        await service.labour.get(f"/v1/obligations/{labour()}"),
        await service.labour.get(f"/v1/obligations/{labour()}/history"),
    ):
        problem_of(response, 404, "not-found")
    assert (await service.labour.report(labour("2024"))).status_code == 201
    problem_of(await service.health.report(labour("2024")), 404, "not-found")


async def test_what_the_predecessor_kept_back_is_the_successors_to_read(service: Service) -> None:
    hidden = (await service.labour.attach(labour(), classification="restricted")).json()["id"]
    problem_of(await service.health.get(f"/v1/evidence/{hidden}"), 404, "not-found")

    await decide(service.coordinator, CHILDREN)

    assert (await service.health.get(f"/v1/evidence/{hidden}")).json()["body"] == "so-ldtbxh"
    assert (await service.labour.get(f"/v1/evidence/{hidden}")).status_code == 200


async def test_lists_and_filters_follow_the_owner_in_force(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)

    assert await listed(service.coordinator, owner="so-ldtbxh", cycle="2026") == []
    assert len(await listed(service.coordinator, owner="so-y-te", cycle="2026")) == 16 + 6
    assert len(await listed(service.coordinator, body="so-y-te", cycle="2026")) == 16 + 6
    assert {item["body"]["no"] for item in await listed(service.coordinator, owner="so-y-te")} == {4}
    assert len(await listed(service.coordinator, owner="so-ldtbxh", cycle="2026", as_of="2025-02-28")) == 16
    assert len(await listed(service.health, cycle="2026", owner="so-y-te")) == 16 + 6
    assert [item["cycle"] for item in await listed(service.labour, duty="1.3")] == [
        FIRST,
        "2021",
        "2022",
        "2023",
        "2024",
    ]


async def test_totals_follow_the_owner_and_sum_to_what_is_owed_at_every_level(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    await decide(service.coordinator, ETHNIC)
    commune = {"code": "ubnd-phuong-ninh-kieu", "name": "UBND phường Ninh Kiều"}
    await decide(service.coordinator, NINH_KIEU, successor=commune)
    service.clock.now += timedelta(seconds=1)

    document = await status_of(service.integrator)

    owed = {cycle["cycle"]: cycle["totals"]["owed"] for cycle in document["cycles"]}
    assert owed == {FIRST: 252} | {str(year): 296 for year in range(2021, 2027)}
    for cycle in document["cycles"]:
        assert cycle["totals"]["owed"] == sum(body["totals"]["owed"] for body in cycle["bodies"])
        for body in cycle["bodies"]:
            members = sum(member["totals"]["owed"] for member in body["members"])
            assert not body["members"] or body["totals"]["owed"] == members
    last = {body["code"]: body for body in document["cycles"][-1]["bodies"]}
    assert "so-ldtbxh" not in last
    assert (last["so-y-te"]["no"], last["so-y-te"]["totals"]["owed"]) == (4, 22)
    assert (last["so-dan-toc-ton-giao"]["no"], last["so-dan-toc-ton-giao"]["totals"]["owed"]) == (None, 5)
    assert [body["no"] for body in document["cycles"][-1]["bodies"]] == [*range(2, 12), *range(13, 19), None]
    members = [member["code"] for member in last["ubnd-quan-huyen"]["members"]]
    assert ("ubnd-phuong-ninh-kieu" in members, "ubnd-ninh-kieu" in members) == (True, False)


async def test_a_confirmation_changes_the_status_document(service: Service) -> None:
    before = await service.integrator.get(f"/v1/plans/{PLAN}/status")
    service.clock.now += timedelta(seconds=1)
    await decide(service.coordinator, CHILDREN)

    after = await service.integrator.get(f"/v1/plans/{PLAN}/status", headers={"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200


async def test_the_status_of_a_body_that_has_ended_says_where_it_went(service: Service) -> None:
    before = await status_of(service.integrator, body="so-ldtbxh")
    await decide(service.coordinator, CHILDREN)

    (went,) = (await status_of(service.integrator, body="so-ldtbxh", cycle="2026"))["successions"]
    (then,) = (await status_of(service.integrator, body="so-ldtbxh", as_of="2025-03-01"))["successions"]

    assert before["successions"] == []
    assert (went["id"], went["effective_on"], went["ends"]) == (str(CHILDREN), "2025-03-01", False)
    assert [one["code"] for one in went["successors"]] == ["so-y-te"]
    assert then == went
    earlier = await status_of(service.integrator, body="so-ldtbxh", as_of="2025-02-28")
    assert earlier["successions"] == (await status_of(service.integrator, body="so-y-te"))["successions"] == []


async def test_what_a_body_did_is_told_in_one_call_also_once_it_has_ended(service: Service) -> None:
    service.clock.catch_up()
    coordinator, partnered = service.coordinator, obligation("3.6", "cong-an", "2026")
    paper = {"received_on": "2024-06-14", "document_number": "9/BC-SLDTBXH"}
    reported = await coordinator.report(labour("2024"), "in_progress", **paper)
    await coordinator.review(labour("2024"), "returned")
    await decide(coordinator, CHILDREN)
    await service.health.report(labour("2026"), "in_progress")
    await service.culture.attach(partnered)
    await service.culture.report(obligation("7.8", "so-vhttdl", "2026"), "in_progress")

    async def did(who: Caller, body: str) -> list[tuple[str, str, str]]:
        items = (await who.get("/v1/history", body=body)).json()["items"]
        return [(one["kind"], one["obligation"], one["owner"]["code"]) for one in items]

    assert reported.status_code == 201, reported.text
    assert await did(coordinator, "so-ldtbxh") == [("update", str(labour("2024")), "so-ldtbxh")]
    assert await did(coordinator, "so-y-te") == [("update", str(labour("2026")), "so-y-te")]
    culture = [
        ("evidence", str(partnered), "cong-an"),
        ("update", str(obligation("7.8", "so-vhttdl", "2026")), "so-vhttdl"),
    ]
    assert await did(coordinator, "so-vhttdl") == culture
    assert await did(service.police, "so-vhttdl") == culture
    assert await did(service.court, "so-vhttdl") == []
    problem_of(await service.integrator.get("/v1/history", body="so-vhttdl"), 403, "not-allowed")
    problem_of(await coordinator.get("/v1/history"), 422, "malformed-content")


async def test_what_was_done_stays_with_who_did_it(service: Service) -> None:
    done = labour("2026", "1.4")
    service.clock.now = FIRST_OF_MARCH - timedelta(days=10)
    await service.labour.report(done, evidence=[DOCUMENT])
    service.clock.now = TODAY

    decided = await decide(service.coordinator, CHILDREN)

    assert decided.json()["decision"]["obligations"] == 31
    assert await owner_of(service, done) == "so-ldtbxh"
    assert (await service.labour.standing(done))["status"] == "completed_on_time"


async def test_what_was_done_and_is_returned_passes_over_from_the_return_on(service: Service) -> None:
    done = labour("2026", "1.4")
    service.clock.now = FIRST_OF_MARCH - timedelta(days=10)
    await service.labour.report(done, evidence=[DOCUMENT])
    service.clock.now = TODAY
    await decide(service.coordinator, CHILDREN)
    service.clock.now = TODAY + timedelta(days=1)

    returned = await service.coordinator.review(done, "returned", "Thiếu số liệu.")

    assert returned.json()["obligation"]["owner"]["code"] == "so-y-te"
    assert await owner_of(service, done, as_of=TODAY.isoformat()) == "so-ldtbxh"
    assert (await service.health.report(done)).status_code == 201


async def test_a_deadline_that_is_moved_past_the_day_passes_the_obligation_over(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    assert await owner_of(service, labour("2024")) == "so-ldtbxh"

    extended = await service.coordinator.extend(
        labour("2024"), "2027-06-01", decided_on="2024-12-01", document_number="7/UBND"
    )

    assert extended.json()["obligation"]["owner"]["code"] == "so-y-te"
    # The letter was decided before the day on which the duties passed, and so did this one with them.
    assert await owner_of(service, labour("2024"), as_of="2025-02-27") == "so-ldtbxh"
    assert await owner_of(service, labour("2024"), as_of="2025-03-01") == "so-y-te"


async def test_a_cycle_that_is_opened_later_is_owed_by_the_successor(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)

    await service.coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": "2027"})

    theirs = obligation("1.3", "so-y-te", "2027")
    assert await owner_of(service, theirs) == "so-y-te"
    assert (await service.coordinator.standing(theirs))["inherited_from"] is None
    assert len(await listed(service.coordinator, cycle="2027", owner="so-y-te")) == 22 - len({"G.1", "F.1", "R.2"})
    assert await listed(service.coordinator, cycle="2027", owner="so-ldtbxh") == []
    assert (await service.health.report(theirs, "in_progress")).status_code == 201


async def test_single_duties_pass_alone(service: Service) -> None:
    succession = stable_id(PLAN, "succession", "so-tttt", "2025-03-01", "6.2", "6.3")

    await decide(service.coordinator, succession)

    owners = {item["duty"]["code"]: item["owner"]["code"] for item in await listed(service.coordinator, cycle="2026")}
    assert (owners["6.1"], owners["6.2"], owners["6.3"]) == ("so-tttt", "so-vhttdl", "so-vhttdl")
    assert {item["duty"]["code"] for item in await listed(service.culture, owner="so-vhttdl", cycle="2026")} >= {"6.2"}
    body = (await service.integrator.get(f"{BODIES}/so-tttt")).json()
    assert body["succeeded_on"] is None


async def test_a_body_that_is_succeeded_twice(service: Service) -> None:
    await succeed(service, "so-khdt", "so-tai-chinh")
    await succeed(
        service, "so-tai-chinh", {"code": "so-moi", "name": "Sở Tài chính và Kế hoạch"}, effective_on="2026-01-01"
    )
    one = obligation("10.1", "so-khdt", "2026")

    told = [await owner_of(service, one, as_of=day) for day in ("2025-02-28", "2025-03-01", "2025-12-31", "2026-01-01")]

    assert told == ["so-khdt", "so-tai-chinh", "so-tai-chinh", "so-moi"]
    assert [act["owner"]["code"] for act in await service.coordinator.history(one)] == ["so-tai-chinh", "so-moi"]
    assert await owner_of(service, obligation("10.1", "so-khdt", "2025")) == "so-tai-chinh"


async def test_the_order_of_confirming_makes_no_difference(service: Service) -> None:
    await succeed(
        service, "so-tai-chinh", {"code": "so-moi", "name": "Sở Tài chính và Kế hoạch"}, effective_on="2026-01-01"
    )
    await succeed(service, "so-khdt", "so-tai-chinh")
    one = obligation("10.1", "so-khdt", "2026")

    told = [await owner_of(service, one, as_of=day) for day in ("2025-02-28", "2025-03-01", "2025-12-31", "2026-01-01")]

    assert told == ["so-khdt", "so-tai-chinh", "so-tai-chinh", "so-moi"]


async def test_a_body_that_takes_over_again_keeps_what_it_took(service: Service) -> None:
    await succeed(service, "so-khdt", "so-tai-chinh")
    back = await succeed(service, "so-tai-chinh", "so-khdt", effective_on="2026-01-01")

    assert back.status_code == 201
    for one in (obligation("R.2", "so-tai-chinh", "2026"), obligation("10.1", "so-khdt", "2026")):
        assert await owner_of(service, one) == "so-khdt"
        assert await owner_of(service, one, as_of="2025-12-31") == "so-tai-chinh"
    assert len(await service.coordinator.history(obligation("R.2", "so-tai-chinh", "2026"))) == 1


async def test_a_body_that_a_later_act_gives_duties_owes_them_from_then_on(service: Service) -> None:
    await succeed(service, "so-tai-chinh", {"code": "so-moi", "name": "Sở Tài chính và Kế hoạch"})
    await succeed(service, "so-khdt", "so-tai-chinh", effective_on="2025-07-01")
    one = obligation("10.1", "so-khdt", "2026")

    assert await owner_of(service, one) == "so-tai-chinh"
    assert await owner_of(service, obligation("R.2", "so-tai-chinh", "2026")) == "so-moi"


@pytest.mark.parametrize("name", ["labour", "coordinator"])
async def test_what_was_done_and_is_taken_back_passes_over_from_then_on(service: Service, name: str) -> None:
    done, paper = labour("2026", "1.4"), {"received_on": "2026-11-24", "document_number": "9/BC-SLDTBXH"}
    service.clock.now = FIRST_OF_MARCH - timedelta(days=10)
    await service.labour.report(done, evidence=[DOCUMENT])
    service.clock.now = TODAY
    await decide(service.coordinator, CHILDREN)

    service.clock.now = TODAY + timedelta(days=1)
    who = getattr(service, name)
    reported = await who.report(done, "in_progress", **paper if name == "coordinator" else {})

    assert reported.status_code == 201
    assert reported.json()["obligation"]["owner"]["code"] == "so-y-te"
    assert await owner_of(service, done) == "so-y-te"
    assert await owner_of(service, done, as_of=TODAY.isoformat()) == "so-ldtbxh"
    problem_of(await service.labour.report(done, "in_progress"), 404, "not-found")


async def test_many_reports_at_once_pass_on_what_they_open(service: Service) -> None:
    done, other = labour("2026", "1.4"), labour("2026", "1.3")
    service.clock.now = FIRST_OF_MARCH - timedelta(days=10)
    await service.labour.bulk(*(item(one, "completed", evidence=[DOCUMENT]) for one in (done, other)))
    service.clock.now = TODAY
    await decide(service.coordinator, CHILDREN)

    response = await service.labour.bulk(item(done, "in_progress"), item(other, "completed"))

    first, second = response.json()["results"]
    assert (first["status"], first["obligation"]["owner"]["code"]) == (201, "so-y-te")
    assert (second["status"], second["obligation"]["status"]) == (201, "completed_on_time")
    assert [await owner_of(service, one) for one in (done, other)] == ["so-y-te", "so-ldtbxh"]


async def test_what_was_done_and_loses_its_evidence_passes_over(service: Service) -> None:
    done = labour("2026", "1.4")
    service.clock.now = FIRST_OF_MARCH - timedelta(days=10)
    await service.labour.report(done)
    attached = (await service.labour.attach(done)).json()["id"]
    service.clock.now = TODAY
    await decide(service.coordinator, CHILDREN)
    assert await owner_of(service, done) == "so-ldtbxh"

    withdrawn = await service.labour.withdraw(attached)

    assert withdrawn.status_code == 201
    assert await owner_of(service, done) == "so-y-te"


async def test_a_paper_of_the_predecessor_stays_its_own(service: Service) -> None:
    paper = {"received_on": "2025-02-20", "document_number": "9/BC-SLDTBXH"}
    await decide(service.coordinator, CHILDREN)

    await service.coordinator.report(labour(), evidence=[DOCUMENT], **paper)
    await service.coordinator.attach(labour(), **paper)
    await service.coordinator.bulk(item(labour(), evidence=[LINK], **paper))

    attached = [act for act in await service.coordinator.history(labour()) if act["act"] == "evidence"]
    assert [one["body"] for one in attached] == ["so-ldtbxh"] * 3


async def test_two_steps_on_one_day_end_at_the_last_successor(service: Service) -> None:
    await succeed(service, "so-tai-chinh", {"code": "so-moi", "name": "Sở Tài chính và Kế hoạch"})
    await succeed(service, "so-khdt", "so-tai-chinh")

    assert await owner_of(service, obligation("10.1", "so-khdt", "2026")) == "so-moi"


async def test_a_successor_who_was_a_partner_owns_from_then_on(service: Service) -> None:
    this_year = obligation("3.6", "cong-an", "2026")
    before = await service.culture.post(f"/v1/obligations/{this_year}/contributions", {"note": "Đã phối hợp."})
    attached = await service.culture.attach(this_year)
    assert (before.status_code, attached.status_code) == (201, 201)
    problem_of(await service.culture.report(this_year), 404, "not-found")
    service.clock.now = TODAY + timedelta(hours=1)

    await succeed(service, "cong-an", "so-vhttdl", duties=["3.6"], effective_on="2026-11-24")
    service.clock.now = TODAY + timedelta(hours=2)
    reported = await service.culture.report(this_year)

    assert (reported.status_code, reported.json()["obligation"]["owner"]["code"]) == (201, "so-vhttdl")
    problem_of(
        await service.culture.post(f"/v1/obligations/{this_year}/contributions", {"note": "Nữa."}), 403, "partners-only"
    )
    problem_of(await service.police.get(f"/v1/obligations/{this_year}"), 404, "not-found")
    assert await owner_of(service, TOURISTS) == "cong-an"


async def test_what_came_from_a_partner_stays_a_contribution(service: Service) -> None:
    this_year = obligation("3.6", "cong-an", "2026")
    service.clock.now = datetime(2025, 2, 1, tzinfo=UTC)
    await service.culture.post(f"/v1/obligations/{this_year}/contributions", {"note": "Đã phối hợp."})
    await service.culture.attach(this_year)
    service.clock.now = TODAY
    await succeed(service, "cong-an", "so-vhttdl", duties=["3.6"])
    await service.culture.attach(this_year)

    apart = (await service.culture.get(f"/v1/obligations/{this_year}/contributions")).json()["items"]

    assert [(act["act"], act["received_at"][:10]) for act in apart] == [
        ("contribution", "2025-02-01"),
        ("evidence", "2025-02-01"),
    ]


async def test_a_member_is_succeeded_within_its_group_and_both_have_their_days(service: Service) -> None:
    commune = {"code": "ubnd-phuong-ninh-kieu", "name": "UBND phường Ninh Kiều"}
    await decide(service.coordinator, NINH_KIEU, successor=commune)

    group = (await service.integrator.get(f"{BODIES}/ubnd-quan-huyen")).json()

    days = {member["code"]: (member["joined_on"], member["succeeded_on"]) for member in group["members"]}
    assert days["ubnd-ninh-kieu"] == (None, "2025-07-01")
    assert days["ubnd-phuong-ninh-kieu"] == ("2025-07-01", None)
    assert days["ubnd-o-mon"] == (None, None)
    assert len(group["members"]) == 10
    one = obligation("18.1", "ubnd-ninh-kieu", "2026")
    shown = await service.coordinator.standing(one)
    assert (shown["owner"]["code"], shown["body"]["code"]) == ("ubnd-phuong-ninh-kieu", "ubnd-quan-huyen")
    assert len(await listed(service.coordinator, body="ubnd-quan-huyen", duty="18.1", cycle="2026")) == 9


async def test_a_body_that_came_later_is_listed_after_the_plans_own(service: Service) -> None:
    await decide(service.coordinator, ETHNIC)

    found = (await service.integrator.get(BODIES)).json()["items"]

    assert [body["no"] for body in found] == [*range(1, 19), None]
    assert (found[-1]["code"], found[-1]["joined_on"]) == ("so-dan-toc-ton-giao", "2025-03-01")
    assert found[11]["succeeded_on"] == "2025-03-01"
    plan = (await service.integrator.get(f"/v1/plans/{PLAN}")).json()
    assert (plan["counts"]["bodies"], plan["counts"]["members"]) == (18, 15)


async def test_a_rejected_succession_changes_nothing(service: Service) -> None:
    before = await listed(service.coordinator, cycle="2026")

    response = await decide(service.coordinator, CHILDREN, "rejected")

    assert (response.json()["state"], response.json()["decision"]["obligations"]) == ("rejected", 0)
    assert await listed(service.coordinator, cycle="2026") == before


async def test_a_succession_is_decided_once(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    before = await rows_of(service)

    for outcome in ("confirmed", "rejected"):
        problem_of(await decide(service.coordinator, CHILDREN, outcome), 409, "already-decided")

    assert await rows_of(service) == before


async def test_nobody_is_succeeded_twice_for_the_same_duties(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)

    for duties in (None, ["1.3"]):
        proposed = await propose(
            service.coordinator, "so-ldtbxh", "so-tu-phap", duties=duties, effective_on="2026-01-01"
        )
        problem_of(await decide(service.coordinator, proposed.json()["id"]), 409, "already-succeeded")


async def test_other_duties_of_a_body_can_go_elsewhere(service: Service) -> None:
    await succeed(service, "so-tttt", "so-vhttdl", duties=["6.2"])

    decided = await succeed(service, "so-tttt", "cong-an", duties=["6.1"])

    assert decided.status_code == 201
    assert await owner_of(service, obligation("6.1", "so-tttt", "2026")) == "cong-an"


async def test_an_undecided_successor_is_named_by_the_decision(service: Service) -> None:
    problem_of(await decide(service.coordinator, NINH_KIEU), 422, "successor-unclear")
    nameless = await decide(service.coordinator, NINH_KIEU, successor={"code": "ubnd-phuong-moi"})
    assert problem_of(nameless, 422, "successor-unclear")["errors"][0]["pointer"] == "/successor/name"
    problem_of(
        await decide(service.coordinator, NINH_KIEU, successor={"code": "ubnd-ninh-kieu"}), 422, "successor-unclear"
    )
    problem_of(await decide(service.coordinator, NINH_KIEU, successor={"code": "bao-dai"}), 422, "not-an-owner")
    problem_of(await decide(service.coordinator, CHILDREN, successor={"code": "so-tu-phap"}), 422, "successor-unclear")

    assert (await decide(service.coordinator, NINH_KIEU, successor={"code": "ubnd-o-mon"})).status_code == 201


async def test_a_succession_is_confirmed_from_its_day_on(service: Service) -> None:
    proposed = (await propose(service.coordinator, "so-tu-phap", "so-y-te", effective_on="2026-11-25")).json()["id"]

    problem_of(await decide(service.coordinator, proposed), 409, "succession-ahead")
    service.clock.now = datetime(2026, 11, 24, 17, tzinfo=UTC)
    assert (await decide(service.coordinator, proposed)).status_code == 201


@pytest.mark.parametrize(
    ("predecessor", "successor", "more", "kind", "pointer"),
    [
        ("nobody", "so-y-te", {}, "body-unknown", "/predecessor"),
        ("ubnd-quan-huyen", "so-y-te", {}, "not-an-owner", "/predecessor"),
        ("so-tu-phap", "bao-dai", {}, "not-an-owner", "/successor/code"),
        ("so-tu-phap", "so-tu-phap", {}, "successor-unclear", "/successor/code"),
        ("so-tu-phap", {"code": "so-moi"}, {}, "successor-unclear", "/successor/name"),
        ("so-tu-phap", "so-y-te", {"duties": ["5.1", "99.1"]}, "duty-unknown", "/duties/1"),
        ("so-tu-phap", "so-y-te", {"duties": []}, "malformed-content", "/duties"),
        ("so-tu-phap", "so-y-te", {"kind": "vanished"}, "malformed-content", "/kind"),
        ("so-tu-phap", "so-y-te", {"effective_on": "9999-12-31"}, "malformed-content", "/effective_on"),
        ("so-tu-phap", "so-y-te", {"act": {}}, "malformed-content", "/act/title"),
        ("so-tu-phap", "so-y-te", {"act": ACT | {"number": "không"}}, "malformed-content", "/act/number"),
    ],
)
async def test_a_proposal_that_cannot_be_is_refused(
    service: Service, predecessor: str, successor: Any, more: dict[str, Any], kind: str, pointer: str
) -> None:
    before = await rows_of(service)

    response = await propose(service.coordinator, predecessor, successor, **more)

    problem = problem_of(response, 422, kind)
    assert [fault["pointer"] for fault in problem["errors"]] == [pointer]
    assert await rows_of(service) == before


@pytest.mark.parametrize("name", ["police", "integrator", "admin"])
async def test_only_a_coordinator_proposes_and_decides(service: Service, name: str) -> None:
    who = getattr(service, name)

    problem_of(await propose(who, "so-tu-phap", "so-y-te"), 403, "not-allowed")
    problem_of(await decide(who, CHILDREN), 403, "not-allowed")
    assert (await who.get(SUCCESSIONS)).status_code == 200


async def test_what_is_not_there_is_not_found(service: Service) -> None:
    problem_of(await decide(service.coordinator, UUID(int=0)), 404, "not-found")
    problem_of(await service.coordinator.get(f"{SUCCESSIONS}/{UUID(int=0)}"), 404, "not-found")
    problem_of(await service.coordinator.get("/v1/plans/unknown/successions"), 404, "not-found")


async def test_seeding_again_drops_nothing_that_came_later(own_service: Service, address: Address) -> None:
    await decide(own_service.coordinator, ETHNIC)
    await propose(own_service.coordinator, "so-tu-phap", "so-y-te")

    async with as_owner(address, own_service.app.state.database.engine.url.database) as owner:
        changes = await apply(owner, read(ROOT / "seeds" / PLAN), now=TODAY)

    assert not changes
    assert await owner_of(own_service, obligation("12.1", "ban-dan-toc", "2026")) == "so-dan-toc-ton-giao"


async def test_seeding_a_later_year_applies_what_is_confirmed(own_service: Service, address: Address) -> None:
    await decide(own_service.coordinator, CHILDREN)

    async with as_owner(address, own_service.app.state.database.engine.url.database) as owner:
        await apply(owner, read(ROOT / "seeds" / PLAN), now=datetime(2027, 1, 10, tzinfo=UTC))

    assert await owner_of(own_service, obligation("1.3", "so-y-te", "2027")) == "so-y-te"
    assert await listed(own_service.coordinator, cycle="2027", owner="so-ldtbxh") == []


async def test_a_report_that_waited_for_a_transfer_is_not_the_predecessors_any_more(own_service: Service) -> None:
    coordinator = access.Caller(client_id=own_service.coordinator.client_id, role=access.Role.COORDINATOR)
    confirmed = SuccessionDecisionIn.model_validate({"outcome": "confirmed", "reason": "Theo nghị quyết."})
    async with own_service.app.state.database.writing() as connection:
        await decide_on(connection, coordinator, PLAN, CHILDREN, confirmed, now=TODAY)
        waiting = asyncio.create_task(own_service.labour.report(labour()))
        await asyncio.sleep(0.5)
        assert not waiting.done()

    problem_of(await waiting, 404, "not-found")
    assert [act["act"] for act in await own_service.coordinator.history(labour())] == ["transfer"]


async def test_many_reports_name_an_obligation_by_its_owner_of_today(own_service: Service) -> None:
    await decide(own_service.coordinator, CHILDREN)
    item = {"plan": PLAN, "cycle": "2026", "owner": "so-y-te", "state": "in_progress", "summary": "Đang làm."}

    response = await own_service.health.post(
        "/v1/updates", {"items": [item | {"duty": duty} for duty in ("1.3", "G.1")]}
    )

    clear, ambiguous = response.json()["results"]
    assert (clear["status"], clear["obligation"]["id"]) == (201, str(labour()))
    assert (ambiguous["status"], ambiguous["problem"]["type"]) == (409, "/problems/ambiguous-obligation")
    both = {str(obligation("G.1", owner, "2026")) for owner in ("so-y-te", "so-ldtbxh")}
    assert set(ambiguous["problem"]["ids"]) == both


async def test_all_or_nothing_is_refused_as_ambiguous_with_the_ids_as_well(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    said = {"cycle": "2026", "duty": "R.2", "state": "in_progress", "summary": "Đang làm."}
    paper = {
        "number": "12/BC-SYT",
        "issued_on": "2026-11-20",
        "received_on": "2026-11-23",
        "classification": "internal",
    }
    both = {str(obligation("R.2", owner, "2026")) for owner in ("so-y-te", "so-ldtbxh")}

    entered = await service.coordinator.post(
        "/v1/paper-reports", {"plan": PLAN, "body": "so-y-te", "items": [said | {"duty": "7.1"}, said], **paper}
    )
    sent = await service.health.bulk(said | {"plan": PLAN, "owner": "so-y-te"}, atomic=True)

    for response, place in ((entered, 1), (sent, 0)):
        problem = problem_of(response, 409, "ambiguous-obligation")
        assert set(problem["ids"]) == both
        assert [fault["pointer"] for fault in problem["errors"]] == [f"/items/{place}"]
