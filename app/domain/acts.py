"""Acts: what kinds there are, and what an annulment must know of each.

Source: docs/concepts.md.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.domain.completion import ClaimState, ReviewOutcome

Place = tuple[datetime, datetime, UUID]
"""Where an act stands in its history: when it was received, when it was recorded, its id."""


class ActKind(StrEnum):
    """What kind of act a row of a history is."""

    UPDATE = "update"
    EVIDENCE = "evidence"
    WITHDRAWAL = "withdrawal"
    CONTRIBUTION = "contribution"
    REVIEW = "review"
    EXTENSION = "extension"
    EXTENSION_REQUEST = "extension_request"
    EXTENSION_REFUSAL = "extension_refusal"
    CONDITION_DECISION = "condition_decision"
    INSTRUCTION = "instruction"
    TRANSFER = "transfer"
    PAPER_REPORT = "paper_report"
    CYCLE_DEADLINE = "cycle_deadline"
    CYCLE_CLOSING = "cycle_closing"
    CYCLE_OPENING = "cycle_opening"
    SUCCESSION = "succession"
    MEMBERSHIP = "membership"
    ANNULMENT = "annulment"


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act, as far as an annulment asks about it.

    `falls_with` is the act that it belongs to: an update's review, an evidence's withdrawal, a paper's update.  An
    annulment `names` the act that it takes back.  It is on an obligation or on a cycle, or of a whole paper report;
    `evidence_id` is the evidence that it tells of, if it tells of one.  `counts` is what the history says before
    anything more is taken back.

    The rest is for an acceptance, which counts as long as there is what it did not waive.  An update has its `state`
    and the targets that it does not meet, by the names under which they are waived; an evidence proves from somewhere
    in the history on.  A review has its `outcome`, whether its duty `asks_proof`, and what it `waives`.  Its
    `due_before` is the deadline of the cycle by then, that of an extension the one that it gives.
    """

    id: UUID
    kind: ActKind
    recorded_at: datetime
    received_at: datetime | None = None
    falls_with: UUID | None = None
    names: UUID | None = None
    obligation_id: UUID | None = None
    cycle_id: UUID | None = None
    paper_report_id: UUID | None = None
    evidence_id: UUID | None = None
    counts: bool = True
    state: ClaimState | None = None
    unmet: frozenset[str] = frozenset()
    on_paper: bool = False
    proves_from: Place | None = None
    outcome: ReviewOutcome | None = None
    asks_proof: bool = False
    waives: frozenset[str] = frozenset()
    due_before: datetime | None = None

    @property
    def place(self) -> Place:
        """Where it stands in its history."""
        return self.received_at or self.recorded_at, self.recorded_at, self.id
