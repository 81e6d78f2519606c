"""Delivering: sends events to the webhooks of clients, each what its client may read, until it arrives or is given up.

A webhook follows the feed as its client does: what it is owed is a page of the feed after its place, read with the
identity of the client.  Any number of processes may deliver; one at a time takes deliveries of the same webhook.  No
connection to the database is held while a receiver makes us wait.
"""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime

from app.database.engine import SYSTEM, Database, Identity
from app.database.statements import Row, fetch_all
from app.domain.access import Caller, Permission, Role, authorize, granted
from app.domain.webhooks import Outcome, Targets, headers_of
from app.jobs import deliveries
from app.jobs.deliveries import Result
from app.jobs.http_client import Forbidden, Outgoing, TimedOut, Unreachable
from app.queries import events
from app.queries import webhooks as queries
from app.schemas.webhooks import Payload
from app.security.secret_box import SecretBox
from app.standing.moment import Moment
from app.web.feed.following import page_of, shown

PAGE = 500
SERVED_AT_ONCE = 16
ROUND_SECONDS = 10
"""How long one webhook is served in a row, before we look again which others have something to get."""
FAILURES = {Forbidden: Outcome.FORBIDDEN, TimedOut: Outcome.TIMED_OUT, Unreachable: Outcome.UNREACHABLE}


class Deliverer:
    """Delivers over one database, to where the operator allows."""

    def __init__(
        self,
        database: Database,
        targets: Targets,
        secret_box: SecretBox,
        clock: Callable[[], datetime],
        *,
        outgoing: Outgoing | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database, self._targets, self._sealer, self._clock = database, targets, secret_box, clock
        self._outgoing, self._chance = outgoing or Outgoing(targets.may_connect), chance
        # Requests need the other connections of the pool.
        self._connection, self._served = asyncio.Semaphore(1), asyncio.Semaphore(SERVED_AT_ONCE)

    async def deliver(self) -> None:
        """Send what is to be sent by now."""
        async with self._connection, self._database.reading(SYSTEM) as connection:
            found = await fetch_all(connection, queries.at_work, now=self._clock())
        done = await asyncio.gather(*(self._serve(webhook) for webhook in found), return_exceptions=True)
        # One webhook that cannot be served is no reason to leave the others alone.
        for failure in filter(None, done):
            raise failure

    async def tidy(self) -> None:
        """Forget deliveries that have been over for long."""
        async with self._connection, self._database.writing(SYSTEM) as connection:
            await deliveries.forget_old(connection, now=self._clock())

    async def _serve(self, webhook: Row) -> None:
        caller = _client_of(webhook)
        if not authorize(caller, Permission.READ_EVENTS):
            return
        async with self._served:
            until = asyncio.get_running_loop().time() + ROUND_SECONDS
            await self._owe(webhook, caller)
            while await self._send_some(webhook, caller) and asyncio.get_running_loop().time() < until:
                pass

    async def _owe(self, webhook: Row, caller: Caller) -> None:
        """Owe a webhook the next events that its client may read."""
        now = self._clock()
        async with self._connection:
            async with self._database.reading(Identity.of(caller)) as connection:
                page = await page_of(connection, caller, webhook["after_seq"], PAGE, Moment(now))
            async with self._database.writing(SYSTEM) as connection:
                if not await deliveries.is_full(connection, webhook["id"]):
                    await deliveries.owe(connection, webhook, page, now=now)

    async def _send_some(self, webhook: Row, caller: Caller) -> bool:
        """Make some attempts at once; say whether there was anything to send."""
        async with self._connection:
            async with self._database.writing(SYSTEM) as connection:
                taken = await deliveries.take(connection, webhook["id"], now=self._clock())
            seen = await self._seen(caller, [delivery["seq"] for delivery in taken if delivery["seq"]])
        await asyncio.gather(*(self._attempt(delivery, seen) for delivery in taken))
        return bool(taken)

    async def _seen(self, caller: Caller, places: list[int]) -> set[int | None]:
        """Say which events the client may still read, which are no longer its own else; tests are everybody's."""
        if not places:
            return {None}
        moment = Moment(self._clock())
        async with self._database.reading(Identity.of(caller)) as connection:
            rows = await fetch_all(connection, events.some, caller=caller, places=places, moment=moment)
            return {None, *(event.seq for event in await shown(connection, caller, rows, moment))}

    async def _attempt(self, delivery: Row, seen: set[int | None]) -> None:
        result = await self._send(delivery) if delivery["seq"] in seen else Result(Outcome.FORBIDDEN)
        async with self._connection, self._database.writing(SYSTEM) as connection:
            await deliveries.settle(connection, delivery, result, now=self._clock(), chance=self._chance())

    async def _send(self, delivery: Row) -> Result:
        if not self._targets.allow(delivery["url"]):
            return Result(Outcome.FORBIDDEN)
        now = self._clock()
        payload = Payload.of(delivery["content"], delivery["webhook_id"], delivery["created_at"])
        body = payload.model_dump_json().encode()
        signed = headers_of(str(delivery["event_id"]), body, self._secrets(delivery, now), now)
        try:
            status = await self._outgoing.post(delivery["url"], signed | {"Content-Type": "application/json"}, body)
        except (Forbidden, TimedOut, Unreachable) as failure:
            return Result(FAILURES[type(failure)])
        return Result(Outcome.DELIVERED if 200 <= status < 300 else Outcome.REFUSED, status)

    def _secrets(self, delivery: Row, now: datetime) -> list[bytes]:
        former = delivery["former_secret"] if delivery["former_until"] and now < delivery["former_until"] else None
        sealed = [one for one in (delivery["secret"], former) if one]
        return [self._sealer.open(delivery["webhook_id"], one) for one in sealed]


def _client_of(webhook: Row) -> Caller:
    """Return the client of a webhook, with what it may do by now."""
    role = Role(webhook["role"])
    return Caller(
        client_id=webhook["client_id"],
        role=role,
        scopes=granted(role, webhook["scopes"]),
        body_ids=frozenset(webhook["body_ids"] or ()),
    )
