"""Ten thousand acts of the years before annulments, letters and waivers stand after the migrations where they stood."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from anyio import to_thread
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.commands.clients import NewClient
from app.database import migrations
from app.domain.completion import Force, Status
from app.standing.moment import Moment
from app.standing.rule import standings
from embedded_postgres import OWNER, Address
from tests.conftest import as_owner, create_database, url_of
from tests.given import TODAY

pytestmark = pytest.mark.load

BEFORE = "0016"
NUMBERED = "(SELECT *, row_number() OVER (ORDER BY id) % 6 AS n FROM obligation) o"
"""All obligations, in six heaps."""
UPDATES = """
    INSERT INTO progress_update (id, plan_id, obligation_id, client_id, state, summary, received_at, recorded_at)
    SELECT gen_random_uuid(), o.plan_id, o.id, :client_id, said.state, 'Đã triển khai.',
        o.due_before + said.after, o.due_before + said.after
    FROM {numbered} JOIN (VALUES {values}) AS said (n, state, after) ON said.n = o.n
"""
EVIDENCE = """
    INSERT INTO evidence
        (id, plan_id, obligation_id, client_id, body_id, kind, classification, received_at, recorded_at)
    SELECT gen_random_uuid(), o.plan_id, o.id, :client_id, o.owner_id, 'link', 'public',
        o.due_before + said.after, o.due_before + said.after
    FROM {numbered} JOIN (VALUES {values}) AS said (n, after) ON said.n = o.n
"""
REVIEWS = """
    INSERT INTO review (id, plan_id, obligation_id, client_id, outcome, reason, received_at, recorded_at)
    SELECT gen_random_uuid(), o.plan_id, o.id, :client_id, said.outcome, 'Đã xem.',
        o.due_before + said.after, o.due_before + said.after
    FROM {numbered} JOIN (VALUES {values}) AS said (n, outcome, after) ON said.n = o.n
"""
DRAFTS = [(n, "in_progress", f"-{days} days") for n in range(1, 6) for days in (60, 50, 40, 30)]
TOLD: list[tuple[str, list[tuple[Any, ...]]]] = [
    (
        UPDATES,
        [
            *DRAFTS,
            (1, "completed", "-5 days"),
            (2, "completed", "-5 days"),
            (2, "completed", "10 days"),
            (3, "in_progress", "2 days"),
            (4, "completed", "-5 days"),
            (4, "completed", "20 days"),
            (5, "completed", "-5 days"),
        ],
    ),
    (EVIDENCE, [(1, "-5 days"), (1, "30 days"), (2, "2 days"), (4, "-5 days"), (5, "-5 days")]),
    (REVIEWS, [(4, "returned", "1 day"), (5, "accepted", "3 days")]),
]
"""What happened in each heap, by how long before or after the deadline."""
ENDS = {
    0: Status.OVERDUE,
    1: Status.COMPLETED_ON_TIME,
    2: Status.COMPLETED_LATE,
    3: Status.OVERDUE,
    4: Status.COMPLETED_LATE,
    5: Status.COMPLETED_ON_TIME,
}
"""Where a plain duty stands in the end: by the rule as it was, and as it is."""


def spelled(value: Any) -> str:
    """Spell a value of ours in SQL."""
    if isinstance(value, int):
        return str(value)
    return f"interval '{value}'" if value.endswith(("day", "days")) else f"'{value}'"


async def live(connection: AsyncConnection, client_id: UUID) -> int:
    """Write what happened, in bulk, as the service before would have written it; return how many acts there are."""
    acts = 0
    for statement, told in TOLD:
        values = ", ".join(f"({', '.join(map(spelled, one))})" for one in told)
        written = await connection.execute(
            text(statement.format(numbered=NUMBERED, values=values)), {"client_id": client_id}
        )
        acts += written.rowcount
    return acts


async def stood(connection: AsyncConnection, as_of: datetime) -> dict[UUID, tuple[Any, ...]]:
    """Return where every obligation stands, and since when it is complete."""
    standing = standings(Moment(as_of))
    names = ("id", "status", "completed_at", "duty_code", "force", "kind", "cycle")
    rows = (await connection.execute(select(*(standing.c[name] for name in names)))).all()
    return {row.id: tuple(row)[1:] for row in rows}


async def heaps(connection: AsyncConnection) -> dict[UUID, int]:
    """Return in which heap each obligation is."""
    found = await connection.execute(text(f"SELECT id, n FROM {NUMBERED}"))  # noqa: S608  Our own words.
    return {row.id: row.n for row in found}


async def test_ten_thousand_acts_stand_where_they_stood(
    address: Address, template: str, cast: dict[str, NewClient]
) -> None:
    name, instants = f"acts_{uuid4().hex}", (datetime(2023, 6, 1, tzinfo=UTC), TODAY.replace(year=2028))
    await create_database(address, name, template)
    url = url_of(address, OWNER, name)
    await to_thread.run_sync(migrations.downgrade, url, BEFORE)
    async with as_owner(address, name) as connection:
        assert await live(connection, cast["police"].id) >= 10_000
    found: list[list[dict[UUID, tuple[Any, ...]]]] = []
    for _ in range(2):
        await to_thread.run_sync(migrations.upgrade, url)
        async with as_owner(address, name) as connection:
            found.append([await stood(connection, as_of) for as_of in instants])
            heap = await heaps(connection)
        await to_thread.run_sync(migrations.downgrade, url, BEFORE)

    assert found[0] == found[1]
    counted: Counter[int] = Counter()
    for one, (status, _, duty, force, kind, _) in found[0][1].items():
        # Figures, deeds that are done once and statements have other rules, which other tests look at.
        if duty not in {"3.2", "14.2", "15.1", "G.1", "7.2"} and kind != "liability":
            ends = ENDS[heap[one]]
            assert status == (Status.AWAITED if (ends, force) == (Status.OVERDUE, Force.REQUESTED) else ends), duty
            counted[heap[one]] += 1
    assert set(counted) == set(ENDS)
    assert min(counted.values()) > 200
