"""A mail server on this machine that does what a test wants, and a process that mails until it is killed.

`python -m tests.mailing PORT INSTANT < address` is that process.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP

from app.database.engine import Database, connect
from app.domain.mail import Hours, MailServer
from app.jobs.mailing import Mailer
from app.jobs.postbox import Postbox
from app.web.clock import Clock

HOST, SENDER, ISSUER = "127.0.0.1", "dondoc@dondoc.example", "https://dondoc.example"
Reply = Callable[[str], Awaitable[str]]


async def _takes(_: str) -> str:
    return "250 OK"


@dataclass
class MailSink:
    """What has come; `on_rcpt` and `on_text` answer for an address, and may take their time."""

    port: int = 0
    came: list[tuple[str, EmailMessage]] = field(default_factory=list)
    on_rcpt: Reply = _takes
    on_text: Reply = _takes
    _server: asyncio.Server | None = None

    async def up(self) -> None:
        """Listen, on the same port as before."""
        made = partial(SMTP, self, hostname="mail.test", enable_SMTPUTF8=True)
        self._server = await asyncio.get_running_loop().create_server(made, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Listen no more."""
        if self._server:
            self._server.close()

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:  # noqa: N802
        """Take an address, or do not."""
        answer = await self.on_rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a mail, and answer."""
        (to,) = envelope.rcpt_tos
        answer = await self.on_text(to)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        if answer.startswith("250"):
            self.came.append((to, mail))
        return answer


@asynccontextmanager
async def sinking() -> AsyncIterator[MailSink]:
    """Run a mail server."""
    sink = MailSink()
    await sink.up()
    try:
        yield sink
    finally:
        await sink.down()


def mailer(database: Database, port: int, clock: Clock) -> Mailer:
    """Return a mailer that hands over to it."""
    server = MailServer.read(f"smtp://{HOST}:{port}", SENDER)
    return Mailer(database, Postbox(server), clock, hours=Hours(8, 17), issuer=ISSUER)


async def _mail(url: str, port: int, now: datetime) -> None:
    await mailer(connect(url, pool_size=1), port, lambda: now).send()


if __name__ == "__main__":
    # The address holds a password, and arguments can be seen by everybody on the machine.
    asyncio.run(_mail(sys.stdin.readline().strip(), int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])))
