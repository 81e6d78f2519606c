"""Histories of a few obligations of the real plan, as plain acts, and how they are recorded."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, Table, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app import models
from app.commands.taking_back import differing
from app.database.engine import SYSTEM, Database
from app.database.statements import fetch_all
from app.domain import acts as domain
from app.domain.completion import ClaimState, Force, Judgement, ReviewOutcome, Status
from app.models.base import new_id, stable_id, table
from app.queries.acts import act_of, acts_on
from app.schemas.views import obligation_out
from app.standing.moment import Moment
from app.standing.refresh import refresh_snapshot
from app.standing.rule import standings
from tests.given import FIRST, PLAN, obligation


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One obligation, with what the plan says of it."""

    duty: str
    owner: str
    due_before: datetime
    cycle: str = FIRST
    starts_at: datetime = datetime(2021, 5, 30, 17, tzinfo=UTC)
    force: Force = Force.DIRECTED
    once: bool = False

    @property
    def id(self) -> UUID:
        """The id that the obligation has everywhere."""
        return obligation(self.duty, self.owner, self.cycle)


DUE_FIRST = datetime(2021, 6, 14, 17, tzinfo=UTC)
DUE_2021 = datetime(2021, 12, 16, 17, tzinfo=UTC)
DUE_2022 = datetime(2022, 12, 16, 17, tzinfo=UTC)
BEGIN_2022 = datetime(2021, 12, 14, 17, tzinfo=UTC)

MEASURED = Subject(duty="3.2", owner="cong-an", due_before=DUE_FIRST)
PLAIN = Subject(duty="3.4", owner="cong-an", due_before=DUE_FIRST)
PLAIN_AGAIN = Subject(duty="3.4", owner="cong-an", due_before=DUE_2021, cycle="2021")
CONDITIONAL = Subject(duty="3.7", owner="cong-an", due_before=DUE_FIRST)
REQUESTED = Subject(duty="14.1", owner="vksnd", due_before=DUE_FIRST, force=Force.REQUESTED)
LIABLE = Subject(duty="3.8", owner="cong-an", due_before=DUE_FIRST)
ALONE = (MEASURED, PLAIN, PLAIN_AGAIN, CONDITIONAL, REQUESTED, LIABLE)
ONCE = (
    Subject(duty="G.1", owner="so-y-te", due_before=DUE_FIRST, once=True),
    Subject(duty="G.1", owner="so-y-te", due_before=DUE_2021, cycle="2021", once=True),
    Subject(duty="G.1", owner="so-y-te", due_before=DUE_2022, cycle="2022", starts_at=BEGIN_2022, once=True),
)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act in a history."""

    id: UUID
    received_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, kw_only=True)
class Update(Act):
    """The owner reports; `figures` are its measurements by target, none where there was no case."""

    state: ClaimState
    percent: int | None = None
    figures: Mapping[str, Decimal | None] = field(default_factory=dict)
    paper: bool = False


@dataclass(frozen=True, kw_only=True)
class Evidence(Act):
    """The owner attaches a link, or (without `of_owner`) a partner does."""

    of_owner: bool = True
    update_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Act):
    """The owner withdraws an evidence."""

    evidence_id: UUID


@dataclass(frozen=True, kw_only=True)
class Review(Act):
    """The coordinator accepts an update, with what it waives, or returns it."""

    outcome: ReviewOutcome
    update_id: UUID | None = None
    waives: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Extension(Act):
    """The coordinator moves the deadline."""

    due_before: datetime


@dataclass(frozen=True, kw_only=True)
class Condition(Act):
    """The coordinator says whether the condition is met, from `received_at` on."""

    met: bool


@dataclass(frozen=True, kw_only=True)
class Transfer(Act):
    """The obligation passes to another owner; a succession passes each obligation once."""

    owner: str
    succession: int


@dataclass(frozen=True, kw_only=True)
class Annulment(Act):
    """Somebody takes back an act."""

    act_id: UUID


Histories = Mapping[Subject, list[Act]]
DISTRICTS = (
    *("ubnd-ninh-kieu", "ubnd-binh-thuy", "ubnd-cai-rang", "ubnd-o-mon", "ubnd-thot-not"),
    *("ubnd-phong-dien", "ubnd-co-do", "ubnd-thoi-lai", "ubnd-vinh-thanh"),
)
"""Members that the seed proposes to succeed: nine successions."""
PARTNER = "so-vhttdl"
"""Whose evidence it is that is not the owner's."""
GOOD_FIGURES = {"3.2-a": Decimal(100), "3.2-b": Decimal(100), "3.2-c": Decimal("90.000001"), "3.2-d": Decimal(5)}

_HISTORIES: dict[type[Act], tuple[type[SQLModel], dict[str, Any]]] = {
    Update: (models.Update, {"summary": "Đã triển khai."}),
    Evidence: (
        models.Evidence,
        {"kind": "link", "classification": "public"},
    ),
    Withdrawal: (models.Withdrawal, {"reason": "Đính kèm nhầm."}),
    Review: (models.Review, {"reason": "Đã xem."}),
    Extension: (models.Extension, {"reason": "Theo đề nghị.", "decided_on": date(2021, 6, 1)}),
    Condition: (models.ConditionDecision, {"reason": "Đã có hướng dẫn."}),
    Transfer: (models.Transfer, {}),
}
"""Where each kind of act is kept, and the words that it needs and the rule does not read."""


async def record(
    connection: AsyncConnection, client_id: UUID, histories: Histories, *, stored_at: datetime | None = None
) -> None:
    """Write histories with both of their times, as the application may, and store what they say at an instant."""
    acts = [(subject, act) for subject, acts in histories.items() for act in acts]
    await _write(connection, client_id, [(subject, act) for subject, act in acts if type(act) in _HISTORIES])
    annulments = [(act, subject) for subject, act in acts if isinstance(act, Annulment)]
    for annulment, subject in sorted(annulments, key=lambda one: (one[0].recorded_at, one[0].id)):
        await _take_back(connection, client_id, annulment, subject)
    if stored_at:
        await refresh_snapshot(connection, [subject.id for subject in histories], stored_at)


async def _write(connection: AsyncConnection, client_id: UUID, acts: Iterable[tuple[Subject, Act]]) -> None:
    rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
    for subject, act in acts:
        model, words = _HISTORIES[type(act)]
        rows[table(model)].append(_row(subject, act, client_id) | words)
        rows[table(models.Measurement)] += _measurements(subject, act)
    written: list[type[SQLModel]] = [*(model for model, _ in _HISTORIES.values()), models.Measurement]
    for into in map(table, written):
        await invent(connection, into, rows[into])


async def invent(connection: AsyncConnection, into: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with the instants at which they were recorded, which the application is not asked for (conftest)."""
    if rows:
        told = {"name": into.name, "named": ", ".join(rows[0]), "told": json.dumps(rows, default=str)}
        await connection.execute(text("SELECT tests.invent(:name, :named, CAST(:told AS jsonb))"), told)


def _row(subject: Subject, act: Act, client_id: UUID) -> dict[str, Any]:
    row = asdict(act) | {"plan_id": stable_id(PLAN), "obligation_id": subject.id, "client_id": client_id}
    row.pop("figures", None)
    if row.pop("paper", False):
        row["document_number"] = "9/BC-CATP"
    if isinstance(act, Update) and not act.paper:
        row["document_number"] = None
    if isinstance(act, Review):
        row["waives"] = list(act.waives)
    if isinstance(act, Evidence):
        return row | {"body_id": stable_id(PLAN, "body", subject.owner if act.of_owner else PARTNER)}
    return row | _passed(act, row.pop("owner"), row.pop("succession")) if isinstance(act, Transfer) else row


def _passed(act: Transfer, owner: str, succession: int) -> dict[str, Any]:
    """Spell who owes it now, by one of the successions that the seed proposes."""
    body_id = stable_id(PLAN, "body", owner)
    by = stable_id(PLAN, "succession", DISTRICTS[succession], "2025-07-01")
    return {"owner_id": body_id, "body_id": body_id, "succession_id": by}


def _measurements(subject: Subject, act: Act) -> list[dict[str, Any]]:
    figures = act.figures if isinstance(act, Update) else {}
    return [
        {
            "id": stable_id(str(act.id), code),
            "plan_id": stable_id(PLAN),
            "update_id": act.id,
            "target_id": stable_id(PLAN, "target", subject.duty, code),
            "value": value,
            "cases": 0 if value is None else None,
        }
        for code, value in figures.items()
    ]


async def _take_back(connection: AsyncConnection, client_id: UUID, act: Annulment, subject: Subject) -> None:
    """Write an annulment, and which acts that were recorded by then count otherwise by it, as the service does."""
    rows = await fetch_all(connection, acts_on, ids=[subject.id], moment=Moment(act.received_at))
    known = [one for one in map(act_of, rows) if one.recorded_at <= act.recorded_at]
    named = {one.id: one for one in known}.get(act.act_id)
    if named is None or not named.counts:
        return
    base = {"plan_id": stable_id(PLAN), "obligation_id": subject.id, "recorded_at": act.recorded_at}
    taken = {"act_id": act.act_id, "kind": named.kind, "client_id": client_id, "received_at": act.received_at}
    taken["evidence_id"] = named.evidence_id
    await invent(connection, table(models.Annulment), [{**base, **taken, "id": act.id, "reason": "Nhầm."}])
    taking = domain.Act(id=act.id, kind=domain.ActKind.ANNULMENT, names=act.act_id, recorded_at=act.recorded_at)
    for one in differing(known, taking):
        word = {"id": new_id(), "annulment_id": act.id, "act_id": one.id, "kind": one.kind, "counts": one.counts}
        word |= {"received_at": act.received_at, "evidence_id": one.evidence_id}
        await invent(connection, table(models.AnnulledAct), [{**base, **word}])


@asynccontextmanager
async def undone(database: Database) -> AsyncIterator[AsyncConnection]:
    """Open a transaction whose writes are undone, so that each example finds the plan untouched."""
    async with database.writing(SYSTEM) as connection:
        savepoint = await connection.begin_nested()
        try:
            yield connection
        finally:
            await savepoint.rollback()


async def ask(
    connection: AsyncConnection, subjects: Iterable[Subject], as_of: datetime, known_at: datetime | None = None
) -> dict[Subject, dict[Any, Any]]:
    """Read where obligations stand at a moment, by the one expression behind every answer."""
    by_id = {subject.id: subject for subject in subjects}
    moment = {"as_of": as_of} | ({"known_at": known_at} if known_at else {})
    rows = await connection.execute(_standings(frozenset(moment)), {"ids": [*by_id], **moment})
    return {by_id[row["id"]]: dict(row) for row in rows.mappings()}


@cache
def _standings(asked: frozenset[str]) -> Select[Any]:
    """Make the expression once: its instants are parameters, and making it takes longer than running it."""
    moment = Moment(DUE_FIRST, DUE_FIRST if "known_at" in asked else None)
    ids: BindParameter[UUID] = bindparam("ids", expanding=True)
    return select(*standings(moment, table(models.Obligation).c.id.in_(ids)).c)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is asked of an obligation."""

    status: Status
    missing: list[str]
    claim: tuple[ClaimState, int | None, datetime] | None
    review: tuple[ReviewOutcome, datetime] | None
    completed_at: datetime | None
    due_before: datetime
    evidence_count: int
    owner: str
    waived: list[str]
    silent: bool
    last_reported_at: datetime | None
    judged: Judgement


BESIDE = ("waived", "silent", "last_reported_at", "judged")


def shown(row: Mapping[Any, Any], as_of: datetime) -> Standing:
    """Show a row as a caller sees it."""
    answer = obligation_out(row, as_of)
    claim, review = answer.claim, answer.review
    names = ("status", "missing", "completed_at", "due_before", "evidence_count", *BESIDE)
    return Standing(
        owner=answer.owner.code,
        claim=(claim.state, claim.percent, claim.received_at) if claim else None,
        review=(review.outcome, review.received_at) if review else None,
        **{name: getattr(answer, name) for name in names},
    )
