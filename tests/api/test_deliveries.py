"""Webhooks at work: real deliveries to a receiver on this machine, which is down, slow, hostile, or gone."""

import asyncio
import base64
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from app.domain.webhooks import WAITS
from app.jobs.webhooks import Deliverer
from tests.given import TOURISTS, TRAINING, Caller, Service, obligation
from tests.receiving import (
    HOST,
    Received,
    Reply,
    deliverer,
    log_of,
    nothing,
    receiving,
    status,
    subscribe,
    to,
)

THREE_DAYS = timedelta(days=3)


def verified(secret: str, one: Received) -> Any:
    """Verify a delivery as its receiver would, by a library that others wrote; it looks at the clock of its machine."""
    return Verifier(secret).verify(one.body, one.headers)


def signatures_by(one: Received, *secrets: str) -> str:
    """Sign what came by the same library."""
    sent_at = datetime.fromtimestamp(int(one.headers["webhook-timestamp"]), UTC)
    signed = (Verifier(secret).sign(one.headers["webhook-id"], sent_at, one.body.decode()) for secret in secrets)
    return " ".join(signed)


async def happen(service: Service, number: int = 1) -> list[str]:
    """Let updates happen, and return the ids of their events."""
    before = len(await service.events())
    for _ in range(number):
        assert (await service.police.report(TRAINING, "in_progress")).status_code == 201
    return [one["id"] for one in await service.events(before)]


async def pass_time(service: Service, delivering: Deliverer, until: timedelta, step: timedelta) -> None:
    """Let time pass, and deliver again and again meanwhile."""
    end = service.clock.now + until
    while service.clock.now < end:
        service.clock.now += step
        await delivering.deliver()


async def test_an_event_arrives_as_the_feed_shows_it_signed_as_others_verify(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, f"{receiver.origin}/in?a=1")
        service.clock.catch_up()
        [event] = await happen(service)

        await delivering.deliver()

    [came] = receiver.received
    [shown] = [one for one in await service.events() if one["id"] == event]
    assert verified(webhook["secret"], came) == json.loads(came.body)
    assert json.loads(came.body) == {"type": "update.reported", "timestamp": shown["recorded_at"], "data": shown}
    assert (came.path, came.headers["host"]) == ("/in?a=1", f"{HOST}:{receiver.port}")
    assert (came.headers["webhook-id"], came.headers["content-type"]) == (event, "application/json")
    assert came.headers["webhook-timestamp"] == str(int(service.clock.now.timestamp()))
    [logged] = await log_of(service.integrator, webhook["id"])
    assert (logged["event"], logged["seq"], logged["state"]) == (event, shown["seq"], "delivered")
    assert [(one["outcome"], one["status_code"]) for one in logged["attempts"]] == [("delivered", 204)]


async def test_what_was_changed_on_the_way_does_not_verify(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        service.clock.catch_up()
        await happen(service)
        await delivering.deliver()

    [came] = receiver.received
    came.body = came.body.replace(b"update.reported", b"review.accepted")
    with pytest.raises(WebhookVerificationError):
        verified(webhook["secret"], came)


async def test_a_receiver_that_is_down_for_three_days_gets_every_event_under_its_id(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        await receiver.down()
        happened = await happen(service, 3)
        await pass_time(service, delivering, THREE_DAYS, timedelta(hours=3))
        missed = await log_of(service.integrator, webhook["id"])

        await receiver.up()
        await pass_time(service, delivering, timedelta(days=1), timedelta(hours=1))

        assert sorted(receiver.ids) == sorted(happened)
    assert {one["state"] for one in missed} == {"pending"}
    assert {attempt["outcome"] for one in missed for attempt in one["attempts"]} == {"unreachable"}
    assert {one["state"] for one in await log_of(service.integrator, webhook["id"])} == {"delivered"}


async def test_attempts_follow_the_schedule_and_then_the_webhook_is_disabled_with_nothing_lost(
    service: Service,
) -> None:
    async with receiving(status(500)) as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        path = f"/v1/webhooks/{webhook['id']}"
        [event] = await happen(service)
        await delivering.deliver()
        for wait in WAITS:
            service.clock.now += wait * 1.05
            await delivering.deliver()

        [given_up] = await log_of(service.integrator, webhook["id"])
        shown = (await service.integrator.get(path)).json()
        await happen(service)
        await pass_time(service, delivering, THREE_DAYS, timedelta(hours=12))
        tried = len(receiver.ids)
        receiver.replies = [status(200)]
        assert (await service.integrator.patch(path, {"disabled": False})).status_code == 200
        await delivering.deliver()

    assert tried == len(WAITS) + 1
    assert {*receiver.ids[:tried]} == {event}
    assert (given_up["state"], given_up["next_attempt_at"], len(given_up["attempts"])) == ("failed", None, tried)
    assert shown["disabled_because"] == "failing"
    log = await log_of(service.integrator, webhook["id"])
    assert sorted(receiver.ids[tried:]) == sorted(one["event"] for one in log)
    assert len(receiver.ids) == tried + 2


async def test_one_event_that_a_receiver_never_takes_does_not_keep_the_others_from_it(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        [bad] = await happen(service)
        receiver.replies = [status(500)]
        await delivering.deliver()
        receiver.replies = [status(204)]
        [good] = await happen(service)
        await delivering.deliver()
        receiver.replies = [status(500)]
        for wait in WAITS:
            service.clock.now += wait * 1.05
            await delivering.deliver()

    [failed] = await log_of(service.integrator, webhook["id"], state="failed")
    assert failed["event"] == bad
    assert (await service.integrator.get(f"/v1/webhooks/{webhook['id']}")).json()["disabled_at"] is None
    assert [one["event"] for one in await log_of(service.integrator, webhook["id"], state="delivered")] == [good]


async def test_a_receiver_that_flaps_gets_everything(service: Service) -> None:
    chance, happened = random.Random(3), list[str]()  # noqa: S311  Chance, no secret.
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        for n in range(30):
            receiver.replies = [chance.choice([status(204), status(503), status(429), nothing])]
            happened += await happen(service) if n < 10 else []
            await delivering.deliver()
            service.clock.now += timedelta(hours=3)
        receiver.replies = [status(204)]
        await pass_time(service, delivering, timedelta(days=2), timedelta(hours=12))

    log = await log_of(service.integrator, webhook["id"])
    assert [one["event"] for one in log if one["state"] == "delivered"] == happened
    assert set(receiver.ids) == set(happened)
    assert len(receiver.ids) > len(happened)


async def test_a_receiver_that_says_gone_gets_nothing_more(service: Service) -> None:
    async with receiving(status(410)) as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        await happen(service)
        await delivering.deliver()
        await happen(service)
        await pass_time(service, delivering, THREE_DAYS, timedelta(hours=12))

    shown = (await service.integrator.get(f"/v1/webhooks/{webhook['id']}")).json()
    assert (shown["disabled_because"], shown["disabled_at"]) == ("gone", "2026-11-24T03:00:00Z")
    assert receiver.connections == 1


async def test_a_slow_receiver_is_left_and_keeps_nobody_else_waiting(service: Service) -> None:
    over = asyncio.Event()

    async def never(writer: asyncio.StreamWriter) -> None:
        await over.wait()

    async with receiving(never) as slow, receiving() as quick:
        delivering = deliverer(service, to(slow, quick), patience=0.5)
        webhook = await subscribe(service.integrator, slow.origin)
        await subscribe(service.integrator, quick.origin)
        happened = await happen(service, 12)

        round_of_all = asyncio.create_task(delivering.deliver())
        while len(quick.ids) < 12:  # noqa: ASYNC110  The receiver is asked by another.
            await asyncio.sleep(0.01)
        meanwhile = len(slow.received)
        await round_of_all
        over.set()

    assert sorted(quick.ids) == sorted(happened)
    assert meanwhile <= 4
    [first, *_] = await log_of(service.integrator, webhook["id"])
    assert [one["outcome"] for one in first["attempts"]] == ["timed_out"]


async def endless_body(writer: asyncio.StreamWriter) -> None:
    """Answer well, and then without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def endless_head(writer: asyncio.StreamWriter) -> None:
    """Answer with headers without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


async def endless_hints(writer: asyncio.StreamWriter) -> None:
    """Answer that an answer comes, again and again."""
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()


async def no_http(writer: asyncio.StreamWriter) -> None:
    """Answer something else."""
    writer.write(b"\x00" * 1000)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (endless_body, "delivered"),
        (endless_head, "unreachable"),
        (endless_hints, "timed_out"),
        (no_http, "unreachable"),
        (nothing, "unreachable"),
        (status(404), "refused"),
        (status(500), "refused"),
    ],
)
async def test_no_answer_does_harm(service: Service, reply: Reply, outcome: str) -> None:
    async with receiving(reply) as receiver:
        delivering = deliverer(service, to(receiver), patience=1)
        webhook = await subscribe(service.integrator, receiver.origin)
        await happen(service)
        await delivering.deliver()

    [delivery] = await log_of(service.integrator, webhook["id"])
    assert [one["outcome"] for one in delivery["attempts"]] == [outcome]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(service: Service, code: int) -> None:
    async with receiving() as elsewhere, receiving(status(code, f"Location: {elsewhere.origin}/")) as receiver:
        delivering = deliverer(service, to(receiver, elsewhere))
        webhook = await subscribe(service.integrator, receiver.origin)
        await happen(service)
        await delivering.deliver()

    [delivery] = await log_of(service.integrator, webhook["id"])
    assert [(one["outcome"], one["status_code"]) for one in delivery["attempts"]] == [("refused", code)]
    assert elsewhere.connections == 0


async def test_for_a_day_the_secret_before_verifies_too(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        rotated = (await service.integrator.post(f"/v1/webhooks/{webhook['id']}/secrets", {})).json()
        for _ in range(2):
            await happen(service)
            await delivering.deliver()
            service.clock.now += timedelta(days=1)

    both, new = receiver.received
    assert rotated["webhook"]["former_secret_until"] == "2026-11-25T03:00:00Z"
    assert both.headers["webhook-signature"] == signatures_by(both, rotated["secret"], webhook["secret"])
    assert new.headers["webhook-signature"] == signatures_by(new, rotated["secret"])


async def test_a_webhook_gets_what_its_client_may_read_and_wants(service: Service) -> None:
    of_the_court = obligation("15.1", "tand")
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        await subscribe(service.culture, f"{receiver.origin}/culture")
        await subscribe(service.court, f"{receiver.origin}/court")
        await subscribe(service.integrator, f"{receiver.origin}/some", types=["evidence.attached"])
        await service.police.report(TRAINING)
        await service.police.report(TOURISTS)
        await service.court.attach(of_the_court, classification="public")
        await service.jobs.number()
        await delivering.deliver()

    came = {(one.path, json.loads(one.body)["data"]["obligation"]) for one in receiver.received}
    assert came == {("/culture", str(TOURISTS)), ("/court", str(of_the_court)), ("/some", str(of_the_court))}


async def test_a_client_that_may_not_call_any_more_gets_nothing(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        for who in (service.integrator, service.police):
            await subscribe(who, receiver.origin)
        changes: list[tuple[Caller, Any]] = [
            (service.integrator, {"disabled": True}),
            (service.police, {"scopes": ["plans:read"]}),
        ]
        for who, change in changes:
            assert (await service.admin.patch(f"/v1/clients/{who.client_id}", change)).status_code == 200
        await service.coordinator.review(TRAINING, "accepted")
        await service.jobs.number()
        await delivering.deliver()

    assert receiver.connections == 0


async def test_what_is_sent_once_more_and_what_is_tried_out_have_ids_of_their_events(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        path = f"/v1/webhooks/{webhook['id']}"
        service.clock.catch_up()
        tried = (await service.integrator.post(f"{path}/tests", {})).json()
        [event] = await happen(service)
        await delivering.deliver()
        [first] = [one for one in await log_of(service.integrator, webhook["id"]) if one["event"] == event]

        again = (await service.integrator.post(f"{path}/deliveries/{first['id']}/redelivery", {})).json()
        await delivering.deliver()

    assert (again["state"], again["event"], len(again["attempts"])) == ("pending", event, 1)
    assert sorted(receiver.ids) == sorted([tried["event"], event, event])
    [test] = [one for one in receiver.received if one.headers["webhook-id"] == tried["event"]]
    assert verified(webhook["secret"], test)["type"] == "webhook.test"
    assert json.loads(test.body)["data"] == {"webhook": webhook["id"]}


async def test_an_attempt_whose_process_died_is_made_again(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        await subscribe(service.integrator, receiver.origin)
        [event] = await happen(service)
        died = deliverer(service, to(receiver))
        died._attempt = dying  # type: ignore[method-assign, assignment]
        with pytest.raises(asyncio.CancelledError):
            await died.deliver()

        await delivering.deliver()
        soon = len(receiver.received)
        service.clock.now += timedelta(minutes=2)
        await delivering.deliver()

    assert (soon, receiver.ids) == (0, [event])


async def dying(*_: Any) -> None:
    """End as the process would."""
    raise asyncio.CancelledError


async def test_of_several_processes_one_makes_each_attempt(own_service: Service) -> None:
    async with receiving() as receiver:
        several = [deliverer(own_service, to(receiver)) for _ in range(3)]
        await subscribe(own_service.integrator, receiver.origin)
        happened = await happen(own_service, 20)

        while len(receiver.ids) < len(happened):
            await asyncio.gather(*(one.deliver() for one in several))

    assert sorted(receiver.ids) == sorted(happened)


async def test_what_is_over_is_forgotten_after_thirty_days(service: Service) -> None:
    async with receiving() as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        await happen(service)
        await delivering.deliver()

        service.clock.now += timedelta(days=29)
        await delivering.tidy()
        kept = await log_of(service.integrator, webhook["id"])
        service.clock.now += timedelta(days=2)
        await delivering.tidy()

    assert len(kept) == 1
    assert await log_of(service.integrator, webhook["id"]) == []


async def test_a_secret_is_shown_once_and_kept_sealed(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    async with receiving(status(500)) as receiver:
        delivering = deliverer(service, to(receiver))
        webhook = await subscribe(service.integrator, receiver.origin)
        await happen(service)
        await delivering.deliver()
    path = f"/v1/webhooks/{webhook['id']}"
    shown = [(await service.integrator.get(one)).text for one in ("/v1/webhooks", path, f"{path}/deliveries")]
    async with service.app.state.database.reading() as connection:
        row = (await connection.execute(text("SELECT to_json(w)::text, secret FROM webhook w"))).one()

    plain = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    printed = capsys.readouterr()
    assert len(plain) == 32
    assert plain not in bytes(row.secret)
    for told in (*shown, row[0], printed.out, printed.err):
        assert webhook["secret"] not in told
        assert plain.hex() not in told
