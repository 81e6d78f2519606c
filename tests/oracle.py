"""An oracle, told from DOMAIN.md and from nothing else: it reads a history act by act, as a clerk would.

It shares no line with the rule that it checks, but for the names of states and statuses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from app.domain.completion import ClaimState, Force, ReviewOutcome, Status
from tests.histories import (
    MEASURED,
    Act,
    Condition,
    Evidence,
    Extension,
    Histories,
    Review,
    Standing,
    Subject,
    Transfer,
    Update,
    Withdrawal,
)


def foretell(histories: Histories, as_of: datetime, known_at: datetime | None) -> dict[Subject, Standing]:
    """Say where each obligation stands; those that are not owed are left out."""
    read = {subject: _read(subject, acts, as_of, known_at) for subject, acts in histories.items()}
    deeds = [clerk.completed_at() for subject, clerk in read.items() if subject.once]
    deed = min((at for at in deeds if at), default=None)
    told = {}
    for subject, clerk in read.items():
        if not subject.once or deed is None:
            told[subject] = clerk.tell(as_of, clerk.completed_at(), clerk.missing())
        elif deed >= subject.starts_at:
            told[subject] = clerk.tell(as_of, deed, [])
    return told


@dataclass
class _Clerk:
    """What is known of one obligation, up to the act that was read last."""

    subject: Subject
    due_before: datetime
    last: Update | None = None
    claim: Update | None = None
    reviewed: Review | None = None
    done_since: datetime | None = None
    proven_when_accepted: datetime | None = None
    condition_met: bool = False
    owner: str = ""
    attached: dict[UUID, datetime] = field(default_factory=dict)
    withdrawn: set[UUID] = field(default_factory=set)

    def read(self, act: Act) -> None:
        """Take one act in."""
        match act:
            case Update():
                self.report(act)
            case Review():
                self.review(act)
            case Evidence():
                self.attached[act.id] = act.received_at
            case Withdrawal():
                self.withdrawn.add(act.evidence_id)
            case Extension():
                # The one decided last, which is the last one in order; the cycle's own deadline may be later.
                self.due_before = max(self.subject.due_before, act.due_before)
            case _:
                self.decide(act)

    def decide(self, act: Act) -> None:
        """Note whether the condition is met, or who owes it from now on."""
        match act:
            case Condition():
                self.condition_met = act.met
            case Transfer():
                self.owner = act.owner

    def report(self, update: Update) -> None:
        """Take what the owner says as its claim; the first completed update since the last break begins a run."""
        self.last = self.claim = update
        if update.state is not ClaimState.COMPLETED:
            self.start_over()
        elif self.done_since is None:
            self.done_since = update.received_at

    def review(self, review: Review) -> None:
        """Void the claim until the next update, or let the completion that stands count as proven and met."""
        self.reviewed = review
        if review.outcome is ReviewOutcome.RETURNED:
            self.claim = None
            self.start_over()
        elif self.done_since and not self.proven_when_accepted:
            self.proven_when_accepted = min(self.standing_evidence(), default=self.done_since)

    def waives(self) -> bool:
        """Say whether the claim that stands is that nothing arises; it never stands where the condition is met."""
        return bool(self.claim and self.claim.state is ClaimState.NOT_APPLICABLE and not self.condition_met)

    def standing_claim(self) -> Update | None:
        """Return the claim that counts."""
        says_nothing_arises = self.claim and self.claim.state is ClaimState.NOT_APPLICABLE
        return None if says_nothing_arises and self.condition_met else self.claim

    def start_over(self) -> None:
        """Forget the submission so far."""
        self.done_since = self.proven_when_accepted = None

    def standing_evidence(self) -> list[datetime]:
        """List when the evidence that still stands was received."""
        return [at for one, at in self.attached.items() if one not in self.withdrawn]

    def missing(self) -> list[str]:
        """List what keeps it from complete, unless it is waived."""
        if self.waives():
            return []
        lacking = [] if self.done_since else ["report"]
        if not self.proven_when_accepted:
            lacking += [] if self.standing_evidence() else ["evidence"]
        if self.done_since and self.claim and self.subject is MEASURED and not self.proven_when_accepted:
            lacking += [f"target:{code}" for code in _failed(self.claim.figures)]
        return lacking

    def completed_at(self) -> datetime | None:
        """Say when the last condition came to hold; none while one is missing or no completion is claimed."""
        if self.done_since is None or self.missing():
            return None
        return max(self.done_since, self.proven_when_accepted or min(self.standing_evidence()))

    def tell(self, as_of: datetime, completed_at: datetime | None, missing: list[str]) -> Standing:
        """Say where it stands, given when it was completed."""
        claim, reviewed = self.standing_claim(), self.reviewed
        return Standing(
            status=self.status(as_of, completed_at),
            missing=missing,
            claim=(claim.state, claim.percent, claim.received_at) if claim else None,
            review=(reviewed.outcome, reviewed.received_at) if reviewed else None,
            completed_at=completed_at,
            due_before=self.due_before,
            evidence_count=len(self.standing_evidence()),
            owner=self.owner,
        )

    def status(self, as_of: datetime, completed_at: datetime | None) -> Status:
        """Read the table of statuses from top to bottom."""
        if self.waives():
            return Status.NOT_APPLICABLE
        if completed_at:
            return Status.COMPLETED_ON_TIME if completed_at < self.due_before else Status.COMPLETED_LATE
        if as_of >= self.due_before:
            return Status.OVERDUE if self.subject.force is Force.DIRECTED else Status.AWAITED
        begun = self.last and self.last.state in {ClaimState.IN_PROGRESS, ClaimState.COMPLETED}
        return Status.IN_PROGRESS if begun else Status.NOT_STARTED


def _read(subject: Subject, acts: Iterable[Act], as_of: datetime, known_at: datetime | None) -> _Clerk:
    clerk = _Clerk(subject, subject.due_before, owner=subject.owner)
    for act in sorted(acts, key=lambda act: (act.received_at, act.recorded_at, act.id)):
        if act.received_at <= as_of and (known_at is None or act.recorded_at <= known_at):
            clerk.read(act)
    return clerk


def _failed(figures: Mapping[str, Decimal]) -> list[str]:
    """Hold the figures against the sentence of duty 3.2: 100 %, 100 %, over 90 %, a fall of at least 5 %."""
    a, b, c, d = (figures.get(f"3.2-{letter}") for letter in "abcd")
    met = {"3.2-a": a == 100, "3.2-b": b == 100, "3.2-c": c is not None and c > 90, "3.2-d": d is not None and d >= 5}
    return [code for code, reached in met.items() if not reached]
