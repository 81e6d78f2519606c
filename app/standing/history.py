"""History → facts, for sets: what the history of each obligation says at an instant.

Each history table is read through laterals that end in a LIMIT or an aggregate, so that PostgreSQL looks up one
obligation's few rows by index and never copies a lookup into every branch of what is built on top.
Source: DOMAIN.md, "Facts, signals, status".
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    and_,
    case,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from app.database.statements import Statement
from app.domain.completion import COMPARATORS, REVIEWABLE_STATES, ClaimState, ReviewOutcome
from app.models import (
    ConditionDecision,
    Evidence,
    EvidenceContent,
    Extension,
    Review,
    Target,
    Update,
    Withdrawal,
)
from app.models.base import HistoryRow, table
from app.models.evidence import EvidenceKind
from app.models.redacted_views import MEASUREMENT_FACTS, facts_of
from app.standing.cycles import deadline_of, due_in_cycle
from app.standing.moment import Moment, Source, annulled, history_of, later, latest, order_of

updates, reviews, evidence, contents, withdrawals, extensions, conditions = (
    facts_of(kind) for kind in (Update, Review, Evidence, EvidenceContent, Withdrawal, Extension, ConditionDecision)
)
measurements, targets = MEASUREMENT_FACTS, table(Target)
HISTORIES = tuple(facts_of(kind) for kind in HistoryRow.__subclasses__())
"""Every kind of act on one obligation."""


def reported_complete(obligation: Source, moment: Moment) -> ColumnElement[bool]:
    """Say whether completion was ever reported; without that, nothing is done."""
    return history_of(updates, obligation, moment, updates.c.state == ClaimState.COMPLETED).exists()


class HistoryQuery:
    """The facts of one obligation, as laterals to join to it and as columns to select.

    `once` duties are one deed whatever the cycle: see `deeds.py`.
    """

    def __init__(self, obligation: Source, moment: Moment, *, name: str = "own") -> None:
        self._obligation, self._moment, self._name = obligation, moment, name
        self.update = self._lateral("update", latest(self._history(updates), updates))
        self.review = self._lateral("review", latest(self._history(reviews), reviews))
        self._break = self._lateral("break", self._last_break())
        self._done = self._lateral("done", self._first_done())
        self._acceptance = self._lateral("acceptance", self._first_acceptance())
        self._unmet = self._lateral("unmet", self._targets_not_met())
        self._proof = self._lateral("proof", self._standing_evidence())
        self._condition = self._lateral("condition", latest(self._history(conditions), conditions))
        self._extension = self._lateral("extension", latest(self._history(extensions), extensions))
        cycles = deadline_of(obligation.c.plan_id, obligation.c.cycle_id, moment).correlate(obligation)
        self._moved = self._lateral("moved", cycles)

    @property
    def moment(self) -> Moment:
        """The moment that is asked about."""
        return self._moment

    @property
    def of_completion(self) -> tuple[LateralFromClause, ...]:
        """The laterals that completion needs, in the order in which they build on each other."""
        return self.update, self.review, self._break, self._done, self._acceptance, self._unmet, self._proof

    def joined(self, source: FromClause, laterals: Iterable[LateralFromClause] | None = None) -> FromClause:
        """Join laterals to a source that holds the obligation: all, unless some will do."""
        for lateral in laterals or (*self.of_completion, self._condition, self._extension, self._moved):
            source = source.outerjoin(lateral, true())
        return source

    @property
    def due_before(self) -> ColumnElement[datetime]:
        """The deadline in force: the later of the extension's and the cycle's; see `cycles.due_in_cycle`."""
        return func.greatest(self._extension.c.due_before, due_in_cycle(self._obligation, self._moved))

    @property
    def claim_stands(self) -> ColumnElement[bool]:
        """Whether an update counts: not returned, nor saying that nothing arises once the condition is met."""
        # No break but a return can be later than the latest update; an acceptance after it brings nothing back.
        voided = func.coalesce(later(self._break, self.update), False)
        unfounded = and_(self.update.c.state == ClaimState.NOT_APPLICABLE, self.condition_met)
        return and_(self.update.c.id.is_not(None), voided.is_(False), ~unfounded)

    @property
    def condition_met(self) -> ColumnElement[bool]:
        """Whether the coordinator has declared the condition of the duty met."""
        return func.coalesce(self._condition.c.met, False)

    @property
    def claim_state(self) -> ColumnElement[Any]:
        """The state that counts; null when no claim stands."""
        return case((self.claim_stands, self.update.c.state), else_=null())

    @property
    def awaiting_review(self) -> ColumnElement[bool]:
        """Whether a claim stands that a coordinator can accept, and no review has come after it."""
        reviewed = func.coalesce(later(self.review, self.update), False)
        return func.coalesce(and_(self.claim_state.in_(sorted(REVIEWABLE_STATES)), ~reviewed), False)

    @property
    def done_since(self) -> ColumnElement[Any]:
        """The earliest completed update since the last one that was not, and since the last return."""
        return self._done.c.received_at

    @property
    def accepted(self) -> ColumnElement[bool]:
        """Whether the completed claim has been accepted: no return can be later, or it would not be done."""
        return self._acceptance.c.id.is_not(None)

    @property
    def proven_since(self) -> ColumnElement[Any]:
        """The earliest evidence not withdrawn; an accepted review also proves, as of the completion.

        An acceptance settles what proves: the earliest evidence that stood when it came, else the completion itself.
        So it moves no completion that was there before it, and what is attached or withdrawn after it moves none.
        """
        settled = func.coalesce(self._proof.c.accepted_at, self.done_since)
        return case((self.accepted, settled), else_=self._proof.c.received_at)

    @property
    def evidence_count(self) -> ColumnElement[int]:
        """How many pieces of evidence stand."""
        return self._proof.c.count

    @property
    def unmet_targets(self) -> ColumnElement[Any]:
        """Codes of the targets that the completed claim does not meet, in the plan's order; null when none."""
        return self._unmet.c.missing

    @property
    def completed_alone_at(self) -> ColumnElement[Any]:
        """The later of done and proven, when all conditions hold; null otherwise."""
        complete = and_(self.done_since.is_not(None), self.proven_since.is_not(None), self.unmet_targets.is_(None))
        return case((complete, func.greatest(self.done_since, self.proven_since)), else_=null())

    @property
    def updated_at(self) -> ColumnElement[Any]:
        """When the last act was recorded; null when there was none."""
        mine = (annulled.c.plan_id == self._obligation.c.plan_id, annulled.c.obligation_id == self._obligation.c.id)
        taken_back = select(annulled.c.recorded_at).where(*mine, self._moment.knows(annulled))
        acts = union_all(
            *(self._history(history).with_only_columns(history.c.recorded_at) for history in HISTORIES),
            taken_back.correlate(self._obligation),
        ).subquery()
        return select(func.max(acts.c.recorded_at)).scalar_subquery()

    def _history(self, history: Table, *also: ColumnElement[bool]) -> Statement:
        return history_of(history, self._obligation, self._moment, *also)

    def _lateral(self, name: str, found: Statement) -> LateralFromClause:
        return found.lateral(f"{self._name}_{name}")

    def _last_break(self) -> Statement:
        """Find the last act that ends a completion: an update that is not completed, or a return."""
        other = self._history(updates, updates.c.state != ClaimState.COMPLETED)
        back = self._history(reviews, reviews.c.outcome == ReviewOutcome.RETURNED)
        keys = [
            latest(found.with_only_columns(*order_of(history)), history).subquery()
            for found, history in ((other, updates), (back, reviews))
        ]
        both = union_all(*(select(*found.c) for found in keys)).subquery()
        return latest(select(*both.c), both)

    def _first_done(self) -> Statement:
        since_break = or_(self._break.c.id.is_(None), later(updates, self._break))
        done = self._history(updates, updates.c.state == ClaimState.COMPLETED, since_break)
        return (
            done.with_only_columns(*order_of(updates))
            .order_by(*order_of(updates))
            .limit(1)
            .correlate(self._obligation, self._break)
        )

    def _first_acceptance(self) -> Statement:
        accepting = self._history(reviews, reviews.c.outcome == ReviewOutcome.ACCEPTED, later(reviews, self._done))
        order = order_of(reviews)
        return accepting.with_only_columns(*order).order_by(*order).limit(1).correlate(self._obligation, self._done)

    def _standing_evidence(self) -> Statement:
        """Find since when there is evidence that stands: a file proves nothing before its bytes are there."""
        attached: FromClause = evidence
        for act in (contents, withdrawals):
            attached = attached.outerjoin(act, and_(*self._of_evidence(act)))
        seen = self._history(evidence).select_from(attached)
        since = func.coalesce(contents.c.received_at, evidence.c.received_at)
        no_file, not_withdrawn = evidence.c.kind != EvidenceKind.FILE, withdrawals.c.id.is_(None)
        standing = and_(or_(no_file, contents.c.id.is_not(None)), not_withdrawn)
        came = and_(later(self._acceptance, evidence), or_(no_file, later(self._acceptance, contents)))
        stood = and_(came, or_(not_withdrawn, later(withdrawals, self._acceptance)))
        return seen.with_only_columns(
            func.min(since).filter(standing).label("received_at"),
            func.min(since).filter(stood).label("accepted_at"),
            func.count().filter(standing).label("count"),
        ).correlate(self._obligation, self._acceptance)

    def _of_evidence(self, act: Table) -> tuple[ColumnElement[bool], ...]:
        return act.c.plan_id == evidence.c.plan_id, act.c.evidence_id == evidence.c.id, self._moment.sees(act)

    def _targets_not_met(self) -> Statement:
        missing = aggregate_order_by(targets.c.code, targets.c.position)
        return (
            select(func.array_agg(missing).label("missing"))
            .where(
                targets.c.plan_id == self._obligation.c.plan_id,
                targets.c.duty_id == self._obligation.c.duty_id,
                self.done_since.is_not(None),
                ~self.accepted,
                ~self._measured().exists(),
            )
            .correlate(self._obligation, self.update, self._acceptance, self._done)
        )

    def _measured(self) -> Statement:
        meets = (
            and_(targets.c.comparator == comparator, compare(measurements.c.value, targets.c.value))
            for comparator, compare in COMPARATORS.items()
        )
        found = select(literal(1)).where(
            measurements.c.plan_id == self._obligation.c.plan_id,
            measurements.c.update_id == self.update.c.id,
            measurements.c.target_id == targets.c.id,
            or_(*meets),
        )
        return found.correlate(targets, self._obligation, self.update)
