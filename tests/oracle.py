"""An oracle, told from docs/concepts.md and from nothing else: it reads a history act by act, as a clerk would.

It shares no line with the rule that it checks, but for the names of states and statuses.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from app.domain.completion import ClaimState, Force, Judgement, ReviewOutcome, Status
from tests.histories import (
    LIABLE,
    MEASURED,
    Act,
    Annulment,
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

A = TypeVar("A", bound=Act)
NEARLY_TWO_DAYS = timedelta(hours=36)


def foretell(histories: Histories, as_of: datetime, known_at: datetime | None) -> dict[Subject, Standing]:
    """Say where each obligation stands; those that are not owed are left out."""
    read = {subject: _read(subject, acts, as_of, known_at) for subject, acts in histories.items()}
    line = {subject: clerk for subject, clerk in read.items() if subject.once}
    holder = min((one for one in line.values() if one.completed_at), key=_by_deed, default=None)
    told = {}
    for subject, clerk in read.items():
        if not subject.once:
            told[subject] = clerk.tell(as_of)
        elif holder is None:
            told[subject] = clerk.tell(as_of, silent=not any(one.updates for one in line.values()))
        elif holder.completed_at and holder.completed_at >= subject.starts_at:
            told[subject] = clerk.tell(as_of, holder=holder, silent=False)
    return told


def _by_deed(clerk: "_Clerk") -> tuple[datetime, UUID]:
    assert clerk.completed_at is not None
    return clerk.completed_at, clerk.subject.id


def place(act: Act) -> tuple[datetime, datetime, UUID]:
    """Say where an act stands in its history."""
    return act.received_at, act.recorded_at, act.id


@dataclass
class _Clerk:
    """What is known of one obligation from the acts that count, in the order of the history."""

    subject: Subject
    acts: Sequence[Act]

    def all(self, kind: type[A]) -> list[A]:
        """List the acts of a kind."""
        return [act for act in self.acts if isinstance(act, kind)]

    @cached_property
    def due_before(self) -> datetime:
        """The deadline: the later of the cycle's and the one of the letter that was decided last."""
        extended = next((act.due_before for act in reversed(self.all(Extension))), self.subject.due_before)
        return max(self.subject.due_before, extended)

    @cached_property
    def reported(self) -> list[Update]:
        """Everything that was reported."""
        return self.all(Update)

    def reviews_of(self, update: Update, outcome: ReviewOutcome) -> list[Review]:
        """List the reviews of an update."""
        return [one for one in self.all(Review) if one.update_id == update.id and one.outcome is outcome]

    def unmet(self, update: Update) -> list[str]:
        """List the targets that an update neither meets nor was accepted without."""
        waived = {name for one in self.reviews_of(update, ReviewOutcome.ACCEPTED) for name in one.waives}
        failed = unmet_in(update.figures) if self.subject is MEASURED else []
        return [code for code in failed if f"target:{code}" not in waived]

    def full(self, update: Update) -> bool:
        """Say whether it is a full report."""
        return update.state is ClaimState.COMPLETED and not self.unmet(update)

    def late_claim(self, update: Update) -> bool:
        """Say whether it claims that nothing arises, in a run of such claims that began too late."""
        if update.state is not ClaimState.NOT_APPLICABLE:
            return False
        first = update
        for before in reversed(self.reported[: self.reported.index(update)]):
            returned = self.reviews_of(before, ReviewOutcome.RETURNED)
            if before.state is not ClaimState.NOT_APPLICABLE or returned:
                break
            first = before
        return first.received_at >= self.due_before

    @cached_property
    def void(self) -> list[Update]:
        """What returns have voided."""
        void = []
        for update in self.reported:
            if self.reviews_of(update, ReviewOutcome.RETURNED):
                upto = self.reported.index(update) + 1
                void += [update] if self.late_claim(update) else self.reported[:upto]
        return void

    def overtaken(self, update: Update) -> bool:
        """Say whether it is paper from before an acceptance that was entered after it, and no full report."""
        by_id = {one.id: one for one in self.reported}
        return (
            update.paper
            and not self.full(update)
            and any(
                one.outcome is ReviewOutcome.ACCEPTED
                and one.received_at >= update.received_at
                and one.recorded_at < update.recorded_at
                and one.update_id in by_id
                and not self.wholly_void(by_id[one.update_id])
                for one in self.all(Review)
            )
        )

    def wholly_void(self, update: Update) -> bool:
        """Say whether a return voids it together with what came before."""
        return update in self.void and not self.late_claim(update)

    @cached_property
    def updates(self) -> list[Update]:
        """What was reported, but for paper that came too late to matter."""
        return [one for one in self.reported if not self.overtaken(one)]

    @cached_property
    def counted(self) -> list[Update]:
        """The updates that change figures: a late claim that nothing arises does once it was accepted."""
        return [one for one in self.updates if not self.late_claim(one) or self.reviews_of(one, ReviewOutcome.ACCEPTED)]

    @cached_property
    def claim(self) -> Update | None:
        """The latest update that is not void."""
        return next((one for one in reversed(self.updates) if one not in self.void), None)

    @cached_property
    def figure(self) -> Update | None:
        """The update that the figures rest on."""
        last = self.counted[-1] if self.counted else None
        return None if last is None or self.last_void(last) else last

    def last_void(self, update: Update) -> bool:
        """Say whether a return has voided everything up to an update."""
        return any(self.wholly_void(one) and place(one) >= place(update) for one in self.reported)

    @cached_property
    def run(self) -> list[Update]:
        """The full reports since the last update that was none, and since the last return."""
        run: list[Update] = []
        for update in self.counted:
            run = [*run, update] if self.full(update) and not self.last_void(update) else []
        return run

    @cached_property
    def acceptances(self) -> list[Review]:
        """The acceptances of the submission that stands."""
        ids = {one.id for one in self.run}
        return [one for one in self.all(Review) if one.outcome is ReviewOutcome.ACCEPTED and one.update_id in ids]

    def settled(self, claim: Update, acceptance: Review) -> bool:
        """Say whether another acceptance is of a full report that nothing has ended up to a claim."""
        since = [place(one) for one in self.reported if self.wholly_void(one)]
        since += [place(one) for one in self.counted if not self.full(one) and one is not claim]
        ended = max((at for at in since if at <= place(claim)), default=None)
        run = {one.id for one in self.reported if place(one) <= place(claim) and (not ended or place(one) > ended)}
        accepted = [one for one in self.all(Review) if one.outcome is ReviewOutcome.ACCEPTED and one is not acceptance]
        return any(one.update_id in run for one in accepted)

    @cached_property
    def waived(self) -> list[str]:
        """What they waive."""
        return sorted({name for one in self.acceptances for name in one.waives})

    @cached_property
    def done_since(self) -> datetime | None:
        """When the first of the full reports came."""
        return self.run[0].received_at if self.run else None

    def evidence(self, until: Review | None = None) -> list[Evidence]:
        """List the evidence that stands, or stood when an acceptance came."""
        ended = {one.evidence_id for one in self.all(Withdrawal) if until is None or place(one) < place(until)}
        there = [one for one in self.all(Evidence) if until is None or place(one) < place(until)]
        return [one for one in there if one.id not in ended]

    @cached_property
    def proven_since(self) -> datetime | None:
        """When the first evidence of the owner came that stands, unless something proves from earlier on."""
        instants = [one.received_at for one in self.evidence() if one.of_owner]
        if self.done_since and self.subject is LIABLE:
            instants.append(self.done_since)
        if self.done_since and "evidence" in self.waived:
            instants.append(self.done_since)
        if self.acceptances:
            stood = [one.received_at for one in self.evidence(self.acceptances[0]) if one.of_owner]
            instants += sorted(stood)[:1]
        return min(instants, default=None)

    @cached_property
    def completed_at(self) -> datetime | None:
        """When the last of both came."""
        both = self.done_since, self.proven_since
        return max(both) if both[0] and both[1] else None  # type: ignore[type-var]

    @cached_property
    def arises(self) -> bool:
        """Say what was decided last of the condition, on a day before the last one on time."""
        in_time = [one for one in self.all(Condition) if one.received_at + NEARLY_TWO_DAYS < self.due_before]
        return bool(in_time) and in_time[-1].met

    @cached_property
    def nothing_arises(self) -> bool:
        """Say whether a claim that nothing arises counts."""
        return self.figure is not None and self.figure.state is ClaimState.NOT_APPLICABLE and not self.arises

    @cached_property
    def shown_claim(self) -> Update | None:
        """The claim, unless it says that nothing arises although the condition is met."""
        barred = self.claim and self.claim.state is ClaimState.NOT_APPLICABLE and self.arises
        return None if barred else self.claim

    def missing(self) -> list[str]:
        """List what keeps it from complete."""
        if self.nothing_arises:
            return []
        done = self.figure is not None and self.figure.state is ClaimState.COMPLETED
        lacking = [] if done else ["report"]
        lacking += [] if self.proven_since else ["evidence"]
        return lacking + [f"target:{code}" for code in (self.unmet(self.figure) if self.figure and done else [])]

    def judge(self) -> Judgement:
        """Say what the coordinator has said of the reports so far."""
        if self.updates[-1] is not self.claim:
            return Judgement.RETURNED
        closing = {ClaimState.COMPLETED, ClaimState.NOT_APPLICABLE}
        accepted = self.reviews_of(self.claim, ReviewOutcome.ACCEPTED)
        if self.shown_claim and self.shown_claim.state in closing and not accepted:
            return Judgement.AWAITING_REVIEW
        if accepted:
            return Judgement.ACCEPTED_WITH_WAIVER if accepted[-1].waives else Judgement.ACCEPTED
        return Judgement.IN_WORK

    def tell(self, as_of: datetime, *, holder: "_Clerk | None" = None, silent: bool | None = None) -> Standing:
        """Say where it stands, given who holds the deed of its line."""
        claim = self.shown_claim
        reviewed = self.all(Review)[-1] if self.all(Review) else None
        silent = not self.updates if silent is None else silent and not self.updates
        completed_at = holder.completed_at if holder else self.completed_at
        transferred = self.all(Transfer)
        return Standing(
            status=self.status(as_of, completed_at),
            missing=[] if holder else self.missing(),
            claim=(claim.state, claim.percent, claim.received_at) if claim else None,
            review=(reviewed.outcome, reviewed.received_at) if reviewed else None,
            completed_at=completed_at,
            due_before=self.due_before,
            evidence_count=len(self.evidence()),
            owner=transferred[-1].owner if transferred else self.subject.owner,
            waived=self.waived,
            silent=silent,
            last_reported_at=self.updates[-1].received_at if self.updates else None,
            judged=self.judged(holder, silent=silent),
        )

    def judged(self, holder: "_Clerk | None", *, silent: bool) -> Judgement:
        """Judge it by its own reports; without any, as the one that holds the deed."""
        if silent:
            return Judgement.SILENT
        if self.updates:
            return self.judge()
        return holder.judge() if holder else Judgement.IN_WORK

    def status(self, as_of: datetime, completed_at: datetime | None) -> Status:
        """Read the table of statuses from top to bottom."""
        if self.nothing_arises:
            return Status.NOT_APPLICABLE
        if completed_at:
            return Status.COMPLETED_ON_TIME if completed_at < self.due_before else Status.COMPLETED_LATE
        if as_of >= self.due_before:
            return Status.OVERDUE if self.subject.force is Force.DIRECTED else Status.AWAITED
        begun = self.counted and self.counted[-1].state in {ClaimState.IN_PROGRESS, ClaimState.COMPLETED}
        return Status.IN_PROGRESS if begun else Status.NOT_STARTED


def _read(subject: Subject, acts: Iterable[Act], as_of: datetime, known_at: datetime | None) -> _Clerk:
    known = [act for act in acts if known_at is None or act.recorded_at <= known_at]
    seen = [act for act in untouched(known, subject) if act.received_at <= as_of]
    return _Clerk(subject, sorted(seen, key=place))


def untouched(known: Sequence[Act], subject: Subject) -> list[Act]:
    """Leave out what is annulled and what falls with it, and acceptances that lack by now what they did not waive."""
    latest_first = sorted(known, key=lambda act: (act.recorded_at, act.id), reverse=True)
    gone: set[UUID] = set()
    for act in latest_first:
        if isinstance(act, Annulment) and act.id not in gone:
            gone.add(act.act_id)
    for _ in range(3):
        gone |= {act.id for act in known if {_part_of(act)} & gone}
    left = sorted((act for act in known if act.id not in gone), key=place)
    for act in list(left):
        if isinstance(act, Review) and act.outcome is ReviewOutcome.ACCEPTED and set(lacking(act, left, subject)):
            left.remove(act)
    return left


def _part_of(act: Act) -> UUID | None:
    match act:
        case Review() | Evidence():
            return act.update_id
        case Withdrawal():
            return act.evidence_id
    return None


def lacking(acceptance: Review, left: Sequence[Act], subject: Subject) -> list[str]:
    """List what an acceptance does not waive and its claim lacks, as was known then of what is left by now."""
    upto = [act for act in left if place(act) <= place(acceptance)]
    heard = _Clerk(subject, [act for act in upto if act.recorded_at <= acceptance.recorded_at])
    claim = next((one for one in heard.reported if one.id == acceptance.update_id), None)
    if claim is None or claim.state is not ClaimState.COMPLETED:
        return []
    # Evidence that was entered later helps as well.
    proofs = [one for one in _Clerk(subject, upto).evidence() if one.of_owner]
    proven = proofs or subject is LIABLE or "evidence" in acceptance.waives or heard.settled(claim, acceptance)
    return [*([] if proven else ["evidence"]), *(f"target:{code}" for code in heard.unmet(claim))]


def unmet_in(figures: Mapping[str, Decimal | None]) -> list[str]:
    """Hold the figures against the sentence of duty 3.2: 100 %, 100 %, over 90 %, a fall of at least 5 %."""
    a, b, c, d = (figures.get(f"3.2-{letter}", Decimal(-1)) for letter in "abcd")
    met = {
        "3.2-a": a is None or a == 100,
        "3.2-b": b is None or b == 100,
        "3.2-c": c is None or c > 90,
        "3.2-d": d is not None and d >= 5,
    }
    return [code for code, reached in met.items() if not reached]
