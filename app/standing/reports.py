"""Updates and reviews → what the owner's reports amount to: which are void, which is the claim, since when it is done.

Some questions are asked of single updates (is it full, does it wait to count, was it overtaken), and each lateral picks
the one update that matters by them.  It ends in a LIMIT, in the order of a history, so that they are put to few.
Source: docs/concepts.md.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, any_, case, func, literal, not_, null, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.selectable import LateralFromClause

from app.database.statements import Statement
from app.domain.completion import COMPARATORS, ClaimState, ReviewOutcome
from app.models import Review, Target, Update
from app.models.base import table
from app.models.redacted_views import MEASUREMENT_FACTS, facts_of
from app.standing.moment import Moment, Source, history_of, later, latest, order_of

updates, reviews, measurements, targets = facts_of(Update), facts_of(Review), MEASUREMENT_FACTS, table(Target)
reviewed, first, between = (updates.alias(name) for name in ("reviewed", "first_of_run", "between"))
judging = reviews.alias("judging")


class Reports:
    """What is found among the updates of one obligation and their reviews, as laterals that build on each other."""

    def __init__(
        self,
        obligation: Source,
        moment: Moment,
        *,
        due_before: ColumnElement[datetime],
        around: Iterable[Source],
        name: str,
    ) -> None:
        """Find it; `around` is what the deadline is read from."""
        self._obligation, self._moment, self._due_before, self._name = obligation, moment, due_before, name
        self._around: list[Source] = [obligation, *around]
        self.returned = self._lateral("returned", self._last_returned())
        self.last = self._lateral("last", latest(self._history(~self._overtaken()), updates))
        self.claim = self._lateral("claim", latest(self._not_void(), updates))
        self.approval = self._lateral("approval", latest(self._approvals(), reviews))
        self.counted = self._lateral("counted", latest(self._counted(), updates))
        self.broken = self._lateral("broken", latest(self._counted(~self._is_full(updates)), updates))
        self.done = self._lateral("done", _first(self._counted(self._is_full(updates), *self._since_break(updates))))
        self.acceptance = self._lateral("acceptance", _first(self._acceptances(), reviews))
        self.waivers = self._lateral("waivers", self._waived())
        self.unmet = self._lateral("unmet", self._unmet())

    @property
    def laterals(self) -> tuple[LateralFromClause, ...]:
        """All of them, in the order in which they build on each other."""
        of_claim = (self.returned, self.last, self.claim, self.approval, self.counted)
        return *of_claim, self.broken, self.done, self.acceptance, self.waivers, self.unmet

    @property
    def claimed(self) -> ColumnElement[Any]:
        """What the owner's latest update says that is neither void nor waits to count; null when there is none."""
        return case((_since(self.counted, self.returned), self.counted.c.state), else_=null())

    @property
    def is_returned(self) -> ColumnElement[bool]:
        """Whether the latest update is void."""
        return and_(self.last.c.id.is_not(None), self.last.c.id.is_distinct_from(self.claim.c.id))

    def _lateral(self, name: str, found: Statement) -> LateralFromClause:
        lateral = found.correlate(*self._around).lateral(f"{self._name}_{name}")
        self._around.append(lateral)
        return lateral

    def _history(self, *also: ColumnElement[bool]) -> Statement:
        return history_of(updates, self._obligation, self._moment, *also)

    def _counted(self, *also: ColumnElement[bool]) -> Statement:
        return self._history(~self._is_pending(updates), ~self._overtaken(), *also)

    def _not_void(self) -> Statement:
        """Select what no return has voided, be it of a later update or of this one alone."""
        returned = self._review_of(updates, ReviewOutcome.RETURNED)
        return self._history(_since(updates, self.returned), ~returned.exists(), ~self._overtaken())

    def _last_returned(self) -> Statement:
        """Find the last update that a return voids together with those received before it."""
        returns = self._reviews(ReviewOutcome.RETURNED).where(~self._is_late(reviewed))
        return latest(returns.with_only_columns(*order_of(reviewed)), reviewed)

    def _approvals(self) -> Statement:
        """Select the acceptances of the claim itself."""
        accepted = reviews.c.outcome == ReviewOutcome.ACCEPTED
        of_claim = reviews.c.update_id == self.claim.c.id
        return history_of(reviews, self._obligation, self._moment, accepted, of_claim)

    def _acceptances(self) -> Statement:
        """Select the acceptances since the last break: each is of a full report, or the break would be later."""
        return self._reviews(ReviewOutcome.ACCEPTED).where(*self._since_break(reviewed))

    def _waived(self) -> Statement:
        """Collect what the acceptances since the last break let pass, by name."""
        waiver = func.unnest(reviews.c.waives).table_valued("name", name="waiver").render_derived()
        names = func.array_agg(aggregate_order_by(waiver.c.name.distinct(), waiver.c.name)).label("waived")
        accepting = self._reviews(ReviewOutcome.ACCEPTED, waiver).where(*self._since_break(reviewed))
        return accepting.with_only_columns(names)

    def _reviews(self, outcome: ReviewOutcome, *also: FromClause) -> Statement:
        """Select the reviews of one outcome beside the update that each is of."""
        of_one = and_(reviewed.c.plan_id == reviews.c.plan_id, reviewed.c.id == reviews.c.update_id)
        source: FromClause = reviews.join(reviewed, of_one)
        for other in also:
            source = source.join(other, true())
        mine = history_of(reviews, self._obligation, self._moment, reviews.c.outcome == outcome)
        return mine.select_from(source)

    def _since_break(self, update: Source) -> tuple[ColumnElement[bool], ...]:
        return _since(update, self.returned), _since(update, self.broken)

    def _is_full(self, update: Source) -> ColumnElement[bool]:
        """Say whether an update is a full report: completed, with every target met or waived in it."""
        lacking = select(literal(1)).where(*self._not_met(update)).correlate(update, self._obligation)
        return and_(update.c.state == ClaimState.COMPLETED, ~lacking.exists())

    def _unmet(self) -> Statement:
        """List the targets that a completed claim neither meets nor was accepted without; null when there are none."""
        codes = func.array_agg(aggregate_order_by(targets.c.code, targets.c.position)).label("missing")
        claimed = and_(_since(self.counted, self.returned), self.counted.c.state == ClaimState.COMPLETED)
        return select(codes).where(claimed, *self._not_met(self.counted))

    def _not_met(self, update: Source) -> tuple[ColumnElement[bool], ...]:
        of_duty = (targets.c.plan_id == self._obligation.c.plan_id, targets.c.duty_id == self._obligation.c.duty_id)
        name = func.concat("target:", targets.c.code)
        waived = self._review_of(update, ReviewOutcome.ACCEPTED, name == any_(judging.c.waives)).correlate(targets)
        return *of_duty, ~meeting(update).exists(), ~waived.exists()

    def _is_pending(self, update: Source) -> ColumnElement[bool]:
        """Say whether an update claims too late that nothing arises, and was not accepted: it changes nothing yet."""
        return and_(self._is_late(update), ~self._review_of(update, ReviewOutcome.ACCEPTED).exists())

    def _is_late(self, update: Source) -> ColumnElement[bool]:
        """Say whether an update claims that nothing arises, and the first of its unbroken run came too late."""
        in_time = select(literal(1)).where(
            *self._mine(first),
            first.c.state == ClaimState.NOT_APPLICABLE,
            first.c.received_at < self._due_before,
            not_(later(first, update)),
            ~self._other_between(update).exists(),
            ~self._return_between(update).exists(),
        )
        return and_(update.c.state == ClaimState.NOT_APPLICABLE, ~in_time.correlate(update, *self._around).exists())

    def _other_between(self, update: Source) -> Statement:
        otherwise = between.c.state != ClaimState.NOT_APPLICABLE
        found = select(literal(1)).where(*self._mine(between), otherwise, later(between, first), later(update, between))
        return found.correlate(update, first, self._obligation)

    def _return_between(self, update: Source) -> Statement:
        returned = judging.c.outcome == ReviewOutcome.RETURNED
        of_one = and_(between.c.plan_id == judging.c.plan_id, between.c.id == judging.c.update_id)
        found = select(literal(1)).select_from(judging.join(between, of_one)).where(*self._mine(judging), returned)
        found = found.where(not_(later(first, between)), later(update, between))
        return found.correlate(update, first, self._obligation)

    def _overtaken(self) -> ColumnElement[bool]:
        """Say whether an update is paper that came before an acceptance and was entered after it.

        Then only a full report counts, as long as no return has ended what the acceptance brought.
        """
        accepting = and_(reviewed.c.plan_id == judging.c.plan_id, reviewed.c.id == judging.c.update_id)
        found = (
            select(literal(1))
            .select_from(judging.join(reviewed, accepting))
            .where(
                *self._mine(judging),
                judging.c.outcome == ReviewOutcome.ACCEPTED,
                judging.c.received_at >= updates.c.received_at,
                judging.c.recorded_at < updates.c.recorded_at,
                _since(reviewed, self.returned),
            )
        )
        found = found.correlate(updates, self._obligation, self.returned)
        return and_(updates.c.on_paper, ~self._is_full(updates), found.exists())

    def _review_of(self, update: Source, outcome: ReviewOutcome, *also: ColumnElement[bool]) -> Statement:
        of_it = (judging.c.plan_id == update.c.plan_id, judging.c.update_id == update.c.id)
        found = select(literal(1)).where(*of_it, judging.c.outcome == outcome, self._moment.sees(judging), *also)
        return found.correlate(update)

    def _mine(self, act: Source) -> tuple[ColumnElement[bool], ...]:
        of_it = (act.c.plan_id == self._obligation.c.plan_id, act.c.obligation_id == self._obligation.c.id)
        return *of_it, self._moment.sees(act)


def meeting(update: Source) -> Statement:
    """Select the figure of an update that meets a target; no case at all meets it as well."""
    meets = (
        and_(targets.c.comparator == comparator, compare(measurements.c.value, targets.c.value))
        for comparator, compare in COMPARATORS.items()
    )
    found = select(literal(1)).where(
        measurements.c.plan_id == update.c.plan_id,
        measurements.c.update_id == update.c.id,
        measurements.c.target_id == targets.c.id,
        or_(measurements.c.cases == 0, *meets),
    )
    return found.correlate(targets, update)


def _since(update: Source, last: Source) -> ColumnElement[bool]:
    """Say whether an update is there and comes after another one, or there is no other one."""
    return and_(update.c.id.is_not(None), or_(last.c.id.is_(None), later(update, last)))


def _first(found: Statement, history: Source = updates) -> Statement:
    """Keep the first act."""
    return found.with_only_columns(*order_of(history)).order_by(*order_of(history)).limit(1)
