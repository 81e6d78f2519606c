"""Migrations: up, down and up again, with nothing lost on the way."""

import ast
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.script import ScriptDirectory
from anyio import to_thread
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app import models
from app.commands.clients import NewClient
from app.database import migrations
from app.database.revision import at_head, head
from app.domain.completion import ClaimState, ReviewOutcome
from app.models import Checkpoint, Erasure, EvidenceContent, EvidenceRead, EvidenceText, IdempotencyRecord
from app.models import Evidence as EvidenceRow
from app.models.base import stable_id, table
from app.settings import ROOT
from app.standing.refresh import refresh_all
from embedded_postgres import OWNER, Address
from tests.conftest import as_owner, create_database, url_of
from tests.database.catalog import schema_of
from tests.given import PLAN
from tests.histories import (
    CONDITIONAL,
    GOOD_FIGURES,
    MEASURED,
    PLAIN,
    Act,
    Condition,
    Evidence,
    Extension,
    Review,
    Subject,
    Update,
    Withdrawal,
    record,
)

SCRIPTS = sorted((ROOT / "migrations" / "versions").glob("*.py"))
FIRST = "0001"
NOON = datetime(2021, 6, 10, 5, tzinfo=UTC)


MOVED = {
    "evidence": "evidence JOIN (SELECT id, title, url, issuer FROM evidence_text) t USING (id)",
    "obligation": "(SELECT *, 1 AS version FROM obligation) o",
}
"""Where the columns of a table stand at the last migration, if not all in the table itself; versions are counted."""


async def rows_of(
    connection: AsyncConnection, columns: Mapping[str, list[str]], moved: Mapping[str, str] = MappingProxyType({})
) -> dict[str, list[str]]:
    """Return what stands in the columns of each table."""
    found = {}
    for name, known in columns.items():
        shown = ", ".join(f'"{column}"' for column in known)
        rows = text(f"SELECT to_json(r)::text FROM (SELECT {shown} FROM {moved.get(name, name)}) r ORDER BY 1")  # noqa: S608
        found[name] = list((await connection.execute(rows)).scalars())
    return found


async def columns_of(connection: AsyncConnection) -> dict[str, list[str]]:
    """Name the columns of each table of ours."""
    named = """
        SELECT table_name, array_agg(column_name::text) AS columns FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> 'alembic_version' GROUP BY table_name
    """
    return {row.table_name: row.columns for row in await connection.execute(text(named))}


async def new_database(address: Address, template: str | None = None) -> str:
    """Create a database for one test, empty or as a copy, and return its name."""
    name = f"migrated_{uuid4().hex}"
    await create_database(address, name, template)
    return name


@pytest.fixture
async def empty(address: Address) -> str:
    """Create an empty database and return its name."""
    return await new_database(address)


@pytest.fixture
async def filled(address: Address, template: str, cast: Mapping[str, NewClient]) -> str:
    """Create a database at the last migration that has rows in every table, and return its name."""
    name = await new_database(address, template)
    async with as_owner(address, name) as connection:
        await write_some_of_everything(connection, cast["police"].id)
    return name


async def write_some_of_everything(connection: AsyncConnection, client_id: UUID) -> None:
    """Give two obligations a history with each kind of act, and keep the answer to one request."""

    def at() -> dict[str, Any]:
        return {"id": uuid4(), "received_at": NOON, "recorded_at": NOON}

    evidence = Evidence(**at())
    told: dict[Subject, list[Act]] = {
        MEASURED: [
            Update(**at(), state=ClaimState.COMPLETED, figures=GOOD_FIGURES),
            evidence,
            Withdrawal(**at(), evidence_id=evidence.id),
        ],
        PLAIN: [Review(**at(), outcome=ReviewOutcome.RETURNED), Extension(**at(), due_before=NOON)],
        CONDITIONAL: [Condition(**at(), met=True)],
    }
    await record(connection, client_id, told)
    for model, fields in desk(client_id):
        await connection.execute(table(model).insert().values({"id": uuid4(), "plan_id": stable_id(PLAN)} | fields))
    await _write_a_file(connection, client_id, evidence.id)
    signed = {"id": uuid4(), "size": 1, "note": "…"}
    await connection.execute(table(Checkpoint).insert().values(signed))
    kept = {"client_id": client_id, "key": "k", "fingerprint": b"f", "status_code": 201, "body": b"{}"}
    await connection.execute(table(IdempotencyRecord).insert().values(kept))


def desk(client_id: UUID) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    """Yield what the coordinator's desk leaves: requests, contributions, a calendar that was marked twice, a seal."""
    act, reason = {"client_id": client_id, "received_at": NOON}, {"reason": "Vì"}
    on_one, cycle = act | {"obligation_id": PLAIN.id}, act | {"cycle_id": stable_id(PLAN, "cycle", PLAIN.cycle)}
    yield models.ExtensionRequest, on_one | reason | {"due_before": NOON}
    yield models.ExtensionRefusal, on_one | reason
    yield models.Contribution, on_one | {"body_id": stable_id(PLAN, "body", "so-vhttdl"), "note": "Đã phối hợp."}
    yield models.Instruction, on_one | {"words": "Khẩn trương.", "leader": "Phó Chủ tịch", "given_on": NOON.date()}
    yield models.CycleDeadline, cycle | reason | {"due_before": NOON, "decided_on": NOON.date(), "working_days": [NOON]}
    days = {"issued_on": NOON.date(), "received_on": NOON.date()}
    of = {"body_id": stable_id(PLAN, "body", PLAIN.owner), "number": "9/BC-CATP", "classification": "internal"}
    yield models.PaperReport, act | days | of
    yield models.Assurance, on_one | reason | {"act_id": uuid4()}
    letter_id, to = uuid4(), {"body_id": of["body_id"], "obligation_ids": [PLAIN.id]}
    yield models.ReminderLetter, cycle | to | {"id": letter_id, "kind": "overdue", "sha256": "0" * 64, "content": b"PK"}
    yield models.ReminderNumber, act | {"letter_id": letter_id, "number": "9/SNV", "issued_on": NOON.date()}
    yield models.Reopening, cycle | {"act_id": uuid4(), "document_number": "9/UBND"}
    for observed in (True, False, True):
        yield models.Holiday, {"observed_on": NOON.date(), "observed": observed, "name": "Nghỉ"}
    seal = uuid4()
    yield models.Seal, cycle | reason | {"id": seal, "known_at": NOON, "form": 1, "digest": "0" * 64}
    names = {"kind": "renamed", "effective_on": NOON.date(), "act_title": "Nghị quyết"}
    body, succession = {"successor_id": stable_id(PLAN, "body", "new")}, {"succession_id": uuid4()}
    joined = {"id": body["successor_id"], "code": "new", "name": "Sở mới", "search": "so moi", "force": "directed"}
    yield models.Body, joined | {"position": 99, "open_class": False, "joined_on": NOON.date()}
    predecessor = {"predecessor_id": stable_id(PLAN, "body", PLAIN.owner)}
    yield models.Succession, predecessor | names | {"id": succession["succession_id"], "successors": []}
    yield models.SuccessionDecision, act | reason | succession | {"outcome": "confirmed"}
    yield models.SuccessionPart, succession | body | {"position": 1, "whole": True}
    letter, member = act | reason | {"decided_on": NOON.date()}, uuid4()
    joining = {"class_id": predecessor["predecessor_id"], "member_id": body["successor_id"], "from_on": NOON.date()}
    yield models.Membership, letter | joining | {"id": member}
    yield models.MembershipEnding, letter | {"membership_id": member, "until_on": NOON.date()}
    yield models.PartnerNaming, letter | {"duty_id": stable_id(PLAN, "duty", "2.5"), "body_id": body["successor_id"]}
    to = {"owner_id": body["successor_id"], "body_id": body["successor_id"]}
    yield models.Transfer, on_one | succession | to
    sealed = {"seal_id": seal, "obligation_id": PLAIN.id}
    yield models.SealedStanding, sealed | {"status": "overdue", "digest": "0" * 64}
    event = {"id": uuid4(), "obligation_id": PLAIN.id}
    yield models.Event, event | {"type": "update.reported", "occurred_at": NOON}
    yield models.SequencedEvent, event | {"seq": 1, "content": b"{}", "node": b"0" * 32}


async def _write_a_file(connection: AsyncConnection, client_id: UUID, link_id: UUID) -> None:
    """Give the evidence its words, and add a file that came, was read and was erased."""
    plan_id, digest = stable_id(PLAN), "0" * 64
    act = {"plan_id": plan_id, "obligation_id": PLAIN.id, "client_id": client_id, "received_at": NOON}
    owner, file_id = stable_id(PLAN, "body", PLAIN.owner), uuid4()
    described = {"kind": "file", "classification": "internal", "media_type": "application/pdf", "size": 10}
    text_of_link = {"id": link_id, "plan_id": plan_id, "title": "Trang tin", "url": "https://example.org/"}
    of_file = {"evidence_id": file_id, "id": uuid4(), **act}
    rows: list[tuple[type[SQLModel], dict[str, Any]]] = [
        (EvidenceText, text_of_link),
        (EvidenceRow, {"id": file_id, "body_id": owner, "of_owner": True, **act, **described}),
        (EvidenceText, {"id": file_id, "plan_id": plan_id, "title": "Biên bản", "file_name": "bien-ban.pdf"}),
        (EvidenceContent, {**of_file, "size": 10, "sha256": digest}),
        (EvidenceRead, {**of_file, "sha256": digest}),
        (Erasure, {**of_file, "reason": "Theo yêu cầu.", "legal_basis": "Luật 91/2025/QH15"}),
    ]
    for model, row in rows:
        await connection.execute(table(model).insert().values(row))


async def upgrade(address: Address, name: str, revision: str = "head") -> None:
    """Bring a database up, as `dondoc migrate` does."""
    await to_thread.run_sync(migrations.upgrade, url_of(address, OWNER, name), revision)


async def downgrade(address: Address, name: str, revision: str = "base") -> None:
    """Take a database down, as `dondoc migrate --down` does."""
    await to_thread.run_sync(migrations.downgrade, url_of(address, OWNER, name), revision)


async def assert_up_down_and_up_again_ends_where_it_was(address: Address, name: str) -> None:
    """Take a database that is at the last migration all the way down, and up again."""
    async with as_owner(address, name) as connection:
        first = await schema_of(connection)

    await downgrade(address, name)
    async with as_owner(address, name) as connection:
        emptied = await schema_of(connection)
    await upgrade(address, name)

    async with as_owner(address, name) as connection:
        assert await schema_of(connection) == first
        assert await at_head(connection)
    assert {(kind, of) for kind, of, _ in emptied if of not in {"alembic_version", "public"}} == set()
    assert {"column", "constraint", "index", "trigger", "function", "grant", "schema"} == {kind for kind, *_ in first}


async def test_up_down_and_up_again_ends_where_it_was(address: Address, empty: str) -> None:
    await upgrade(address, empty)

    await assert_up_down_and_up_again_ends_where_it_was(address, empty)


async def test_a_database_in_use_goes_down_and_up_again_too(address: Address, filled: str) -> None:
    await assert_up_down_and_up_again_ends_where_it_was(address, filled)


async def test_each_step_goes_down_and_up_by_itself(address: Address, empty: str) -> None:
    for script in SCRIPTS:
        await upgrade(address, empty, script.name[:4])
        async with as_owner(address, empty) as connection:
            before = await schema_of(connection)

        await downgrade(address, empty, "-1")
        await upgrade(address, empty, "+1")

        async with as_owner(address, empty) as connection:
            assert await schema_of(connection) == before, script.name


async def test_upgrading_twice_changes_nothing(address: Address, template: str) -> None:
    name = await new_database(address, template)

    await upgrade(address, name)

    async with as_owner(address, name) as upgraded, as_owner(address, template) as untouched:
        assert await schema_of(upgraded) == await schema_of(untouched)


async def test_a_plan_with_history_is_kept_from_the_first_migration_to_the_last(address: Address, filled: str) -> None:
    await downgrade(address, filled, FIRST)
    async with as_owner(address, filled) as connection:
        columns = await columns_of(connection)
        before = await rows_of(connection, columns)

    await upgrade(address, filled)

    async with as_owner(address, filled) as connection:
        assert await rows_of(connection, columns, MOVED) == before
    assert [name for name, rows in before.items() if not rows] == []


async def test_of_a_database_that_had_no_stored_facts_every_history_is_asked(address: Address, filled: str) -> None:
    ended = "SELECT count(*) FILTER (WHERE settled_from = 'infinity'), count(*) FROM standing_facts"
    async with as_owner(address, filled) as connection:
        before = (await connection.execute(text(ended))).one()
    await downgrade(address, filled, "0014")

    await upgrade(address, filled)

    async with as_owner(address, filled) as connection:
        every = await connection.scalar(text("SELECT count(*) FROM obligation"))
        assert (await connection.execute(text(ended))).one() == (every, every)
        await refresh_all(connection, NOON)
        assert (await connection.execute(text(ended))).one() == (0, every)
    assert 0 < before[0] < before[1] == every


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / "migrations" / "env.py"], ids=lambda path: path.name)
def test_a_migration_imports_nothing_of_the_application(script: Path) -> None:
    tree = ast.parse(script.read_text("utf-8"))

    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name for name in imported if name.split(".")[0] in {"app", "tests", ""}} == set()


def test_migrations_are_numbered_in_one_line() -> None:
    revisions = list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())[::-1]

    assert [revision.revision for revision in revisions] == [f"{n:04}" for n in range(1, len(SCRIPTS) + 1)]
    assert [revision.down_revision for revision in revisions] == [None, *(r.revision for r in revisions[:-1])]
    assert [Path(revision.path).name[:4] for revision in revisions] == [r.revision for r in revisions]
    assert head() == revisions[-1].revision
