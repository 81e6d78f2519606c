"""Histories of a few obligations of the real plan, as plain acts, and how they are recorded."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Select, Table, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from app import models
from app.database.engine import SYSTEM, Database
from app.domain.completion import ClaimState, Force, ReviewOutcome, Status
from app.models.base import stable_id, table
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
ALONE = (MEASURED, PLAIN, PLAIN_AGAIN, CONDITIONAL, REQUESTED)
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
    """The owner reports; `figures` are its measurements by target."""

    state: ClaimState
    percent: int | None = None
    figures: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Evidence(Act):
    """The owner attaches a link."""


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Act):
    """The owner withdraws an evidence."""

    evidence_id: UUID


@dataclass(frozen=True, kw_only=True)
class Review(Act):
    """The coordinator accepts or returns."""

    outcome: ReviewOutcome


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


Histories = Mapping[Subject, list[Act]]
DISTRICTS = (
    *("ubnd-ninh-kieu", "ubnd-binh-thuy", "ubnd-cai-rang", "ubnd-o-mon", "ubnd-thot-not"),
    *("ubnd-phong-dien", "ubnd-co-do", "ubnd-thoi-lai", "ubnd-vinh-thanh"),
)
"""Members that the seed proposes to succeed: nine successions."""
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
    rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
    for subject, acts in histories.items():
        for act in acts:
            model, words = _HISTORIES[type(act)]
            rows[table(model)].append(_row(subject, act, client_id) | words)
            rows[table(models.Measurement)] += _measurements(subject, act)
    written: list[type[SQLModel]] = [*(model for model, _ in _HISTORIES.values()), models.Measurement]
    for into in map(table, written):
        if rows[into]:
            await connection.execute(insert(into), rows[into])
    if stored_at:
        await refresh_snapshot(connection, [subject.id for subject in histories], stored_at)


def _row(subject: Subject, act: Act, client_id: UUID) -> dict[str, Any]:
    row = asdict(act) | {"plan_id": stable_id(PLAN), "obligation_id": subject.id, "client_id": client_id}
    row.pop("figures", None)
    if isinstance(act, Evidence):
        return row | {"body_id": stable_id(PLAN, "body", subject.owner)}
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
        }
        for code, value in figures.items()
    ]


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


def shown(row: Mapping[Any, Any], as_of: datetime) -> Standing:
    """Show a row as a caller sees it."""
    answer = obligation_out(row, as_of)
    claim, review = answer.claim, answer.review
    names = ("status", "missing", "completed_at", "due_before", "evidence_count")
    return Standing(
        owner=answer.owner.code,
        claim=(claim.state, claim.percent, claim.received_at) if claim else None,
        review=(review.outcome, review.received_at) if review else None,
        **{name: getattr(answer, name) for name in names},
    )
