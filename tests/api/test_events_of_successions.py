"""Successions in the change feed, and who is told of what has passed to another body."""

from typing import Any

from sqlalchemy import select

from app.commands.events import TYPES
from app.database.engine import SYSTEM, Identity
from app.models import Event, SequencedEvent
from app.models.base import stable_id, table
from tests.api.asking import listed
from tests.api.matrix import A_PAPER
from tests.api.test_erasure import WHY
from tests.database.rights import HISTORY, KEPT
from tests.files import pdf
from tests.given import PLAN, Caller, Service, obligation

SUCCESSIONS = f"/v1/plans/{PLAN}/successions"
PROPOSED = {
    "predecessor": "so-ldtbxh",
    "successor": {"code": "so-y-te"},
    "kind": "merged",
    "effective_on": "2025-03-01",
    "act": {"title": "Nghị quyết về sắp xếp", "issued_on": "2025-02-20"},
}
HEAD = {"body": "VĂN PHÒNG", "code": "VP", "place": "Cần Thơ", "signer": "CHÁNH VĂN PHÒNG", "recipients": ["Lưu: VT"]}
PASSES = obligation("1.3", "so-ldtbxh", "2026")
sequenced = table(SequencedEvent)
LETTERS = f"/v1/plans/{PLAN}/reminder-letters"
INSTRUCTED = {"words": "Báo cáo ngay.", "leader": "Chủ tịch UBND thành phố"}
DERIVED = {
    *("annulled_act", "assurance", "measurement", "evidence_read", "reopening", "sealed_standing", "succession_part"),
    *("event", "sequenced_event", "checkpoint", "row_digest"),
}
"""What comes with an act, or out of it, and is no act of its own."""


async def propose(service: Service) -> str:
    response = await service.coordinator.post(SUCCESSIONS, PROPOSED)
    assert response.status_code == 201, response.text
    proposed: str = response.json()["id"]
    return proposed


async def decide(service: Service, succession: str, outcome: str = "confirmed", **more: str) -> None:
    sent = {"outcome": outcome, "reason": "Theo nghị quyết.", **more}
    response = await service.coordinator.post(f"{SUCCESSIONS}/{succession}/decision", sent)
    assert response.status_code == 201, response.text


async def told(who: Caller, after: int = 0) -> list[dict[str, Any]]:
    await who.service.jobs.number()
    items: list[dict[str, Any]] = (await who.get("/v1/events", after=after, limit=500)).json()["items"]
    return items


async def test_a_succession_is_told_of_with_every_obligation_that_passes(service: Service) -> None:
    before = len(await service.events())

    await decide(service, await propose(service))

    proposed, confirmed, *passed = await service.events(before)
    assert (proposed["type"], confirmed["type"]) == ("succession.proposed", "succession.confirmed")
    assert {(one["type"], one["owner"]) for one in passed} == {("obligation.transferred", "so-y-te")}
    owned = await listed(service.coordinator, owner="so-y-te")
    assert {one["obligation"] for one in passed} <= {one["id"] for one in owned}
    assert len(passed) == 32
    assert {one["transaction"] for one in passed} == {confirmed["transaction"]}
    assert {one["occurred_at"] for one in passed} == {"2025-02-28T17:00:00Z"}


async def test_a_rejected_succession_passes_nothing(service: Service) -> None:
    before = len(await service.events())

    await decide(service, await propose(service), "rejected")

    types = [one["type"] for one in await service.events(before)]
    assert types == ["succession.proposed", "succession.rejected"]


async def test_an_event_names_the_owner_of_its_day_as_was_known(service: Service) -> None:
    await service.labour.report(PASSES)
    await decide(service, await propose(service))
    await service.health.report(PASSES)

    found = [one for one in await told(service.integrator) if one["obligation"] == str(PASSES)]

    assert [(one["type"], one["owner"]) for one in found] == [
        ("update.reported", "so-ldtbxh"),
        ("obligation.transferred", "so-y-te"),
        ("update.reported", "so-y-te"),
    ]


async def test_what_has_passed_is_told_to_its_new_owner_and_no_more_to_the_one_before(service: Service) -> None:
    await decide(service, await propose(service))
    before = len(await service.events())
    await service.health.report(PASSES, "in_progress")

    seen = {name: await told(getattr(service, name), before) for name in ("health", "labour", "police")}

    assert [one["obligation"] for one in seen["health"]] == [str(PASSES)]
    assert (seen["labour"], seen["police"]) == ([], [])
    predecessor = Identity("reporter", bodies=f"{{{stable_id(PLAN, 'body', 'so-ldtbxh')}}}")
    async with service.app.state.database.reading(predecessor) as connection:
        found = select(sequenced.c.obligation_id).where(sequenced.c.seq > before)
        assert (await connection.execute(found)).all() == []


def test_every_kind_of_act_has_its_type() -> None:
    acts = {name for name in HISTORY + KEPT if name not in DERIVED}

    assert {table(model).name for model in TYPES} == acts


async def test_whatever_was_written_has_an_event(service: Service) -> None:
    await everything(service)
    assert (await service.coordinator.post(f"/v1/plans/{PLAN}/letterheads", HEAD)).status_code == 201

    async with service.app.state.database.reading(SYSTEM) as connection:
        told_of = set((await connection.execute(select(table(Event).c.act_id))).scalars())
        for model in TYPES:
            acts = table(model)
            # What the seed brings in is no act of a client; it is what any integrator begins with.
            by_somebody = select(acts.c.id).where(acts.c.client_id.is_not(None))
            written = set((await connection.execute(by_somebody)).scalars())
            assert written, acts.name
            assert written <= told_of, acts.name


async def everything(service: Service) -> None:
    """Let every kind of act happen once."""
    police, coordinator = service.police, service.coordinator
    one, whole, shared = (obligation(code, "cong-an") for code in ("3.4", "3.7", "3.6"))
    cycles, reason = f"/v1/plans/{PLAN}/cycles", {"reason": "Theo chỉ đạo."}
    letter = {"due_before_on": "2028-06-30", "document_number": "9/UBND"}
    evidence = (await police.attach(one)).json()["id"]
    file = (await police.upload(one, pdf()))["id"]
    stray = (await police.report(one, "in_progress")).json()["update"]["id"]
    sent = (
        await coordinator.annul(one, stray),
        await police.withdraw(evidence),
        await coordinator.post(f"/v1/evidence/{file}/erasure", WHY),
        await police.report(shared),
        await coordinator.review(shared, "returned"),
        await police.ask_for(one, "2027-06-30"),
        await coordinator.refuse(one),
        await coordinator.extend(one, "2027-06-30", decided_on="2021-06-10", document_number="7/UBND"),
        await coordinator.post(
            f"/v1/obligations/{whole}/condition-decisions", {"met": True, "from_on": "2026-11-20", **reason}
        ),
        await service.culture.post(f"/v1/obligations/{shared}/contributions", {"note": "Đã phối hợp."}),
        await coordinator.post(f"/v1/obligations/{shared}/instructions", INSTRUCTED),
        await coordinator.post(
            f"{LETTERS}?format=json", {"cycle": "2021-06-15", "kind": "overdue", "bodies": ["so-gddt"]}
        ),
        await coordinator.post(cycles, {"code": "2027"}),
        await coordinator.post(f"{cycles}/2027/deadlines", reason | letter),
        await coordinator.post("/v1/paper-reports", A_PAPER),
        await coordinator.post(f"{cycles}/2021-06-15/closing", reason),
        await coordinator.post(f"/v1/plans/{PLAN}/holidays", {"observed_on": "2026-12-31", "name": "Nghỉ bù"}),
        await coordinator.post(
            f"/v1/plans/{PLAN}/bodies/so-ban-nganh/members",
            {"code": "thanh-tra", "name": "Thanh tra thành phố", "from_on": "2026-11-20", **reason},
        ),
        await coordinator.post(
            f"/v1/plans/{PLAN}/bodies/so-ban-nganh/members/thanh-tra/ending", {"until_on": "2026-12-31", **reason}
        ),
        await coordinator.post(f"/v1/plans/{PLAN}/duties/11.1/partners", {"code": "cong-an", **reason}),
    )
    assert {response.status_code for response in sent} == {201}
    (letter,) = (await coordinator.get(LETTERS, cycle="2021-06-15")).json()["items"]
    numbered = {"number": "9/SLĐTBXH", "issued_on": "2026-11-24"}
    assert (await coordinator.post(f"{LETTERS}/{letter['id']}/number", numbered)).status_code == 201
    await decide(service, await propose(service), reopened_by="10/UBND")
