"""Twelve things that a coordinator saw over six years of the plan, and that come out right."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from tests.api.asking import EVERYTHING_KNOWN, listed, problem_of, status_of
from tests.api.test_bodies_change import COMMUNES, DISTRICT_DUTIES, open_2027
from tests.api.test_members import INSPECTORS, LETTER
from tests.api.test_ordered_cycles import ORDERED
from tests.api.test_successions import BODIES, CHILDREN, NINH_KIEU, SUCCESSIONS, decide, owner_of
from tests.given import DOCUMENT, FIRST, LINK, PLAN, TODAY, TRAINING, Service, item, obligation

CYCLES, CHANGES = f"/v1/plans/{PLAN}/cycles", f"/v1/plans/{PLAN}/status/changes"
THIS_YEAR, LAST_YEARS = obligation("3.4", "cong-an", "2026"), obligation("3.2", "cong-an", "2024")
GOOD = {"3.2-a": 100, "3.2-b": 100, "3.2-c": 95, "3.2-d": 5}
PAPER: dict[str, Any] = {"received_on": "2021-06-10", "document_number": "9/BC-CATP"}


def figures(**other: float) -> list[dict[str, Any]]:
    """Spell the figures of duty 3.2: good ones, but for those by the letters of their targets."""
    return [{"target": target, "value": other.get(target[-1], value)} for target, value in GOOD.items()]


async def later(service: Service, **by: float) -> datetime:
    """Let time pass."""
    service.clock.now += timedelta(**by)
    return service.clock.now


async def told(service: Service, one: UUID, *names: str, **asked: Any) -> list[Any]:
    """Return what is told of an obligation, by name."""
    standing = await service.coordinator.standing(one, **asked)
    return [standing[name] for name in names]


async def test_1_figures_that_come_late_are_late_although_the_report_was_there_in_time(service: Service) -> None:
    paper = {"received_on": "2024-12-10", "document_number": "301/BC-CATP"}
    await service.coordinator.report(LAST_YEARS, measurements=figures(c=90), evidence=[DOCUMENT], **paper)
    assert await told(service, LAST_YEARS, "status", "missing") == ["overdue", ["target:3.2-c"]]

    await service.police.report(LAST_YEARS, measurements=figures())

    assert await told(service, LAST_YEARS, "status", "completed_at") == ["completed_late", "2026-11-24T03:00:00Z"]
    # Nothing that an owner can still do turns it into on time: not one more report, nor more evidence.
    await later(service, hours=1)
    await service.police.report(LAST_YEARS, measurements=figures(c=99), evidence=[LINK])
    assert await told(service, LAST_YEARS, "status", "completed_at") == ["completed_late", "2026-11-24T03:00:00Z"]
    # What was late on a day stays late on it.
    assert await told(service, LAST_YEARS, "status", as_of="2025-06-01") == ["overdue"]


async def test_2_a_stray_report_on_what_was_accepted_is_taken_back_and_all_is_as_before(service: Service) -> None:
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)
    await service.coordinator.review(TRAINING, "accepted")
    stray = (await service.police.report(TRAINING, "in_progress")).json()["update"]["id"]
    assert await told(service, TRAINING, "status") == ["overdue"]
    problem_of(await service.police.annul(TRAINING, stray), 409, "deadline-passed")

    await later(service, minutes=1)
    await service.coordinator.annul(TRAINING, stray)

    whole = ["completed_on_time", "2021-06-10T16:59:59.999999Z", "accepted"]
    assert await told(service, TRAINING, "status", "completed_at", "judged") == whole
    # Before its deadline, and as long as nobody has reviewed it, the owner takes it back itself.
    mine = (await service.police.report(THIS_YEAR, "in_progress")).json()["update"]["id"]
    assert (await service.police.annul(THIS_YEAR, mine)).json()["obligation"]["silent"] is True


async def test_3_a_return_given_to_the_wrong_obligation_is_taken_back(service: Service) -> None:
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)
    returned = (await service.coordinator.review(TRAINING, "returned", "Thiếu số liệu.")).json()["review"]["id"]
    assert await told(service, TRAINING, "status", "judged") == ["overdue", "returned"]
    problem_of(await service.coordinator.review(TRAINING, "accepted"), 409, "nothing-to-review")

    await service.coordinator.annul(TRAINING, returned, "Trả lại nhầm nhiệm vụ.")

    assert await told(service, TRAINING, "status", "judged", "review") == ["completed_on_time", "awaiting_review", None]
    assert (await service.coordinator.review(TRAINING, "accepted")).status_code == 201


async def test_4_a_day_of_receipt_that_was_typed_too_early_is_taken_back_and_entered_anew(service: Service) -> None:
    typed = await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)
    assert await told(service, TRAINING, "status") == ["completed_on_time"]

    await service.coordinator.annul(TRAINING, typed.json()["update"]["id"], "Nhập nhầm ngày nhận.")
    # Its evidence, which was sent with it, fell with it.
    assert await told(service, TRAINING, "status", "evidence_count") == ["overdue", 0]
    await later(service, minutes=1)
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER | {"received_on": "2021-06-20"})

    right = ["completed_late", "2021-06-20T16:59:59.999999Z"]
    assert await told(service, TRAINING, "status", "completed_at") == right
    # It is late as if it had never been typed otherwise, whatever day is asked for.
    assert await told(service, TRAINING, "status", as_of="2021-06-16") == ["overdue"]


async def test_5_letters_count_by_the_day_on_which_they_were_decided(service: Service) -> None:
    typed = (await service.coordinator.extend(THIS_YEAR, "2037-03-01")).json()["extension"]["id"]
    problem_of(await service.coordinator.extend(THIS_YEAR, "2038-03-01"), 409, "extension-limit-reached")
    await service.coordinator.annul(THIS_YEAR, typed, "Gõ nhầm năm.")
    await later(service, minutes=1)
    assert (await service.coordinator.extend(THIS_YEAR, "2027-03-01")).status_code == 201
    assert await told(service, THIS_YEAR, "last_day_on_time") == ["2027-02-28"]

    found = {"decided_on": "2021-06-10", "document_number": "7/UBND-KGVX"}
    assert (await service.coordinator.extend(TRAINING, "2021-07-01", **found)).status_code == 201
    assert await told(service, TRAINING, "status", "last_day_on_time") == ["overdue", "2021-06-30"]
    assert await told(service, TRAINING, "status", as_of="2021-06-20") == ["not_started"]
    # What is 1,989 days overdue does not become not started by a letter of today.
    other = obligation("3.5", "cong-an")
    problem_of(await service.coordinator.extend(other, "2027-03-01"), 422, "letter-decided-too-late")
    assert await told(service, other, "status", "days_overdue") == ["overdue", 1989]


async def test_6_letters_order_deadlines_and_reports_of_their_own_kind(service: Service) -> None:
    service.clock.now = datetime(2026, 11, 5, 3, tzinfo=UTC)
    letter = {"reason": "Gửi báo cáo trước ngày 20/11/2026.", "document_number": "120/UBND-KGVX"}
    earlier = await service.coordinator.post(f"{CYCLES}/2026/deadlines", letter | {"due_before_on": "2026-11-20"})
    assert (earlier.status_code, earlier.json()["last_day_on_time"]) == (201, "2026-11-19")
    assert await told(service, THIS_YEAR, "last_day_on_time") == ["2026-11-19"]
    # No letter makes anybody late at once.
    too_early = await service.coordinator.post(f"{CYCLES}/2026/deadlines", letter | {"due_before_on": "2026-11-05"})
    problem_of(too_early, 422, "deadline-not-after")

    await later(service, days=1)
    christmas = await service.coordinator.post(f"{CYCLES}/2026/deadlines", letter | {"due_before_on": "2026-12-25"})
    assert (christmas.status_code, christmas.json()["last_day_on_time"]) == (201, "2026-12-24")

    service.clock.now = TODAY
    assert (await service.coordinator.post(CYCLES, ORDERED | {"duties": ["3.2"]})).status_code == 201
    [asked_for] = await listed(service.coordinator, cycle=ORDERED["code"])
    assert (asked_for["duty"]["code"], asked_for["last_day_on_time"]) == ("3.2", "2026-12-09")


async def test_7_a_district_is_followed_by_many_or_by_nobody_and_who_has_ended_owes_nothing(service: Service) -> None:
    decided = await decide(service.coordinator, NINH_KIEU, successors=COMMUNES)
    assert (decided.status_code, len(decided.json()["successors"])) == (201, 3)
    proposed = {
        one["predecessor"]["code"]: one["id"] for one in (await service.integrator.get(SUCCESSIONS)).json()["items"]
    }
    ended = (await decide(service.coordinator, proposed["ubnd-o-mon"], ends=True)).json()
    assert (ended["successors"], ended["decision"]["ended"]) == ([], 2 * DISTRICT_DUTIES)

    await open_2027(service)

    for gone in ("ubnd-ninh-kieu", "ubnd-o-mon"):
        for year in ("2026", "2027"):
            assert await listed(service.coordinator, owner=gone, cycle=year) == []
    for commune in ("xa-0", "xa-1", "xa-2"):
        assert len(await listed(service.coordinator, owner=commune, cycle="2027")) == DISTRICT_DUTIES


async def test_8_what_a_department_owes_twice_is_told_apart_and_never_picked_silently(service: Service) -> None:
    await decide(service.coordinator, CHILDREN)
    twice = await listed(service.coordinator, owner="so-y-te", duty="R.2", cycle="2026")
    assert {one["inherited_from"] for one in twice} == {None, "so-ldtbxh"}

    named = {"plan": PLAN, "cycle": "2026", "duty": "R.2", "owner": "so-y-te"}
    sent = {"items": [named | {"state": "in_progress", "summary": "Đang làm."}]}
    [result] = (await service.health.post("/v1/updates", sent)).json()["results"]

    assert (result["status"], result["problem"]["type"]) == (409, "/problems/ambiguous-obligation")
    assert {*result["problem"]["ids"]} == {one["id"] for one in twice}
    assert [one["silent"] for one in await listed(service.coordinator, owner="so-y-te", duty="R.2", cycle="2026")] == [
        True,
        True,
    ]
    by_id = await service.health.bulk(item(UUID(twice[0]["id"])))
    assert by_id.json()["results"][0]["status"] == 201
    await open_2027(service)
    assert len(await listed(service.coordinator, owner="so-y-te", duty="R.2", cycle="2027")) == 1


async def test_9_a_class_takes_members_and_whom_the_plan_names_as_partners_contributes(service: Service) -> None:
    assert (await service.coordinator.post(f"{BODIES}/so-ban-nganh/members", INSPECTORS)).status_code == 201
    await open_2027(service)
    assert len(await listed(service.coordinator, owner="thanh-tra", cycle="2027")) == 4

    duties = (await service.integrator.get(f"/v1/plans/{PLAN}/duties")).json()["items"]
    for duty in duties:
        for partner in duty["partners"]:
            assert partner["body"] or partner["open"], (duty["code"], partner)
    consolidated = obligation("R.3", "so-ldtbxh", "2026")
    note = {"note": "Đã gửi số liệu của ngành."}
    for who in (service.police, service.culture, service.health):
        assert (await who.post(f"/v1/obligations/{consolidated}/contributions", note)).status_code == 201
    named = await service.coordinator.post(f"/v1/plans/{PLAN}/duties/11.1/partners", {"code": "cong-an", **LETTER})
    assert named.status_code == 201
    posted = await service.police.post(
        f"/v1/obligations/{obligation('11.1', 'so-tai-chinh', '2026')}/contributions", note
    )
    assert posted.status_code == 201


async def test_10_a_line_passes_as_one_and_only_the_owners_own_evidence_proves(service: Service) -> None:
    line = [obligation("G.1", "so-ldtbxh", cycle) for cycle in (FIRST, "2024", "2025", "2026")]
    await service.coordinator.report(line[0], evidence=[DOCUMENT], **PAPER)
    await decide(service.coordinator, CHILDREN)
    await later(service, days=1)
    await service.coordinator.review(line[0], "returned", "Không đúng kế hoạch.")
    assert [await owner_of(service, one) for one in line] == ["so-ldtbxh"] * 2 + ["so-y-te"] * 2
    assert [await told(service, one, "status") for one in line] == [["overdue"]] * 3 + [["not_started"]]
    await service.health.report(line[-1], evidence=[LINK])
    late, in_time = ["completed_late"], ["completed_on_time"]
    assert [await told(service, one, "status") for one in line] == [late] * 3 + [in_time]

    # One more evidence makes no accepted, timely completion late, nor does its withdrawal.
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)
    await service.coordinator.review(TRAINING, "accepted")
    more = (await service.police.attach(TRAINING)).json()["id"]
    first = next(act["id"] for act in await service.coordinator.history(TRAINING) if act["act"] == "evidence")
    assert await told(service, TRAINING, "status") == ["completed_on_time"]
    for one in (first, more):
        await (service.coordinator if one == first else service.police).withdraw(one)
    assert await told(service, TRAINING, "status", "completed_at") == [
        "completed_on_time",
        "2021-06-10T16:59:59.999999Z",
    ]

    # A partner's evidence proves nothing for the owner, and takes nothing away.
    helped = obligation("3.6", "cong-an", "2026")
    await service.police.report(helped)
    theirs = (await service.culture.attach(helped)).json()["id"]
    assert await told(service, helped, "status", "missing") == ["in_progress", ["evidence"]]
    await service.police.attach(helped)
    assert await told(service, helped, "status") == ["completed_on_time"]
    await service.culture.withdraw(theirs)
    assert await told(service, helped, "status") == ["completed_on_time"]


async def test_11_what_changed_shows_old_papers_and_what_was_put_right_and_nothing_else(own_service: Service) -> None:
    service = own_service
    service.clock.now = since = datetime.now(UTC)
    await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER)
    service.clock.now = between = datetime.now(UTC)
    update = (await service.coordinator.history(TRAINING))[0]["id"]
    await service.coordinator.annul(TRAINING, update)
    service.clock.now = until = datetime.now(UTC)

    async def changed(start: datetime, end: datetime) -> list[tuple[str, str, str]]:
        asked = {"from": start.isoformat(), "to": end.isoformat()}
        items = (await service.coordinator.get(CHANGES, **asked)).json()["items"]
        for one in items:
            assert all(start < datetime.fromisoformat(reason["at"]) <= end for reason in one["why"]), one
        return [(one["obligation"], one["before"], one["after"]) for one in items]

    # A paper of 2021 that was entered today is a change of today, and so is its annulment; together they are none.
    assert await changed(since, between) == [(str(TRAINING), "overdue", "completed_on_time")]
    assert await changed(between, until) == [(str(TRAINING), "completed_on_time", "overdue")]
    assert await changed(since, until) == []
    # A cycle that was opened later is not there for whoever asks what was known before.
    await service.coordinator.post(CYCLES, {"code": "2027"})
    known = await status_of(service.coordinator, as_of="2027-06-01", known_at=until.isoformat())
    assert "2027" not in [cycle["cycle"] for cycle in known["cycles"]]


async def test_12_statements_consolidation_closed_cycles_successors_and_the_turn_of_the_year(service: Service) -> None:
    # A statement proves itself.
    liable = obligation("3.8", "cong-an", "2026")
    await service.police.report(liable)
    assert await told(service, liable, "status", "missing") == ["completed_on_time", []]
    # What is consolidated is due after what it is made of.
    consolidated = await told(service, obligation("R.3", "so-ldtbxh", "2026"), "last_day_on_time")
    assert (consolidated, await told(service, THIS_YEAR, "last_day_on_time")) == (["2026-12-23"], ["2026-12-16"])
    # A closed cycle is closed: a coordinator names the letter that reopens its figures.
    await service.coordinator.post(f"{CYCLES}/{FIRST}/closing", {"reason": "Đã tổng hợp."})
    await later(service, minutes=1)
    sealed = await status_of(service.coordinator, cycle=FIRST, sealed="true")
    problem_of(await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER), 409, "letter-needed")
    by = {"reopened_by": "8/UBND-KGVX"}
    assert (await service.coordinator.report(TRAINING, evidence=[DOCUMENT], **PAPER, **by)).status_code == 201
    [cycle] = (await status_of(service.coordinator, cycle=FIRST))["cycles"]
    assert (cycle["changed_since_closing"], cycle["restated"]) == (1, 1)
    assert (await status_of(service.coordinator, cycle=FIRST, sealed="true"))["cycles"] == sealed["cycles"]
    # A successor reads what its predecessor reported.
    old = obligation("1.3", "so-ldtbxh", "2024")
    await service.labour.report(old, "in_progress", summary="Đã tập huấn hai lớp.")
    await decide(service.coordinator, CHILDREN, **by)
    assert [act["summary"] for act in await service.health.history(old)] == ["Đã tập huấn hai lớp."]
    # At the turn of the year the next cycle opens by itself, once.
    service.clock.now = datetime(2026, 12, 14, 17, tzinfo=UTC)
    assert (await status_of(service.coordinator))["missing_cycles"] == ["2027"]
    for _ in range(2):
        await service.jobs.open_cycles()
    assert (await status_of(service.coordinator))["missing_cycles"] == []
    assert [event["cycle"] for event in await service.events() if event["type"] == "cycle.opened"].count("2027") == 1


async def test_counts_of_the_plan_are_those_that_it_had(service: Service) -> None:
    before = {"owed": 252, "not_started": 252}
    today = {"owed": 252, "overdue": 220, "awaited": 32}
    for as_of, expected in (("2021-06-10", before), (TODAY.isoformat(), today)):
        [cycle] = (await status_of(service.integrator, cycle=FIRST, as_of=as_of))["cycles"]
        assert {status: count for status, count in cycle["totals"].items() if count} == expected
    everything = await status_of(service.integrator, known_at=EVERYTHING_KNOWN)
    assert [cycle["totals"]["owed"] for cycle in everything["cycles"]] == [252, *[296] * 6]
