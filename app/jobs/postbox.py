"""The server that takes our mail: one connection for many mails, and what each answer means."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as ON_THE_WIRE

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from app.domain.mail import MailServer, MailState

PATIENCE_SECONDS = 30
REFUSED_FOR_GOOD = 500


class NotTaken(Exception):
    """The server did not take a mail: `state` is where it stands now."""

    def __init__(self, state: MailState) -> None:
        super().__init__(state)
        self.state = state


class Postbox:
    """Hands mails over, one after another."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp: SMTP | None = None

    async def open(self) -> None:
        """Connect, unless we are.

        Raises:
            SMTPException, OSError: the server is away, or does not let us in.
        """
        if self._smtp is not None and self._smtp.is_connected:
            return
        server = self.server
        # With a password, the connection must become encrypted; without one, it does if the server can.
        start_tls = None if server.encrypted or not server.password else True
        self._smtp = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.encrypted,
            start_tls=False if server.encrypted else start_tls,
            timeout=PATIENCE_SECONDS,
        )
        await self._smtp.connect()

    async def close(self) -> None:
        """Hang up, whatever the server says."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(SMTPException, OSError):
                await smtp.quit()
            smtp.close()

    async def hand_over(self, mail: EmailMessage, to: str, before_text: Callable[[], Awaitable[None]]) -> None:
        """Give the server a mail; `before_text` is done when nothing but the text is left to give.

        Raises:
            NotTaken: it is refused, or is to be sent again later, or nobody knows whether it arrived.
        """
        assert self._smtp is not None, "it is open"  # noqa: S101  `open` comes first.
        await self._address(self._smtp, to)
        await before_text()
        try:
            await self._smtp.data(mail.as_bytes(policy=ON_THE_WIRE))
        except SMTPResponseException as answer:
            await self.close()
            raise NotTaken(_state_of(answer)) from None
        except (SMTPException, OSError):
            await self.close()
            raise NotTaken(MailState.HANDED) from None

    async def _address(self, smtp: SMTP, to: str) -> None:
        try:
            await smtp.mail(self.server.sender)
        except (SMTPException, OSError):
            # Whose mail it is has nothing to do with that.
            await self.close()
            raise NotTaken(MailState.PENDING) from None
        try:
            await smtp.rcpt(to)
        except (SMTPException, OSError) as answer:
            await self.close()
            raise NotTaken(_state_of(answer)) from None


def _state_of(answer: Exception) -> MailState:
    for_good = isinstance(answer, SMTPResponseException) and answer.code >= REFUSED_FOR_GOOD
    return MailState.REFUSED if for_good else MailState.PENDING
