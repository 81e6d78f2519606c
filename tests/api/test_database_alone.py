"""With the application's own filters taken away, the database alone tells everybody just as little."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import false, true

from app.commands import obligations as held
from app.database.engine import NOBODY, Identity
from app.domain.access import Classification
from app.queries import evidence, history, obligations, status, wire
from app.standing import told
from app.web.auth import access
from tests.api.asking import problem_of, rows_of
from tests.api.conftest import TOUCHED
from tests.files import pdf
from tests.given import PLAN, TOURISTS, TRAINING, Caller, Service

NAMES = ("police", "culture", "health", "court", "coordinator", "integrator")
NARRATIVE = "Đã triển khai theo kế hoạch."


def take_the_filters_away(patch: pytest.MonkeyPatch) -> None:
    """Let every query of the application ask for everything."""
    for module in (obligations, held):
        patch.setattr(module, "reachable", lambda *_: true())
    for module in (obligations, status):
        patch.setattr(module, "visible", lambda *_: true())
    for module in (evidence, history):
        patch.setattr(module, "readable", lambda *_: true())
    patch.setattr(told, "reads_all_evidence", lambda *_: false())
    patch.setattr(told, "cleared", lambda *_: true())
    patch.setattr(wire, "known", lambda *_: true())


def take_the_gate_away(patch: pytest.MonkeyPatch) -> None:
    """Let everybody do every act."""
    patch.setattr(access, "authorize", lambda *_: True)


async def reads(service: Service, caller: Caller) -> AsyncIterator[httpx.Response]:
    """Read everything that is about an obligation, with one request after the other."""
    attached = [
        act["id"]
        for one in TOUCHED
        for act in (await service.coordinator.get(f"/v1/obligations/{one}/history")).json()["items"]
        if act["act"] == "evidence"
    ]
    assert attached
    at = {"as_of": "2026-11-24T03:00:00Z"}
    yield await caller.get("/v1/obligations", limit=500, count=True, **at)
    yield await caller.get("/v1/obligations", q="tap huan", sort="updated_at", **at)
    yield await caller.get(f"/v1/plans/{PLAN}/status", **at)
    yield await caller.get(f"/v1/plans/{PLAN}")
    for one in TOUCHED:
        yield await caller.get(f"/v1/obligations/{one}", **at)
        yield await caller.get(f"/v1/obligations/{one}/history", **at)
    for one in attached:
        yield await caller.get(f"/v1/evidence/{one}", **at)


def shown(response: httpx.Response) -> tuple[int, Any]:
    """Return what an answer says, but for what differs between any two."""
    changing = {"request_id", "next_cursor"}
    return response.status_code, {name: value for name, value in response.json().items() if name not in changing}


@pytest.mark.parametrize("name", NAMES)
async def test_the_database_alone_answers_as_the_application_does(
    lived_in: Service, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    caller = getattr(lived_in, name)
    before = [shown(response) async for response in reads(lived_in, caller)]

    take_the_filters_away(monkeypatch)

    after = [shown(response) async for response in reads(lived_in, caller)]
    assert after == before
    assert {status_code for status_code, _ in before} <= {200, 403, 404}


async def test_the_database_alone_gives_bytes_to_whom_the_application_does(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [(await service.police.upload(TOURISTS, pdf(), classification=one))["id"] for one in Classification]
    asked = [(getattr(service, name), f"/v1/evidence/{one}/content") for name in NAMES for one in files]
    before = [(answer.status_code, answer.content) for answer in [await who.get(path) for who, path in asked]]

    take_the_filters_away(monkeypatch)

    after = [(answer.status_code, answer.content) for answer in [await who.get(path) for who, path in asked]]
    assert [status for status, _ in after] == [status for status, _ in before]
    assert [status for status, _ in before].count(200) == 3 + 2 + 2 + 0 + 3 + 1
    assert {content for status, content in after if status == 200} == {pdf()}


@pytest.mark.parametrize("name", ["integrator", "admin"])
async def test_without_the_first_gate_the_second_keeps_narratives_back(
    lived_in: Service, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    take_the_filters_away(monkeypatch)
    take_the_gate_away(monkeypatch)

    answers = [response async for response in reads(lived_in, getattr(lived_in, name))]

    assert NARRATIVE not in "".join(answer.text for answer in answers)
    if name == "admin":
        assert answers[0].json()["total"] == 0
        assert {answer.status_code for answer in answers[4:]} == {404}


async def test_without_the_first_gate_the_second_takes_no_act_of_a_stranger(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await rows_of(service)
    take_the_filters_away(monkeypatch)
    take_the_gate_away(monkeypatch)

    for caller in (service.court, service.integrator, service.admin):
        problem_of(await caller.report(TRAINING), 404, "not-found")
        problem_of(await caller.attach(TRAINING), 404, "not-found")

    assert await rows_of(service) == before


async def test_a_read_that_forgets_who_calls_shows_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Identity, "of", lambda _: NOBODY)

    assert (await service.coordinator.get("/v1/obligations")).json()["items"] == []
    problem_of(await service.coordinator.get(f"/v1/obligations/{TRAINING}"), 404, "not-found")
