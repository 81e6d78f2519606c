"""What migrations make of the histories that they find: nothing that was accepted comes out otherwise."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.clients import NewClient
from app.database import migrations
from app.domain.completion import Status
from embedded_postgres import OWNER, Address
from tests.acts import accepted, done, going_on, good, of_claims, proof, returned
from tests.conftest import as_owner, create_database, url_of
from tests.histories import (
    DUE_FIRST,
    LIABLE,
    MEASURED,
    PLAIN,
    PLAIN_AGAIN,
    REQUESTED,
    Act,
    Evidence,
    Subject,
    ask,
    record,
)

EARLY, LATE = DUE_FIRST - timedelta(days=7), DUE_FIRST + timedelta(days=400)
THEIRS = Evidence(id=uuid4(), received_at=EARLY, recorded_at=EARLY, of_owner=False)
TOLD: dict[Subject, list[Act]] = {
    MEASURED: of_claims([good(EARLY, c="90"), accepted(LATE, "evidence", "target:3.2-c")]),
    PLAIN: of_claims([going_on(EARLY), done(EARLY + timedelta(hours=1)), proof(EARLY), accepted(LATE)]),
    LIABLE: of_claims([done(EARLY), accepted(LATE)]),
    REQUESTED: of_claims([done(EARLY), proof(EARLY), returned(LATE)]),
    PLAIN_AGAIN: [done(EARLY), THEIRS],
}
SAID = {
    "review": "SELECT id, update_id, waives FROM review ORDER BY id",
    "evidence": "SELECT id, of_owner FROM evidence ORDER BY id",
}


async def said(connection: AsyncConnection) -> dict[str, list[Any]]:
    """Return what 0018 adds to what was recorded."""
    return {name: list(map(tuple, await connection.execute(text(asked)))) for name, asked in SAID.items()}


@pytest.fixture
async def lived_in_before(address: Address, template: str, cast: Mapping[str, NewClient]) -> str:
    """Make a database with histories, and return its name."""
    name = f"migrated_{uuid4().hex}"
    await create_database(address, name, template)
    async with as_owner(address, name) as connection:
        await record(connection, cast["police"].id, TOLD)
    return name


async def test_acceptances_become_those_that_waived_what_was_missing(
    address: Address, lived_in_before: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = url_of(address, OWNER, lived_in_before)
    async with as_owner(address, lived_in_before) as connection:
        before, stood = await said(connection), await ask(connection, TOLD, LATE)

    await to_thread.run_sync(migrations.downgrade, url, "0017")
    await to_thread.run_sync(migrations.upgrade, url)

    async with as_owner(address, lived_in_before) as connection:
        assert await said(connection) == before
        after = await ask(connection, TOLD, LATE)
    assert {one: row["status"] for one, row in after.items()} == {one: row["status"] for one, row in stood.items()}
    assert after[MEASURED]["status"] == Status.COMPLETED_ON_TIME
    told = capsys.readouterr().out
    assert f"2021 3.4 cong-an {PLAIN_AGAIN.id}" in told
    assert str(PLAIN.id) not in told
