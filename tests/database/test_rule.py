"""The rule for sets: the same as the rule for one, and the same as an oracle that knows neither."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import filterfalse, product
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Boolean, column, select, values

from app.commands.clients import NewClient
from app.database.engine import SYSTEM, Database
from app.domain.completion import Facts, Force, Signal, Status, signals_of
from app.domain.completion import decide as decide_one
from app.standing.rule import decide
from tests.acts import done, extended, going_on, of_claims, proof, returned, waived
from tests.histories import (
    CONDITIONAL,
    DUE_2022,
    DUE_FIRST,
    PLAIN,
    REQUESTED,
    Act,
    Annulment,
    Subject,
    ask,
    record,
    shown,
    undone,
)
from tests.oracle import foretell
from tests.strategies import DAY, MOMENT, histories, moments

SHARED = [HealthCheck.function_scoped_fixture]
"""All examples share one database; each undoes what it wrote."""
EARLY = DUE_FIRST - 7 * DAY
Moment = tuple[datetime, datetime | None]


def facts_of(row: Mapping[str, Any]) -> Facts:
    """Hand the facts that the database found to the rule for one."""
    return Facts(
        force=Force(row["force"]),
        due_before=row["due_before"],
        latest_state=row["latest_state"],
        nothing_arises=row["nothing_arises"],
        claims_completion=row["claims_completion"],
        done_since=row["done_since"],
        proven_since=row["proven_since"],
        unmet_targets=row["unmet_targets"] or (),
    )


async def test_sql_and_python_decide_alike_for_every_set_of_signals(database: Database) -> None:
    every = list(product([False, True], repeat=len(Signal)))
    signals = values(*(column(signal.value, Boolean) for signal in Signal), name="signals").data(every)

    async with database.reading(SYSTEM) as connection:
        found = (await connection.execute(select(*signals.c, decide(signals.c).label("status")))).mappings().all()

    assert len(found) == 256
    for row in found:
        assert row["status"] == decide_one({signal for signal in Signal if row[signal.value]}), dict(row)


@settings(max_examples=60, deadline=None, suppress_health_check=SHARED)
@given(told=histories(), asked=st.lists(moments, min_size=1, max_size=3), stored=st.one_of(st.none(), moments))
async def test_any_history_at_any_moment_stands_where_the_oracle_and_the_rule_for_one_say(
    database: Database,
    cast: Mapping[str, NewClient],
    told: dict[Subject, list[Act]],
    asked: list[Moment],
    stored: Moment | None,
) -> None:
    async with undone(database) as connection:
        await record(connection, cast["police"].id, told, stored_at=stored[0] if stored else None)

        for as_of, known_at in asked:
            found = await ask(connection, told, as_of, known_at)

            answers = {subject: shown(row, as_of) for subject, row in found.items()}
            expected = foretell(told, as_of, known_at)
            for subject, acts in told.items():
                assert answers.get(subject) == expected.get(subject), acts
            for row in found.values():
                assert {signal for signal in Signal if row[signal.value]} == signals_of(facts_of(row), as_of), row


@settings(max_examples=30, deadline=None, suppress_health_check=SHARED)
@given(told=histories(), moment=moments)
async def test_what_is_received_or_recorded_later_changes_no_answer(
    database: Database,
    cast: Mapping[str, NewClient],
    told: dict[Subject, list[Act]],
    moment: Moment,
) -> None:
    as_of, known_at = moment
    by_id = {act.id: act for acts in told.values() for act in acts}

    def is_seen(act: Act) -> bool:
        if known_at is not None and act.recorded_at > known_at:
            return False
        # An annulment speaks of the day of what it takes back, whenever it was made.
        return is_seen(by_id[act.act_id]) if isinstance(act, Annulment) else act.received_at <= as_of

    async with undone(database) as connection:
        await record(connection, cast["police"].id, {one: [*filter(is_seen, acts)] for one, acts in told.items()})
        before = await ask(connection, told, as_of, known_at)

        unseen = {one: [*filterfalse(is_seen, acts)] for one, acts in told.items()}
        await record(connection, cast["police"].id, unseen, stored_at=as_of)

        assert await ask(connection, told, as_of, known_at) == before


TALES: dict[str, tuple[list[Act], Status]] = {
    "nothing": ([], Status.NOT_STARTED),
    "a start": ([going_on(EARLY)], Status.IN_PROGRESS),
    "a report without evidence": ([done(EARLY)], Status.IN_PROGRESS),
    "evidence without a report": ([proof(EARLY)], Status.NOT_STARTED),
    "a return": ([done(EARLY), proof(EARLY), returned(EARLY + DAY)], Status.IN_PROGRESS),
}


@pytest.mark.parametrize(("acts", "in_time"), TALES.values(), ids=TALES)
@pytest.mark.parametrize("moved", [None, DUE_FIRST + 30 * DAY, DUE_FIRST - DAY])
async def test_time_alone_turns_what_is_open_late_at_the_very_deadline(
    database: Database, cast: Mapping[str, NewClient], acts: list[Act], in_time: Status, moved: datetime | None
) -> None:
    due = max(moved or DUE_FIRST, DUE_FIRST)
    told = acts if moved is None else [*acts, extended(EARLY, moved)]
    expected = {PLAIN: [in_time, Status.OVERDUE, Status.OVERDUE], REQUESTED: [in_time, Status.AWAITED, Status.AWAITED]}
    async with undone(database) as connection:
        for subject, late in expected.items():
            await record(connection, cast["police"].id, {subject: of_claims(replace(act, id=uuid4()) for act in told)})

            found = [(await ask(connection, [subject], due + n * MOMENT))[subject]["status"] for n in (-1, 0, 1)]

            assert found == late


async def test_time_alone_changes_nothing_that_is_complete_or_waived(
    database: Database, cast: Mapping[str, NewClient]
) -> None:
    told: dict[Subject, list[Act]] = {
        PLAIN: [done(EARLY), proof(EARLY)],
        REQUESTED: [done(DUE_FIRST), proof(EARLY)],
        CONDITIONAL: [waived(EARLY)],
    }
    async with undone(database) as connection:
        await record(connection, cast["police"].id, told)

        for as_of in (DUE_FIRST, DUE_FIRST + DAY, DUE_2022):
            found = await ask(connection, told, as_of)

            assert found[PLAIN]["status"] == Status.COMPLETED_ON_TIME
            assert found[REQUESTED]["status"] == Status.COMPLETED_LATE
            assert found[CONDITIONAL]["status"] == Status.NOT_APPLICABLE
