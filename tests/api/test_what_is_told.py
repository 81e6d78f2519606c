"""Two plans that differ in one evidence alone answer whoever may not read it byte for byte alike.

The evidence changes no status: what it is on had been proven before.  Only the numbers of the feed may differ.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import httpx
import pytest

from tests.api.asking import EVERYTHING_KNOWN, problem_of
from tests.api.test_erasure import WHY
from tests.api.test_events_of_successions import decide, propose
from tests.contract.snapshot import checked_in
from tests.files import pdf
from tests.given import DOCUMENT, FIRST, LINK, PLAN, TODAY, TOURISTS, TRAINING, Caller, Service, obligation

ONCE = obligation("G.1", "so-y-te", "2026")
ACTED, ASKED = TODAY + timedelta(minutes=1), TODAY + timedelta(minutes=2)
Named = tuple[str, str, str]
"""An obligation by its duty, its first owner and its cycle."""
SHARED, ELSEWHERE, PASSED = ("3.6", "cong-an", FIRST), ("G.1", "so-y-te", "2025"), ("1.3", "so-ldtbxh", "2026")
BLIND = {
    ("police", SHARED): ("culture", "integrator"),
    ("culture", SHARED): ("health", "integrator"),
    ("health", ELSEWHERE): ("police",),
    ("health", PASSED): ("labour", "court"),
}
"""Who attaches to what, and who may not read it if it is restricted: partners, predecessors, strangers, integrators."""
Asked = tuple[str, dict[str, Any]]
OF_NOTHING_OWED = {
    *("listPlans", "getPlan", "listBodies", "getBody", "listDuties", "getDuty", "listHolidays", "getHolidayMarks"),
    *("listSuccessions", "getSuccession", "listClients", "getClient", "listWebhooks", "getWebhook"),
    *("getKeys", "getMetadata", "getHealth", "getReadiness"),
}
"""Calls that tell of no obligation."""
OF_THE_FEED = {"listEvents", "streamEvents", "listDeliveries", "listCheckpoints"}
"""Calls whose answers hold numbers of the feed: a checkpoint nothing else, and deliveries are pages of it."""
OF_THE_EVIDENCE = {"getEvidence", "getContent", "listReads"}
OF_THE_OWNER = {"getCalendar", "readCalendar"}
"""Calls that answer nobody but who reads all evidence on what they are about."""


def calls(duty: str, owner: str, cycle: str) -> dict[str, list[Asked]]:
    """Return what is asked of an obligation, by operation: now, of earlier instants, as known by then and in order."""
    plan, one = f"/v1/plans/{PLAN}", f"/v1/obligations/{obligation(duty, owner, cycle)}"
    of_cycle = {"plan": PLAN, "cycle": cycle}
    these = of_cycle | {"duty": duty}
    moments: list[dict[str, Any]] = [{}, {"as_of": ACTED.isoformat()}, {"as_of": "2025-02-01"}]
    since = {"from": (TODAY - timedelta(days=1)).isoformat(), "known_at": EVERYTHING_KNOWN, "cycle": cycle}
    return {
        "listObligations": [
            *(("/v1/obligations", these | {"limit": 500, "count": True} | moment) for moment in moments),
            ("/v1/obligations", these | {"limit": 500, "sort": "updated_at"}),
        ],
        "getObligation": [(one, moment) for moment in moments],
        "explainObligation": [(f"{one}/explanation", moment) for moment in moments],
        "getHistory": [(f"{one}/history", moment) for moment in moments],
        "listContributions": [(f"{one}/contributions", {})],
        "listStatusChanges": [(f"{plan}/status/changes", since)],
        "getStatus": [(f"{plan}/status", {"cycle": cycle} | moment) for moment in moments],
        "exportObligations": [("/v1/obligations/export", these | {"format": "ndjson"})],
        "exportHistory": [("/v1/history/export", these | {"format": "ndjson"})],
        "exportStatus": [(f"{plan}/status/export", {"cycle": cycle, "format": "csv"})],
        "listReminders": [("/v1/reminders", of_cycle)],
        "listExtensionRequests": [("/v1/extension-requests", {})],
        "getTemplate": [(f"{plan}/template", {"cycle": cycle, "owner": owner})],
        "listCycles": [(f"{plan}/cycles", {})],
        "getCycle": [(f"{plan}/cycles/{cycle}", {})],
    }


def test_every_call_that_reads_is_asked_or_has_a_reason_not_to_be() -> None:
    reads = {one["get"]["operationId"] for one in checked_in()["paths"].values() if "get" in one}

    assert reads == {*calls(*SHARED), *OF_NOTHING_OWED, *OF_THE_FEED, *OF_THE_EVIDENCE, *OF_THE_OWNER}


@pytest.fixture
async def plan(service: Service) -> Service:
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
    return service


def parts_of(answer: httpx.Response) -> Any:
    """Return all of an answer; of a workbook, all but when it was made."""
    content: Any = answer.content
    headers = dict(answer.headers)
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as workbook:
            content = {one: workbook.read(one) for one in workbook.namelist() if one != "docProps/core.xml"}
        del headers["content-length"]
    return answer.status_code, headers, content


async def answers_of(service: Service, who: Caller, on: Named) -> AsyncIterator[tuple[Any, Any]]:
    """Ask everything, and yield what was asked beside what was answered."""
    service.clock.now = ASKED
    await service.jobs.number()
    same = {"X-Request-Id": "asked-twice"}
    for path, params in (one for some in calls(*on).values() for one in some):
        yield (path, params), parts_of(await who.get(path, headers=same, **params))
    yield "events", (await who.get("/v1/events", limit=500)).json()["items"]
    yield "stream", (await who.get("/v1/events/stream", lasting=0)).text


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


@pytest.mark.parametrize(("poster", "on"), BLIND)
async def test_whoever_may_not_read_an_evidence_is_answered_as_if_there_were_none(
    plan: Service, poster: str, on: Named
) -> None:
    blind = {name: getattr(plan, name) for name in BLIND[poster, on]}
    before = {name: [one async for one in answers_of(plan, who, on)] for name, who in blind.items()}

    async for evidence in hidden_acts(plan, getattr(plan, poster), obligation(*on), classification="restricted"):
        for name, who in blind.items():
            after = [one async for one in answers_of(plan, who, on)]
            assert list(differing(before[name], after)) == [], name
            problem_of(await who.get(f"/v1/evidence/{evidence}"), 404, "not-found")


async def test_whoever_may_read_it_is_told(plan: Service) -> None:
    before = [one async for one in answers_of(plan, plan.police, SHARED)]

    acts = hidden_acts(plan, plan.police, obligation(*SHARED), classification="restricted")
    async for _ in acts:
        after = [one async for one in answers_of(plan, plan.police, SHARED)]
        changed = {then[0] if isinstance(then[0], str) else then[0][0] for then, _ in differing(before, after)}
        assert {"events", "stream", "/v1/history/export", "/v1/obligations/export"} <= changed
        before = after
