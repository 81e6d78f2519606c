"""The rule for sets: facts → signals → status, made of the same RULES that the domain reads.

`standings(moment)` is the one expression behind every list, total and explanation.  Its instant is a bind
parameter, so that the past, the present and the future are the same query.

Facts come from one of two arms: as they are stored, where the stored ones stand at that moment, else replayed from
the history.  What is stored was filled by the replay (`facts_to_keep`), so that there is one home of each fact.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Subquery,
    and_,
    case,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    union_all,
)

from app.database.statements import Statement
from app.domain.completion import CLOSING_RULES, RULES, STARTED_STATES, Force, Signal
from app.standing.moment import Moment
from app.standing.replay import (
    bodies,
    cycles,
    duties,
    named,
    obligations,
    opened,
    owners,
    plans,
    replayed,
    replayed_with_ends,
)
from app.standing.snapshot import FACTS, fresh, stale

__all__ = ["bodies", "cycles", "duties", "named", "obligations", "owners", "plans", "standings"]


def standings(
    moment: Moment,
    *within: ColumnElement[bool],
    shown: Collection[str] = (),
    ended: bool = False,
    history: bool = True,
) -> Subquery:
    """Give every obligation that is owed its facts, signals and status at a moment.

    `within` narrows the obligations down before their histories are read; `shown` names the columns to give, if not
    all: PostgreSQL works out each that both arms name, whether somebody reads it or not.  With `ended`, it gives those
    that nobody owes any more instead.  Without `history`, it is a shorter question: those whose stored facts stand.
    """
    owed = (_owed(arm, ended=ended) for arm in _arms(moment, *within)[: None if history else 1])
    both = (arm.with_only_columns(*(arm.selected_columns[name] for name in shown)) if shown else arm for arm in owed)
    return union_all(*both).subquery("standing")


def arms(moment: Moment, *within: ColumnElement[bool], ended: bool, history: bool) -> list[Subquery]:
    """Give the two halves of the standings apart: by stored facts that stand at the moment, and by replayed ones."""
    asked = _arms(moment, *within)[: None if history else 1]
    return [_owed(arm, ended=ended).subquery("standing") for arm in asked]


def standings_of_histories(moment: Moment, *within: ColumnElement[bool]) -> Subquery:
    """Give the same by the histories alone: for a seal, which vouches for them and not for what is stored."""
    replay = _with_openness(replayed(moment, obligations, *within).subquery("replayed"), moment)
    return _owed(_decided(replay, moment)).subquery("standing")


def standing_of(obligation_id: ColumnElement[UUID], moment: Moment) -> Subquery:
    """Give one obligation its facts, signals and status, also when it turns out that nothing was owed.

    A `once` duty may prove to have been done before a cycle in which somebody has since reported on it; what was
    recorded there can still be read.
    """
    return _of_open_cycle(union_all(*_arms(moment, obligations.c.id == obligation_id)).subquery("stood"), moment)


def standings_owed_or_not(moment: Moment, *within: ColumnElement[bool]) -> Subquery:
    """Give obligations their facts, signals and status, those of a line that are not owed among them."""
    return union_all(*_arms(moment, *within)).subquery("standing")


def unsettled(moment: Moment, *within: ColumnElement[bool]) -> Statement:
    """Find one obligation whose stored facts do not stand at a moment, if there is one.

    Where there is none, which is nearly always, stored facts alone give the same: PostgreSQL gets ready for all that a
    question may need, and replaying a history is much, so that not asking for it is worth this question.
    """
    return select(literal(1).label("unsettled")).select_from(stale(moment, *within)).limit(1)


def stored_standing_of(obligation_id: ColumnElement[UUID], moment: Moment) -> Subquery:
    """Give the same as `standing_of` by stored facts alone."""
    return _of_open_cycle(_by_stored(moment, obligations.c.id == obligation_id).subquery("stood"), moment)


def _of_open_cycle(stood: Subquery, moment: Moment) -> Subquery:
    """Leave it out when its cycle is not open: it had not been recorded by then, or its opening was annulled."""
    mine = select(cycles.c.id).where(cycles.c.id == stood.c.cycle_id, opened(moment))
    return select(*stood.c).where(mine.exists()).subquery("standing")


def facts_to_keep(moment: Moment, some: FromClause) -> Statement:
    """Select what is to be stored of some obligations: the facts at a moment, since when and until when they stand.

    `some` are the obligations, joined with what picks them out.
    """
    facts = _with_openness(replayed_with_ends(moment, some), moment)
    return select(*(facts.c[name] for name in FACTS))


def decide(signals: Any) -> ColumnElement[str]:
    """Turn the table of rules into one CASE over boolean columns named after the signals."""
    branches = [
        (and_(true(), *(signals[signal.value] for signal in sorted(needs))), literal(status.value))
        for status, needs in RULES
    ]
    return case(*branches)


def _arms(moment: Moment, *within: ColumnElement[bool]) -> tuple[Statement, Statement]:
    replay = replayed(moment, stale(moment, *within), *within).subquery("replayed")
    return _by_stored(moment, *within), _decided(_with_openness(replay, moment), moment)


def _by_stored(moment: Moment, *within: ColumnElement[bool]) -> Statement:
    return _decided(fresh(moment, *within).subquery("facts"), moment)


def _owed(stood: Statement, *, ended: bool = False) -> Statement:
    columns = stood.selected_columns
    return stood.where(columns.ended_by.is_not(None) if ended else columns.owed)


def _with_openness(facts: Subquery, moment: Moment) -> Subquery:
    signals = _signals(facts.c, moment)
    closed = or_(*(and_(*(signals[signal] for signal in sorted(needs))) for _, needs in CLOSING_RULES))
    return select(*facts.c, and_(facts.c.owed, not_(closed)).label("is_open")).subquery("facts")


def _decided(facts: Subquery, moment: Moment) -> Statement:
    holding = (holds.label(signal.value) for signal, holds in _signals(facts.c, moment).items())
    signals = select(*facts.c, *holding).subquery("signals")
    return select(*signals.c, decide(signals.c).label("status"))


def _signals(f: Any, moment: Moment) -> dict[Signal, ColumnElement[bool]]:
    return {
        Signal.NOT_ARISING: f.nothing_arises,
        Signal.DONE: f.claims_completion,
        Signal.PROVEN: f.proven_since.is_not(None),
        Signal.ON_TARGET: f.unmet_targets.is_(None),
        Signal.IN_TIME: func.coalesce(f.completed_at < f.due_before, False),
        Signal.STARTED: func.coalesce(f.latest_state.in_(sorted(STARTED_STATES)), False),
        Signal.PAST_DUE: f.due_before <= moment.as_of_bind,
        Signal.BINDING: f.force == Force.DIRECTED,
    }
