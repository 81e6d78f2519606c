"""The second gate: what the database lets each caller write by itself, whatever the application tells it."""

from itertools import product

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlmodel import SQLModel

from app.database.engine import SYSTEM, Database, Identity
from app.database.statements import driver_of
from app.domain.access import Permission, Resource, Role, authorize
from app.models import (
    CalendarFeed,
    ConditionDecision,
    Contribution,
    Erasure,
    Evidence,
    EvidenceContent,
    EvidenceRead,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Instruction,
    Obligation,
    Review,
    Transfer,
    Update,
)
from app.models.base import new_id, stable_id, table
from tests.database.gate import (
    ANOTHER,
    CALLERS,
    OF_EVIDENCE,
    ON,
    a_client,
    called,
    evidence_of,
    is_taken,
    resources,
    rows,
    undone,
)
from tests.database.rights import FORBIDDEN, refusal_of
from tests.given import PLAN, TODAY, TOURISTS, TRAINING

WRITERS: dict[type[SQLModel], Permission] = {
    Update: Permission.REPORT,
    Evidence: Permission.ATTACH,
    Contribution: Permission.CONTRIBUTE,
    ExtensionRequest: Permission.REQUEST_EXTENSION,
}
COORDINATORS = (Review, Extension, ExtensionRefusal, ConditionDecision, Instruction, Transfer, Obligation)
"""What comes of a coordinator's acts alone."""


@pytest.mark.parametrize(("name", "kind"), [*product(CALLERS, WRITERS)])
async def test_the_database_takes_acts_from_whom_the_domain_does(
    told: Database, name: str, kind: type[SQLModel]
) -> None:
    caller, obligations = called(name), await resources(told)
    mine = next(iter(caller.body_ids), stable_id(PLAN, "body", "cong-an"))
    for on in ON:
        row = next(row for model, row in rows(await a_client(told), on) if model is kind) | {"id": new_id()}
        row |= {"body_id": mine} if "body_id" in row else {}
        allowed = authorize(caller, WRITERS[kind], obligations[on])

        taken = await is_taken(told, caller, insert(table(kind)).values(row))

        assert taken is allowed, on


@pytest.mark.parametrize(("name", "kind"), [*product(CALLERS, COORDINATORS)])
async def test_only_a_coordinator_reviews_extends_and_opens(told: Database, name: str, kind: type[SQLModel]) -> None:
    caller = called(name)
    if kind is Obligation:
        async with told.reading(SYSTEM) as connection:
            found = await connection.execute(select(table(Obligation)).where(table(Obligation).c.id == TRAINING))
            row = {**found.mappings().one(), "id": new_id(), "owner_id": stable_id(PLAN, "body", "so-y-te")}
    else:
        row = next(row for model, row in rows(await a_client(told), TRAINING) if model is kind)
        row |= {"succession_id": ANOTHER} if kind is Transfer else {}
        row |= {"update_id": None} if kind is Review else {}

    assert await is_taken(told, caller, insert(table(kind)).values(row)) is (caller.role is Role.COORDINATOR)


@pytest.mark.parametrize(("name", "kind"), [*product(CALLERS, OF_EVIDENCE)])
async def test_bytes_come_from_who_attached_reads_from_who_may_read_and_erasures_from_a_coordinator(
    told: Database, name: str, kind: type[SQLModel]
) -> None:
    caller, obligations, evidence = called(name), await resources(told), table(Evidence)
    async with told.reading(SYSTEM) as connection:
        found = (await connection.execute(select(*evidence.c))).mappings().all()
    attached = [{**row, "id": new_id()} for row in found]
    async with told.writing(SYSTEM) as connection:
        await connection.execute(insert(evidence), attached)
    for row in attached:
        on = evidence_of(row, obligations[row["obligation_id"]])
        readable = authorize(caller, Permission.READ_EVIDENCE, on)
        coordinates = caller.role is Role.COORDINATOR
        attaches = authorize(caller, Permission.ATTACH, obligations[row["obligation_id"]])
        allowed = {
            EvidenceContent: coordinates or (attaches and row["body_id"] in caller.body_ids),
            EvidenceRead: readable,
            Erasure: coordinates,
        }[kind]
        act = {name: row[name] for name in ("plan_id", "obligation_id", "client_id", "received_at")}
        written = {**act, **OF_EVIDENCE[kind], "id": new_id(), "evidence_id": row["id"]}

        assert await is_taken(told, caller, insert(table(kind)).values(written)) is allowed


@pytest.mark.parametrize("by", ["cong-an", "so-y-te", "so-ldtbxh"])
async def test_nobody_attaches_in_the_name_of_another_body(told: Database, by: str) -> None:
    row = dict(next(row for model, row in rows(await a_client(told), TOURISTS) if model is Evidence))
    row |= {"id": new_id(), "body_id": stable_id(PLAN, "body", by)}

    assert not await is_taken(told, called("culture"), insert(table(Evidence)).values(row))


@pytest.mark.parametrize("name", [name for name in CALLERS if name != "admin"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO client DEFAULT VALUES",
        "INSERT INTO client_secret DEFAULT VALUES",
        "INSERT INTO client_body DEFAULT VALUES",
        "INSERT INTO revoked_token DEFAULT VALUES",
        "INSERT INTO person_invitation DEFAULT VALUES",
        "INSERT INTO person_session DEFAULT VALUES",
        "INSERT INTO person_way DEFAULT VALUES",
    ],
)
async def test_only_an_admin_adds_clients(told: Database, name: str, statement: str) -> None:
    async with told.writing(Identity.of(called(name))) as connection:
        assert await refusal_of(connection, statement) == FORBIDDEN


@pytest.mark.parametrize("name", [name for name in CALLERS if name != "admin"])
async def test_only_an_admin_sees_clients(told: Database, name: str) -> None:
    async with told.writing(Identity.of(called(name))) as connection:
        for relation in ("client", "client_secret", "client_body"):
            assert await connection.scalar(text(f"SELECT count(*) FROM {relation}")) == 0  # noqa: S608
            if relation != "client":
                assert (await connection.execute(text(f"DELETE FROM {relation}"))).rowcount == 0  # noqa: S608
        assert (await connection.execute(text("UPDATE client SET name = 'x'"))).rowcount == 0


@pytest.mark.parametrize("name", CALLERS)
async def test_the_database_tells_the_addresses_of_a_calendar_to_whom_the_domain_does(
    told: Database, name: str
) -> None:
    caller, feeds = called(name), table(CalendarFeed)
    police = stable_id(PLAN, "body", "cong-an")
    row = {"id": new_id(), "plan_id": stable_id(PLAN), "body_id": police, "client_id": await a_client(told)}
    allowed = authorize(caller, Permission.USE_CALENDARS, Resource(owner_id=police))

    taken = await is_taken(told, caller, insert(feeds).values(row))
    async with told.writing(SYSTEM) as connection, undone(connection):
        await connection.execute(insert(feeds).values(row))
        await driver_of(connection).execute(Identity.of(caller).entered)
        seen = await connection.scalar(select(func.count()).select_from(feeds))
        changed = (await connection.execute(update(feeds).values(revoked_at=TODAY))).rowcount

    assert (taken, seen, changed) == (allowed, int(allowed), int(allowed))
