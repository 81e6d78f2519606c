"""GET /v1/events, /v1/events/stream and /v1/audit/checkpoints: what changes, each change once and in one order."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.domain import checkpoints
from app.domain.events import EventType, canonical, is_wanted
from app.domain.merkle import Tree
from tests.api.asking import problem_of
from tests.files import pdf
from tests.given import DOCUMENT, FIRST, INVESTIGATION, LINK, PLAN, TODAY, TOURISTS, TRAINING, Service, obligation

EVENTS, STREAM, CHECKPOINTS = "/v1/events", "/v1/events/stream", "/v1/audit/checkpoints"
CONDITIONAL = obligation("3.7", "cong-an")
WORDS = "Đã triển khai"


async def types_of(service: Service, after: int = 0) -> list[str]:
    return [event["type"] for event in await service.events(after)]


async def head_of(service: Service) -> int:
    found = await service.events()
    return int(found[-1]["seq"])


async def test_an_update_with_its_evidence_is_told_of_in_order(service: Service) -> None:
    before = await head_of(service)

    reported = (await service.police.report(TRAINING, evidence=[LINK, DOCUMENT])).json()["update"]

    update, *attached = await service.events(before)
    assert update | {"digest": None, "record": None, "transaction": None} == {
        "seq": before + 1,
        "id": update["id"],
        "type": "update.reported",
        "plan": PLAN,
        "cycle": FIRST,
        "obligation": str(TRAINING),
        "owner": "cong-an",
        "act": reported["id"],
        "transaction": None,
        "occurred_at": reported["received_at"],
        "recorded_at": update["recorded_at"],
        "record": None,
        "digest": None,
    }
    assert [(one["type"], one["act"]) for one in attached] == [
        ("evidence.attached", one["id"]) for one in reported["evidence"]
    ]
    assert {one["transaction"] for one in attached} == {update["transaction"]}
    assert len({one["record"] for one in (update, *attached)} - {None}) == 3, "each commits to the same by its own salt"


async def test_every_act_is_told_of_once(service: Service) -> None:
    police, coordinator, before = service.police, service.coordinator, await head_of(service)
    cycles = f"/v1/plans/{PLAN}/cycles"

    evidence = (await police.attach(TRAINING)).json()["id"]
    await police.withdraw(evidence)
    await police.report(INVESTIGATION)
    await coordinator.review(INVESTIGATION, "returned")
    await police.report(CONDITIONAL, "not_applicable")
    await coordinator.review(CONDITIONAL, "accepted")
    await police.ask_for(TRAINING, "2027-06-30")
    await coordinator.refuse(TRAINING)
    await coordinator.extend(TRAINING, "2027-06-30", decided_on="2021-06-10", document_number="7/UBND")
    decided = {"met": True, "from_on": "2026-11-20", "reason": "Đã có hướng dẫn."}
    await coordinator.post(f"/v1/obligations/{CONDITIONAL}/condition-decisions", decided)
    await service.culture.post(f"/v1/obligations/{TOURISTS}/contributions", {"note": "Đã phối hợp."})
    said = {"words": "Khẩn trương.", "leader": "Phó Chủ tịch UBND thành phố"}
    await coordinator.post(f"/v1/obligations/{TRAINING}/instructions", said)
    await coordinator.post(cycles, {"code": "2027"})
    await coordinator.post(cycles, {"code": "2027"})
    letter = {"due_before_on": "2028-06-30", "reason": "Theo chỉ đạo.", "document_number": "9/UBND"}
    await coordinator.post(f"{cycles}/2027/deadlines", letter)
    await coordinator.post(f"{cycles}/{FIRST}/closing", {"reason": "Kết thúc kỳ báo cáo."})
    await coordinator.post(f"/v1/plans/{PLAN}/holidays", {"observed_on": "2026-12-31", "name": "Nghỉ bù"})

    assert await types_of(service, before) == [
        "evidence.attached",
        "evidence.withdrawn",
        "update.reported",
        "review.returned",
        "update.reported",
        "review.accepted",
        "extension.requested",
        "extension.refused",
        "extension.given",
        "condition.decided",
        "contribution.made",
        "instruction.given",
        "cycle.opened",
        "deadline.moved",
        "cycle.closed",
        "holiday.marked",
    ]


async def test_many_updates_at_once_are_as_many_events(service: Service) -> None:
    before = await head_of(service)
    items = [{"obligation": str(one), "state": "in_progress", "summary": WORDS} for one in (TRAINING, TOURISTS)]

    await service.police.bulk(*items, {**items[0], "percent": 900})

    assert [one["obligation"] for one in await service.events(before)] == [str(TRAINING), str(TOURISTS)]


async def test_what_is_refused_or_repeated_is_no_event(service: Service) -> None:
    key = {"Idempotency-Key": "once"}
    await service.police.report(TRAINING, headers=key)
    before = await head_of(service)

    await service.police.report(TRAINING, headers=key)
    await service.health.report(TRAINING)
    await service.police.report(TRAINING, headers={"If-Match": '"99"'})

    assert await service.events(before) == []


async def test_a_seed_tells_of_the_cycles_that_it_opens(service: Service) -> None:
    opened = [one for one in await service.events() if one["type"] == "cycle.opened"]

    assert {one["cycle"] for one in opened} == {FIRST, *(str(year) for year in range(2021, 2027))}
    assert len(opened) == 7
    assert {(one["obligation"], one["owner"], one["act"]) for one in opened} == {(None, None, None)}


async def test_an_event_holds_no_word_that_anybody_wrote(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[DOCUMENT], late_reason="Vì dịch bệnh.")
    await service.coordinator.review(TRAINING, "returned", "Chưa nêu thời gian.")

    text = json.dumps(await service.events(), ensure_ascii=False)

    written = (WORDS, "dịch bệnh", "Chưa nêu", DOCUMENT["title"], DOCUMENT["number"], DOCUMENT["issuer"])
    assert [word for word in written if word in text] == []


async def test_a_digest_can_be_worked_out_from_the_event(service: Service) -> None:
    await service.police.report(TRAINING)

    for event in await service.events():
        digest = event.pop("digest")
        if event["record"] is None:
            del event["record"]
        spelled = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(b"\0" + spelled).hexdigest() == digest


async def test_pages_neither_repeat_nor_miss(service: Service) -> None:
    await service.police.report(TRAINING, evidence=[LINK] * 5)
    everything = await service.events()

    found, after = [], 0
    while items := (page := (await service.integrator.get(EVENTS, after=after, limit=3)).json())["items"]:
        found += items
        after = page["next_after"]

    assert found == [one for one in everything if one["plan"]]
    assert [one["seq"] for one in everything] == list(range(1, len(everything) + 1))
    assert after == len(everything)


async def test_what_concerns_no_plan_is_for_whoever_may_know_who_read_what(service: Service) -> None:
    before = await head_of(service)
    evidence = await service.police.upload(TRAINING, pdf())
    await service.police.get(f"/v1/evidence/{evidence['id']}/content")
    await service.admin.patch(f"/v1/clients/{service.court.client_id}", {"name": "Tòa án nhân dân thành phố"})
    await service.police.report(TRAINING)

    told = await service.events(before)
    others = {
        who.role.value: (await who.get(EVENTS, after=before, limit=500)).json()["items"]
        for who in (service.integrator, service.police)
    }

    assert [(one["type"], one["plan"]) for one in told] == [
        ("evidence.attached", PLAN),
        ("evidence.received", PLAN),
        ("evidence.read", None),
        ("client.changed", None),
        ("update.reported", PLAN),
    ]
    assert (told[3]["act"], told[3]["obligation"]) == (str(service.court.client_id), None)
    assert others["reporter"] == [one for one in told if one["plan"]]
    assert [one["seq"] for one in others["integrator"]] == [before + 5]


async def test_whoever_is_ahead_of_the_feed_is_told_so(
    service: Service,
) -> None:
    ahead = await head_of(service) + 1

    for path in (EVENTS, STREAM):
        problem_of(await service.integrator.get(path, after=ahead), 422, "malformed-content")
    refused = await service.integrator.post("/v1/webhooks", {"url": "https://hooks.example.org", "after": ahead})
    assert refused.status_code in {409, 422}


async def test_an_event_is_not_seen_before_it_has_its_place(service: Service) -> None:
    before = await head_of(service)
    await service.police.report(TRAINING)

    assert (await service.integrator.get(EVENTS, after=before)).json()["items"] == []


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("police", {TRAINING, TOURISTS, None}),
        ("culture", {TOURISTS, None}),
        ("court", {None}),
        ("coordinator", {TRAINING, TOURISTS, obligation("10.1", "so-khdt"), None}),
        ("integrator", {TRAINING, TOURISTS, obligation("10.1", "so-khdt"), None}),
    ],
)
async def test_a_reporter_is_told_of_its_own_obligations_and_of_whole_plans(
    service: Service, name: str, seen: set[UUID | None]
) -> None:
    paper = {"received_on": "2021-06-14", "document_number": "9/BC-KHDT"}
    await service.police.report(TRAINING)
    await service.police.report(TOURISTS)
    await service.coordinator.report(obligation("10.1", "so-khdt"), **paper)
    head = await head_of(service)

    page = (await getattr(service, name).get(EVENTS, limit=500)).json()

    assert {one["obligation"] and UUID(one["obligation"]) for one in page["items"]} == seen
    assert page["next_after"] == head


async def test_an_administrator_does_not_follow_the_feed(service: Service) -> None:
    problem_of(await service.admin.get(EVENTS), 403, "not-allowed")
    problem_of(await service.admin.get(STREAM), 403, "not-allowed")


@pytest.mark.parametrize("asked", [{"after": -1}, {"limit": 0}, {"limit": 501}, {"wait": 31}, {"after": 2**53}])
async def test_a_page_has_bounds(service: Service, asked: dict[str, Any]) -> None:
    problem_of(await service.integrator.get(EVENTS, **asked), 422, "malformed-content")


async def test_a_deadline_that_passes_is_told_of_once(service: Service) -> None:
    await service.police.report(obligation("3.4", "cong-an", "2026"), evidence=[DOCUMENT])
    await service.coordinator.extend(obligation("3.5", "cong-an", "2026"), "2027-01-31")
    await service.jobs.watch()
    before = await head_of(service)
    passing = {"as_of": "2026-12-16T17:00:00Z", "cycle": "2026", "limit": 500, "known_at": "2100-01-01"}
    owed = (await service.coordinator.get("/v1/obligations", **passing)).json()["items"]

    service.clock.now = TODAY + timedelta(days=23)
    for _ in range(2):
        await service.jobs.watch()

    told = await service.events(before)
    expected = {f"obligation.became_{one['status']}": set[str]() for one in owed if one["status"] in MISSED}
    for one in owed:
        if one["status"] in MISSED:
            expected[f"obligation.became_{one['status']}"].add(one["id"])
    assert {kind: {one["obligation"] for one in told if one["type"] == kind} for kind in expected} == expected
    assert len(told) == sum(map(len, expected.values())) > 250
    assert {one["occurred_at"] for one in told} == {"2026-12-16T17:00:00Z"}


MISSED = {"overdue", "awaited"}


async def test_a_deadline_that_was_moved_is_told_of_when_it_has_passed(service: Service) -> None:
    moved = obligation("3.5", "cong-an", "2026")
    await service.coordinator.extend(moved, "2027-01-31")
    await service.jobs.watch()
    before = await head_of(service)

    service.clock.now = TODAY + timedelta(days=100)
    await service.jobs.watch()

    [told] = [one for one in await service.events(before) if one["obligation"] == str(moved)]
    assert (told["type"], told["occurred_at"]) == ("obligation.became_overdue", "2027-01-30T17:00:00Z")


async def test_a_deadline_is_told_of_when_what_was_in_time_must_have_been_recorded(service: Service) -> None:
    await service.jobs.watch()
    before = await head_of(service)

    service.clock.now = TODAY.replace(month=12, day=16, hour=17, minute=0, second=59)
    await service.jobs.watch()
    soon = await service.events(before)
    service.clock.now += timedelta(seconds=1)
    await service.jobs.watch()

    assert soon == []
    assert len(await service.events(before)) > 250


def lines_of(text: str, name: str) -> list[str]:
    return [line.removeprefix(f"{name}: ") for line in text.splitlines() if line.startswith(f"{name}: ")]


async def test_a_stream_sends_what_the_pages_hold_and_goes_on_where_it_broke_off(service: Service) -> None:
    await service.police.report(TRAINING)
    everything = [one for one in await service.events() if one["plan"]]

    whole = await service.integrator.get(STREAM)
    rest = await service.integrator.get(STREAM, headers={"Last-Event-ID": "3"})

    assert whole.headers["content-type"].startswith("text/event-stream")
    assert [json.loads(line) for line in lines_of(whole.text, "data")] == everything
    assert lines_of(whole.text, "id") == [str(one["seq"]) for one in everything]
    assert lines_of(whole.text, "event") == [one["type"] for one in everything]
    assert lines_of(rest.text, "id") == lines_of(whole.text, "id")[3:]


async def test_a_stream_can_leave_names_out_and_begin_now(service: Service) -> None:
    await service.police.report(TRAINING)
    everything = await service.events()

    unnamed = await service.coordinator.get(STREAM, unnamed=True)
    from_now_on = await service.coordinator.get(STREAM, after="now")
    page = (await service.integrator.get(EVENTS, after="now")).json()

    assert lines_of(unnamed.text, "event") == []
    assert [json.loads(line) for line in lines_of(unnamed.text, "data")] == everything
    assert lines_of(from_now_on.text, "data") == []
    assert page == {"items": [], "next_after": everything[-1]["seq"]}


async def test_a_page_comes_as_a_batch_of_cloud_events_to_whoever_accepts_that(service: Service) -> None:
    await service.police.report(TRAINING)
    await service.events()
    asked = {"Accept": "application/cloudevents-batch+json"}

    answer = await service.integrator.get(EVENTS, headers=asked, limit=3)

    page = (await service.integrator.get(EVENTS, limit=3)).json()
    assert answer.headers["content-type"] == asked["Accept"]
    assert [one["data"] for one in answer.json()] == page["items"]
    assert {one["specversion"] for one in answer.json()} == {"1.0"}
    assert len({(one["source"], one["id"]) for one in answer.json()}) == 3
    assert answer.headers["link"] == f'<{EVENTS}?limit=3&after={page["next_after"]}>; rel="next"'


async def test_a_place_that_is_no_number_is_refused(service: Service) -> None:
    problem_of(await service.integrator.get(STREAM, headers={"Last-Event-ID": "x"}), 422, "malformed-content")


@asynccontextmanager
async def waiting(service: Service) -> AsyncIterator[None]:
    """Let callers wait; nobody numbers events but the test."""
    feed = service.app.state.feed
    looking = asyncio.create_task(feed.run())
    await asyncio.sleep(0)
    yield
    await feed.close()
    await looking


async def test_whoever_waits_is_answered_when_something_happens(own_service: Service) -> None:
    before = await head_of(own_service)
    async with waiting(own_service):
        asked = asyncio.create_task(own_service.integrator.get(EVENTS, after=before, wait=30))
        await asyncio.sleep(0.5)
        assert not asked.done()

        await own_service.police.report(TRAINING)
        await own_service.jobs.number()

        assert [one["obligation"] for one in (await asked).json()["items"]] == [str(TRAINING)]


async def test_whoever_waits_goes_on_waiting_while_it_concerns_others(own_service: Service) -> None:
    before = await head_of(own_service)
    async with waiting(own_service):
        asked = asyncio.create_task(own_service.health.get(EVENTS, after=before, wait=30))
        await own_service.police.report(TRAINING)
        await own_service.jobs.number()
        await asyncio.sleep(0.5)
        assert not asked.done()

        await own_service.health.report(obligation("4.1", "so-y-te"))
        await own_service.jobs.number()

        assert [one["owner"] for one in (await asked).json()["items"]] == ["so-y-te"]


async def test_whoever_waits_in_vain_is_told_so(own_service: Service) -> None:
    before = await head_of(own_service)
    async with waiting(own_service):
        page = (await own_service.integrator.get(EVENTS, after=before, wait=1)).json()

    assert page == {"items": [], "next_after": before}


async def test_any_number_may_wait_and_nobody_else_does(own_service: Service) -> None:
    before = await head_of(own_service)
    settings, pool = own_service.app.state.settings, own_service.app.state.database.engine.pool
    async with waiting(own_service):
        asked = [
            asyncio.create_task(own_service.integrator.get(EVENTS, after=before, wait=30))
            for _ in range(settings.max_working + 10)
        ]
        await asyncio.sleep(1.5)

        # Twice as fast as anybody who waits could be: they hold no place and no connection.
        assert (await own_service.police.report(TRAINING)).status_code == 201
        assert pool.checkedout() <= 1

        await own_service.jobs.number()
        answers = await asyncio.gather(*asked)
        assert {len(one.json()["items"]) for one in answers} == {1}


async def test_whoever_waits_is_let_go_when_the_service_ends(own_service: Service) -> None:
    before = await head_of(own_service)
    async with waiting(own_service):
        asked = asyncio.create_task(own_service.integrator.get(EVENTS, after=before, wait=30))
        await asyncio.sleep(0.3)

        await own_service.app.state.feed.close()

        assert (await asked).json()["items"] == []


async def test_a_stream_goes_on_as_things_happen_and_ends_with_the_permission(own_service: Service) -> None:
    before = await head_of(own_service)
    async with waiting(own_service):
        asked = asyncio.create_task(own_service.integrator.get(STREAM, after=before, lasting=300))
        await asyncio.sleep(0.3)
        for owed in (TRAINING, TOURISTS):
            await own_service.police.report(owed)
            await own_service.jobs.number()
            await asyncio.sleep(0.5)
        path = f"/v1/clients/{own_service.integrator.client_id}"
        assert (await own_service.admin.patch(path, {"disabled": True})).status_code == 200
        own_service.clock.now += timedelta(seconds=6)
        await own_service.police.report(TRAINING)
        await own_service.jobs.number()

        assert len(lines_of((await asked).text, "id")) == 2


async def test_a_checkpoint_signs_the_tree_of_all_events(service: Service) -> None:
    await service.police.report(TRAINING)
    events = await service.events()

    [shown], [key] = (page := (await service.integrator.get(CHECKPOINTS)).json())["items"], page["keys"]

    tree = Tree()
    for event in events:
        tree.add(canonical({name: value for name, value in event.items() if name != "digest"}))
    note = checkpoints.read(shown["note"])
    assert (shown["size"], shown["root"]) == (len(events), tree.root.hex()) == (note.size, note.root.hex())
    assert service.app.state.checkpoint_keys.has_signed(note)
    assert (key["kid"], key["kty"], key["crv"]) == (shown["key"], "OKP", "Ed25519")
    assert page["next_after"] == len(events)


async def test_a_checkpoint_comes_every_minute_in_which_something_happened(service: Service) -> None:
    sizes: list[list[int]] = []
    for seconds in (0, 59, 1, 60, 60):
        service.clock.now += timedelta(seconds=seconds)
        if len(sizes) != 4:
            await service.police.report(TRAINING)
        await service.jobs.number()
        page = (await service.integrator.get(CHECKPOINTS)).json()
        sizes.append([one["size"] for one in page["items"]])

    assert [len(one) for one in sizes] == [1, 1, 2, 3, 3]
    assert (await service.integrator.get(CHECKPOINTS, after=sizes[-1][0])).json()["items"] == page["items"][1:]


async def test_a_thousand_events_are_signed_at_once(service: Service) -> None:
    items = [{"obligation": str(TRAINING), "state": "in_progress", "summary": WORDS}] * 500
    await service.jobs.number()

    for _ in range(2):
        await service.police.bulk(*items)
    await service.jobs.number()

    assert len((await service.integrator.get(CHECKPOINTS)).json()["items"]) == 2


def test_the_first_word_of_a_type_is_what_it_happened_to() -> None:
    nouns = {one.value.partition(".")[0] for one in EventType}

    assert nouns == {
        "update",
        "evidence",
        "contribution",
        "review",
        "extension",
        "condition",
        "annulment",
        "instruction",
        "letter",
    } | {
        *("obligation", "cycle", "deadline", "closing", "holiday", "succession", "member", "partner", "plan"),
        *("paper_report", "client", "calendar", "record"),
    }


def test_a_type_that_has_another_name_now_is_known_by_both() -> None:
    for type_ in (EventType.DEADLINE_MOVED, EventType.CYCLE_DEADLINE_MOVED):
        for wanted in (EventType.DEADLINE_MOVED, EventType.CYCLE_DEADLINE_MOVED):
            assert is_wanted(type_, [wanted])
        assert not is_wanted(type_, [EventType.CYCLE_OPENED])
