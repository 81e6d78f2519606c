"""Two plans that differ in one evidence alone answer whoever may not read it byte for byte alike.

The evidence changes no status: what it is on had been proven before.  Only the numbers of the feed may differ.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any, cast
from uuid import UUID
from zipfile import ZipFile

import httpx
import pytest

from tests.api.asking import EVERYTHING_KNOWN
from tests.api.test_calendars import address_of
from tests.api.test_erasure import WHY
from tests.api.test_events_of_successions import decide, propose
from tests.api.test_paper_reports import entered, line
from tests.contract.snapshot import checked_in
from tests.files import pdf
from tests.given import DOCUMENT, FIRST, LINK, PLAN, TODAY, TOURISTS, TRAINING, Caller, Service, obligation
from tests.receiving import deliverer, log_of, receiving, subscribe, to

ONCE = obligation("G.1", "so-y-te", "2026")
ACTED, ASKED = TODAY + timedelta(minutes=1), TODAY + timedelta(minutes=2)
PDF = {"Content-Type": "application/pdf"}
Named = tuple[str, str, str]
"""An obligation by its duty, its first owner and its cycle."""
SHARED, ELSEWHERE, PASSED = ("3.6", "cong-an", FIRST), ("G.1", "so-y-te", "2025"), ("1.3", "so-ldtbxh", "2026")
BLIND = [
    ("police", SHARED, ("integrator",)),
    ("health", ELSEWHERE, ("police",)),
    ("health", PASSED, ("labour",)),
    pytest.param("police", SHARED, ("culture", "admin"), marks=pytest.mark.load),
    pytest.param("culture", SHARED, ("health", "integrator"), marks=pytest.mark.load),
    pytest.param("health", PASSED, ("court",), marks=pytest.mark.load),
]
"""Who attaches to what, and who may not read it if it is restricted: partners, predecessors, strangers, integrators.

Each asks everything twice or more: some wait for `make parts`.
"""
BODIES = {"culture": "so-vhttdl", "health": "so-y-te", "police": "cong-an", "labour": "so-ldtbxh"}
Asked = tuple[str, dict[str, Any]]
OF_NOTHING_OWED = {
    *("listPlans", "getPlan", "listBodies", "getBody", "listDuties", "getDuty", "listHolidays", "getHolidayMarks"),
    "listLetterheads",
    *("listSuccessions", "getSuccession", "listClients", "getClient", "listWebhooks", "getWebhook"),
    *("listPeople", "getPerson"),
    *("getKeys", "getMetadata", "getHealth", "getReadiness"),
    *("getCalendar", "getImport", "listImportResults", "listReads"),
    *("getReminderLetter", "getReceipt", "checkReceipt"),
}
"""Calls that tell of no obligation, or of an address, a form, an evidence, a letter or a report that is another's."""
OF_THE_FEED = {"listEvents", "streamEvents", "listDeliveries", "listCheckpoints"}
"""Calls whose answers hold numbers of the feed: they are asked apart, but for checkpoints, which hold nothing else."""


@dataclass(frozen=True)
class World:
    """A plan in which much has happened, and what else can be read of it by an address of its own."""

    service: Service
    paper: str
    public: str
    calendars: dict[str, str]


def calls(world: World, name: str, duty: str, owner: str, cycle: str) -> dict[str, list[Asked]]:
    """Return what somebody asks of an obligation, by operation: now, of earlier instants and in order."""
    plan, one = f"/v1/plans/{PLAN}", f"/v1/obligations/{obligation(duty, owner, cycle)}"
    of_cycle = {"plan": PLAN, "cycle": cycle}
    these = of_cycle | {"duty": duty}
    moments: list[dict[str, Any]] = [{}, {"as_of": ACTED.isoformat()}, {"as_of": "2025-02-01"}]
    since = {"from": (TODAY - timedelta(days=1)).isoformat(), "known_at": EVERYTHING_KNOWN, "cycle": cycle}
    return {
        "listObligations": [
            *(("/v1/obligations", these | {"limit": 500, "count": True} | moment) for moment in moments),
            ("/v1/obligations", these | {"limit": 500, "sort": "updated_at", "include": "claim"}),
        ],
        "getObligation": [(one, moment) for moment in moments],
        "explainObligation": [(f"{one}/explanation", moment) for moment in moments],
        "getHistory": [(f"{one}/history", moment) for moment in moments[:2]],
        "listContributions": [(f"{one}/contributions", {})],
        "listStatusChanges": [(f"{plan}/status/changes", since)],
        "getStatus": [(f"{plan}/status", {"cycle": cycle} | more) for more in (moments[1], {"by": "duty"})],
        "getEvidence": [(f"/v1/evidence/{world.public}", {})],
        "getContent": [(f"/v1/evidence/{world.public}/content", {})],
        "getPaperReport": [(f"/v1/paper-reports/{world.paper}", {})],
        "readCalendar": [(world.calendars[name], {})] if name in world.calendars else [],
        "exportObligations": [("/v1/obligations/export", these | {"format": "ndjson"})],
        "exportHistory": [("/v1/history/export", these | {"format": "ndjson"})],
        "exportStatus": [(f"{plan}/status/export", {"cycle": cycle, "format": "csv"})],
        "listReminders": [("/v1/reminders", of_cycle)],
        "listExtensionRequests": [("/v1/extension-requests", {})],
        "getTemplate": [(f"{plan}/template", {"cycle": cycle, "owner": owner})],
        "listInbox": [("/v1/inbox", {"limit": 200})],
        "listHistory": [("/v1/history", {"limit": 200, "body": one}) for one in BODIES.values()],
        "exportInbox": [("/v1/inbox/export", {"owner": owner, "format": "ndjson"})],
        "getReport": [(f"{plan}/report", {"cycle": cycle})],
        "getLeadersTable": [(f"{plan}/leaders-table", {"cycle": cycle})],
        "listReminderLetters": [(f"{plan}/reminder-letters", {"cycle": cycle})],
        "listCycles": [(f"{plan}/cycles", {})],
        "getCycle": [(f"{plan}/cycles/{cycle}", {})],
    }


def test_every_call_that_reads_is_asked_or_has_a_reason_not_to_be() -> None:
    reads = {one["get"]["operationId"] for one in checked_in()["paths"].values() if "get" in one}
    world = World(service=cast("Service", None), paper="", public="", calendars={})

    assert reads == {*calls(world, "culture", *SHARED), *OF_NOTHING_OWED, *OF_THE_FEED}


@pytest.fixture
async def world(service: Service) -> World:
    """Give a plan in which much has happened, and what is asked about has been proven by evidence for everybody."""
    police, health = service.police, service.health
    note = {"note": "Đã cử cán bộ phối hợp.", "evidence": [DOCUMENT]}
    answers = [
        await police.ask_for(obligation("3.4", "cong-an", "2026"), "2027-01-31"),
        await police.report(TOURISTS, evidence=[LINK, DOCUMENT]),
        await service.culture.post(f"/v1/obligations/{TOURISTS}/contributions", note),
        await police.report(TRAINING, "in_progress"),
        await police.post(f"/v1/obligations/{TRAINING}/evidence", LINK),
        await health.report(ONCE, evidence=[LINK]),
        await health.post(f"/v1/obligations/{obligation(*ELSEWHERE)}/evidence", LINK),
        await service.labour.report(obligation(*PASSED), "in_progress", evidence=[LINK]),
    ]
    assert [one.text for one in answers if one.status_code != 201] == []
    await decide(service, await propose(service))
    paper = await entered(service, line("3.6"), classification="restricted")
    return World(
        service,
        paper=paper["paper_report"]["id"],
        public=(await police.upload(TOURISTS, pdf("Công khai"), classification="public"))["id"],
        calendars={name: await address_of(service, name, body) for name, body in BODIES.items()},
    )


def parts_of(answer: httpx.Response) -> Any:
    """Return all of an answer; of a workbook, all but when it was made."""
    content: Any = answer.content
    headers = dict(answer.headers)
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as workbook:
            content = {one: workbook.read(one) for one in workbook.namelist() if one != "docProps/core.xml"}
        del headers["content-length"]
    return answer.status_code, headers, content


async def answers_of(world: World, name: str, on: Named) -> AsyncIterator[tuple[Any, Any]]:
    """Ask everything, and yield what was asked beside what was answered."""
    world.service.clock.now = ASKED
    await world.service.jobs.number()
    same, who = {"X-Request-Id": "asked-twice"}, getattr(world.service, name)
    for path, params in (one for some in calls(world, name, *on).values() for one in some):
        yield (path, params), parts_of(await who.get(path, headers=same, **params))
    read = (await who.get("/v1/inbox", limit=200)).json().get("items")
    yield "inbox", (await who.get("/v1/inbox", limit=len(read))).json()["next_cursor"] if read else None
    yield "events", (await who.get("/v1/events", limit=500)).json().get("items")
    yield "stream", (await who.get("/v1/events/stream", headers=same, lasting=0)).text


async def hidden_acts(service: Service, who: Caller, on: UUID, **said: str) -> AsyncIterator[str]:
    """Do all that can be done with evidence, and yield after the half of it, and at the end."""
    service.clock.now = ACTED
    link = (await who.post(f"/v1/obligations/{on}/evidence", LINK | said)).json()["id"]
    file = (await who.upload(on, pdf(), **said))["id"]
    assert (await who.announce(on, pdf("Chưa gửi"), **said)).status_code == 201
    yield file
    service.clock.now = ACTED
    withdrawn = (await who.withdraw(link)).json()["withdrawal"]["id"]
    assert (await service.coordinator.post(f"/v1/evidence/{file}/erasure", WHY)).status_code == 201
    annulled = await service.coordinator.annul(on, withdrawn)
    answers = [annulled, await service.coordinator.annul(on, annulled.json()["annulment"]["id"])]
    answers.append(await service.coordinator.annul(on, link))
    assert {one.status_code for one in answers} == {201}
    yield link


def differing(before: list[Any], after: list[Any]) -> Iterator[Any]:
    """Yield what was asked that was answered otherwise."""
    for then, now in zip(before, after, strict=True):
        if then != now:
            yield then, now


async def asked_by(world: World, names: Iterable[str], on: Named) -> dict[str, list[Any]]:
    """Let some ask everything."""
    return {name: [one async for one in answers_of(world, name, on)] for name in names}


async def differences(world: World, before: Mapping[str, list[Any]], on: Named) -> dict[str, list[Any]]:
    """Let them ask everything again, and return what each is answered otherwise."""
    after = await asked_by(world, before, on)
    return {name: [*differing(before[name], after[name])] for name in before}


@pytest.mark.parametrize(("poster", "on", "names"), BLIND)
async def test_whoever_may_not_read_an_evidence_is_answered_as_if_there_were_none(
    world: World, poster: str, on: Named, names: tuple[str, ...]
) -> None:
    before, who = await asked_by(world, names, on), getattr(world.service, poster)
    nothing: dict[str, list[Any]] = {name: [] for name in before}

    acts = hidden_acts(world.service, who, obligation(*on), classification="restricted")
    async for evidence in acts:
        for name in before:
            there = await getattr(world.service, name).get(f"/v1/evidence/{evidence}")
            assert there.status_code == (403 if name == "admin" else 404)
        assert await differences(world, before, on) == nothing
        if poster != "police":
            return
        scan = f"/v1/paper-reports/{world.paper}/content"
        sent = await world.service.coordinator.send(scan, pdf(), method="PUT", headers=PDF)
        assert sent.status_code < 300, sent.text


async def test_whoever_may_read_it_is_told(world: World) -> None:
    before = await asked_by(world, ["police"], SHARED)

    async for _ in hidden_acts(world.service, world.service.police, obligation(*SHARED), classification="restricted"):
        break

    found = (await differences(world, before, SHARED))["police"]
    changed = {then[0] if isinstance(then[0], str) else then[0][0] for then, _ in found}
    one = f"/v1/obligations/{obligation(*SHARED)}"
    seen = {"events", "stream", one, f"{one}/history", "/v1/obligations", world.calendars["police"]}
    assert {*seen, "/v1/history/export", "/v1/obligations/export"} <= changed


async def test_no_webhook_tells_of_it_and_a_version_that_was_read_is_that_of_before(world: World) -> None:
    service, on = world.service, obligation(*SHARED)
    read = (await service.culture.get(f"/v1/obligations/{on}")).headers["etag"]
    async with receiving() as receiver:
        delivering, names = deliverer(service, to(receiver)), ("police", "culture", "court", "integrator")
        hooks = {name: await subscribe(getattr(service, name), f"{receiver.origin}/{name}") for name in names}

        async for _ in hidden_acts(service, service.police, on, classification="restricted"):
            pass
        service.clock.catch_up()
        await service.jobs.number()
        await delivering.deliver()

        assert {one.path for one in receiver.received} == {"/police"}
        logs = [await log_of(getattr(service, name), hooks[name]["id"]) for name in names if name != "police"]
        assert logs == [[], [], []]
    note = {"note": "Đã cử cán bộ phối hợp."}
    noted = await service.culture.post(f"/v1/obligations/{on}/contributions", note, headers={"If-Match": read})
    assert noted.status_code == 201, noted.text
