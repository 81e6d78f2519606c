"""Late stays late, and what is annulled was never there: over random histories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.commands.clients import NewClient
from app.database.engine import Database
from app.domain.completion import ClaimState, Status
from tests.histories import (
    ALONE,
    DUE_2022,
    GOOD_FIGURES,
    MEASURED,
    Act,
    Annulment,
    Evidence,
    Subject,
    Update,
    Withdrawal,
    ask,
    record,
    shown,
    undone,
)
from tests.oracle import untouched
from tests.strategies import INSTANTS, histories

SHARED = [HealthCheck.function_scoped_fixture]
NOW = DUE_2022 + timedelta(days=30)
OPEN = {Status.OVERDUE, Status.AWAITED, Status.IN_PROGRESS, Status.NOT_STARTED}
TOUCHED = {"updated_at", "version", "evidence_acts", "evidence_acted_at"}


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what tells that somebody acted, and not where it stands."""
    return {name: value for name, value in row.items() if name not in TOUCHED}


@settings(max_examples=30, deadline=None, suppress_health_check=SHARED)
@given(told=histories(), asked=st.lists(st.sampled_from([*INSTANTS, NOW]), min_size=1, max_size=3))
async def test_annulling_an_act_gives_the_facts_of_a_history_in_which_it_was_never_made(
    database: Database, cast: Mapping[str, NewClient], told: dict[Subject, list[Act]], asked: list[datetime]
) -> None:
    never = {
        subject: [act for act in untouched(acts, subject) if not isinstance(act, Annulment)]
        for subject, acts in told.items()
    }
    answers = []
    for histories_ in (told, never):
        async with undone(database) as connection:
            await record(connection, cast["police"].id, histories_)
            rows = [await ask(connection, told, as_of) for as_of in asked]
            answers.append([{subject: facts(row) for subject, row in found.items()} for found in rows])

    assert answers[0] == answers[1]


@st.composite
def owners_acts(draw: st.DrawFn, subject: Subject, before: Sequence[Act], numbers: Iterator[int]) -> list[Act]:
    """Draw what an owner or a partner can still do after the deadline, in order."""
    acts: list[Act] = []
    for minute in range(draw(st.integers(1, 5))):
        at = NOW + timedelta(minutes=minute)
        base: dict[str, Any] = {"id": UUID(int=9 << 96 | next(numbers)), "received_at": at, "recorded_at": at}
        standing = {act.id for act in (*before, *acts) if isinstance(act, Evidence)}
        standing -= {act.evidence_id for act in (*before, *acts) if isinstance(act, Withdrawal)}
        kind = draw(st.sampled_from(["report", "report", "attach", "withdraw"]))
        if kind == "withdraw" and standing:
            acts.append(Withdrawal(**base, evidence_id=draw(st.sampled_from(sorted(standing)))))
        elif kind == "attach":
            acts.append(Evidence(**base, of_owner=draw(st.booleans())))
        else:
            state = draw(st.sampled_from([ClaimState.COMPLETED, *ClaimState]))
            acts.append(Update(**base, state=state, figures=GOOD_FIGURES if subject is MEASURED else {}))
    return acts


@st.composite
def goes_on(draw: st.DrawFn) -> tuple[dict[Subject, list[Act]], dict[Subject, list[Act]]]:
    """Draw histories, and what owners and partners do after them."""
    told, numbers = draw(histories(ALONE)), count(1)
    return told, {subject: draw(owners_acts(subject, before, numbers)) for subject, before in told.items()}


@settings(max_examples=30, deadline=None, suppress_health_check=SHARED)
@given(story=goes_on())
async def test_no_act_of_an_owner_or_a_partner_turns_what_was_late_into_on_time(
    database: Database,
    cast: Mapping[str, NewClient],
    story: tuple[dict[Subject, list[Act]], dict[Subject, list[Act]]],
) -> None:
    since, (told, acts) = NOW - timedelta(minutes=1), story
    async with undone(database) as connection:
        await record(connection, cast["police"].id, told)
        before = await ask(connection, told, since)
        late = [one for one, row in before.items() if row["status"] in OPEN and row["due_before"] <= since]

        await record(connection, cast["police"].id, acts)

        for as_of in (NOW, NOW + timedelta(minutes=2), NOW + timedelta(days=1)):
            found = await ask(connection, told, as_of)
            for one in late:
                assert found[one]["status"] != Status.COMPLETED_ON_TIME, (told[one], acts[one])


async def test_better_figures_that_come_late_are_late(database: Database, cast: Mapping[str, NewClient]) -> None:
    at = MEASURED.due_before - timedelta(days=3)
    first = Update(
        id=UUID(int=1),
        received_at=at,
        recorded_at=NOW,
        state=ClaimState.COMPLETED,
        figures={**GOOD_FIGURES, "3.2-c": GOOD_FIGURES["3.2-a"] - 10},
        paper=True,
    )
    proof = Evidence(id=UUID(int=2), received_at=at, recorded_at=NOW)
    better = replace(first, id=UUID(int=3), received_at=NOW, figures=GOOD_FIGURES, paper=False)
    async with undone(database) as connection:
        await record(connection, cast["police"].id, {MEASURED: [first, proof, better]})
        found = (await ask(connection, [MEASURED], NOW))[MEASURED]

    stood = shown(found, NOW)
    assert (stood.status, stood.completed_at) == (Status.COMPLETED_LATE, NOW)
