"""The embedded PostgreSQL with everything that a first run needs: tables, a plan, and clients to try it with."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

import embedded_postgres
from app.commands import clients, people
from app.commands.seeds.apply import apply
from app.commands.seeds.reader import read
from app.database import migrations
from app.database.engine import SYSTEM, connect
from app.database.revision import head, revision_of
from app.database.statements import Statement, fetch_all, fetch_first
from app.domain.access import Role
from app.domain.errors import Hindrance
from app.models import Body, Client, DutyOwner
from app.models.base import table
from app.models.client import ClientKind
from app.queries.clients import every_client
from app.schemas.clients import BodyGrant
from app.schemas.seed import Seed
from app.security import token_keys
from app.settings import Settings

Say = Callable[[str], None]
PEOPLE = {"Chuyên viên điều phối (dùng thử)": Role.COORDINATOR, "Cán bộ báo cáo (dùng thử)": Role.REPORTER}
"""Who can come in at once: a coordinator, and a clerk of one body."""


@contextmanager
def prepared(settings: Settings, say: Say) -> Iterator[SecretStr]:
    """Run it, prepared, and give the address at which the service reaches it."""
    with embedded_postgres.Embedded(settings.data_dir / "postgres", say=say) as server:
        _prepare(server.address, settings, say)
        server.watch()
        yield SecretStr(server.address.url(embedded_postgres.APP))


def _prepare(address: embedded_postgres.Address, settings: Settings, say: Say) -> None:
    """Migrate and seed the embedded database, and make the demo clients once."""
    url = address.url(embedded_postgres.OWNER)
    asyncio.run(_refuse_later(url))
    say("Migrating the database …")
    migrations.upgrade(url)
    seed = read(settings.seed)
    say(f"Seeding {seed.plan.plan.number} …")
    asyncio.run(_fill(url, seed, settings))


async def _refuse_later(url: str) -> None:
    database = connect(url, role=None)
    try:
        async with database.reading(SYSTEM) as connection:
            revision = await revision_of(connection)
    finally:
        await database.close()
    if revision and revision > head():
        raise Hindrance(f"DONDOC_DATA_DIR holds the data of a later version (migration {revision}): start that one.")


async def _fill(url: str, seed: Seed, settings: Settings) -> None:
    database = connect(url, role=None)
    try:
        async with database.writing(SYSTEM) as connection:
            await apply(connection, seed, now=datetime.now(UTC))
        async with database.writing(SYSTEM) as connection:
            await _introduce(connection, seed.plan.plan.slug, settings)
            await _introduce_people(connection, seed.plan.plan.slug)
    finally:
        await database.close()


async def links(settings: Settings) -> dict[str, str]:
    """Invite the demo people, and return the secret of each one's link by their name; none where there are none."""
    assert settings.database_url is not None, "the address of a database is needed"  # noqa: S101  It is being served.
    database = connect(settings.database_url.get_secret_value())
    digest, now = token_keys.load(settings.keys_dir).digest_of, datetime.now(UTC)
    try:
        async with database.writing(SYSTEM) as connection:
            found = await fetch_all(connection, every_client, kind=ClientKind.PERSON)
            demo = [row for row in found if row["name"] in PEOPLE and not row["disabled_at"]]
            return {row["name"]: await people.invite(connection, digest, row["id"], now=now) for row in demo}
    finally:
        await database.close()


async def _introduce_people(connection: AsyncConnection, slug: str) -> None:
    """Make a coordinator and a clerk of the first body that owes something, once."""
    if await fetch_first(connection, every_client, kind=ClientKind.PERSON):
        return
    codes = [row["code"] for row in await fetch_all(connection, _owners)]
    for name, role in PEOPLE.items():
        bodies = [BodyGrant(plan=slug, body=codes[0])] if role is Role.REPORTER and codes else []
        await people.add(connection, name=name, role=role, bodies=bodies)


async def _introduce(connection: AsyncConnection, slug: str, settings: Settings) -> None:
    """Make one client for each role, a reporter for each owner, and write their secrets to a private file."""
    if await fetch_first(connection, _any_client):
        return
    digest = token_keys.load(settings.keys_dir).digest_of
    wanted: list[tuple[str, Role, list[BodyGrant]]] = [
        (role.value, role, []) for role in (Role.ADMIN, Role.COORDINATOR, Role.INTEGRATOR)
    ]
    codes = [row["code"] for row in await fetch_all(connection, _owners)]
    wanted += [(code, Role.REPORTER, [BodyGrant(plan=slug, body=code)]) for code in codes]
    made = [
        await clients.add(connection, digest, name=f"demo {name}", role=role, bodies=bodies)
        for name, role, bodies in wanted
    ]
    shown = {name: _shown(client) for (name, _, _), client in zip(wanted, made, strict=True)}
    # The file comes first: secrets that nobody can read would be lost, a file that nothing matches is made anew.
    _write_private(settings.data_dir / "clients.json", json.dumps(shown, indent=1, ensure_ascii=False) + "\n")


def _any_client() -> Statement:
    return select(table(Client).c.id).limit(1)


def _owners() -> Statement:
    bodies, owners = table(Body), table(DutyOwner)
    owning = select(owners.c.body_id)
    return select(bodies.c.code).where(bodies.c.id.in_(owning)).order_by(bodies.c.position)


def _shown(client: clients.NewClient) -> dict[str, Any]:
    return {
        "client_id": str(client.id),
        "client_secret": client.secret,
        "role": client.role.value,
        "bodies": list(client.bodies),
    }


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
