"""Mailing: one mail an owner and day at most, which tells everything that is due soon, past its day, or returned.

What is told is read from the standing when it is sent, so that an outage loses nothing and adds nothing: the mail of
today is the only one there is.  Its row is written before it is sent, and says that it is handed over right before the
server is given its text: whatever process ends in between, no other one sends it a second time on that day.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from aiosmtplib import SMTPException

from app.database.builders import Columns, changed_where
from app.database.engine import SYSTEM, Database
from app.database.statements import Row, fetch_all, write_new_rows
from app.domain.access import Caller, Permission, Role
from app.domain.mail import AGAIN_AFTER, LEASE, SOON_DAYS, Hours, MailKind, MailState, is_due
from app.jobs.postbox import NotTaken, Postbox
from app.logs import recurring
from app.models import MailDigest
from app.models.base import new_id, table
from app.queries import mail as queries
from app.queries.holidays import days_off
from app.queries.reminders import reminders, soon
from app.reports import digest
from app.schemas.reminders import OwnerReminders, reminders_out
from app.settings import Settings
from app.standing.filters import Filters
from app.standing.moment import Moment
from app.web.clock import Clock

OURSELVES = Caller(client_id=UUID(int=0), role=Role.COORDINATOR, scopes=frozenset(Permission))
"""The service itself, which sees what everybody owes."""
LISTS = {
    MailKind.DUE_SOON: ("due_soon",),
    MailKind.OVERDUE: ("overdue", "awaited"),
    MailKind.RETURNED: ("returned",),
}


class Mailer:
    """Sends the mail of each day; without a server it sends nothing."""

    def __init__(self, database: Database, postbox: Postbox | None, clock: Clock, *, hours: Hours, issuer: str) -> None:
        self._database, self._postbox, self._clock = database, postbox, clock
        self._hours, self._issuer = hours, issuer

    @classmethod
    def of(cls, settings: Settings, database: Database, clock: Clock) -> "Mailer":
        """Return the one that an operator has configured."""
        postbox = Postbox(settings.mail_server) if settings.mail_server else None
        return cls(database, postbox, clock, hours=settings.mailing_hours, issuer=settings.issuer)

    async def send(self) -> None:
        """Send what is to be sent by now."""
        if self._postbox is None:
            return
        async with self._database.reading(SYSTEM) as connection:
            plans = await fetch_all(connection, queries.plans_with_addresses)
        try:
            for plan in plans:
                await self._serve(self._postbox, plan)
        finally:
            await self._postbox.close()

    async def _serve(self, postbox: Postbox, plan: Row) -> None:
        now = self._clock()
        local = now.astimezone(ZoneInfo(plan["time_zone"]))
        today = local.date()
        async with self._database.reading(SYSTEM) as connection:
            off = await fetch_all(connection, days_off, slug=plan["slug"], year=today.year, known_at=None)
            if not self._hours.hold(local, {one["observed_on"] for one in off}):
                return
            asked = {"plan_id": plan["id"], "today": today, "now": now}
            to_serve = await fetch_all(connection, queries.to_serve, **asked)
            told = await self._told(connection, plan["slug"], now) if to_serve else {}
        for one in await self._begun(to_serve, told, today, now):
            mail = mail_of(one, told[one["code"]], plan, local, self._issuer)
            mail["From"] = postbox.server.sender
            await self._send(postbox, one, mail)

    async def _told(self, connection: Any, slug: str, now: datetime) -> Mapping[str, OwnerReminders]:
        """Return what each owner is to be told of."""
        asked = {"caller": OURSELVES, "filters": Filters(plan=slug), "moment": Moment(now)}
        rows = await fetch_all(connection, reminders, **asked, soon=soon(now, SOON_DAYS))
        return {one.owner.code: one for one in reminders_out(rows, now)}

    async def _begun(
        self, to_serve: Sequence[Row], told: Mapping[str, OwnerReminders], today: date, now: datetime
    ) -> list[Row]:
        """Write down the mails of today that are not there yet, and return those that are to be sent."""
        anew = [_begin(one, told.get(one["code"]), today, now) for one in to_serve if one["digest_id"] is None]
        async with self._database.writing(SYSTEM) as connection:
            written = await write_new_rows(connection, table(MailDigest), anew, "id", "body_id", "state")
        ids = {one["body_id"]: one["id"] for one in written if one["state"] == MailState.PENDING}
        ids |= {one["body_id"]: one["digest_id"] for one in to_serve if one["digest_id"]}
        begun = [{**one, "digest_id": ids[one["body_id"]]} for one in to_serve if one["body_id"] in ids]
        return [one for one in begun if one["code"] in told]

    async def _send(self, postbox: Postbox, one: Row, mail: EmailMessage) -> None:
        """Send one mail; what becomes of it is nobody else's concern.

        A server that is away is noticed before the mail is taken: it stays as it is.
        """
        await self._open(postbox)
        now, change = self._clock(), partial(self._change, one["digest_id"])
        async with self._database.writing(SYSTEM) as connection:
            asked = {"digest_id": one["digest_id"], "now": now, "until": now + LEASE}
            if not await fetch_all(connection, queries.taken, **asked):
                return
        try:
            await postbox.hand_over(mail, one["address"], partial(change, state=MailState.HANDED))
        except NotTaken as failure:
            await change(state=failure.state, next_attempt_at=now + AGAIN_AFTER)
        else:
            await change(state=MailState.SENT)

    async def _open(self, postbox: Postbox) -> None:
        try:
            await postbox.open()
        except (SMTPException, OSError) as error:
            recurring.warning("mail server away", kind=type(error).__name__)
            raise

    async def _change(self, digest_id: UUID, **values: Any) -> None:
        async with self._database.writing(SYSTEM) as connection:
            columns = {"these": table(MailDigest), "columns": Columns(values)}
            await fetch_all(connection, changed_where, **columns, id=digest_id)


def _begin(one: Row, told: OwnerReminders | None, today: date, now: datetime) -> Row:
    there = kinds_of(told)
    every = {kind: one[f"{kind.value}_every_days"] for kind in MailKind}
    last = {kind: one[f"{kind.value}_told_on"] for kind in MailKind}
    state = MailState.PENDING if is_due(there, every, last, today) else MailState.NOTHING
    of = {name: one[name] for name in ("plan_id", "body_id")}
    row = {"id": new_id(), **of, "on_day": today, "kinds": [kind.value for kind in there]}
    return {**row, "state": state, "attempts": 0, "next_attempt_at": now}


def kinds_of(told: OwnerReminders | None) -> list[MailKind]:
    """Say of what there is something to tell."""
    return [kind for kind, names in LISTS.items() if told and any(getattr(told, name) for name in names)]


def mail_of(one: Row, told: OwnerReminders, plan: Row, now: datetime, issuer: str) -> EmailMessage:
    """Write the mail of a body; it is the same one, by its id, however often it is tried."""
    link = f"{issuer}/desk/obligations?plan={quote(plan['slug'])}&owner={quote(one['code'])}"
    mail = EmailMessage()
    mail["To"] = one["address"]
    mail["Subject"] = digest.subject(told, plan["number"])
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{one['digest_id']}@{urlsplit(issuer).hostname}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(digest.text(told, plan["number"], now.date(), link))
    return mail
