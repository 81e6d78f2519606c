"""What is measured on: a PostgreSQL of its own with plans of one size, the service that serves them, and who calls."""

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands import clients, people
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database import migrations
from app.database.engine import SYSTEM, Database, connect
from app.domain.access import Role
from app.models.person import CameBy
from app.schemas.clients import BodyGrant
from app.security import token_keys
from app.settings import ROOT
from app.standing.refresh import refresh_all
from app.web.clock import system_clock
from bench import data, limits
from bench.counting import Wire
from bench.processes import Server, listening
from embedded_postgres import APP, OWNER, Embedded
from tests.process.running import free_port

PLAN = data.PLAN
OWNER_BODY = "cong-an"
PLANS_WRITTEN_TO = 16
WORKERS = int(os.environ.get("WORKERS", "1"))
UNLIMITED = "1000000/second"
HISTORY = f"""
    INSERT INTO progress_update (id, plan_id, obligation_id, client_id, received_at, state, percent, summary)
    SELECT gen_random_uuid(), o.plan_id, o.id, (SELECT id FROM client LIMIT 1),
        timestamptz '2026-01-01 00:00Z' + n * interval '1 day', 'in_progress', n, 'Đang thực hiện.'
    FROM obligation o, generate_series(1, 10) n WHERE o.plan_id = (SELECT id FROM plan WHERE slug = '{PLAN}')
"""  # noqa: S608  Our own words.
GRANTS = f"""
    INSERT INTO client_body (client_id, plan_id, body_id)
    SELECT :client, b.plan_id, b.id FROM body b JOIN plan p ON p.id = b.plan_id
    WHERE b.code = '{OWNER_BODY}' AND p.slug <> '{PLAN}' ORDER BY p.slug LIMIT {PLANS_WRITTEN_TO}
"""  # noqa: S608
AT_ONCE = 500
"""How many obligations a reporter reports on; a bulk takes no more."""
OTHERS, OTHER = 4, "ubnd-o-mon"
OTHER_GRANTS = f"""
    INSERT INTO client_body (client_id, plan_id, body_id)
    SELECT :client, b.plan_id, b.id FROM body b
    WHERE b.code <> '{OWNER_BODY}' AND b.position % {OTHERS} = :number
        AND b.plan_id IN (SELECT id FROM plan ORDER BY slug LIMIT {PLANS_WRITTEN_TO})
    ON CONFLICT DO NOTHING
"""  # noqa: S608
OWNED = f"""
    SELECT o.id FROM obligation o JOIN body b ON b.id = o.owner_id JOIN plan p ON p.id = o.plan_id
    JOIN duty d ON d.id = o.duty_id JOIN client_body g ON g.body_id = b.id
    WHERE g.client_id = :client AND d.recurrence <> 'once' AND (p.slug = '{PLAN}') = :first
    ORDER BY md5(o.id::text) LIMIT {AT_ONCE}
"""  # noqa: S608
Headers = dict[str, str]


@dataclass(frozen=True)
class Reporter:
    """Who reports for many bodies, and on which obligations."""

    client: clients.NewClient
    ids: list[UUID]


@dataclass(frozen=True)
class Known:
    """Who calls, and what they call about."""

    coordinator: clients.NewClient
    police: clients.NewClient
    plans: list[str]
    of_one_plan: list[UUID]
    of_many_plans: list[UUID]
    others: list[Reporter]
    session: str
    """What the browser of somebody at the desk shows."""


@dataclass(frozen=True)
class World:
    """A service on plans of one size."""

    size: str
    known: Known
    service: Server
    postgres: int
    url: str
    keys_dir: Path
    folder: Path

    def token(self, client: clients.NewClient) -> Headers:
        """Get a token, as a header; it lives for ten minutes."""
        sent = {"grant_type": "client_credentials"}
        answer = httpx.post(f"{self.service.base}/v1/oauth/token", auth=(str(client.id), client.secret), data=sent)
        return {"Authorization": f"Bearer {answer.raise_for_status().json()['access_token']}"}

    def coordinator(self) -> Headers:
        """Get a token of who reads."""
        return self.token(self.known.coordinator)

    def at_desk(self) -> Headers:
        """Be somebody at the desk."""
        return {"Cookie": f"dondoc={self.known.session}"}

    def writing(self, client: clients.NewClient) -> Headers:
        """Get a token of who writes, with the headers of a write."""
        return self.token(client) | {"Content-Type": "application/json", "Idempotency-Key": "{key}"}

    def settings(self, port: int, url: str = "") -> dict[str, str]:
        """Say what a service on this database is started with; nothing about its speed is set."""
        return {
            "DATABASE_URL": url or self.url,
            "DONDOC_KEYS_DIR": str(self.keys_dir),
            "DONDOC_DATA_DIR": str(self.folder / "data"),
            "DONDOC_OBLIGATION_QUOTA_MIB": "100000",
            "DONDOC_CLIENT_QUOTA_MIB": "1000000",
            "DONDOC_TOKEN_LIMIT": UNLIMITED,
            "DONDOC_ADDRESS_LIMIT": UNLIMITED,
            "DONDOC_LOG_LEVEL": "error",
            "DONDOC_WORKERS": str(WORKERS),
            "PORT": str(port),
        }

    @contextmanager
    def counted(self) -> Iterator[tuple[Wire, Server]]:
        """Run another service, whose wire to the database is listened to, and that answers only."""
        folder = self.folder / "wire"
        folder.mkdir(exist_ok=True)
        server, port = Path(_host(self.url)), free_port()
        wire = Wire(folder, server)
        settings = self.settings(port, self.url.replace(quote(str(server), safe=""), quote(str(folder), safe="")))
        # The same name in tokens, whichever service gave them.
        settings |= {"DONDOC_JOBS": "apart", "DONDOC_WORKERS": "1", "DONDOC_ISSUER": self.service.base}
        with wire.listening(), listening(["-m", "app", "serve"], port, "/readyz", settings) as service:
            yield wire, service


@contextmanager
def world(size: str, folder: Path, say: Callable[[str], None]) -> Iterator[World]:
    """Make the plans, and serve them."""
    folder.mkdir()
    began = time.perf_counter()
    with Embedded(folder / "postgres", say=say) as server:
        migrations.upgrade(server.address.url(OWNER))
        known = asyncio.run(_prepare(server.address.url(OWNER), folder / "keys", size, say))
        say(f"{size}: made in {time.perf_counter() - began:.0f} s")
        port, url = free_port(), server.address.url(APP).replace("+asyncpg", "")
        made = World(size, known, Server(0, 0), server.pid, url, folder / "keys", folder)
        with listening(["-m", "app", "serve"], port, "/readyz", made.settings(port)) as service:
            yield World(size, known, service, server.pid, url, folder / "keys", folder)


async def _prepare(url: str, keys_dir: Path, size: str, say: Callable[[str], None]) -> Known:
    """Seed the real plan, give it a history, add the callers and make the copies."""
    database = connect(url, role=None)
    async with database.writing(SYSTEM) as connection:
        await apply(connection, read(ROOT / "seeds" / PLAN), now=system_clock())
        await data.check_complete(connection)
    for plans in data.portions(size):
        async with database.writing(SYSTEM) as connection:
            await data.fill(connection, plans)
        say(f"{size}: {plans.stop * data.EACH} obligations")
    async with database.writing(SYSTEM) as connection:
        known = await _introduce(connection, token_keys.load(keys_dir).digest_of)
        # Of one plan or two, nobody owns so many.
        assert data.PLANS[size] <= 2 or all(len(other.ids) == AT_ONCE for other in known.others)
        for statement in (HISTORY, limits.TABLE, limits.GRANT):
            await connection.execute(text(statement))
    # Until PostgreSQL knows how much there is, it reads whole histories to store the facts of each obligation.
    await _vacuum(database)
    async with database.writing(SYSTEM) as connection:
        await refresh_all(connection, system_clock())
    await _vacuum(database)
    await database.close()
    return known


async def _introduce(connection: AsyncConnection, digest: clients.Digest) -> Known:
    coordinator = await clients.add(connection, digest, name="bench coordinator", role=Role.COORDINATOR)
    police = await clients.add(
        connection, digest, name="bench police", role=Role.REPORTER, bodies=[BodyGrant(plan=PLAN, body=OWNER_BODY)]
    )
    await connection.execute(text(GRANTS), {"client": police.id})
    plans = list(await connection.scalars(text("SELECT slug FROM plan ORDER BY md5(slug) LIMIT 200")))
    one, many = [await _owned(connection, police, first=first) for first in (True, False)]
    others = [await _other(connection, digest, number) for number in range(OTHERS)]
    person = await people.add(connection, name="bench person", role=Role.COORDINATOR)
    session = await people.begin(connection, digest, person, CameBy.INVITATION, now=system_clock())
    return Known(coordinator, police, plans, one, many or one, others, session or "")


async def _owned(connection: AsyncConnection, client: clients.NewClient, *, first: bool) -> list[UUID]:
    return list(await connection.scalars(text(OWNED), {"client": client.id, "first": first}))


async def _other(connection: AsyncConnection, digest: clients.Digest, number: int) -> Reporter:
    """Add who reports for some of the other bodies of a few plans."""
    client = await clients.add(
        connection,
        digest,
        name=f"bench reporter {number}",
        role=Role.REPORTER,
        bodies=[BodyGrant(plan=PLAN, body=OTHER)],
    )
    await connection.execute(text(OTHER_GRANTS), {"client": client.id, "number": number})
    return Reporter(
        client, await _owned(connection, client, first=False) or await _owned(connection, client, first=True)
    )


async def _vacuum(database: Database) -> None:
    async with database.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(text("VACUUM ANALYZE"))


def _host(url: str) -> str:
    return httpx.URL(url.replace("postgresql://", "http://", 1).replace("@/", "@x/")).params["host"]


def read_json(answer: httpx.Response) -> Mapping[str, Any]:
    """Read an answer that must have come."""
    found: Mapping[str, Any] = json.loads(answer.raise_for_status().content)
    return found
