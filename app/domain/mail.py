"""Mail to owners: what is told in one, how often, and at which hours.

One mail an owner and day at most.  It goes when something of a kind is there to tell and has not been told for as long
as the operator wants; and then it tells everything, so that whoever was not told for three days is told once.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.domain.calendar import is_working_day

SOON_DAYS = 15
"""How many days ahead a deadline is told of."""
ADDRESS = r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
"""An address for mail, as offices have them."""
_SERVER = re.compile(
    r"(?P<scheme>smtps?)://((?P<user>[^:@/]+)(:(?P<password>[^@/]*))?@)?(?P<host>[A-Za-z0-9.-]+)(:(?P<port>[0-9]{1,5}))?/?"
)
_ESCAPED = re.compile(r"(%[0-9A-Fa-f]{2})+")
PORTS = {"smtp": 587, "smtps": 465}
LEASE = timedelta(minutes=5)
"""How long a mail that is being sent is left alone: a process that ends before it is handed over has sent nothing."""
AGAIN_AFTER = timedelta(minutes=15)
"""After how long a mail that the server did not take for now is sent again, on the same day."""


class MailKind(StrEnum):
    """Of what an owner is told: what is due soon, what is past its day, what was returned."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    RETURNED = "returned"


class MailState(StrEnum):
    """Where the mail of a day stands.

    `handed` is set right before the server is given the text: a process that ends between that and the server's answer
    leaves it so.  It is not sent again on that day, since it may have arrived; the next mail tells everything anew.
    """

    NOTHING = "nothing"
    PENDING = "pending"
    HANDED = "handed"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True)
class Hours:
    """The hours of a working day at which mail goes out: from the first on, before the last."""

    first: int
    last: int

    @classmethod
    def read(cls, text: str) -> "Hours":
        """Read them, such as `8-17`."""
        first, _, last = text.partition("-")
        return cls(int(first), int(last))

    def hold(self, local: datetime, holidays: Collection[date]) -> bool:
        """Say whether mail goes out at an instant in the plan's zone."""
        return self.first <= local.hour < self.last and is_working_day(local.date(), holidays)


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed over, and in whose name; a password never goes over a connection that is open to others."""

    host: str
    port: int
    encrypted: bool
    username: str | None
    password: str | None
    sender: str

    @classmethod
    def read(cls, url: str, sender: str) -> "MailServer":
        """Read the address of a server: `smtp://` begins in the open and is encrypted if it can be, `smtps://` is.

        Raises:
            ValueError: it is none.
        """
        found = _SERVER.fullmatch(url)
        if found is None:
            raise ValueError("must be like smtps://user:password@host or smtp://host:25")
        return cls(
            host=found["host"],
            port=int(found["port"] or PORTS[found["scheme"]]),
            encrypted=found["scheme"] == "smtps",
            username=_plain(found["user"]),
            password=_plain(found["password"]),
            sender=sender,
        )


def _plain(escaped: str | None) -> str | None:
    """Read what is escaped by `%` in an address."""
    if escaped is None:
        return None
    return _ESCAPED.sub(lambda one: bytes.fromhex(one[0].replace("%", "")).decode(), escaped)


def is_due(
    there: Collection[MailKind],
    every_days: Mapping[MailKind, int],
    told_on: Mapping[MailKind, date | None],
    today: date,
) -> bool:
    """Say whether something that is there has not been told for as long as is wanted."""
    return any((last := told_on.get(kind)) is None or (today - last).days >= every_days[kind] for kind in there)
