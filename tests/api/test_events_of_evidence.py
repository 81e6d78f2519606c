"""The feed and evidence: that there is one is told only to whoever may read it, however it is told."""

import json
from datetime import timedelta

import pytest

from tests.api.test_erasure import WHY
from tests.api.test_events_of_successions import PASSES, decide, propose
from tests.database.rights import HISTORY
from tests.files import pdf
from tests.given import Caller, Service, obligation
from tests.receiving import deliverer, log_of, receiving, status, subscribe, to

SHARED = obligation("3.6", "cong-an")
"""Owned by the police, coordinated by the department of culture and, as one of the departments, by that of health."""
ALL_ACTS = ["evidence.attached", "evidence.received", "evidence.withdrawn", "evidence.erased"]


async def everything_on(service: Service, classification: str) -> None:
    """Attach a file, send its bytes, withdraw it and erase it."""
    file = (await service.police.upload(SHARED, pdf(), classification=classification))["id"]
    assert (await service.police.withdraw(file)).status_code == 201
    assert (await service.coordinator.post(f"/v1/evidence/{file}/erasure", WHY)).status_code == 201


async def told(who: Caller, after: int) -> list[str]:
    await who.service.jobs.number()
    page = (await who.get("/v1/events", after=after, limit=500)).json()
    assert page["next_after"] == after + 4
    return [one["type"] for one in page["items"]]


@pytest.mark.parametrize(
    ("classification", "seen_by"),
    [
        ("public", {"coordinator", "police", "culture", "health", "integrator"}),
        ("internal", {"coordinator", "police", "culture", "health"}),
        ("restricted", {"coordinator", "police"}),
    ],
)
async def test_an_evidence_is_told_of_to_whoever_may_read_it(
    service: Service, classification: str, seen_by: set[str]
) -> None:
    before = len(await service.events())

    await everything_on(service, classification)

    for name in ("coordinator", "police", "culture", "health", "integrator", "court"):
        found = await told(getattr(service, name), before)
        assert found == (ALL_ACTS if name in seen_by else []), name
    assert {"evidence", "evidence_content", "withdrawal", "erasure"} <= {*HISTORY}


async def test_a_stream_and_a_webhook_tell_no_more_than_a_page(service: Service) -> None:
    before = len(await service.events())
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        await subscribe(service.integrator, receiver.origin)
        await everything_on(service, "restricted")
        assert (await service.police.report(SHARED, "in_progress")).status_code == 201
        await service.jobs.number()

        streamed = await service.integrator.get("/v1/events/stream", after=before, lasting=0)
        await delivering.deliver()

    assert [line for line in streamed.text.splitlines() if line.startswith("event:")] == ["event: update.reported"]
    assert [json.loads(one.body)["type"] for one in receiver.received] == ["update.reported"]


async def test_what_has_passed_to_another_body_is_not_sent_any_more_to_the_one_before(service: Service) -> None:
    async with receiving(status(503)) as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.labour, receiver.origin)
        assert (await service.labour.report(PASSES, "in_progress")).status_code == 201
        await service.jobs.number()
        await delivering.deliver()
        assert len(receiver.received) == 1

        await decide(service, await propose(service))
        service.clock.now += timedelta(minutes=10)
        await delivering.deliver()

        assert len(receiver.received) == 1
    [logged] = [one for one in await log_of(service.labour, webhook["id"]) if one["attempts"]]
    assert [one["outcome"] for one in logged["attempts"]] == ["refused", "forbidden"]
