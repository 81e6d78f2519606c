"""Members of open classes, and partners: who helps with a duty where the plan names a class."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api.asking import listed, problem_of, status_of
from tests.api.test_bodies_change import open_2027
from tests.api.test_successions import BODIES, CHILDREN, decide, succeed
from tests.given import PLAN, TODAY, Caller, Service, obligation

CLASS, OTHERS = f"{BODIES}/so-ban-nganh/members", f"{BODIES}/mttq-doan-the/members"
LETTER = {"document_number": "15/UBND-NC", "decided_on": "2026-11-20", "reason": "Theo văn bản của UBND thành phố."}
INSPECTORS = {"code": "thanh-tra", "name": "Thanh tra thành phố", "from_on": "2026-11-20", **LETTER}
DUTIES = f"/v1/plans/{PLAN}/duties"


async def add(who: Caller, path: str = CLASS, **more: Any) -> Any:
    """Add a member to a class."""
    return await who.post(path, INSPECTORS | more)


async def end(who: Caller, until_on: str, path: str = f"{CLASS}/thanh-tra/ending") -> Any:
    """End a membership."""
    return await who.post(path, LETTER | {"until_on": until_on})


async def test_a_member_owes_its_share_in_cycles_that_are_opened_later(service: Service) -> None:
    added = await add(service.coordinator)

    assert added.status_code == 201, added.text
    assert (added.json()["member"]["code"], added.json()["from_on"], added.json()["ending"]) == (
        "thanh-tra",
        "2026-11-20",
        None,
    )
    assert await listed(service.coordinator, owner="thanh-tra") == []
    await open_2027(service)
    owed = await listed(service.coordinator, cycle="2027", owner="thanh-tra")
    assert sorted(one["duty"]["code"] for one in owed) == ["13.1", "F.1", "G.1", "R.2"]
    assert {one["force"] for one in owed} == {"directed"}
    assert await listed(service.coordinator, cycle="2027", owner="so-ban-nganh") == []
    assert len(await listed(service.coordinator, cycle="2026", owner="so-ban-nganh")) == 4
    cycle = (await status_of(service.integrator, cycle="2027"))["cycles"][0]
    [group] = [body for body in cycle["bodies"] if body["code"] == "so-ban-nganh"]
    assert (group["totals"]["owed"], [one["code"] for one in group["members"]]) == (4, ["thanh-tra"])
    assert cycle["totals"]["owed"] == 296


async def test_others_of_a_group_owe_what_all_its_members_owe(service: Service) -> None:
    veterans = {"code": "hoi-ccb", "name": "Hội Cựu chiến binh thành phố"}
    assert (await add(service.coordinator, OTHERS, **veterans)).status_code == 201
    await open_2027(service)

    owed = await listed(service.coordinator, cycle="2027", owner="hoi-ccb")

    codes = sorted(one["duty"]["code"] for one in owed)
    assert codes == ["16.1", "16.2", "16.5", "F.1", "G.1", "R.2"]
    assert {one["force"] for one in owed} == {"requested"}
    assert len(await listed(service.coordinator, cycle="2027", owner="thanh-doan")) >= len(codes)


async def test_a_membership_lasts_until_its_last_day(service: Service) -> None:
    await add(service.coordinator)
    service.clock.now = TODAY + timedelta(days=10)
    await open_2027(service)

    ended = await end(service.coordinator, "2026-12-31")

    assert (ended.status_code, ended.json()["ending"]["until_on"]) == (201, "2026-12-31")
    # What is open in a cycle that is open stays its own.
    assert len(await listed(service.coordinator, cycle="2027", owner="thanh-tra")) == 4
    service.clock.now = datetime(2027, 12, 20, tzinfo=UTC)
    assert (await service.coordinator.post(f"/v1/plans/{PLAN}/cycles", {"code": "2028"})).status_code == 201
    assert await listed(service.coordinator, cycle="2028", owner="thanh-tra") == []
    assert len(await listed(service.coordinator, cycle="2028", owner="so-ban-nganh")) == 4
    [member] = (await service.integrator.get(f"{BODIES}/so-ban-nganh")).json()["members"]
    assert (member["code"], member["from_on"], member["until_on"]) == ("thanh-tra", "2026-11-20", "2026-12-31")


async def test_members_come_and_go_with_an_event(service: Service) -> None:
    before = len(await service.events())
    await add(service.coordinator)
    await end(service.coordinator, "2026-12-31")
    await service.coordinator.post(f"{DUTIES}/2.5/partners", {"code": "tand", **LETTER})

    told = [event["type"] for event in (await service.events())[before:]]

    assert told == ["member.added", "member.ended", "partner.named"]


async def test_what_is_no_open_class_takes_no_members(service: Service) -> None:
    for body in ("cong-an", "ubnd-quan-huyen", "bao-dai"):
        problem_of(await add(service.coordinator, f"{BODIES}/{body}/members"), 409, "class-not-open")
    problem_of(await add(service.coordinator, f"{BODIES}/nobody/members"), 404, "not-found")


async def test_a_member_that_cannot_be_is_refused(service: Service) -> None:
    problem_of(await add(service.coordinator, code="so-ban-nganh"), 422, "member-unclear")
    problem_of(await add(service.coordinator, name=None), 422, "member-unclear")
    problem_of(await add(service.coordinator, code="bao-dai"), 422, "not-an-owner")
    problem_of(await add(service.coordinator, OTHERS, code="thanh-doan"), 409, "already-member")
    problem_of(await add(service.coordinator, decided_on="2026-11-25"), 422, "letter-date-impossible")
    problem_of(await add(service.coordinator, document_number=None), 422, "letter-number-needed")
    problem_of(await add(service.police), 403, "not-allowed")
    await add(service.coordinator)
    problem_of(await add(service.coordinator), 409, "already-member")
    problem_of(await end(service.coordinator, "2026-11-19"), 409, "membership-ended")
    await end(service.coordinator, "2026-12-31")
    problem_of(await end(service.coordinator, "2026-12-31"), 409, "membership-ended")
    problem_of(await end(service.coordinator, "2026-12-31", f"{OTHERS}/thanh-doan/ending"), 404, "not-found")
    assert (await add(service.coordinator, from_on="2027-01-01")).status_code == 201


async def test_a_body_of_the_plan_can_be_a_member_and_owes_nothing_twice(service: Service) -> None:
    assert (await add(service.coordinator, code="so-tu-phap", name=None)).status_code == 201
    await open_2027(service)

    codes = [one["duty"]["code"] for one in await listed(service.coordinator, cycle="2027", owner="so-tu-phap")]

    assert "13.1" in codes
    assert len(codes) == len(set(codes))


async def test_every_duty_with_partners_lets_one_contribute_or_be_named(service: Service) -> None:
    found = (await service.integrator.get(DUTIES)).json()["items"]
    with_partners = {duty["code"]: duty["partners"] for duty in found if duty["partners"]}

    assert len(with_partners) == 15
    for code, partners in with_partners.items():
        assert any(partner["body"] for partner in partners) or any(partner["open"] for partner in partners), code
    assert {partner["named_as"] for partner in with_partners["R.3"]} >= {"UBND quận, huyện"}


async def test_a_body_of_a_class_contributes(service: Service) -> None:
    consolidated = obligation("R.3", "so-ldtbxh")

    posted = await service.police.post(f"/v1/obligations/{consolidated}/contributions", {"note": "Đã gửi số liệu."})

    assert posted.status_code == 201, posted.text
    assert posted.json()["contribution"]["body"] == "cong-an"
    assert (await service.police.attach(consolidated)).json()["body"] == "cong-an"
    problem_of(await service.police.report(consolidated), 404, "not-found")


async def test_a_coordinator_says_who_a_class_is_where_the_plan_does_not(service: Service) -> None:
    budget = obligation("11.1", "so-tai-chinh", "2026")
    problem_of(await service.police.attach(budget), 404, "not-found")

    named = await service.coordinator.post(f"{DUTIES}/11.1/partners", {"code": "cong-an", **LETTER})

    assert (named.status_code, named.json()["body"]["code"]) == (201, "cong-an")
    assert (await service.police.attach(budget)).status_code == 201
    shown = (await service.integrator.get(f"{DUTIES}/11.1")).json()["partners"]
    assert [partner["body"] and partner["body"]["code"] for partner in shown] == [None, "cong-an"]
    again = await service.coordinator.post(f"{DUTIES}/11.1/partners", {"code": "cong-an", **LETTER})
    problem_of(again, 409, "already-partner")
    closed = await service.coordinator.post(f"{DUTIES}/12.2/partners", {"code": "cong-an", **LETTER})
    problem_of(closed, 409, "partners-not-open")
    problem_of(await service.police.post(f"{DUTIES}/11.1/partners", {"code": "tand", **LETTER}), 403, "not-allowed")


async def test_a_partners_place_passes_to_its_successor(service: Service) -> None:
    # Duty 7.2 of culture names labour as its partner.
    theirs = obligation("7.2", "so-vhttdl", "2026")
    assert (await service.labour.attach(theirs)).json()["body"] == "so-ldtbxh"
    problem_of(await service.health.attach(theirs), 404, "not-found")

    await decide(service.coordinator, CHILDREN)

    assert (await service.health.attach(theirs)).json()["body"] == "so-y-te"
    problem_of(await service.labour.attach(theirs), 404, "not-found")


async def test_a_place_stays_when_only_some_duties_are_succeeded(service: Service) -> None:
    theirs = obligation("7.2", "so-vhttdl", "2026")

    await succeed(service, "so-ldtbxh", "so-y-te", duties=["1.3"])

    assert (await service.labour.attach(theirs)).status_code == 201
    problem_of(await service.health.attach(theirs), 404, "not-found")


async def test_a_class_among_the_partners_stands_for_its_members(service: Service) -> None:
    # Duty 1.10 of labour names the departments as its partners, and among them the class of all others.
    theirs = obligation("1.10", "so-ldtbxh", "2026")
    # Health is one of the departments by itself; the court is none of them.
    granted = {"name": "Tòa án", "role": "reporter", "bodies": [{"plan": PLAN, "body": "tand"}]}
    court = (await service.admin.post("/v1/clients", granted)).json()
    caller = Caller(service, court["client"]["id"], service.police.role, court["secret"]["client_secret"])
    problem_of(await caller.attach(theirs), 404, "not-found")

    await add(service.coordinator, code="tand", name=None)

    assert (await caller.attach(theirs)).status_code == 201


async def annul(who: Caller, act: str, path: str = f"{CLASS}/thanh-tra/annulments") -> Any:
    """Take back what was recorded of a member."""
    return await who.post(path, {"act": act, "reason": "Ghi nhầm cơ quan."})


async def members_of(service: Service, **params: Any) -> list[tuple[str, str, str | None]]:
    """Return the members of the class, each with its days."""
    shown = (await service.integrator.get(f"{BODIES}/so-ban-nganh", **params)).json()["members"]
    return [(one["code"], one["from_on"], one["until_on"]) for one in shown]


async def test_a_membership_that_nobody_has_acted_under_is_annulled_and_never_was(service: Service) -> None:
    added = (await add(service.coordinator)).json()
    known = datetime.now(UTC).isoformat()
    done = await annul(service.coordinator, added["id"])

    assert done.status_code == 201, done.text
    assert (done.json()["annulment"]["kind"], done.json()["annulment"]["with"], done.json()["membership"]) == (
        "membership",
        [],
        None,
    )
    assert await members_of(service) == []
    assert await members_of(service, known_at=known) == [("thanh-tra", "2026-11-20", None)]
    problem_of(await service.integrator.get(f"{BODIES}/thanh-tra"), 404, "not-found")
    await open_2027(service)
    assert await listed(service.coordinator, cycle="2027", owner="thanh-tra") == []
    assert len(await listed(service.coordinator, cycle="2027", owner="so-ban-nganh")) == 4
    problem_of(await annul(service.coordinator, added["id"]), 409, "already-annulled")
    problem_of(await end(service.coordinator, "2026-12-31"), 404, "not-found")


async def test_what_comes_instead_is_recorded_anew_with_its_right_day(service: Service) -> None:
    await annul(service.coordinator, (await add(service.coordinator, from_on="2037-11-20")).json()["id"])

    again = await add(service.coordinator)

    assert again.status_code == 201, again.text
    assert await members_of(service) == [("thanh-tra", "2026-11-20", None)]
    shown = (await service.integrator.get(f"{BODIES}/thanh-tra")).json()
    assert shown["joined_on"] == "2026-11-20"


async def test_with_a_membership_falls_its_ending_and_comes_back(service: Service) -> None:
    added = (await add(service.coordinator)).json()["id"]
    ending = (await end(service.coordinator, "2026-12-31")).json()["ending"]["id"]
    fallen = (await annul(service.coordinator, added)).json()["annulment"]

    back = (await annul(service.coordinator, fallen["id"])).json()

    assert (fallen["with"], back["annulment"]["with"]) == ([ending], [added, ending])
    assert back["membership"]["ending"]["until_on"] == "2026-12-31"
    assert await members_of(service) == [("thanh-tra", "2026-11-20", "2026-12-31")]


async def test_an_ending_that_was_typed_wrong_is_annulled_and_entered_anew(service: Service) -> None:
    await add(service.coordinator)
    ending = (await end(service.coordinator, "2036-12-31")).json()["ending"]["id"]

    assert (await annul(service.coordinator, ending)).json()["membership"]["ending"] is None
    assert (await end(service.coordinator, "2026-12-31")).status_code == 201

    assert await members_of(service) == [("thanh-tra", "2026-11-20", "2026-12-31")]


async def test_an_ending_does_not_go_once_the_body_is_a_member_again(service: Service) -> None:
    await add(service.coordinator)
    ending = (await end(service.coordinator, "2026-12-31")).json()["ending"]["id"]
    assert (await add(service.coordinator, from_on="2027-01-01")).status_code == 201

    problem_of(await annul(service.coordinator, ending), 409, "already-member")

    assert await members_of(service) == [("thanh-tra", "2027-01-01", None)]


async def test_a_membership_by_which_a_cycle_was_opened_stays(service: Service) -> None:
    added = (await add(service.coordinator)).json()["id"]
    await open_2027(service)

    problem_of(await annul(service.coordinator, added), 409, "membership-acted-on")

    ending = (await end(service.coordinator, "2027-06-30")).json()["ending"]["id"]
    assert (await annul(service.coordinator, ending)).status_code == 201


async def test_a_membership_by_which_somebody_has_helped_stays(service: Service) -> None:
    added = (await add(service.coordinator, code="tand", name=None)).json()["id"]
    theirs = obligation("1.10", "so-ldtbxh", "2026")
    assert (await service.court.attach(theirs)).status_code == 201

    refused = await annul(service.coordinator, added, f"{CLASS}/tand/annulments")

    problem_of(refused, 409, "membership-acted-on")


async def test_only_what_is_of_the_membership_is_annulled_there_and_only_by_a_coordinator(service: Service) -> None:
    other = (await add(service.coordinator, OTHERS, code="hoi-ccb", name="Hội Cựu chiến binh")).json()["id"]
    added = (await add(service.coordinator)).json()["id"]

    problem_of(await annul(service.coordinator, other), 422, "act-unknown")
    problem_of(await annul(service.police, added), 403, "not-allowed")
    problem_of(await annul(service.coordinator, added, f"{CLASS}/nobody/annulments"), 404, "not-found")


async def test_a_member_whose_membership_was_annulled_has_no_place_any_more(service: Service) -> None:
    added = (await add(service.coordinator, code="tand", name=None)).json()["id"]
    theirs = obligation("1.10", "so-ldtbxh", "2026")
    assert (await service.court.get(f"/v1/obligations/{theirs}")).status_code == 200

    await annul(service.coordinator, added, f"{CLASS}/tand/annulments")

    problem_of(await service.court.get(f"/v1/obligations/{theirs}"), 404, "not-found")
    told = [event["type"] for event in await service.events()]
    assert told[-2:] == ["member.added", "annulment.made"]
