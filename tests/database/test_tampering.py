"""`dondoc verify`: whatever whoever owns the database does to what is kept, it is found and named.

One of each kind is tried among what loads a service; of some kinds one is tried always.  `DONDOC_TAMPERINGS=2000` tries
as many as was promised, in the same way.
"""

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from itertools import cycle, islice
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.commands.clients import NewClient
from app.database.engine import connect
from app.queries import record as queries
from embedded_postgres import APP, Address
from tests.conftest import Trusting, as_owner, create_database, url_of
from tests.database.life import faults_of, live
from tests.database.tamperings import DISARM, KINDS, World
from tests.database.test_audit import name_of
from tests.given import Service

TAMPERINGS = int(os.environ.get("DONDOC_TAMPERINGS", "50"))
SLOW = ("standing_facts", "evidence_content")
"""What is found by nothing but working the stored facts out anew, or reading the files."""


@pytest.fixture(scope="module")
async def lived(
    address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]
) -> AsyncIterator[Service]:
    """Serve a plan in which something of every kind has happened; whoever changes anything undoes it."""
    name = f"lived_{uuid4().hex}"
    await create_database(address, name, template)
    database = Trusting(connect(url_of(address, APP, name)).engine)
    async with Service.over(database, keys_dir, cast) as service:
        await live(service)
        yield service
    await database.close()


async def test_of_what_nobody_touched_nothing_is_wrong(lived: Service, address: Address) -> None:
    async with as_owner(address, name_of(lived)) as owner:
        assert await faults_of(owner, lived) == []
        for name in queries.kept():
            assert await owner.scalar(text(f"SELECT count(*) FROM {name}")), name  # noqa: S608


async def missed_of(lived: Service, address: Address, kinds: Iterable[str]) -> list[tuple[str, str, list[str]]]:
    """Tamper in each of some ways, one after the other, and return what was not found, or not named."""
    missed, chance = [], Random(17)  # noqa: S311  Chance, no secret.
    async with as_owner(address, name_of(lived)) as owner:
        await owner.execute(text(DISARM))
        for kind in kinds:
            savepoint, world = await owner.begin_nested(), World(owner, lived, chance)
            named = await KINDS[kind](world)
            faults = await faults_of(owner, lived, whole=named.startswith(SLOW))
            await savepoint.rollback()
            for undo in world.undo:
                undo()
            missed += [] if any(named in fault for fault in faults) else [(kind, named, faults[:5])]
    return missed


async def test_a_tampering_of_some_kinds_is_found_and_named(lived: Service, address: Address) -> None:
    assert await missed_of(lived, address, [*KINDS][1::6]) == []


@pytest.mark.load
async def test_every_tampering_is_found_and_named(lived: Service, address: Address) -> None:
    assert len(KINDS) >= 25
    assert await missed_of(lived, address, islice(cycle(KINDS), TAMPERINGS)) == []
