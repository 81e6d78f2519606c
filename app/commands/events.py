"""Where history is written: every act leaves its row and tells of it, in one transaction.

No other module inserts into a history, so that nothing can be recorded of which the change feed does not tell.  An
event holds ids and instants: never a word that anybody wrote.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.statements import Row, write_rows
from app.domain.completion import ReviewOutcome
from app.domain.events import EventType
from app.models import (
    Annulment,
    ConditionDecision,
    Contribution,
    CycleDeadline,
    Erasure,
    Event,
    Evidence,
    EvidenceContent,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Holiday,
    Instruction,
    Letterhead,
    Membership,
    MembershipEnding,
    PaperReport,
    PartnerNaming,
    ReminderLetter,
    ReminderNumber,
    Review,
    Seal,
    Succession,
    SuccessionDecision,
    Transfer,
    Update,
    Withdrawal,
)
from app.models.base import PlanRow, new_id, table
from app.models.event import NO_PLAN
from app.models.succession import Decision

TYPES: Mapping[type[PlanRow], EventType | Mapping[Any, EventType]] = {
    Update: EventType.UPDATE_REPORTED,
    PaperReport: EventType.PAPER_REPORT_ENTERED,
    Evidence: EventType.EVIDENCE_ATTACHED,
    EvidenceContent: EventType.EVIDENCE_RECEIVED,
    Withdrawal: EventType.EVIDENCE_WITHDRAWN,
    Erasure: EventType.EVIDENCE_ERASED,
    Contribution: EventType.CONTRIBUTION_MADE,
    Review: {
        ReviewOutcome.ACCEPTED: EventType.REVIEW_ACCEPTED,
        ReviewOutcome.RETURNED: EventType.REVIEW_RETURNED,
    },
    ExtensionRequest: EventType.EXTENSION_REQUESTED,
    Extension: EventType.EXTENSION_GIVEN,
    ExtensionRefusal: EventType.EXTENSION_REFUSED,
    ConditionDecision: EventType.CONDITION_DECIDED,
    Instruction: EventType.INSTRUCTION_GIVEN,
    Annulment: EventType.ANNULMENT_MADE,
    CycleDeadline: EventType.DEADLINE_MOVED,
    Seal: EventType.CYCLE_CLOSED,
    Holiday: EventType.HOLIDAY_MARKED,
    Letterhead: EventType.PLAN_AMENDED,
    Succession: EventType.SUCCESSION_PROPOSED,
    SuccessionDecision: {
        Decision.CONFIRMED: EventType.SUCCESSION_CONFIRMED,
        Decision.REJECTED: EventType.SUCCESSION_REJECTED,
    },
    Transfer: {False: EventType.TRANSFERRED, True: EventType.OBLIGATION_ENDED},
    Membership: EventType.MEMBER_ADDED,
    MembershipEnding: EventType.MEMBER_ENDED,
    PartnerNaming: EventType.PARTNER_NAMED,
    ReminderLetter: EventType.LETTER_SENT,
    ReminderNumber: EventType.LETTER_NUMBERED,
}
"""What each kind of act is told as; of some, it depends on their outcome, or on whether they end something."""


async def write(connection: AsyncConnection, model: type[PlanRow], rows: Sequence[Row]) -> dict[UUID, datetime]:
    """Write acts of one kind and tell of each; return when the database recorded them, by their ids."""
    recorded = await keep(connection, model, rows)
    await tell(connection, [_event(model, row, recorded[row["id"]]) for row in rows])
    return recorded


async def keep(connection: AsyncConnection, model: type[PlanRow], rows: Sequence[Row]) -> dict[UUID, datetime]:
    """Write the same without a word: whoever calls this tells of them, on each obligation that they touch."""
    written = await write_rows(connection, table(model), rows, "id", "recorded_at")
    return {row["id"]: row["recorded_at"] for row in written}


async def tell(connection: AsyncConnection, events: Sequence[Row]) -> None:
    """Tell of what happened, in this transaction."""
    await write_rows(connection, table(Event), events)


async def tell_of_no_plan(connection: AsyncConnection, told_as: EventType, act_id: UUID) -> None:
    """Tell of what concerns no plan; `act_id` is the row that tells more."""
    await tell(connection, [{"id": new_id(), "plan_id": NO_PLAN, "type": told_as, "act_id": act_id}])


def opened(cycle: Row) -> Row:
    """Spell that a cycle was opened; opening creates many obligations and is one event."""
    happened = {"type": EventType.CYCLE_OPENED, "occurred_at": cycle["opened_at"]}
    return _of(cycle, **happened, cycle_id=cycle["id"])


def changed_by(annulment: Row, obligation_id: UUID) -> Row:
    """Spell that an annulment changed one more obligation than the one whose act it takes back.

    It is told of on the obligation alone, also when the act was on its whole cycle: an event is of one or the other.
    """
    of = {"obligation_id": obligation_id, "cycle_id": None}
    return _event(Annulment, {**annulment, **of}, annulment["recorded_at"])


def on_one(model: type[PlanRow], act: Row, obligation_id: UUID) -> Row:
    """Spell an act on several obligations as it is told of on one: a paper that reports on it, a letter about it."""
    return _event(model, {**act, "obligation_id": obligation_id, "cycle_id": None}, act["recorded_at"])


def closing_annulled(annulment: Row) -> Row:
    """Spell that a cycle is closed no more."""
    happened = {"type": EventType.CLOSING_ANNULLED, "occurred_at": annulment["received_at"]}
    of = {"act_id": annulment["id"], "cycle_id": annulment["cycle_id"], "recorded_at": annulment["recorded_at"]}
    return _of(annulment, **happened, **of)


def seeded(plan_id: UUID, now: datetime, *, anew: bool) -> Row:
    """Spell that a plan was added, or changed as its seed says, whatever that was."""
    told_as = EventType.PLAN_ADDED if anew else EventType.PLAN_AMENDED
    return _of({"plan_id": plan_id}, type=told_as, occurred_at=now)


def _event(model: type[PlanRow], row: Row, recorded_at: datetime) -> Row:
    told_as = TYPES[model]
    return _of(
        row,
        type=told_as if isinstance(told_as, EventType) else told_as[row.get("outcome", row.get("ends"))],
        # A mark of the calendar and a proposal are not received, but made.
        occurred_at=row.get("received_at", recorded_at),
        # By the one instant an act and the word of it are known.
        recorded_at=recorded_at,
        act_id=row["id"],
        obligation_id=row.get("obligation_id"),
        cycle_id=row.get("cycle_id"),
    )


def _of(row: Row, **fields: Any) -> Row:
    return {"id": new_id(), "plan_id": row["plan_id"], **fields}
