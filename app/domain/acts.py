"""Acts: what kinds there are, and which of them count once some have been taken back.

Source: docs/concepts.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

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

    The rest is for an acceptance, which counts as long as there is what it did not waive: whether it `needs_proof`,
    whether it `waives_proof`, from where in the history an evidence proves, and whether an update `breaks` what the
    acceptance of an earlier one brought.
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
    needs_proof: bool = False
    waives_proof: bool = False
    proves_from: Place | None = None
    breaks: bool = False

    @property
    def place(self) -> Place:
        """Where it stands in its history."""
        return self.received_at or self.recorded_at, self.recorded_at, self.id


def counting(acts: Collection[Act]) -> frozenset[UUID]:
    """Return the acts that count: those that no annulment which counts names, nor names what they fall with.

    An annulment can only name what was there before it.  So the latest one counts, and of each earlier one those after
    it tell.  An acceptance whose claim lacks by now what it did not waive counts no more.
    """
    named: set[UUID] = set()
    for act in sorted(acts, key=lambda act: (act.recorded_at, act.id), reverse=True):
        if act.names and act.id not in named:
            named.add(act.names)
    by_id = {act.id: act for act in acts}

    def stands(act: Act) -> bool:
        root = by_id.get(act.falls_with) if act.falls_with else None
        return act.id not in named and (root is None or stands(root))

    standing = {act.id: act for act in acts if stands(act)}
    for act in sorted(standing.values(), key=lambda act: act.place):
        if act.needs_proof and not _is_proven(act, standing):
            del standing[act.id]
    return frozenset(standing)


def _is_proven(acceptance: Act, standing: dict[UUID, Act]) -> bool:
    """Say whether evidence stood when an acceptance came, or an earlier one had waived it that was in force."""
    withdrawn = {act.falls_with for act in standing.values() if _is_withdrawal(act) and act.place < acceptance.place}
    proofs = (act for act in standing.values() if act.proves_from and act.id not in withdrawn)
    if any(act.proves_from < acceptance.place for act in proofs if act.proves_from):
        return True
    return any(_carries(act, acceptance, standing) for act in standing.values() if act.waives_proof)


def _is_withdrawal(act: Act) -> bool:
    return act.kind is ActKind.WITHDRAWAL


def _carries(earlier: Act, acceptance: Act, standing: dict[UUID, Act]) -> bool:
    """Say whether nothing has broken what an earlier acceptance brought, up to the update of this one."""
    since, until = (standing.get(one.falls_with) if one.falls_with else None for one in (earlier, acceptance))
    if since is None or until is None or earlier.place >= acceptance.place:
        return False
    return since.place <= until.place and not any(
        act.breaks and since.place < act.place < until.place for act in standing.values()
    )
