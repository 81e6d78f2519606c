"""What the histories say of each obligation, stored so that nobody has to read them again for every answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, String, text
from sqlmodel import Field, Index

from app.domain.completion import ClaimState, Force, Judgement, ReviewOutcome
from app.models.base import PlanRow, belongs_to, copied, instant

_OPEN: dict[str, Any] = {"postgresql_where": text("is_open")}


class StandingSnapshot(PlanRow, table=True):
    """One row is the facts of one obligation, at every moment from `settled_from` on, until before `settled_until`.

    They are what the history gives (standing/replay.py), filled by the same expression after each act; what they cannot
    answer, the history is asked.  Nothing in a row changes with time: no status is stored, `is_open` only says that no
    rule applies but those that read the time.  `known_from` is when the last act was recorded, `changed_at` that of the
    last one by which something else in the row changed than how often it was acted on and how much evidence there is.

    The database makes the row with the obligation, and says itself that it stands no longer (`settled_from` never
    comes) whenever an act leaves something in a history: see migration 0015.
    """

    __tablename__ = "standing_facts"
    __table_args__ = (
        belongs_to("obligation", "id", ondelete="CASCADE"),
        Index("ix_standing_facts_due", "plan_id", "due_before", "position", "id"),
        Index("ix_standing_facts_due_anywhere", "due_before", "position", "id"),
        Index("ix_standing_facts_open", "plan_id", "due_before", "position", "id", **_OPEN),
        Index("ix_standing_facts_open_anywhere", "due_before", "position", "id", **_OPEN),
        Index("ix_standing_facts_plan_settled_from", "plan_id", "settled_from"),
        Index("ix_standing_facts_settled_from", "settled_from"),
        Index("ix_standing_facts_settled_until", "settled_until"),
        Index("ix_standing_facts_known_from", "known_from"),
        Index("ix_standing_facts_changed", "plan_id", "changed_at", postgresql_where=text("changed_at IS NOT NULL")),
    )

    cycle_id: UUID
    duty_id: UUID
    planned_owner_id: UUID
    position: int
    force: Force = copied(Force)
    owner_id: UUID | None = None
    body_id: UUID | None = None
    due_before: datetime | None = instant()
    latest_state: ClaimState | None = copied(ClaimState, optional=True)
    claim_state: ClaimState | None = copied(ClaimState, optional=True)
    awaiting_review: bool | None = None
    condition_met: bool | None = None
    claim_percent: int | None = None
    claim_received_at: datetime | None = instant()
    review_outcome: ReviewOutcome | None = copied(ReviewOutcome, optional=True)
    review_received_at: datetime | None = instant()
    version: int | None = None
    updated_at: datetime | None = instant()
    evidence_acts: int | None = None
    evidence_acted_at: datetime | None = instant()
    evidence_count: int | None = None
    done_since: datetime | None = instant()
    proven_since: datetime | None = instant()
    unmet_targets: list[str] | None = Field(default=None, sa_type=ARRAY(String(30)))
    completed_at: datetime | None = instant()
    nothing_arises: bool | None = None
    claims_completion: bool | None = None
    waived: list[str] | None = Field(default=None, sa_type=ARRAY(String(40)))
    silent: bool | None = None
    last_reported_at: datetime | None = instant()
    judged: Judgement | None = copied(Judgement, optional=True)
    owed: bool | None = None
    ended_by: UUID | None = None
    is_open: bool | None = None
    settled_from: datetime = instant()
    settled_until: datetime = instant()
    known_from: datetime = instant()
    changed_at: datetime | None = instant()
