"""Annulments: an act that should never have been recorded counts nowhere, and stays in the history.

Whether an act counts is what the latest row of `AnnulledAct` says of it; of an act without a row nothing was ever
annulled.  An annulment of an annulment is an act like the others: it leaves the opposite rows.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import Index

from app.domain.acts import ActKind
from app.models.base import ActRow, PlanRow, belongs_to, by_client, choice, recorded, text
from app.models.paper import of_paper


class Annulment(ActRow, table=True):
    """One row takes back one act, `act_id`, with a reason: on an obligation, a cycle, or the plan; or a whole paper."""

    __tablename__ = "annulment"
    __table_args__ = (
        Index("ix_annulment_history", "plan_id", "obligation_id", "received_at", "recorded_at", "id"),
        Index("ix_annulment_act", "plan_id", "act_id"),
        belongs_to("obligation", "obligation_id"),
        belongs_to("cycle", "cycle_id"),
        belongs_to("paper_report", "paper_report_id"),
        of_paper("annulment"),
        by_client(),
    )

    obligation_id: UUID | None = None
    cycle_id: UUID | None = None
    paper_report_id: UUID | None = None
    act_id: UUID
    kind: ActKind = choice(ActKind, "kind")
    reason: str = text(10_000)


class AnnulledAct(PlanRow, table=True):
    """One row says that one act counts from `recorded_at` on, or that it does not, because of one annulment.

    There is one for the act itself and one for each that falls with it or comes back with it; `obligation_id`, or
    `cycle_id`, is what that act is on.  The database records all rows of an annulment at its own instant: by no
    `known_at` has half of them been taken back.
    """

    __tablename__ = "annulled_act"
    __table_args__ = (
        Index("ix_annulled_act_act", "plan_id", "act_id", "recorded_at", "id"),
        Index("ix_annulled_act_obligation", "plan_id", "obligation_id", "recorded_at"),
        Index("ix_annulled_act_cycle", "plan_id", "cycle_id", "recorded_at"),
        Index("ix_annulled_act_annulment", "plan_id", "annulment_id"),
        belongs_to("annulment", "annulment_id"),
        belongs_to("obligation", "obligation_id"),
        belongs_to("cycle", "cycle_id"),
    )

    annulment_id: UUID
    act_id: UUID
    kind: ActKind = choice(ActKind, "kind")
    counts: bool
    obligation_id: UUID | None = None
    cycle_id: UUID | None = None
    recorded_at: datetime = recorded()
