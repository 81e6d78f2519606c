"""EXPLAIN: however long the history has grown, each read finds what belongs to its obligations by index."""

import json
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.clients import NewClient
from app.database.engine import SYSTEM, Database
from embedded_postgres import Address
from tests.api.copies import service_over_a_copy
from tests.conftest import as_owner
from tests.database.rights import HISTORY
from tests.given import FIRST, INVESTIGATION, PLAN, Service
from tests.statements import Statement, statements_on

ACTS = """
    INSERT INTO {} (id, plan_id, obligation_id, client_id, received_at, {})
    SELECT gen_random_uuid(), o.plan_id, o.id, c.id, timestamptz '2021-06-01 00:00Z' + n * interval '28 days', {}
    FROM obligation o, (SELECT id FROM client LIMIT 1) c, generate_series(1, {}) n
"""
"""Gives each obligation some acts of one kind, a month apart."""
WITHDRAWALS = """
    INSERT INTO withdrawal (id, plan_id, obligation_id, client_id, received_at, evidence_id, reason)
    SELECT gen_random_uuid(), plan_id, obligation_id, client_id, received_at, id, 'x' FROM evidence
    WHERE received_at < timestamptz '2021-08-01 00:00Z'
"""
ERASURES = """
    INSERT INTO erasure (id, plan_id, obligation_id, client_id, received_at, evidence_id, reason, legal_basis)
    SELECT gen_random_uuid(), plan_id, obligation_id, client_id, received_at, id, 'x', 'x' FROM evidence
"""
MEASUREMENTS = """
    INSERT INTO measurement (id, plan_id, update_id, target_id, value)
    SELECT gen_random_uuid(), u.plan_id, u.id, t.id, 90 FROM progress_update u, (SELECT id FROM target LIMIT 1) t
"""
FILE = "o.owner_id, 'file', 'public', 'application/pdf', 10, true"
OF_UPDATE = "(SELECT (array_agg(u.id ORDER BY u.received_at))[n] FROM progress_update u WHERE u.obligation_id = o.id)"
REVIEWED = f"(ARRAY['accepted', 'returned'])[1 + n % 2], 'x', {OF_UPDATE}, '{{evidence}}'"
ANNULLED = """
    INSERT INTO annulled_act (id, plan_id, annulment_id, act_id, kind, counts, obligation_id, received_at)
    SELECT gen_random_uuid(), u.plan_id, a.id, u.id, 'update', true, u.obligation_id, a.received_at
    FROM annulment a JOIN progress_update u ON u.plan_id = a.plan_id AND u.obligation_id = a.obligation_id
"""
TRANSFERRED = "o.owner_id, o.body_id, (SELECT (array_agg(s.id ORDER BY s.id))[n] FROM succession s)"
CONTENTS = """
    INSERT INTO evidence_content (id, plan_id, obligation_id, client_id, received_at, evidence_id, size, sha256)
    SELECT gen_random_uuid(), plan_id, obligation_id, client_id, received_at, id, 10, repeat('0', 64) FROM evidence
"""
EVENTS = """
    INSERT INTO event (id, plan_id, type, act_id, obligation_id, occurred_at, recorded_at)
    SELECT gen_random_uuid(), plan_id, 'update.reported', id, obligation_id, received_at, recorded_at
    FROM progress_update
"""
LONG_HISTORY = (
    ACTS.format("progress_update", "state, summary", "(ARRAY['in_progress', 'completed'])[1 + n % 2], 'x'", 6),
    ACTS.format("review", "outcome, reason, update_id, waives", REVIEWED, 3),
    ACTS.format(
        "extension", "due_before, reason, decided_on", "o.due_before + n * interval '1 day', 'x', '2021-06-01'", 3
    ),
    ACTS.format("extension_request", "due_before, reason", "o.due_before + n * interval '1 day', 'x'", 3),
    ACTS.format("extension_refusal", "reason", "'x'", 3),
    ACTS.format("condition_decision", "met, reason", "n % 2 = 0, 'x'", 3),
    ACTS.format("instruction", "words, leader, given_on", "'x', 'x', '2021-06-01'", 3),
    ACTS.format("contribution", "body_id, note", "o.owner_id, 'x'", 3),
    ACTS.format("transfer", "owner_id, body_id, succession_id", TRANSFERRED, 3),
    ACTS.format("evidence", "body_id, kind, classification, media_type, size, of_owner", FILE, 4),
    CONTENTS,
    ERASURES,
    WITHDRAWALS,
    MEASUREMENTS,
    ACTS.format("annulment", "act_id, kind, reason", "gen_random_uuid(), 'update', 'x'", 1),
    ANNULLED,
    ACTS.format("assurance", "act_id, reason", "gen_random_uuid(), 'x'", 3),
    EVENTS,
    "ANALYZE",
)
BY_ITS_OWN = re.compile(r"\((obligation_id|paper_report_id|evidence_id|update_id|act_id|due_before|id) ")
"""What an index must be searched by: the plan alone would be the whole table."""
BY_INSTANT = {"ix_condition_decision_since", "ix_annulled_act_cycle"}
"""Indexes that give a plan's last and next instant at once, or what was taken back of the acts on a cycle."""

WITHOUT_EFFECT = {
    *("annulment", "assurance", "contribution", "erasure", "evidence_read"),
    *("extension_refusal", "extension_request"),
    "instruction",
}
"""Acts that the history shows and no standing reads."""


@pytest.fixture(scope="module")
async def well_used(
    address: Address, template: str, keys_dir: Path, cast: Mapping[str, NewClient]
) -> AsyncIterator[Service]:
    """Serve a plan with thousands of acts of each kind; tests only read it."""
    async with service_over_a_copy(address, template, keys_dir, cast) as serving:
        name = serving.app.state.database.engine.url.database
        async with as_owner(address, name) as connection:
            for statement in LONG_HISTORY:
                await connection.execute(text(statement))
        yield serving


async def plan_of(connection: AsyncConnection, statement: Statement) -> dict[str, Any]:
    """Ask PostgreSQL how it would run a statement with its parameters."""
    explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement.text}", statement.parameters)
    found = explained.scalar_one()
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every node of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes_of(part)


@pytest.mark.parametrize(
    ("character", "path", "asked"),
    [
        ("coordinator", "/v1/obligations", {"cycle": FIRST, "status": "overdue"}),
        ("coordinator", "/v1/obligations", {"status": "overdue", "limit": 500, "known_at": "2026-12-31"}),
        ("coordinator", "/v1/obligations", {"sort": "updated_at"}),
        ("coordinator", "/v1/obligations", {"include": "claim"}),
        ("police", "/v1/obligations", {}),
        ("police", f"/v1/obligations/{INVESTIGATION}", {}),
        ("police", f"/v1/obligations/{INVESTIGATION}/history", {}),
        ("integrator", f"/v1/plans/{PLAN}/status", {"cycle": FIRST}),
        ("integrator", f"/v1/plans/{PLAN}/status", {}),
    ],
)
async def test_a_read_finds_each_obligations_history_by_index(
    well_used: Service, character: str, path: str, asked: dict[str, Any]
) -> None:
    database: Database = well_used.app.state.database
    with statements_on(database) as told:
        response = await getattr(well_used, character).get(path, **asked)
    assert response.status_code == 200, response.text

    async with database.reading(SYSTEM) as connection:
        plans = [await plan_of(connection, statement) for statement in told]

    scans = [node for plan in plans for node in nodes_of(plan) if node.get("Relation Name") in HISTORY]
    assert {node["Relation Name"] for node in scans} >= {*HISTORY} - WITHOUT_EFFECT
    for node in scans:
        searched = node.get("Index Cond") or node.get("Recheck Cond") or ""
        alone = BY_ITS_OWN.search(searched) or node.get("Index Name") in BY_INSTANT
        assert alone, (node["Node Type"], node["Relation Name"], searched, node.get("Filter"))


async def test_whether_a_plan_has_changed_is_found_by_index_whatever_others_tell(own_service: Service) -> None:
    database: Database = own_service.app.state.database
    for _ in range(2):
        with statements_on(database) as told:
            assert (await own_service.coordinator.get(f"/v1/plans/{PLAN}/status")).status_code == 200
    (asked,) = (statement for statement in told if "plan_change" in statement.text)

    async with database.reading(SYSTEM) as connection:
        # There are few events as yet.
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        nodes = list(nodes_of(await plan_of(connection, asked)))

    (events,) = (node for node in nodes if node.get("Relation Name") == "event")
    assert events["Index Name"] == "ix_event_plan_change"
    assert "plan_id" in events["Index Cond"]
    assert "xid" in events["Index Cond"]


@pytest.mark.parametrize(
    ("character", "asked", "index"),
    [
        ("coordinator", {"since": "2026-01-01"}, "ix_event_recorded"),
        ("coordinator", {"owner": "cong-an", "kind": "update"}, "ix_event_obligation"),
        ("police", {}, "ix_event_obligation"),
    ],
)
async def test_what_came_in_is_found_by_index_in_its_order(
    well_used: Service, character: str, asked: dict[str, Any], index: str
) -> None:
    database: Database = well_used.app.state.database
    with statements_on(database) as told:
        response = await getattr(well_used, character).get("/v1/inbox", limit=20, **asked)
    assert len(response.json()["items"]) == 20
    (page,) = (statement for statement in told if "told_act" in statement.text)

    async with database.reading(SYSTEM) as connection:
        nodes = list(nodes_of(await plan_of(connection, page)))

    read = [node for node in nodes if node.get("Relation Name") == "event"]
    assert {node.get("Index Name") for node in read} == {index, "ix_event_obligation"}
    assert "Seq Scan" not in {node["Node Type"] for node in read}


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"status": "overdue"}, "ix_standing_facts_open_anywhere"),
        ({"status": ["overdue", "awaited"], "plan": PLAN}, "ix_standing_facts_open"),
        ({}, "ix_standing_facts_due_anywhere"),
        ({"sort": "-due_before"}, "ix_standing_facts_due_anywhere"),
    ],
)
async def test_a_page_is_read_from_an_index_in_its_order(service: Service, asked: dict[str, Any], index: str) -> None:
    database: Database = service.app.state.database
    with statements_on(database) as told:
        response = await service.coordinator.get("/v1/obligations", limit=20, **asked)
    assert len(response.json()["items"]) == 20
    asked_of_stored = [one for one in told if "standing_facts" in one.text and "LIMIT" in one.text]
    first, page = asked_of_stored

    async with database.reading(SYSTEM) as connection:
        before, nodes = [list(nodes_of(await plan_of(connection, one))) for one in (first, page)]

    stored = [node for node in nodes if node.get("Relation Name") == "standing_facts"]
    assert index in {node.get("Index Name") for node in stored}
    assert "Seq Scan" not in {node["Node Type"] for node in (*stored, *before)}
    # All that is stored stands: so no history is read, nor got ready for.
    assert "progress_update" not in {node.get("Relation Name") for node in (*before, *nodes)}
    assert [node["Plan Rows"] for node in nodes if node["Node Type"] == "Sort" and node["Plan Rows"] > 3 * 21] == []
