"""The second gate after a succession: what a predecessor and a successor still see and write by themselves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.clients import NewClient
from app.database.engine import SYSTEM, Database, Identity
from app.domain.access import Caller, Classification, Permission, Role
from app.domain.completion import ClaimState
from app.models import Contribution, Evidence, Obligation, Transfer, Update
from app.models.base import new_id, stable_id, table
from tests.database.gate import PLAN_ID, SUCCEEDED, a_client, is_taken
from tests.given import PLAN, TODAY, obligation

PASSED = obligation("1.3", "so-ldtbxh", "2026")
LABOUR, HEALTH = (stable_id(PLAN, "body", code) for code in ("so-ldtbxh", "so-y-te"))
BEFORE, AFTER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


def reporter(body: UUID) -> Caller:
    return Caller(client_id=UUID(int=1), role=Role.REPORTER, scopes=frozenset(Permission), body_ids=frozenset({body}))


def act(client_id: UUID, **more: Any) -> dict[str, Any]:
    ids = {"id": new_id(), "plan_id": PLAN_ID, "obligation_id": PASSED, "client_id": client_id}
    return {**ids, "received_at": AFTER, **more}


def evidence(client_id: UUID, by: UUID, **more: Any) -> dict[str, Any]:
    return act(client_id, kind="link", classification=Classification.RESTRICTED, body_id=by, of_owner=True, **more)


@pytest.fixture
async def passed(database: Database, cast: Mapping[str, NewClient]) -> Database:
    """Give an obligation on which the predecessor, then a transfer, then the successor have left something."""
    client = cast["coordinator"].id
    said = {"state": ClaimState.IN_PROGRESS, "summary": "Đang triển khai."}
    async with database.writing(SYSTEM) as connection:
        await add(connection, Update, act(client, received_at=BEFORE, **said))
        await add(connection, Evidence, evidence(client, LABOUR, received_at=BEFORE))
        passing = {"owner_id": HEALTH, "body_id": HEALTH, "succession_id": SUCCEEDED}
        await add(connection, Transfer, act(client, received_at=TODAY, **passing))
        await add(connection, Update, act(client, **said))
        await add(connection, Evidence, evidence(client, HEALTH))
    return database


async def add(connection: AsyncConnection, kind: type, row: dict[str, Any]) -> None:
    await connection.execute(insert(table(kind)).values(row))


async def seen(database: Database, body: UUID, kind: type) -> list[Any]:
    """Return when what a body's reporter sees was received."""
    shown = table(kind)
    async with database.reading(Identity.of(reporter(body))) as connection:
        found = select(shown.c.received_at).where(shown.c.obligation_id == PASSED).order_by(shown.c.received_at)
        return list((await connection.execute(found)).scalars())


@pytest.mark.parametrize("kind", [Update, Evidence])
async def test_a_predecessor_reads_what_came_in_its_time_and_a_successor_everything(
    passed: Database, kind: type
) -> None:
    assert await seen(passed, LABOUR, kind) == [BEFORE]
    assert await seen(passed, HEALTH, kind) == [BEFORE, AFTER]


@pytest.mark.parametrize(("body", "may"), [(LABOUR, False), (HEALTH, True)], ids=["predecessor", "successor"])
async def test_the_successor_alone_writes(passed: Database, body: UUID, may: bool) -> None:
    client, caller = await a_client(passed), reporter(body)
    said = {"state": ClaimState.IN_PROGRESS, "summary": "Đang triển khai."}

    written = [
        await is_taken(passed, caller, insert(table(Update)).values(act(client, **said))),
        await is_taken(passed, caller, insert(table(Evidence)).values(evidence(client, body))),
        await is_taken(passed, caller, insert(table(Contribution)).values(act(client, body_id=body, note="Đã làm."))),
    ]
    async with passed.writing(Identity.of(caller)) as connection:
        counted = update(table(Obligation)).where(table(Obligation).c.id == PASSED).values(updated_at=AFTER)
        touched = (await connection.execute(counted)).rowcount

    assert (written, touched) == ([may] * 3, int(may))


async def test_what_a_client_sent_and_was_answered_is_its_own(
    database: Database, cast: Mapping[str, NewClient]
) -> None:
    mine, other = (Caller(client_id=cast[name].id, role=Role.REPORTER) for name in ("police", "health"))
    kept = {"key": "k", "fingerprint": b"x", "status_code": 201, "body": b"{}"}
    statement = text(
        "INSERT INTO idempotency_record (client_id, key, fingerprint, status_code, body)"
        " VALUES (:client_id, :key, :fingerprint, :status_code, :body)"
    ).bindparams(client_id=mine.client_id, **kept)

    assert not await is_taken(database, other, statement)
    async with database.writing(Identity.of(mine)) as connection:
        await connection.execute(statement)
    for caller, count in ((mine, 1), (other, 0)):
        async with database.reading(Identity.of(caller)) as connection:
            assert await connection.scalar(text("SELECT count(*) FROM idempotency_record")) == count


async def test_what_is_open_to_every_caller_has_been_decided(database: Database) -> None:
    public = {
        *("alembic_version", "body", "cycle", "cycle_deadline", "duty", "duty_owner", "duty_partner", "holiday"),
        *("plan", "reopening", "seal", "target"),
    }
    readable = """
        SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity
        AND c.relnamespace = 'public'::regnamespace AND has_table_privilege('dondoc_app', c.oid, 'SELECT')
    """
    async with database.reading(SYSTEM) as connection:
        assert set((await connection.execute(text(readable))).scalars()) == public
