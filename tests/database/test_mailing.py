"""Mail to owners, by a real mail server on this machine: what is told, when, and that it is told once."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.commands import mail
from app.database.engine import Database
from app.domain.mail import MailKind, is_due
from app.settings import ROOT
from embedded_postgres import APP, Address
from tests.conftest import as_owner, url_of
from tests.given import PLAN, TODAY, TRAINING, Clock, Service
from tests.mailing import mailer, sinking

OWNERS = 30
MONDAY = TODAY + timedelta(days=6)
EVERY = {"due_soon_every_days": 7, "overdue_every_days": 7, "returned_every_days": 1}


def at(code: str) -> str:
    """Return the address of a body."""
    return f"{code}@co-quan.example"


def name_of(database: Database) -> str:
    """Name a database."""
    return str(database.engine.url.database)


async def give(address: Address, database: Database, *codes: str, **more: Any) -> list[str]:
    """Give bodies their addresses, all owners unless some are named; return these."""
    async with as_owner(address, name_of(database)) as connection:
        owners = "SELECT DISTINCT b.code FROM obligation o JOIN body b ON b.id = o.owner_id ORDER BY 1"
        chosen = list(codes) or [row.code for row in await connection.execute(text(owners))]
        for code in chosen:
            await mail.give(connection, PLAN, code, {"address": at(code), **EVERY, **more})
    return [at(code) for code in chosen]


async def states(address: Address, database: Database) -> Counter[str]:
    """Count the mails by where they stand."""
    async with as_owner(address, name_of(database)) as connection:
        return Counter([row.state for row in await connection.execute(text("SELECT state FROM mail_digest"))])


def addresses(came: Sequence[tuple[str, Any]]) -> list[str]:
    """Return to whom mails came."""
    return sorted(to for to, _ in came)


async def test_each_owner_has_one_mail_with_everything_in_it(own_service: Service, address: Address) -> None:
    service, database = own_service, own_service.app.state.database
    service.clock.now = MONDAY
    await service.police.report(TRAINING, summary="Lời kể không ai khác được đọc.")
    await service.coordinator.review(TRAINING, "returned", "Lý do cũng vậy.")
    wanted = await give(address, database)
    assert len(wanted) == OWNERS
    seen = {
        one["owner"]["code"]: one
        for one in (await service.coordinator.get("/v1/reminders", within_days=15)).json()["items"]
    }

    async with sinking() as sink:
        mails = mailer(database, sink.port, service.clock)
        await mails.send()
        await mails.send()

    assert addresses(sink.came) == wanted
    sent = dict(sink.came)[at("cong-an")]
    told, body = seen["cong-an"], sent.get_content()
    lists = ("returned", "overdue", "awaited", "due_soon")
    assert body.count("\n- ") == sum(len(told[name]) for name in lists) > 0
    assert f"CHƯA HOÀN THÀNH, QUÁ HẠN ({len(told['overdue'])})" in body
    assert "BÁO CÁO BỊ TRẢ LẠI, CẦN BỔ SUNG (1)" in body
    assert "Lời kể" not in body
    assert "Lý do" not in body
    assert "https://dondoc.example/desk/obligations?plan=115-kh-ubnd-2021&owner=cong-an" in body
    assert sent["Subject"].startswith("Đôn đốc thực hiện Kế hoạch 115/KH-UBND: 1 bị trả lại, ")
    assert (sent["From"], sent["Auto-Submitted"]) == ("dondoc@dondoc.example", "auto-generated")


async def test_an_outage_of_three_days_brings_one_mail_and_a_clock_that_moves_none(
    own_database: Database, address: Address
) -> None:
    wanted, clock = await give(address, own_database), Clock(MONDAY)
    async with sinking() as sink:
        await sink.down()
        mails = mailer(own_database, sink.port, clock)
        for _ in range(3):
            with pytest.raises(Exception, match=r"."):
                await mails.send()
            clock.now += timedelta(days=1)
        await sink.up()

        await mails.send()
        for back in (timedelta(hours=-2), timedelta(hours=3), timedelta(0)):
            clock.now += back
            await mails.send()
        assert addresses(sink.came) == wanted

        clock.now += timedelta(days=7)
        await mails.send()
        assert addresses(sink.came) == sorted(wanted * 2), "a week later all is told again"


async def test_a_bad_address_holds_nobody_up(own_database: Database, address: Address) -> None:
    wanted, clock = await give(address, own_database), Clock(MONDAY)
    answers = {wanted[0]: "550 No such user", wanted[1]: "451 Try later", wanted[2]: "421 Go away"}

    async def answer(to: str) -> str:
        return answers.get(to, "250 OK")

    async with sinking() as sink:
        sink.on_rcpt = answer
        mails = mailer(own_database, sink.port, clock)
        await mails.send()
        assert addresses(sink.came) == wanted[3:]
        assert await states(address, own_database) == {"sent": OWNERS - 3, "pending": 2, "refused": 1}
        answers.clear()
        clock.now += timedelta(minutes=16)
        await mails.send()

    assert addresses(sink.came) == wanted[1:]


@pytest.mark.parametrize(
    ("now", "more"),
    [
        (datetime.fromisoformat("2026-11-30T07:59:00+07:00"), {}),
        (datetime.fromisoformat("2026-11-30T17:00:00+07:00"), {}),
        (datetime.fromisoformat("2026-11-22T10:00:00+07:00"), {}),
        (TODAY, {}),
        (MONDAY, {"silent_until": date(2026, 11, 30)}),
    ],
    ids=["early", "late", "on a Sunday", "on a holiday", "silent until today"],
)
async def test_nothing_goes_out(own_database: Database, address: Address, now: datetime, more: dict[str, Any]) -> None:
    await give(address, own_database, "cong-an", **more)

    async with sinking() as sink:
        await mailer(own_database, sink.port, lambda: now).send()

    assert sink.came == []
    assert await states(address, own_database) == {}


def test_what_is_new_is_told_at_once_and_the_rest_at_its_own_pace() -> None:
    every = dict.fromkeys(MailKind, 7) | {MailKind.RETURNED: 1}
    told = {MailKind.OVERDUE: date(2026, 11, 20), MailKind.RETURNED: date(2026, 11, 23)}
    today = date(2026, 11, 24)

    due = {kind: is_due([kind], every, told, today) for kind in MailKind}

    assert due == {MailKind.DUE_SOON: True, MailKind.OVERDUE: False, MailKind.RETURNED: True}
    assert not is_due([], every, told, today)


@pytest.mark.load
@pytest.mark.parametrize("moment", ["on_rcpt", "on_text"])
async def test_a_worker_that_is_killed_in_the_middle_leaves_one_mail_each(
    own_database: Database, address: Address, moment: str
) -> None:
    wanted, clock = await give(address, own_database), Clock(MONDAY)
    stuck, reached = asyncio.Event(), asyncio.Event()

    async def wait_once(to: str) -> str:
        if to == wanted[12] and not reached.is_set():
            reached.set()
            await stuck.wait()
        return "250 OK"

    async with sinking() as sink:
        setattr(sink, moment, wait_once)
        url = url_of(address, APP, name_of(own_database))
        command = [sys.executable, "-m", "tests.mailing", str(sink.port), MONDAY.isoformat()]
        worker = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)  # noqa: ASYNC220, S603  Our own words.
        assert worker.stdin
        worker.stdin.write(f"{url}\n".encode())
        worker.stdin.close()
        await asyncio.wait_for(reached.wait(), 60)
        worker.kill()
        worker.wait()
        stuck.set()

        clock.now += timedelta(seconds=1)
        await mailer(own_database, sink.port, clock).send()
        clock.now += timedelta(minutes=6)
        await mailer(own_database, sink.port, clock).send()

    assert addresses(sink.came) == wanted
