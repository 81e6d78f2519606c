"""How many obligations stand where, and since when a plan has said the same."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    String,
    Subquery,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    func,
    null,
    select,
    true,
)

from app.database.statements import Statement
from app.domain.access import Caller
from app.domain.totals import By
from app.models import (
    Body,
    ConditionDecision,
    Cycle,
    CycleDeadline,
    Duty,
    Extension,
    Obligation,
    Plan,
    Seal,
    SealedStanding,
)
from app.models.base import table
from app.models.redacted_views import facts_of
from app.queries.events import snapshot
from app.queries.obligations import visible
from app.queries.plans import plan_id_of
from app.standing.filters import Filters, within
from app.standing.moment import NEVER, Moment
from app.standing.rule import standings, standings_owed_or_not
from app.standing.snapshot import stored

plans, bodies, duties, cycles, obligations = (table(model) for model in (Plan, Body, Duty, Cycle, Obligation))
sealed, deadlines = table(SealedStanding), table(CycleDeadline)
PARTS = {By.BODY: "owner_id", By.DUTY: "duty_id"}
"""By which column obligations are counted."""
BODY, DUTY = ("id", "no", "code", "name", "force", "group_id"), ("id", "code", "title_vi", "title_en")
CHANGING_BY_THEMSELVES = (
    cycles.c.due_before,
    deadlines.c.due_before,
    facts_of(Extension).c.due_before,
    facts_of(ConditionDecision).c.received_at,
)
"""Instants that can lie ahead of the act that named them, and at which a standing changes when nobody acts."""


def tally(caller: Caller, filters: Filters, moment: Moment, by: By, history: bool) -> Statement:
    """Count obligations by cycle, part, status and judgement; a part is an owner or a duty."""
    shown = ("cycle_id", *PARTS.values(), "status", "judged")
    standing = standings(moment, within(filters), shown=shown, history=history)
    counted = [*_counted(standing, by), standing.c.status]
    return select(*counted, func.count().label("count")).where(visible(caller, standing)).group_by(*counted)


def _counted(standing: Subquery, by: By) -> list[ColumnElement[Any]]:
    return [standing.c.cycle_id, standing.c[PARTS[by]].label("part_id"), standing.c.judged]


def changed_from_sealed(caller: Caller, filters: Filters, seal_id: UUID, cycle_id: UUID, moment: Moment) -> Statement:
    """Count the obligations of a cycle that do not stand at a moment as they stand under a seal."""
    standing = _of_cycle(filters, cycle_id, moment)
    status = case((standing.c.owed, standing.c.status), else_=null())
    changed = status.is_distinct_from(_under(standing, seal_id))
    return select(func.count().label("number")).select_from(standing).where(visible(caller, standing), changed)


def sealed_tally(caller: Caller, filters: Filters, seal_id: UUID, cycle_id: UUID, moment: Moment, by: By) -> Statement:
    """Count obligations under a seal by cycle, part, status and judgement.

    `moment` is the seal's own, which says who owed them and how they were judged; where they stood, the seal says.
    """
    standing = _of_cycle(filters, cycle_id, moment)
    shown = [*_counted(standing, by), _under(standing, seal_id).label("status")]
    sealed_ones = select(*shown).where(visible(caller, standing)).subquery("sealed_ones")
    found = select(*sealed_ones.c, func.count().label("count")).where(sealed_ones.c.status.is_not(None))
    return found.group_by(*sealed_ones.c)


def _of_cycle(filters: Filters, cycle_id: UUID, moment: Moment) -> Subquery:
    mine = obligations.c.cycle_id == bindparam("cycle_id", cycle_id, Uuid())
    return standings_owed_or_not(moment, mine, within(filters))


def _under(standing: Subquery, seal_id: UUID) -> ColumnElement[str | None]:
    """Look a status under a seal up: a join could work out all standings again for each of them, and take minutes."""
    of_seal = sealed.c.seal_id == bindparam("seal_id", seal_id, Uuid())
    mine = (sealed.c.plan_id == standing.c.plan_id, sealed.c.obligation_id == standing.c.id)
    return select(cast(sealed.c.status, String)).where(of_seal, *mine).correlate(standing).scalar_subquery()


def parts_of(slug: str, by: By) -> Statement:
    """Select a plan's bodies, or its duties, in order."""
    of, names = (bodies, BODY) if by is By.BODY else (duties, DUTY)
    return select(*(of.c[name] for name in names)).where(of.c.plan_id == plan_id_of(slug)).order_by(of.c.position)


def last_change(slug: str, moment: Moment) -> Statement:
    """Find the last instant, up to a moment, at which a plan's standing changed, and the next one that is known of.

    The snapshot says of what else this was found: see `events.changed_since`.  What it holds is `ahead` of the moment
    when somebody has acted since, by the clock of this process or another: an answer as of the moment leaves it out.
    """
    of_cycles = (_of_plan(func.max, cycles.c.opened_at), _of_plan(func.max, table(Seal).c.received_at))
    acted = (_of_plan(func.max, obligations.c.updated_at), *of_cycles)
    passed = (_of_plan(func.max, due, due <= moment.as_of_bind) for due in CHANGING_BY_THEMSELVES)
    rests_passed = _resting(func.max, lambda due: due <= moment.as_of_bind)
    changed = func.greatest(_of_plan(func.max, stored.c.changed_at), _unstored(), *of_cycles, *passed, *rests_passed)
    ahead = (_of_plan(func.min, due, due > moment.as_of_bind) for due in CHANGING_BY_THEMSELVES)
    next_due = func.least(*ahead, *_resting(func.min, lambda due: due > moment.as_of_bind))
    shown = {
        "plan_id": plans.c.id,
        "time_zone": plans.c.time_zone,
        "snapshot": snapshot(),
        "ahead": func.greatest(*acted) > moment.as_of_bind,
        "changed_at": func.least(changed, moment.as_of_bind),
        "next_due": next_due,
    }
    named = plans.c.slug == bindparam("slug", slug, String())
    return select(*(column.label(name) for name, column in shown.items())).where(named)


def _unstored() -> Any:
    """Find when the last act came on what nobody has stored since: how it stands has changed, for all that is known."""
    same = and_(stored.c.id == obligations.c.id, stored.c.plan_id == obligations.c.plan_id)
    ended = and_(stored.c.plan_id == plans.c.id, stored.c.settled_from == NEVER)
    return (
        select(func.max(obligations.c.updated_at)).join_from(stored, obligations, same).where(ended).scalar_subquery()
    )


def _resting(pick: Any, kept: Callable[[Any], ColumnElement[bool]]) -> list[Any]:
    """Pick the same of what rests on the reports of others: as its cycle was opened, and as letters moved it."""
    due, rests = obligations.c.due_before, obligations.c.due_after_others_days.is_not(None)
    moved = func.unnest(deadlines.c.working_days).table_valued("due", name="moved").render_derived().lateral()
    instant = cast(moved.c.due, DateTime(timezone=True))
    of_plan = select(pick(instant)).select_from(deadlines.join(moved, true())).where(deadlines.c.plan_id == plans.c.id)
    letters = of_plan.where(kept(instant)).correlate(plans).scalar_subquery()
    return [_of_plan(pick, due, rests, kept(due)), letters]


def _of_plan(pick: Any, instant: Any, *conditions: ColumnElement[bool]) -> Any:
    """Pick one of a plan's instants; one query a table, so that an index can give it at once."""
    found = select(pick(instant)).where(instant.table.c.plan_id == plans.c.id, *conditions)
    return found.correlate(plans).scalar_subquery()
