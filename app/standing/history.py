"""History → facts, for sets: what the history of each obligation says at an instant.

Each history table is read through laterals that end in a LIMIT or an aggregate, so that PostgreSQL looks up one
obligation's few rows by index and never copies a lookup into every branch of what is built on top.
Source: docs/concepts.md, "Complete".
"""

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
    literal_column,
    null,
    true,
)
from sqlalchemy.sql.selectable import LateralFromClause

from app.database.statements import Statement
from app.domain.completion import REVIEWABLE_STATES, ClaimState, Judgement
from app.models import ConditionDecision, Extension
from app.models.redacted_views import facts_of
from app.standing.cycles import deadline_of, due_in_cycle
from app.standing.moment import Moment, Source, history_of, latest
from app.standing.proof import Proof
from app.standing.reports import Reports, reviews, updates

extensions, conditions = facts_of(Extension), facts_of(ConditionDecision)


def reported_complete(obligation: Source, moment: Moment) -> ColumnElement[bool]:
    """Say whether completion was ever reported; without that, nothing is done."""
    return history_of(updates, obligation, moment, updates.c.state == ClaimState.COMPLETED).exists()


def reported(obligation: Source, moment: Moment) -> ColumnElement[bool]:
    """Say whether anything was ever reported that counts."""
    return history_of(updates, obligation, moment).exists()


class HistoryQuery:
    """The facts of one obligation, as laterals to join to it and as columns to select.

    `once` duties are one deed whatever the cycle: see `once.py`.
    """

    def __init__(self, obligation: Source, moment: Moment, *, name: str = "own") -> None:
        self._obligation, self._moment, self._name = obligation, moment, name
        self._extension = self._lateral("extension", latest(self._history(extensions), extensions))
        cycles = deadline_of(obligation.c.plan_id, obligation.c.cycle_id, moment).correlate(obligation)
        self._moved = self._lateral("moved", cycles)
        self._condition = self._lateral("condition", latest(self._decisions_in_time(), conditions))
        self.review = self._lateral("review", latest(self._history(reviews), reviews))
        around = (self._extension, self._moved)
        self.reports = Reports(obligation, moment, due_before=self.due_before, around=around, name=name)
        self.proof = Proof(obligation, moment, self.reports, name)

    @property
    def moment(self) -> Moment:
        """The moment that is asked about."""
        return self._moment

    def joined(self, source: FromClause) -> FromClause:
        """Join the laterals to a source that holds the obligation, in the order in which they build on each other."""
        before = (self._extension, self._moved, self._condition, self.review)
        for lateral in (*before, *self.reports.laterals, self.proof.evidence):
            source = source.outerjoin(lateral, true())
        return source

    def with_claim(self, source: FromClause) -> FromClause:
        """Join to such a source no more than what finds the claim."""
        for lateral in (self._extension, self._moved, self.reports.returned, self.reports.claim):
            source = source.outerjoin(lateral, true())
        return source

    @property
    def due_before(self) -> ColumnElement[datetime]:
        """The deadline in force: the later of the extension's and the cycle's; see `cycles.due_in_cycle`."""
        return func.greatest(self._extension.c.due_before, due_in_cycle(self._obligation, self._moved))

    @property
    def condition_met(self) -> ColumnElement[bool]:
        """Whether the condition of the duty has been met before the last day on time, so that it does arise."""
        return func.coalesce(self._condition.c.met, False)

    @property
    def nothing_arises(self) -> ColumnElement[bool]:
        """Whether a claim that nothing arises counts."""
        claimed = self.reports.claimed == ClaimState.NOT_APPLICABLE
        return and_(func.coalesce(claimed, False), ~self.condition_met)

    @property
    def claims_completion(self) -> ColumnElement[bool]:
        """Whether the claim is `completed`, full report or not."""
        return func.coalesce(self.reports.claimed == ClaimState.COMPLETED, False)

    @property
    def claim_state(self) -> ColumnElement[Any]:
        """What the claim says; null when none stands, or it says that nothing arises although the condition is met."""
        state = self.reports.claim.c.state
        return case((and_(state == ClaimState.NOT_APPLICABLE, self.condition_met), null()), else_=state)

    @property
    def awaiting_review(self) -> ColumnElement[bool]:
        """Whether a claim stands that a coordinator can accept, and it has not been accepted."""
        reviewable = self.claim_state.in_(sorted(REVIEWABLE_STATES))
        return func.coalesce(and_(reviewable, self.reports.approval.c.id.is_(None)), False)

    @property
    def judged(self) -> ColumnElement[str]:
        """What the coordinator has said of the reports so far; of silence, nothing (see `replay.py`)."""
        approval = self.reports.approval
        waived = func.coalesce(func.cardinality(approval.c.waives) > 0, False)
        return case(
            (self.reports.is_returned, literal(Judgement.RETURNED.value)),
            (self.awaiting_review, literal(Judgement.AWAITING_REVIEW.value)),
            (and_(approval.c.id.is_not(None), waived), literal(Judgement.ACCEPTED_WITH_WAIVER.value)),
            (approval.c.id.is_not(None), literal(Judgement.ACCEPTED.value)),
            else_=literal(Judgement.IN_WORK.value),
        )

    @property
    def done_since(self) -> ColumnElement[Any]:
        """The earliest full report since the last update that was none, and since the last return."""
        return self.reports.done.c.received_at

    @property
    def unmet_targets(self) -> ColumnElement[Any]:
        """Codes of the targets that the completed claim does not meet, in the plan's order; null when none."""
        return self.reports.unmet.c.missing

    @property
    def completed_alone_at(self) -> ColumnElement[Any]:
        """The later of done and proven, when both are there; null otherwise."""
        both = and_(self.done_since.is_not(None), self.proof.since.is_not(None))
        return case((both, func.greatest(self.done_since, self.proof.since)), else_=null())

    def _decisions_in_time(self) -> Statement:
        """Select the decisions on the condition of days before the last one on time; others change nothing here."""
        # Both are first instants of days: the day that is decided on, and the day after the last one on time.
        in_time = self.due_before > conditions.c.received_at + literal_column("interval '36 hours'")
        return self._history(conditions, in_time).correlate(self._obligation, self._extension, self._moved)

    def _history(self, history: Table, *also: ColumnElement[bool]) -> Statement:
        return history_of(history, self._obligation, self._moment, *also)

    def _lateral(self, name: str, found: Statement) -> LateralFromClause:
        return found.lateral(f"{self._name}_{name}")
