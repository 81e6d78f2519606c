"""Bodies change: successions to many and to nobody, many to one, lines that pass as one; what was seen of it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.models.base import stable_id
from tests.api.asking import listed, problem_of, status_of
from tests.api.test_successions import BODIES, CHILDREN, NINH_KIEU, SUCCESSIONS, decide, owner_of, propose, succeed
from tests.given import DOCUMENT, FIRST, LINK, PLAN, TODAY, Service, item, obligation

COMMUNES = [{"code": f"xa-{n}", "name": f"UBND xã số {n}"} for n in range(3)]
DISTRICT_DUTIES = 15 + 3
"""What a district owes in a year: its own duties, G.1, F.1 and R.2."""


def seeded(predecessor: str, day: str, *codes: str) -> UUID:
    """Return the id of a succession that the seed proposes."""
    return stable_id(PLAN, "succession", predecessor, day, *codes)


async def open_2027(service: Service) -> None:
    """Open the cycle of 2027, a moment after whatever was decided."""
    service.clock.now += timedelta(seconds=1)
    opened = await service.coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": "2027"})
    assert opened.status_code == 201, opened.text


async def confirm_all_of_2025(service: Service) -> None:
    """Confirm all fifteen successions of 2025: each district ends in two communes of its own, one in nobody."""
    proposed = (await service.integrator.get(SUCCESSIONS)).json()["items"]
    assert len(proposed) == 15
    for n, one in enumerate(proposed):
        district = one["predecessor"]["code"].startswith("ubnd-")
        communes = [{"code": f"xa-{n}-{m}", "name": f"UBND xã {n} {m}"} for m in range(2)]
        more: dict[str, Any] = {"successors": communes} if district else {"successor": {"code": "cong-an"}}
        if one["predecessor"]["code"] == "ubnd-o-mon":
            more = {"ends": True}
        decided = await decide(service.coordinator, one["id"], **({} if one["successor"] else more))
        assert decided.status_code == 201, decided.text


async def test_a_district_is_succeeded_by_its_communes(service: Service) -> None:
    decided = (await decide(service.coordinator, NINH_KIEU, successors=COMMUNES)).json()

    assert [one["code"] for one in decided["successors"]] == ["xa-0", "xa-1", "xa-2"]
    assert (decided["successor"]["code"], decided["ends"], decided["decision"]["ended"]) == ("xa-0", False, 0)
    assert decided["decision"]["obligations"] == 2 * DISTRICT_DUTIES
    # The first one takes over what is open; in every cycle that is opened later each owes it.
    for year in ("2025", "2026"):
        one = obligation("18.1", "ubnd-ninh-kieu", year)
        shown = await service.coordinator.standing(one)
        assert (shown["owner"]["code"], shown["inherited_from"]) == ("xa-0", "ubnd-ninh-kieu")
    await open_2027(service)
    for commune in ("xa-0", "xa-1", "xa-2"):
        owed = await listed(service.coordinator, cycle="2027", owner=commune)
        assert (len(owed), {one["inherited_from"] for one in owed}) == (DISTRICT_DUTIES, {None})
        assert {one["body"]["code"] for one in owed} == {"ubnd-quan-huyen"}
    assert await listed(service.coordinator, cycle="2027", owner="ubnd-ninh-kieu") == []
    totals = (await status_of(service.integrator, cycle="2027"))["cycles"][0]["totals"]
    assert totals["owed"] == 296 + 2 * DISTRICT_DUTIES


async def test_successors_can_each_take_their_own_duties(service: Service) -> None:
    two = [{**COMMUNES[0], "duties": ["5.1", "5.2"]}, {**COMMUNES[1], "duties": ["5.3"]}]
    left = await succeed(service, "so-tu-phap", None, successors=two)
    assert problem_of(left, 422, "successor-unclear")["errors"][0]["pointer"] == "/successors"
    everything = [{**COMMUNES[0], "duties": ["5.1"]}, COMMUNES[1]]

    assert (await succeed(service, "so-tu-phap", None, successors=everything)).status_code == 201

    assert await owner_of(service, obligation("5.1", "so-tu-phap", "2026")) == "xa-0"
    assert await owner_of(service, obligation("5.3", "so-tu-phap", "2026")) == "xa-1"


async def test_a_body_can_end_without_a_successor(service: Service) -> None:
    reported = obligation("18.2", "ubnd-ninh-kieu", "2026")
    service.clock.now = datetime(2025, 5, 5, tzinfo=UTC)
    await service.coordinator.report(
        reported, evidence=[DOCUMENT], received_on="2025-05-05", document_number="9/BC-UBND"
    )
    service.clock.now = TODAY
    before = (await status_of(service.integrator, cycle="2026"))["cycles"][0]["totals"]["owed"]

    decided = (await decide(service.coordinator, NINH_KIEU, ends=True)).json()

    assert (decided["successors"], decided["successor"], decided["ends"]) == ([], None, True)
    assert (decided["decision"]["obligations"], decided["decision"]["ended"]) == (0, 2 * DISTRICT_DUTIES - 1)
    service.clock.now += timedelta(seconds=1)
    one = obligation("18.1", "ubnd-ninh-kieu", "2026")
    owed = await listed(service.coordinator, cycle="2026", owner="ubnd-ninh-kieu")
    assert [(item["id"], item["status"]) for item in owed] == [(str(reported), "completed_on_time")]
    after = (await status_of(service.integrator, cycle="2026"))["cycles"][0]["totals"]["owed"]
    assert after == before - (DISTRICT_DUTIES - 1)
    ended = await listed(service.coordinator, cycle="2026", owner="ubnd-ninh-kieu", ended=True)
    assert len(ended) == DISTRICT_DUTIES - 1
    assert {(item["status"], item["ended_by"], tuple(item["missing"])) for item in ended} == {
        (None, str(NINH_KIEU), ())
    }
    assert (await service.coordinator.standing(one))["status"] is None
    assert (await service.coordinator.standing(one, as_of="2025-06-30"))["status"] == "not_started"
    [act] = await service.coordinator.history(one)
    assert (act["act"], act["ends"], act["owner"]["code"]) == ("transfer", True, "ubnd-ninh-kieu")
    told = [event for event in await service.events() if event["type"] == "obligation.ended"]
    assert len(told) == 2 * DISTRICT_DUTIES - 1
    # What was due before that day is still owed, and was never done.
    assert (await service.coordinator.standing(obligation("18.1", "ubnd-ninh-kieu", "2024")))["status"] == "overdue"


async def test_what_has_ended_takes_no_act_any_more(service: Service) -> None:
    await decide(service.coordinator, NINH_KIEU, ends=True)
    one = obligation("18.1", "ubnd-ninh-kieu", "2026")

    for response in (
        await service.coordinator.report(one, received_on="2026-11-24", document_number="9/BC-UBND"),
        await service.coordinator.extend(one, "2027-06-01"),
        await service.coordinator.attach(one, received_on="2026-11-24", document_number="9/BC-UBND"),
    ):
        problem_of(response, 409, "obligation-ended")
    bulk = await service.coordinator.bulk(item(one, received_on="2026-11-24", document_number="9/BC-UBND"))
    assert bulk.json()["results"][0]["problem"]["type"] == "/problems/obligation-ended"
    vietnamese = await service.coordinator.extend(one, "2027-06-01", headers={"Accept-Language": "vi"})
    assert vietnamese.json()["title"].startswith("Nghĩa vụ đã chấm dứt")


async def test_what_was_done_and_is_returned_ends_with_its_body(service: Service) -> None:
    done = obligation("18.2", "ubnd-ninh-kieu", "2026")
    paper = {"received_on": "2025-05-05", "document_number": "9/BC-UBND"}
    await service.coordinator.report(done, evidence=[DOCUMENT], **paper)
    await decide(service.coordinator, NINH_KIEU, ends=True)
    service.clock.now += timedelta(days=1)

    returned = await service.coordinator.review(done, "returned", "Thiếu số liệu.")

    assert (returned.json()["obligation"]["status"], returned.json()["obligation"]["ended_by"]) == (
        None,
        str(NINH_KIEU),
    )


@pytest.mark.parametrize(
    "named",
    [
        {"successor": COMMUNES[0], "ends": True},
        {"successors": COMMUNES, "ends": True},
        {"successor": COMMUNES[0], "successors": COMMUNES},
        {"successors": []},
    ],
)
async def test_who_takes_over_is_said_in_one_way(service: Service, named: dict[str, Any]) -> None:
    sent = {"outcome": "confirmed", "reason": "Theo luật.", **named}

    problem_of(await service.coordinator.post(f"{SUCCESSIONS}/{NINH_KIEU}/decision", sent), 422, "malformed-content")


async def test_a_successor_stands_once(service: Service) -> None:
    twice = await decide(service.coordinator, NINH_KIEU, successors=[COMMUNES[0], COMMUNES[0]])
    assert problem_of(twice, 422, "successor-unclear")["errors"][0]["pointer"] == "/successors/1/code"
    foreign = [COMMUNES[0] | {"duties": ["5.1"]}, COMMUNES[1]]
    proposed = await propose(service.coordinator, "so-tu-phap", None, successors=foreign, duties=["5.2"])
    assert problem_of(proposed, 422, "duty-unknown")["errors"][0]["pointer"] == "/successors/0/duties/0"


async def test_a_body_that_comes_to_owe_a_duty_twice_owes_it_once_in_later_cycles(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    await open_2027(service)

    this_year = await listed(service.coordinator, cycle="2026", owner="so-y-te")
    next_year = await listed(service.coordinator, cycle="2027", owner="so-y-te")

    doubled = [one["duty"]["code"] for one in this_year if one["inherited_from"]]
    assert {"G.1", "F.1", "R.2"} < set(doubled)
    for code in ("G.1", "F.1", "R.2"):
        told = [one["inherited_from"] for one in this_year if one["duty"]["code"] == code]
        assert sorted(told, key=str) == [None, "so-ldtbxh"]
        assert [one["inherited_from"] for one in next_year if one["duty"]["code"] == code] == [None]
    codes = [one["duty"]["code"] for one in next_year]
    assert len(codes) == len(set(codes)) == 22 - 3


async def test_what_a_body_owes_twice_is_told_apart_in_exports_and_forms(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)

    asked = {"cycle": "2026", "duty": "F.1", "owner": "so-y-te"}
    lines = (await service.coordinator.get("/v1/obligations/export", **asked, format="csv")).text.splitlines()

    assert "inherited_from" in lines[0]
    assert sum("so-ldtbxh" in line for line in lines[1:]) == 1
    assert len(lines) == 3


async def test_all_successions_of_2025_leave_nothing_with_a_body_that_has_ended(service: Service) -> None:
    await confirm_all_of_2025(service)
    await open_2027(service)

    ended = {one["predecessor"]["code"] for one in (await service.integrator.get(SUCCESSIONS)).json()["items"]}
    assert len(ended) == 14
    for cycle in ("2026", "2027"):
        owed = await listed(service.coordinator, cycle=cycle)
        assert {one["owner"]["code"] for one in owed} & ended == set()
    pairs = [(one["owner"]["code"], one["duty"]["code"]) for one in await listed(service.coordinator, cycle="2027")]
    assert len(pairs) == len(set(pairs))


async def test_a_body_without_a_duty_of_its_own_left_passes_on_what_every_body_owes(service: Service) -> None:
    await decide(service.coordinator, seeded("so-tttt", "2025-03-01", "6.2", "6.3"))
    general = [obligation(code, "so-tttt", "2026") for code in ("G.1", "F.1", "R.2")]
    assert {await owner_of(service, one) for one in general} == {"so-tttt"}

    last = await decide(service.coordinator, seeded("so-tttt", "2025-03-01", "6.1"), successor={"code": "cong-an"})

    assert last.status_code == 201
    assert {await owner_of(service, one) for one in general} == {"cong-an"}
    assert await owner_of(service, obligation("6.2", "so-tttt", "2026")) == "so-vhttdl"
    assert (await service.integrator.get(f"{BODIES}/so-tttt")).json()["succeeded_on"] == "2025-03-01"


async def test_requested_passes_on_when_all_were(service: Service) -> None:
    await succeed(service, "vksnd", "tand")
    await succeed(service, "thanh-doan", "so-tu-phap")
    await open_2027(service)

    asked = await listed(service.coordinator, cycle="2027", owner="tand")
    directed = await listed(service.coordinator, cycle="2027", owner="so-tu-phap")

    assert {one["force"] for one in asked} == {"requested"}
    forces = {one["duty"]["code"]: one["force"] for one in directed}
    assert (forces["16.1"], forces["R.2"], forces["G.1"]) == ("requested", "directed", "directed")


async def test_a_line_that_is_open_again_passes_as_one(service: Service) -> None:
    line = [obligation("G.1", "so-ldtbxh", cycle) for cycle in (FIRST, *map(str, range(2021, 2027)))]
    service.clock.now = datetime(2021, 6, 10, tzinfo=UTC)
    await service.labour.report(line[0], evidence=[DOCUMENT])
    service.clock.now = TODAY
    await decide(service.coordinator, CHILDREN)
    assert (await service.coordinator.standing(line[0]))["status"] == "completed_on_time"
    assert await listed(service.coordinator, duty="G.1", cycle="2026", owner="so-ldtbxh") == []
    service.clock.now += timedelta(days=1)

    await service.coordinator.review(line[0], "returned", "Không đúng kế hoạch.")

    owners = [await owner_of(service, one) for one in line]
    assert owners == ["so-ldtbxh"] * 5 + ["so-y-te"] * 2
    # The successor completes the one that is open, and with it the line: also what stayed with the other.
    service.clock.now += timedelta(days=1)
    await service.health.report(line[-1], evidence=[DOCUMENT])
    assert [(await service.coordinator.standing(one))["status"] for one in (line[0], line[-1])] == [
        "completed_late",
        "completed_on_time",
    ]


async def test_a_line_that_goes_on_with_a_successor_is_complete_when_all_that_it_follows_are(service: Service) -> None:
    service.clock.now = datetime(2021, 6, 10, tzinfo=UTC)
    await service.labour.report(obligation("G.1", "so-ldtbxh"), evidence=[DOCUMENT])
    service.clock.now = TODAY
    await decide(service.coordinator, CHILDREN)
    await open_2027(service)
    theirs = obligation("G.1", "so-y-te", "2027")
    # The plan of the one was done in 2021; that of the other was not.
    assert (await service.coordinator.standing(theirs))["status"] == "not_started"

    service.clock.now += timedelta(days=1)
    await service.health.report(obligation("G.1", "so-y-te", "2026"), evidence=[DOCUMENT])

    assert (await service.health.standing(obligation("G.1", "so-y-te", "2026")))["status"] == "completed_on_time"
    assert await listed(service.coordinator, duty="G.1", cycle="2027", owner="so-y-te") == []


async def test_what_a_successor_does_in_a_later_cycle_completes_the_lines_that_it_follows(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    await open_2027(service)
    service.clock.now += timedelta(days=1)

    await service.health.report(obligation("G.1", "so-y-te", "2027"), evidence=[DOCUMENT])

    for owner in ("so-y-te", "so-ldtbxh"):
        assert (await service.coordinator.standing(obligation("G.1", owner)))["status"] == "completed_late"
        assert (await service.coordinator.standing(obligation("G.1", owner, "2026")))["status"] == "completed_on_time"


async def test_a_successor_reads_what_its_predecessor_did(service: Service) -> None:
    old = obligation("1.3", "so-ldtbxh", "2024")
    await service.labour.report(old, summary="Đã tập huấn hai lớp.", evidence=[LINK | {"classification": "restricted"}])
    problem_of(await service.health.get(f"/v1/obligations/{old}"), 404, "not-found")

    await decide(service.coordinator, CHILDREN)

    assert (await service.health.standing(old))["owner"]["code"] == "so-ldtbxh"
    told = await service.health.history(old)
    assert [act["act"] for act in told] == ["update", "evidence"]
    assert told[0]["summary"] == "Đã tập huấn hai lớp."
    assert (await service.health.get(f"/v1/evidence/{told[1]['id']}")).status_code == 200
    # Reading is all: it is not the successor's to report on, and nothing of another body shows.
    problem_of(await service.health.report(old), 404, "not-found")
    problem_of(await service.health.attach(old), 404, "not-found")
    problem_of(await service.health.get(f"/v1/obligations/{obligation('3.4', 'cong-an')}"), 404, "not-found")


async def test_a_successor_reads_what_its_predecessors_predecessor_did(service: Service) -> None:
    old = obligation("10.1", "so-khdt", "2024")
    await succeed(service, "so-khdt", "so-tai-chinh")

    await succeed(service, "so-tai-chinh", "so-y-te", effective_on="2026-01-01")

    assert (await service.health.standing(old))["owner"]["code"] == "so-khdt"


async def test_bodies_and_successions_stand_as_they_were_known(service: Service) -> None:
    known_before = datetime.now(UTC).isoformat()
    await decide(service.coordinator, NINH_KIEU, successors=COMMUNES)

    [earlier] = [
        one
        for one in (await service.integrator.get(SUCCESSIONS, known_at=known_before)).json()["items"]
        if one["id"] == str(NINH_KIEU)
    ]
    group = (await service.integrator.get(f"{BODIES}/ubnd-quan-huyen", known_at=known_before)).json()

    assert (earlier["state"], earlier["successors"], earlier["decision"]) == ("proposed", [], None)
    assert [len(group["members"]), {one["succeeded_on"] for one in group["members"]}] == [9, {None}]
    problem_of(await service.integrator.get(f"{BODIES}/xa-0", known_at=known_before), 404, "not-found")
    assert (await service.integrator.get(f"{BODIES}/xa-0")).status_code == 200


async def test_a_succession_that_nobody_has_acted_under_can_be_annulled(service: Service) -> None:
    before = await listed(service.coordinator, cycle="2026")
    await decide(service.coordinator, CHILDREN)
    await decide(service.coordinator, NINH_KIEU, ends=True)
    known_before = datetime.now(UTC).isoformat()
    service.clock.now += timedelta(seconds=1)

    for succession in (CHILDREN, NINH_KIEU):
        annulled = await service.coordinator.post(
            f"{SUCCESSIONS}/{succession}/annulments", {"reason": "Xác nhận nhầm."}
        )
        assert (annulled.status_code, annulled.json()["state"]) == (201, "annulled"), annulled.text

    same = ("id", "owner", "status", "inherited_from", "missing")
    after = await listed(service.coordinator, cycle="2026")
    assert [[one[name] for name in same] for one in after] == [[one[name] for name in same] for one in before]
    one = obligation("1.3", "so-ldtbxh", "2026")
    assert await owner_of(service, one, known_at=known_before) == "so-y-te"
    assert (await service.labour.report(one, "in_progress")).status_code == 201
    problem_of(await service.health.get(f"/v1/obligations/{one}"), 404, "not-found")
    told = [event["type"] for event in await service.events()]
    assert told.count("annulment.made") == 2 + 32 + 2 * DISTRICT_DUTIES
    await open_2027(service)
    assert len(await listed(service.coordinator, cycle="2027", owner="so-ldtbxh")) == 16
    again = await service.coordinator.post(f"{SUCCESSIONS}/{CHILDREN}/annulments", {"reason": "Nữa."})
    problem_of(again, 409, "already-annulled")
    assert (await succeed(service, "so-ldtbxh", "so-tu-phap")).status_code == 201


async def test_an_annulment_of_a_succession_is_taken_back_while_nobody_has_acted_since(service: Service) -> None:
    before = await listed(service.coordinator, cycle="2026")
    await decide(service.coordinator, CHILDREN)
    confirmed = await listed(service.coordinator, cycle="2026")
    annulments, one = f"{SUCCESSIONS}/{CHILDREN}/annulments", obligation("1.3", "so-ldtbxh", "2026")
    annulled = (await service.coordinator.post(annulments, {"reason": "Xác nhận nhầm."})).json()["annulled"]
    between = datetime.now(UTC).isoformat()
    service.clock.now += timedelta(seconds=1)

    stray = {"act": str(uuid4()), "reason": "Nhầm."}
    problem_of(await service.coordinator.post(annulments, stray), 422, "act-unknown")
    back = {"act": annulled["id"], "reason": "Hủy nhầm."}
    again = (await service.coordinator.post(annulments, back)).json()

    assert (annulled["reason"], annulled["by"]) == ("Xác nhận nhầm.", str(service.coordinator.client_id))
    assert (again["state"], again["annulled"]) == ("confirmed", None)
    same = ("id", "owner", "status", "inherited_from", "missing")
    seen = [
        [[line[name] for name in same] for line in rows]
        for rows in (before, confirmed, await listed(service.coordinator, cycle="2026"))
    ]
    assert seen[0] != seen[1] == seen[2]
    assert await owner_of(service, one, known_at=between) == "so-ldtbxh"
    problem_of(await service.coordinator.post(annulments, back), 409, "already-annulled")

    service.clock.now += timedelta(seconds=1)
    twice = (await service.coordinator.post(annulments, {"reason": "Nhầm thật."})).json()["annulled"]
    assert (await service.labour.report(one, "in_progress")).status_code == 201
    back["act"] = twice["id"]
    problem_of(await service.coordinator.post(annulments, back), 409, "succession-acted-on")


async def test_an_annulled_succession_does_not_come_back_beside_the_one_that_took_its_place(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    annulments = f"{SUCCESSIONS}/{CHILDREN}/annulments"
    annulled = (await service.coordinator.post(annulments, {"reason": "Xác nhận nhầm."})).json()["annulled"]
    assert (await succeed(service, "so-ldtbxh", "so-tu-phap")).status_code == 201

    answer = await service.coordinator.post(annulments, {"act": annulled["id"], "reason": "Hủy nhầm."})

    problem_of(answer, 409, "already-succeeded")


async def test_a_body_that_came_by_a_succession_that_was_annulled_never_came(service: Service) -> None:
    await decide(service.coordinator, NINH_KIEU, successors=COMMUNES)
    assert (await service.integrator.get(f"{BODIES}/xa-0")).json()["joined_on"] == "2025-07-01"
    known = datetime.now(UTC).isoformat()

    await service.coordinator.post(f"{SUCCESSIONS}/{NINH_KIEU}/annulments", {"reason": "Xác nhận nhầm."})

    problem_of(await service.integrator.get(f"{BODIES}/xa-0"), 404, "not-found")
    group = (await service.integrator.get(f"{BODIES}/ubnd-quan-huyen")).json()
    assert len(group["members"]) == 9
    assert (await service.integrator.get(f"{BODIES}/xa-0", known_at=known)).status_code == 200


async def test_a_succession_that_somebody_has_acted_under_stays(service: Service) -> None:
    sent = {"reason": "Xác nhận nhầm."}
    proposed = await service.coordinator.post(f"{SUCCESSIONS}/{NINH_KIEU}/annulments", sent)
    problem_of(proposed, 409, "succession-not-confirmed")
    await decide(service.coordinator, CHILDREN)
    problem_of(await service.health.post(f"{SUCCESSIONS}/{CHILDREN}/annulments", sent), 403, "not-allowed")
    await service.health.report(obligation("1.3", "so-ldtbxh", "2026"), "in_progress")

    problem_of(await service.coordinator.post(f"{SUCCESSIONS}/{CHILDREN}/annulments", sent), 409, "succession-acted-on")
    await decide(service.coordinator, NINH_KIEU, ends=True)
    await open_2027(service)
    problem_of(
        await service.coordinator.post(f"{SUCCESSIONS}/{NINH_KIEU}/annulments", sent), 409, "succession-acted-on"
    )
