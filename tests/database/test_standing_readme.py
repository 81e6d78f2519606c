"""The walk of app/standing/README.md: the same acts give the facts and the statuses that it shows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.commands.clients import NewClient
from app.database.engine import Database
from app.domain.completion import Status
from tests.acts import going_on, good, proof
from tests.histories import MEASURED, Act, ask, record, shown, undone


def june(day: int) -> datetime:
    return datetime(2021, 6, day, 5, tzinfo=UTC)


PAPER = replace(good(june(14), c="92.0"), recorded_at=june(20))
ACTS: list[Act] = [
    going_on(june(1)),
    PAPER,
    replace(proof(june(14)), recorded_at=june(20)),
    going_on(june(25)),
    good(june(28), c="93.5"),
]


@pytest.mark.parametrize(
    ("as_of", "known_at", "status", "claim", "done_on", "complete_on"),
    [
        (22, 16, Status.OVERDUE, "in_progress", None, None),
        (22, None, Status.COMPLETED_ON_TIME, "completed", 14, 14),
        (26, None, Status.OVERDUE, "in_progress", None, None),
        (30, None, Status.COMPLETED_LATE, "completed", 28, 28),
    ],
)
async def test_the_obligation_of_the_readme_stands_where_it_says(
    database: Database,
    cast: Mapping[str, NewClient],
    as_of: int,
    known_at: int | None,
    status: Status,
    claim: str,
    done_on: int | None,
    complete_on: int | None,
) -> None:
    async with undone(database) as connection:
        await record(connection, cast["police"].id, {MEASURED: ACTS})
        found = await ask(connection, [MEASURED], june(as_of), june(known_at) if known_at else None)

    row = found[MEASURED]
    assert (row["status"], row["claim_state"]) == (status, claim)
    assert (row["done_since"], row["completed_at"]) == (
        june(done_on) if done_on else None,
        june(complete_on) if complete_on else None,
    )
    assert row["proven_since"] == (None if known_at else june(14))
    assert shown(row, june(as_of)).status == status
