"""Acts: what kinds there are, and which of them count once some have been taken back.

Source: DOMAIN.md, "Putting right what was recorded by mistake".
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


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

    `falls_with` is the act that it belongs to: an update's review, an evidence's withdrawal.  An annulment `names` the
    act that it takes back.  `counts` is what the history says before anything more is taken back.
    """

    id: UUID
    kind: ActKind
    recorded_at: datetime
    falls_with: UUID | None = None
    names: UUID | None = None
    obligation_id: UUID | None = None
    cycle_id: UUID | None = None
    counts: bool = True


def counting(acts: Collection[Act]) -> frozenset[UUID]:
    """Return the acts that count: those that no annulment which counts names, nor names what they fall with.

    An annulment can only name what was there before it.  So the latest one counts, and of each earlier one those after
    it tell.
    """
    by_id = {act.id: act for act in acts}
    named: set[UUID] = set()
    for act in sorted(acts, key=lambda act: (act.recorded_at, act.id), reverse=True):
        if act.names and act.id not in named:
            named.add(act.names)

    def counts(act: Act | None) -> bool:
        return act is None or (act.id not in named and counts(by_id.get(act.falls_with) if act.falls_with else None))

    return frozenset(act.id for act in acts if counts(act))
