"""Annulments: an act that should never have been recorded counts nowhere, and stays in the history.

Whether an act counts is what the latest row of `AnnulledAct` says of it; of an act without a row nothing was ever
annulled.  An annulment of an annulment is an act like the others: it leaves the opposite rows.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text as sql
from sqlmodel import Index

from app.domain.acts import ActKind
from app.models.base import ActRow, PlanRow, belongs_to, by_client, choice, instant, recorded, text
from app.models.paper import of_paper


class Annulment(ActRow, table=True):
    """One row takes back one act, `act_id`, with a reason: on an obligation, a cycle, or the plan; or a whole paper.

    `evidence_id` is the evidence that the act is on, if it is on one: whoever may not know of that, knows of neither.
    """

    __tablename__ = "annulment"
    __table_args__ = (
        Index("ix_annulment_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        Index("ix_annulment_act", "plan_id", "act_id"),
        belongs_to("obligation", "obligation_id"),
        belongs_to("cycle", "cycle_id"),
        belongs_to("paper_report", "paper_report_id"),
        belongs_to("evidence", "evidence_id"),
        of_paper("annulment"),
        by_client(),
    )

    obligation_id: UUID | None = None
    cycle_id: UUID | None = None
    paper_report_id: UUID | None = None
    evidence_id: UUID | None = None
    act_id: UUID
    kind: ActKind = choice(ActKind, "kind")
    reason: str = text(10_000)


class AnnulledAct(PlanRow, table=True):
    """One row says that one act counts from `recorded_at` on, or that it does not, because of one annulment.

    There is one for the act itself and one for each that falls with it or comes back with it; `obligation_id`, or
    `cycle_id`, is what that act is on, `evidence_id` the evidence, if it is on one.  The database records all rows of
    an annulment at its own instant: by no `known_at` has half of them been taken back.  They are received with it, too.
    """

    __tablename__ = "annulled_act"
    __table_args__ = (
        Index("ix_annulled_act_act", "plan_id", "act_id", "recorded_at", "id"),
        Index("ix_annulled_act_obligation", "plan_id", "obligation_id", "recorded_at"),
        Index("ix_annulled_act_cycle", "plan_id", "cycle_id", "recorded_at"),
        Index("ix_annulled_act_annulment", "plan_id", "annulment_id"),
        Index(
            "ix_annulled_act_evidence",
            *("plan_id", "obligation_id", "evidence_id"),
            postgresql_where=sql("evidence_id IS NOT NULL"),
        ),
        belongs_to("annulment", "annulment_id"),
        belongs_to("obligation", "obligation_id"),
        belongs_to("cycle", "cycle_id"),
        belongs_to("evidence", "evidence_id"),
    )

    annulment_id: UUID
    act_id: UUID
    kind: ActKind = choice(ActKind, "kind")
    counts: bool
    obligation_id: UUID | None = None
    cycle_id: UUID | None = None
    evidence_id: UUID | None = None
    received_at: datetime = instant()
    recorded_at: datetime = recorded()
