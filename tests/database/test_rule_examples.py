"""The domain's sentences on facts, signals and status: one short history each, and both sides of every boundary.

The oracle is held to them as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app.commands.clients import NewClient
from app.database.engine import Database
from app.domain.completion import ClaimState, Status
from app.standing.refresh import refresh_snapshot
from tests.acts import (
    accepted,
    annulled,
    done,
    extended,
    going_on,
    good,
    met,
    of_claims,
    proof,
    returned,
    waived,
    withdrawn,
)
from tests.histories import (
    BEGIN_2022,
    CONDITIONAL,
    DUE_FIRST,
    GOOD_FIGURES,
    LIABLE,
    MEASURED,
    ONCE,
    PLAIN,
    PLAIN_AGAIN,
    REQUESTED,
    Act,
    Evidence,
    Review,
    Subject,
    Update,
    ask,
    record,
    shown,
    undone,
)
from tests.oracle import foretell

MOMENT, DAY = timedelta(microseconds=1), timedelta(days=1)
EARLY, JUST, DUE = DUE_FIRST - 7 * DAY, DUE_FIRST - MOMENT, DUE_FIRST
LATE, LATER, LATEST, LONG_AFTER = (DUE_FIRST + n * DAY for n in (1, 2, 3, 30))
IN_TIME, TOO_LATE = Status.COMPLETED_ON_TIME, Status.COMPLETED_LATE
OVERDUE, AWAITED, WAIVED = Status.OVERDUE, Status.AWAITED, Status.NOT_APPLICABLE
BEGUN, NOT_BEGUN = Status.IN_PROGRESS, Status.NOT_STARTED
BOTH = ["report", "evidence"]


@dataclass(frozen=True)
class Tale:
    """What happened, and how it stands."""

    acts: list[Act]
    status: Status
    missing: list[str]
    completed_at: datetime | None = None
    subject: Subject = PLAIN
    as_of: datetime = LONG_AFTER
    known_at: datetime | None = None


FIRST_PROOF, OTHER_PROOF, LATE_PROOF = proof(EARLY), proof(JUST), proof(LATE)
WITHDRAWAL: list[Act] = [done(EARLY), FIRST_PROOF, withdrawn(LATE, FIRST_PROOF)]
PAPER: list[Act] = [
    Update(id=uuid4(), received_at=EARLY, recorded_at=LATE, state=ClaimState.COMPLETED),
    Evidence(id=uuid4(), received_at=EARLY, recorded_at=LATE),
]
OLD_PAPER = Update(id=uuid4(), received_at=EARLY - DAY, recorded_at=LATE, state=ClaimState.COMPLETED)

REPORTED, STRAY, BACK = done(EARLY), going_on(LATE), returned(LATE)
GONE = annulled(LATER, STRAY)
THEIRS = replace(proof(EARLY), of_owner=False)
TAKEN_AWAY = withdrawn(LATE, FIRST_PROOF)
PAPER_BETWEEN = Update(id=uuid4(), received_at=EARLY + DAY, recorded_at=LATEST, state=ClaimState.COMPLETED, paper=True)
STALE_PAPER = replace(PAPER_BETWEEN, id=uuid4(), state=ClaimState.IN_PROGRESS)


def of(update: Update, review: Review) -> Review:
    """Let a review be of another update than the latest."""
    return replace(review, update_id=update.id)


RECORDED_LAST = Update(id=UUID(int=1), received_at=EARLY, recorded_at=JUST, state=ClaimState.COMPLETED)
RECORDED_FIRST = Update(id=UUID(int=2), received_at=EARLY, recorded_at=EARLY, state=ClaimState.IN_PROGRESS)
SMALLER_ID = Update(id=UUID(int=3), received_at=EARLY, recorded_at=EARLY, state=ClaimState.COMPLETED)
GREATER_ID = Update(id=UUID(int=4), received_at=EARLY, recorded_at=EARLY, state=ClaimState.IN_PROGRESS)

TALES = {
    "nothing has happened": Tale([], OVERDUE, BOTH),
    "reported and proven early": Tale([done(EARLY), proof(EARLY)], IN_TIME, [], EARLY),
    "in the last microsecond": Tale([done(JUST), proof(JUST)], IN_TIME, [], JUST),
    "reported at the deadline": Tale([done(DUE), proof(EARLY)], TOO_LATE, [], DUE),
    "proven at the deadline": Tale([done(EARLY), proof(DUE)], TOO_LATE, [], DUE),
    "proven more than once": Tale([done(EARLY), proof(JUST), proof(LATE)], IN_TIME, [], JUST),
    "reported without evidence": Tale([done(EARLY)], OVERDUE, ["evidence"]),
    "evidence without a report": Tale([proof(EARLY)], OVERDUE, ["report"]),
    "an act is received at the very instant": Tale([going_on(EARLY)], BEGUN, BOTH, as_of=EARLY),
    "an act is received a microsecond later": Tale([going_on(EARLY)], NOT_BEGUN, BOTH, as_of=EARLY - MOMENT),
    "an act is recorded at the very instant": Tale(PAPER, IN_TIME, [], EARLY, known_at=LATE),
    "an act is recorded a microsecond later": Tale(PAPER, OVERDUE, BOTH, known_at=LATE - MOMENT),
    "old paper does not hide a newer report": Tale([going_on(EARLY), OLD_PAPER], OVERDUE, BOTH),
    "of one instant, what was recorded last counts": Tale([RECORDED_LAST, RECORDED_FIRST], OVERDUE, ["evidence"]),
    "of one record, the greater id counts": Tale([GREATER_ID, SMALLER_ID], OVERDUE, BOTH),
    "completed twice": Tale([done(EARLY), proof(EARLY), done(LATE)], IN_TIME, [], EARLY),
    "taken back": Tale([done(EARLY), proof(EARLY), going_on(LATE)], OVERDUE, ["report"]),
    "taken back and completed again": Tale(
        [done(EARLY), proof(EARLY), going_on(LATE), done(LATER)], TOO_LATE, [], LATER
    ),
    "returned in time": Tale([done(EARLY), proof(EARLY), returned(JUST)], BEGUN, ["report"], as_of=JUST),
    "returned and then past due": Tale([done(EARLY), proof(EARLY), returned(JUST)], OVERDUE, ["report"], as_of=DUE),
    "returned and completed again": Tale([done(EARLY), proof(EARLY), returned(LATE), done(LATER)], TOO_LATE, [], LATER),
    "accepted without evidence": Tale([done(EARLY), accepted(LATE, "evidence")], IN_TIME, [], EARLY),
    "accepted with evidence": Tale([done(EARLY), proof(EARLY), accepted(LATE)], IN_TIME, [], EARLY),
    "accepted when proven late": Tale([done(EARLY), proof(LATE), accepted(LATER)], TOO_LATE, [], LATE),
    "accepted, and proven afterwards": Tale([done(EARLY), accepted(JUST, "evidence"), proof(LATE)], IN_TIME, [], EARLY),
    "accepted, and its late evidence withdrawn": Tale(
        [done(EARLY), LATE_PROOF, accepted(LATER), withdrawn(LATEST, LATE_PROOF)], TOO_LATE, [], LATE
    ),
    "accepted twice, proven between": Tale(
        [done(EARLY), accepted(JUST, "evidence"), proof(LATE), done(LATE), accepted(LATER)], IN_TIME, [], EARLY
    ),
    "accepted when reported late": Tale([done(LATE), accepted(LATER, "evidence")], TOO_LATE, [], LATE),
    "accepted and reported again": Tale([done(EARLY), accepted(JUST, "evidence"), done(LATE)], IN_TIME, [], EARLY),
    "accepted and returned": Tale([done(EARLY), proof(EARLY), accepted(JUST), returned(LATE)], OVERDUE, ["report"]),
    "accepted once, returned, reported again": Tale(
        [done(EARLY), accepted(JUST, "evidence"), returned(LATE), done(LATER)], OVERDUE, ["evidence"]
    ),
    "accepted once, taken back, reported again": Tale(
        [done(EARLY), accepted(JUST, "evidence"), going_on(LATE), done(LATER)], OVERDUE, ["evidence"]
    ),
    "a microsecond before its evidence is withdrawn": Tale(WITHDRAWAL, IN_TIME, [], EARLY, as_of=LATE - MOMENT),
    "when its evidence is withdrawn": Tale(WITHDRAWAL, OVERDUE, ["evidence"], as_of=LATE),
    "withdrawn and proven anew": Tale([*WITHDRAWAL, proof(LATER)], TOO_LATE, [], LATER),
    "withdrawn and proven otherwise": Tale([*WITHDRAWAL, OTHER_PROOF], IN_TIME, [], JUST),
    "withdrawn and accepted": Tale([*WITHDRAWAL, accepted(LATER, "evidence")], IN_TIME, [], EARLY),
    "claimed too late not to arise": Tale([waived(LATE)], OVERDUE, BOTH, subject=CONDITIONAL),
    "claimed in the last microsecond not to arise": Tale([waived(JUST)], WAIVED, [], subject=CONDITIONAL),
    "claimed in time, and again later": Tale([waived(JUST), waived(LATE)], WAIVED, [], subject=CONDITIONAL),
    "claimed too late and accepted": Tale([waived(LATE), accepted(LATER)], WAIVED, [], subject=CONDITIONAL),
    "a microsecond before it is accepted": Tale(
        [waived(LATE), accepted(LATER)], OVERDUE, BOTH, subject=CONDITIONAL, as_of=LATER - MOMENT
    ),
    "claimed too late after it was done": Tale(
        [done(EARLY), proof(EARLY), waived(LATE)], IN_TIME, [], EARLY, subject=CONDITIONAL
    ),
    "claimed too late after it was done, and returned": Tale(
        [done(EARLY), proof(EARLY), waived(LATE), returned(LATER)], IN_TIME, [], EARLY, subject=CONDITIONAL
    ),
    "claimed in time, returned, claimed again too late": Tale(
        [waived(EARLY), returned(JUST), waived(LATE)], OVERDUE, BOTH, subject=CONDITIONAL
    ),
    "the condition is met before the last day": Tale(
        [waived(EARLY), met(DUE - 2 * DAY)], OVERDUE, BOTH, subject=CONDITIONAL
    ),
    "the condition is met on the last day": Tale([waived(EARLY), met(DUE - DAY)], WAIVED, [], subject=CONDITIONAL),
    "the condition is met, and it was done before": Tale(
        [done(EARLY), proof(EARLY), waived(LATE), met(EARLY)], IN_TIME, [], EARLY, subject=CONDITIONAL
    ),
    "a waiver that is returned": Tale([waived(EARLY), returned(JUST)], OVERDUE, BOTH, subject=CONDITIONAL),
    "a waiver that is accepted": Tale([waived(EARLY), accepted(JUST)], WAIVED, [], subject=CONDITIONAL),
    "done after all": Tale([waived(EARLY), done(JUST), proof(JUST)], IN_TIME, [], JUST, subject=CONDITIONAL),
    "a microsecond before a later deadline": Tale(
        [extended(EARLY, LATE), done(LATE - MOMENT), proof(DUE)], IN_TIME, [], LATE - MOMENT
    ),
    "at a later deadline": Tale([extended(EARLY, LATE), done(LATE), proof(DUE)], TOO_LATE, [], LATE),
    "a microsecond before it is extended": Tale([extended(LATE, LATEST)], OVERDUE, BOTH, as_of=LATE - MOMENT),
    "when it is extended": Tale([extended(LATE, LATEST)], NOT_BEGUN, BOTH, as_of=LATE),
    "the last extension counts, not the longest": Tale(
        [extended(EARLY, LATEST), extended(JUST, LATE), done(LATER), proof(LATER)], TOO_LATE, [], LATER
    ),
    "extended after it was completed late": Tale([done(LATE), proof(LATE), extended(LATER, LATEST)], IN_TIME, [], LATE),
    "a statement proves itself": Tale([done(EARLY)], IN_TIME, [], EARLY, subject=LIABLE),
    "a partner's evidence proves nothing": Tale([done(EARLY), THEIRS], OVERDUE, ["evidence"]),
    "a return of the earlier report": Tale(
        [REPORTED, proof(EARLY), done(LATE), of(REPORTED, returned(LATER))], TOO_LATE, [], LATE
    ),
    "paper from after what was returned": Tale(
        [REPORTED, proof(EARLY), returned(LATER), PAPER_BETWEEN], IN_TIME, [], EARLY + DAY
    ),
    "paper from before an acceptance that takes it back": Tale(
        [done(EARLY), proof(EARLY), accepted(LATER), STALE_PAPER], IN_TIME, [], EARLY
    ),
    "paper from before an acceptance that makes it earlier": Tale(
        [done(LATE), proof(EARLY), accepted(LATER), PAPER_BETWEEN], IN_TIME, [], EARLY + DAY
    ),
    "a stray report is annulled": Tale([done(EARLY), proof(EARLY), STRAY, annulled(LATER, STRAY)], IN_TIME, [], EARLY),
    "a microsecond before it was known to be annulled": Tale(
        [done(EARLY), proof(EARLY), STRAY, annulled(LATER, STRAY)], OVERDUE, ["report"], known_at=LATER - MOMENT
    ),
    "annulled, asked about an instant before": Tale(
        [done(EARLY), proof(EARLY), STRAY, annulled(LATER, STRAY)], IN_TIME, [], EARLY, as_of=LATE
    ),
    "a return is annulled": Tale([done(EARLY), proof(EARLY), BACK, annulled(LATER, BACK)], IN_TIME, [], EARLY),
    "an annulment is annulled": Tale(
        [done(EARLY), proof(EARLY), STRAY, GONE, annulled(LATEST, GONE)], OVERDUE, ["report"]
    ),
    "a report falls with its acceptance": Tale(
        [REPORTED, accepted(JUST, "evidence"), annulled(LATE, REPORTED)], OVERDUE, BOTH
    ),
    "what an acceptance rested on is annulled": Tale(
        [done(EARLY), FIRST_PROOF, accepted(JUST), annulled(LATE, FIRST_PROOF)], OVERDUE, ["evidence"]
    ),
    "a withdrawal is annulled": Tale(
        [done(EARLY), FIRST_PROOF, TAKEN_AWAY, annulled(LATER, TAKEN_AWAY)], IN_TIME, [], EARLY
    ),
    "asked for only": Tale([going_on(EARLY)], AWAITED, BOTH, subject=REQUESTED),
    "asked for only, completed late": Tale([done(LATE), proof(LATE)], TOO_LATE, [], LATE, subject=REQUESTED),
}
NO_CASE = replace(good(EARLY), figures={**GOOD_FIGURES, "3.2-a": None, "3.2-b": None, "3.2-c": None})
TARGETS = {
    "all figures good": Tale([good(EARLY), proof(EARLY)], IN_TIME, [], EARLY),
    "no case at all": Tale([NO_CASE, proof(EARLY)], IN_TIME, [], EARLY),
    "a missed target that is met too late": Tale(
        [good(EARLY, c="90"), proof(EARLY), good(LATE, c="95")], TOO_LATE, [], LATE
    ),
    "a missed target waived in the accepted report alone": Tale(
        [good(EARLY, c="90"), proof(EARLY), accepted(JUST, "target:3.2-c"), good(LATE, c="90")],
        OVERDUE,
        ["target:3.2-c"],
    ),
    "no figures": Tale([done(EARLY), proof(EARLY)], OVERDUE, [f"target:3.2-{letter}" for letter in "abcd"]),
    "one figure": Tale([done(EARLY, c="95"), proof(EARLY)], OVERDUE, [f"target:3.2-{letter}" for letter in "abd"]),
    "a little below all": Tale([good(EARLY, a="99.999999"), proof(EARLY)], OVERDUE, ["target:3.2-a"]),
    "more than all": Tale([good(EARLY, b="100.000001"), proof(EARLY)], OVERDUE, ["target:3.2-b"]),
    "exactly what must be exceeded": Tale([good(EARLY, c="90.0"), proof(EARLY)], OVERDUE, ["target:3.2-c"]),
    "a little over what must be exceeded": Tale([good(EARLY, c="90.000001"), proof(EARLY)], IN_TIME, [], EARLY),
    "exactly the least": Tale([good(EARLY, d="5"), proof(EARLY)], IN_TIME, [], EARLY),
    "a little below the least": Tale([good(EARLY, d="4.999999"), proof(EARLY)], OVERDUE, ["target:3.2-d"]),
    "neither a target nor evidence": Tale([good(EARLY, c="90")], OVERDUE, ["evidence", "target:3.2-c"]),
    "no target before it is completed": Tale([going_on(EARLY)], OVERDUE, BOTH),
    "a missed target that is accepted": Tale(
        [good(EARLY, c="90"), proof(EARLY), accepted(LATE, "target:3.2-c")], IN_TIME, [], EARLY
    ),
    "the last report's figures count": Tale([good(EARLY), proof(EARLY), good(JUST, c="90")], OVERDUE, ["target:3.2-c"]),
}


async def assert_stands(database: Database, client: NewClient, subject: Subject, tale: Tale) -> None:
    """Hold the service and the oracle against what a tale says."""
    told = {subject: of_claims(tale.acts)}
    async with undone(database) as connection:
        await record(connection, client.id, told)
        found = await ask(connection, told, tale.as_of, tale.known_at)
        await refresh_snapshot(connection, [subject.id], tale.as_of)
        assert await ask(connection, told, tale.as_of, tale.known_at) == found

    stood = shown(found[subject], tale.as_of)
    assert (stood.status, stood.missing, stood.completed_at) == (tale.status, tale.missing, tale.completed_at)
    assert foretell(told, tale.as_of, tale.known_at) == {subject: stood}


@pytest.mark.parametrize("tale", TALES.values(), ids=TALES)
async def test_what_happened_stands_as_the_domain_says(
    database: Database, cast: Mapping[str, NewClient], tale: Tale
) -> None:
    await assert_stands(database, cast["police"], tale.subject, tale)


@pytest.mark.parametrize("tale", TARGETS.values(), ids=TARGETS)
async def test_targets_are_met_as_the_domain_says(
    database: Database, cast: Mapping[str, NewClient], tale: Tale
) -> None:
    await assert_stands(database, cast["police"], MEASURED, tale)


NOT_OWED = None
DEEDS: dict[str, tuple[dict[int, list[Act]], list[Status | None]]] = {
    "in time": ({0: [done(EARLY), proof(EARLY)]}, [IN_TIME, IN_TIME, NOT_OWED]),
    "in time and once more": (
        {0: [done(EARLY), proof(EARLY)], 1: [done(LATE), proof(LATE)]},
        [IN_TIME, IN_TIME, NOT_OWED],
    ),
    "a microsecond before 2022": ({0: [done(BEGIN_2022 - MOMENT), proof(DUE)]}, [TOO_LATE, IN_TIME, NOT_OWED]),
    "when 2022 begins": ({0: [done(BEGIN_2022), proof(DUE)]}, [TOO_LATE, IN_TIME, IN_TIME]),
    "in a later cycle": ({2: [done(BEGIN_2022), proof(BEGIN_2022)]}, [TOO_LATE, IN_TIME, IN_TIME]),
    "half in one cycle, half in another": ({0: [done(EARLY)], 1: [proof(EARLY)]}, [OVERDUE, OVERDUE, NOT_BEGUN]),
    "and returned": ({0: [done(EARLY), proof(EARLY), returned(LATE)]}, [OVERDUE, OVERDUE, NOT_BEGUN]),
}


@pytest.mark.parametrize(("acts", "expected"), DEEDS.values(), ids=DEEDS)
async def test_a_duty_owed_once_is_one_deed_for_all_cycles(
    database: Database, cast: Mapping[str, NewClient], acts: dict[int, list[Act]], expected: list[Status | None]
) -> None:
    told = {subject: of_claims(acts.get(n, [])) for n, subject in enumerate(ONCE)}
    as_of = BEGIN_2022 + 30 * DAY
    async with undone(database) as connection:
        await record(connection, cast["police"].id, told)
        found = await ask(connection, told, as_of)

    stood = {subject: shown(row, as_of) for subject, row in found.items()}
    assert [stood[subject].status if subject in stood else NOT_OWED for subject in ONCE] == expected
    assert foretell(told, as_of, None) == stood


async def test_a_duty_owed_in_every_cycle_is_owed_again_when_it_is_done(
    database: Database, cast: Mapping[str, NewClient]
) -> None:
    async with undone(database) as connection:
        await record(connection, cast["police"].id, {PLAIN: [done(EARLY), proof(EARLY)]})
        found = await ask(connection, [PLAIN, PLAIN_AGAIN], LATE)

    assert {subject: row["status"] for subject, row in found.items()} == {PLAIN: IN_TIME, PLAIN_AGAIN: NOT_BEGUN}
