"""Late stays late, and what is annulled was never there: over random histories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.commands.clients import NewClient
from app.commands.seals import close, verify
from app.database.engine import Database
from app.domain.access import Caller, Role
from app.domain.completion import ClaimState, Status
from app.models import SealedStanding
from app.models.base import table
from app.schemas.cycles import ClosingIn
from tests.given import FIRST, PLAN
from tests.histories import (
    DUE_2022,
    GOOD_FIGURES,
    MEASURED,
    Act,
    Annulment,
    Evidence,
    Subject,
    Transfer,
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
SOME_DAY = datetime(2100, 1, 1, tzinfo=UTC)
"""Long after any figures were sealed, by the clock of the database."""


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
    """Draw histories, and what owners and partners do after them, also elsewhere in the line of a duty owed once."""
    told, numbers = draw(histories()), count(1)
    return told, {subject: draw(owners_acts(subject, before, numbers)) for subject, before in told.items()}


@settings(max_examples=20, deadline=None, suppress_health_check=SHARED)
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
                assert one not in found or found[one]["status"] != Status.COMPLETED_ON_TIME, (told[one], acts[one])


@st.composite
def is_recorded_later(draw: st.DrawFn) -> tuple[dict[Subject, list[Act]], dict[Subject, list[Act]]]:
    """Draw histories, and what is entered and taken back once the figures have been sealed."""
    told, acts = draw(goes_on())
    entered = {one: [replace(act, recorded_at=SOME_DAY) for act in some] for one, some in acts.items()}
    for number, (subject, before) in enumerate(told.items()):
        able = [act for act in untouched(before, subject) if not isinstance(act, Transfer)]
        is_taken_back = draw(st.booleans())
        if able and is_taken_back:
            base: dict[str, Any] = {"received_at": SOME_DAY, "recorded_at": SOME_DAY}
            act_id = draw(st.sampled_from(able)).id
            entered[subject].append(Annulment(id=UUID(int=8 << 96 | number), act_id=act_id, **base))
        if draw(st.booleans()):
            early = draw(st.sampled_from(INSTANTS))
            paper: dict[str, Any] = {"received_at": early, "recorded_at": SOME_DAY, "paper": True}
            state = draw(st.sampled_from([*ClaimState]))
            entered[subject].append(Update(id=UUID(int=7 << 96 | number), state=state, **paper))
    return told, entered


@settings(max_examples=8, deadline=None, suppress_health_check=SHARED)
@given(story=is_recorded_later())
async def test_sealed_figures_come_out_the_same_whatever_is_recorded_later(
    database: Database,
    cast: Mapping[str, NewClient],
    story: tuple[dict[Subject, list[Act]], dict[Subject, list[Act]]],
) -> None:
    told, later = story
    async with undone(database) as connection:
        await record(connection, cast["police"].id, told)
        closing = Caller(client_id=cast["coordinator"].id, role=Role.COORDINATOR)
        seal = await close(connection, closing, PLAN, FIRST, ClosingIn(reason="Đã tổng hợp."), now=NOW)
        under = select(table(SealedStanding).c.obligation_id, table(SealedStanding).c.status)
        sealed = {row.obligation_id: row.status for row in await connection.execute(under)}

        await record(connection, cast["police"].id, later, stored_at=NOW)

        assert [verdict.differences for verdict in await verify(connection)] == [[]]
        found = await ask(connection, told, seal.as_of, seal.known_at)
        again = {one.id: row["status"] for one, row in found.items() if one.cycle == FIRST}
        assert again == {one: sealed[one] for one in again}


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
