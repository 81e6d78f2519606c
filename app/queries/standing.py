"""The rule for sets: facts → signals → status, made of the same RULES that the domain reads.

`standings(moment)` is the one expression behind every list, total and explanation.  Its instant is a bind
parameter, so that the past, the present and the future are the same query.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from app.domain.completion import RULES, STARTED_STATES, ClaimState, Force, Signal
from app.models import Body, Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.queries.deeds import deed_of
from app.queries.facts import Facts
from app.queries.moment import Moment
from app.queries.ownership import Ownership

plans, cycles, duties, obligations = (table(model) for model in (Plan, Cycle, Duty, Obligation))
owners, bodies = table(Body).alias("owner"), table(Body).alias("numbered")


def standings(moment: Moment, *within: ColumnElement[bool]) -> Subquery:
    """Give every obligation that is owed its facts, signals and status at a moment.

    `within` narrows the obligations down before their histories are read.
    """
    stood = _stood(moment, *within)
    return stood.where(stood.selected_columns.owed).subquery("standing")


def standing_of(obligation_id: ColumnElement[UUID], moment: Moment) -> Subquery:
    """Give one obligation its facts, signals and status, also when it turns out that nothing was owed.

    A `once` duty may prove to have been done before a cycle in which somebody has since reported on it; what was
    recorded there can still be read.
    """
    return _stood(moment, obligations.c.id == obligation_id).subquery("standing")


def named(moment: Moment) -> tuple[FromClause, Ownership]:
    """Return obligations joined with what names them, and whose they are at a moment; filters speak of these."""
    ownership = Ownership(obligations, moment)
    return _named(ownership), ownership


def decide(signals: Any) -> ColumnElement[str]:
    """Turn the table of rules into one CASE over boolean columns named after the signals."""
    branches = [
        (and_(true(), *(signals[signal.value] for signal in sorted(needs))), literal(status.value))
        for status, needs in RULES
    ]
    return case(*branches)


def _stood(moment: Moment, *within: ColumnElement[bool]) -> Select[Any]:
    signals = _signals(_facts(moment, *within), moment)
    return select(*signals.c, decide(signals.c).label("status"))


def _facts(moment: Moment, *within: ColumnElement[bool]) -> Subquery:
    facts, (source, ownership) = Facts(obligations, moment), named(moment)
    deed = deed_of(obligations, duties, moment)
    source = facts.joined(source).outerjoin(deed, true())
    done_at = deed.c.completed_at
    return (
        select(
            *_names(ownership),
            obligations.c.due_before.label("original_due_before"),
            facts.due_before.label("due_before"),
            facts.update.c.state.label("latest_state"),
            facts.claim_state.label("claim_state"),
            facts.awaiting_review.label("awaiting_review"),
            facts.condition_met.label("condition_met"),
            facts.update.c.percent.label("claim_percent"),
            facts.update.c.received_at.label("claim_received_at"),
            facts.review.c.outcome.label("review_outcome"),
            facts.review.c.received_at.label("review_received_at"),
            func.coalesce(facts.updated_at, cycles.c.opened_at).label("updated_at"),
            facts.evidence_count.label("evidence_count"),
            func.coalesce(done_at, facts.done_since).label("done_since"),
            func.coalesce(done_at, facts.proven_since).label("proven_since"),
            case((done_at.is_(None), facts.unmet_targets), else_=null()).label("unmet_targets"),
            func.coalesce(done_at, facts.completed_alone_at).label("completed_at"),
            _owed(done_at).label("owed"),
        )
        .select_from(source)
        .where(*within)
        .subquery("facts")
    )


def _owed(deed_at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say whether it is owed: a `once` duty is not in the cycles that began after the deed was done."""
    begins = func.timezone(plans.c.time_zone, cast(cycles.c.starts_on, DateTime()))
    return or_(deed_at.is_(None), deed_at >= begins)


def _signals(facts: Subquery, moment: Moment) -> Subquery:
    f = facts.c
    holding: dict[Signal, ColumnElement[bool]] = {
        Signal.WAIVED: func.coalesce(f.claim_state == ClaimState.NOT_APPLICABLE, False),
        Signal.DONE: f.done_since.is_not(None),
        Signal.PROVEN: f.proven_since.is_not(None),
        Signal.ON_TARGET: f.unmet_targets.is_(None),
        Signal.IN_TIME: func.coalesce(f.completed_at < f.due_before, False),
        Signal.STARTED: func.coalesce(f.latest_state.in_(sorted(STARTED_STATES)), False),
        Signal.PAST_DUE: f.due_before <= moment.as_of_bind,
        Signal.BINDING: f.force == Force.DIRECTED,
    }
    return select(*f, *(holds.label(signal.value) for signal, holds in holding.items())).subquery("signals")


def _named(ownership: Ownership) -> FromClause:
    """Join an obligation to what names it.

    On ids alone: they are unique over all plans, and a second condition on `plan_id` would tell the planner that
    everything of one plan joins with everything else of it.
    """
    source = ownership.joined(obligations)
    for other, named_by in (
        (plans, obligations.c.plan_id),
        (cycles, obligations.c.cycle_id),
        (duties, obligations.c.duty_id),
        (owners, ownership.owner_id),
        (bodies, ownership.body_id),
    ):
        source = source.join(other, other.c.id == named_by)
    return source


def _names(ownership: Ownership) -> list[ColumnElement[Any]]:
    return [
        *(obligations.c[name] for name in ("id", "plan_id", "cycle_id", "duty_id")),
        ownership.owner_id.label("owner_id"),
        ownership.body_id.label("body_id"),
        *(obligations.c[name] for name in ("position", "force", "version")),
        plans.c.slug.label("plan"),
        plans.c.time_zone,
        cycles.c.code.label("cycle"),
        cycles.c.starts_on,
        duties.c.code.label("duty_code"),
        duties.c.title_vi,
        duties.c.title_en,
        duties.c.kind,
        duties.c.search,
        bodies.c.no.label("body_no"),
        bodies.c.code.label("body_code"),
        owners.c.code.label("owner_code"),
        owners.c.name.label("owner_name"),
        owners.c.search.label("owner_search"),
        owners.c.position.label("owner_position"),
    ]
