"""The second gate: what the database lets each caller see by itself, whatever the application asks it."""

from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, select, text

from app.database.engine import NOBODY, SYSTEM, Database, Identity
from app.domain.access import Permission, authorize
from app.models import Evidence, Obligation
from app.models.base import table
from app.models.redacted_views import VIEWS
from app.queries.evidence import readable
from app.standing.moment import Moment
from app.standing.reach import reachable
from tests.database.gate import BESIDE_EVIDENCE, CALLERS, NARRATIVES, ON, POLICED, called, evidence_of, resources
from tests.database.rights import CHANGED, RIGHTS
from tests.given import TODAY

OF_NO_OBLIGATION = {"plan_size", "feed_head", "plan_change", "succeeded_duty", "confirmed_part"}
"""Views that tell of the plan itself, how many there are of something, or that it has changed: no secret."""


async def ids(database: Database, identity: Identity, of: Table, *conditions: Any) -> set[UUID]:
    """Return the ids that a caller gets of a whole table."""
    async with database.reading(identity) as connection:
        return set((await connection.execute(select(of.c.id).where(*conditions))).scalars())


@pytest.mark.parametrize("relation", sorted({*POLICED, *VIEWS.tables} - OF_NO_OBLIGATION))
async def test_whoever_does_not_say_who_it_is_sees_nothing(told: Database, relation: str) -> None:
    async with told.reading(NOBODY) as connection:
        assert await connection.scalar(text(f"SELECT count(*) FROM {relation}")) == 0  # noqa: S608
    async with told.reading(SYSTEM) as connection:
        assert await connection.scalar(text(f"SELECT count(*) FROM {relation}")) > 0  # noqa: S608


async def test_who_called_is_forgotten_with_the_transaction(own_database: Database) -> None:
    pool = own_database.engine
    async with own_database.reading(SYSTEM) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM obligation")) > 0
    for _ in range(3):
        async with pool.connect() as connection:
            assert await connection.scalar(text("SELECT count(*) FROM obligation")) == 0


@pytest.mark.parametrize("name", CALLERS)
async def test_the_database_lets_a_caller_see_the_obligations_that_the_domain_does(told: Database, name: str) -> None:
    caller = called(name)
    expected = {
        one
        for one, resource in (await resources(told)).items()
        if authorize(caller, Permission.READ_STANDING, resource)
    }

    found = await ids(told, Identity.of(caller), table(Obligation))
    filtered = await ids(
        told, SYSTEM, table(Obligation), reachable(caller, Permission.READ_STANDING, table(Obligation))
    )

    assert found == filtered == expected


@pytest.mark.parametrize("name", CALLERS)
async def test_the_database_lets_a_caller_see_the_evidence_that_the_domain_does(told: Database, name: str) -> None:
    caller, obligations, evidence = called(name), await resources(told), table(Evidence)
    async with told.reading(SYSTEM) as connection:
        attached = (await connection.execute(select(*evidence.c))).mappings().all()
    expected = {
        row["id"]
        for row in attached
        if authorize(caller, Permission.READ_EVIDENCE, evidence_of(row, obligations[row["obligation_id"]]))
    }

    found = await ids(told, Identity.of(caller), evidence)
    async with told.reading(SYSTEM) as connection:
        joined = evidence.join(table(Obligation), table(Obligation).c.id == evidence.c.obligation_id)
        readable_now = readable(caller, Moment(TODAY))
        filtered = await connection.execute(select(evidence.c.id).select_from(joined).where(readable_now))
        assert set(filtered.scalars()) == expected

    assert len(attached) == 6 * len(ON)
    assert found == expected


@pytest.mark.parametrize(("name", "relation"), [*product(CALLERS, (*NARRATIVES, "told_act"))])
async def test_the_database_lets_a_caller_read_the_narratives_that_the_domain_does(
    told: Database, name: str, relation: str
) -> None:
    caller, obligations = called(name), await resources(told)
    allowed = {on for on in ON if authorize(caller, Permission.READ_HISTORY, obligations[on])}

    async with told.reading(Identity.of(caller)) as connection:
        found = (await connection.execute(text(f"SELECT obligation_id FROM {relation}"))).scalars().all()  # noqa: S608

    assert set(found) == allowed


@pytest.mark.parametrize(("name", "relation"), [*product(CALLERS, sorted(VIEWS.tables))])
async def test_what_decides_a_standing_is_shown_to_whoever_may_read_the_standing(
    told: Database, name: str, relation: str
) -> None:
    if relation in {*OF_NO_OBLIGATION, "client_name", "measurement_fact", "told_act"}:
        return
    caller, obligations = called(name), await resources(told)
    allowed = {on for on in ON if authorize(caller, Permission.READ_STANDING, obligations[on])}

    async with told.reading(Identity.of(caller)) as connection:
        found = (await connection.execute(text(f"SELECT obligation_id FROM {relation}"))).scalars().all()  # noqa: S608

    assert set(found) == allowed


@pytest.mark.parametrize(("name", "relation"), [*product(CALLERS, BESIDE_EVIDENCE)])
async def test_what_is_told_of_an_evidence_is_seen_by_whoever_sees_the_evidence(
    told: Database, name: str, relation: str
) -> None:
    identity = Identity.of(called(name))
    key = "id" if relation == "evidence_text" else "evidence_id"

    async with told.reading(identity) as connection:
        found = set((await connection.execute(text(f"SELECT {key} FROM {relation}"))).scalars())  # noqa: S608

    assert found == await ids(told, identity, table(Evidence))


@pytest.mark.parametrize(("name", "relation"), [*product(CALLERS, ("annulment", "assurance"))])
async def test_what_is_said_of_evidence_is_seen_by_whoever_reads_the_history_and_the_evidence(
    told: Database, name: str, relation: str
) -> None:
    caller, obligations, evidence = called(name), await resources(told), table(Evidence)
    allowed = [on for on in ON if authorize(caller, Permission.READ_HISTORY, obligations[on])]

    async with told.reading(Identity.of(caller)) as connection:
        readable_ones = select(evidence.c.id).where(evidence.c.obligation_id.in_(allowed))
        expected = set((await connection.execute(readable_ones)).scalars())
        said = text(f"SELECT evidence_id FROM {relation} WHERE evidence_id IS NOT NULL")  # noqa: S608
        found = set((await connection.execute(said)).scalars())

    assert found == expected


@pytest.mark.parametrize("name", CALLERS)
async def test_only_who_reads_everything_sees_who_was_given_a_file(told: Database, name: str) -> None:
    async with told.reading(Identity.of(called(name))) as connection:
        seen = await connection.scalar(text("SELECT count(*) FROM evidence_read"))

    assert seen == (6 * len(ON) if name in {"coordinator", "auditor"} else 0)


@pytest.mark.parametrize(
    ("name", "tells", "shows"),
    [
        ("police", 4, 4),
        ("culture", 0, 0),
        ("coordinator", 4, 4),
        ("auditor", 4, 4),
        ("integrator", 0, 4),
        ("admin", 0, 0),
    ],
)
async def test_measurements_go_with_their_update(told: Database, name: str, tells: int, shows: int) -> None:
    async with told.reading(Identity.of(called(name))) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM measurement")) == tells
        assert await connection.scalar(text("SELECT count(*) FROM measurement_fact")) == shows


async def test_every_table_of_an_obligation_is_behind_the_gate(told: Database) -> None:
    unguarded = """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'obligation_id'
        WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND EXISTS (
            SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = 'r'
        ))
    """
    async with told.reading(NOBODY) as connection:
        assert (await connection.execute(text(unguarded))).scalars().all() == []


async def test_a_guarded_table_has_one_policy_for_each_right_of_the_application(told: Database) -> None:
    policies = """
        SELECT c.relname, array_agg(p.polcmd::text) FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relrowsecurity GROUP BY c.relname
    """
    names = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
    changed = {table: {"UPDATE"} for table in CHANGED}
    async with told.reading(NOBODY) as connection:
        found = {name: {names[one] for one in commands} for name, commands in await connection.execute(text(policies))}

    assert found == {name: RIGHTS[name] | changed.get(name, set()) for name in found}
    assert set(POLICED) <= set(found)
