"""Every act on a cycle that can be taken back, and where its obligations stand, owed or not."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    String,
    Table,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from app.database.statements import Statement
from app.domain.acts import ActKind
from app.models import Annulment, Cycle, CycleDeadline, Obligation, Plan, Seal, Update
from app.models.base import table
from app.standing.moment import EVERYTHING, Moment
from app.standing.rule import standings_owed_or_not

plans, cycles, obligations, updates = (table(model) for model in (Plan, Cycle, Obligation, Update))
TABLES = {
    ActKind.CYCLE_DEADLINE: table(CycleDeadline),
    ActKind.CYCLE_CLOSING: table(Seal),
    ActKind.CYCLE_OPENING: cycles,
    ActKind.ANNULMENT: table(Annulment),
}


def ever_opened(slug: str, code: str) -> Statement:
    """Select a cycle of a plan, annulled or not."""
    named = plans.c.slug == bindparam("slug", slug, String()), cycles.c.code == bindparam("code", code, String())
    return select(cycles.c.id, cycles.c.plan_id).join(plans, plans.c.id == cycles.c.plan_id).where(*named)


def acts_on_cycle(cycle_id: UUID) -> Statement:
    """Select every act on a cycle that can be taken back, recorded so far, whether it counts or not."""
    acts = union_all(*(_acts(kind, act, cycle_id) for kind, act in TABLES.items())).subquery("acts")
    return select(*acts.c)


def reports_in(cycle_id: UUID, moment: Moment) -> Statement:
    """Count the reports in a cycle that count."""
    mine = obligations.c.cycle_id == _given(cycle_id)
    found = select(func.count().label("number")).join_from(
        updates,
        obligations,
        (obligations.c.id == updates.c.obligation_id) & (obligations.c.plan_id == updates.c.plan_id),
    )
    return found.where(mine, moment.sees(updates))


def standings_in(cycle_id: UUID, moment: Moment) -> Statement:
    """Select where the obligations of a cycle stand, owed or not."""
    standing = standings_owed_or_not(moment, obligations.c.cycle_id == _given(cycle_id))
    return select(*standing.c)


def _acts(kind: ActKind, act: Table, cycle_id: UUID) -> Statement:
    shown: dict[str, ColumnElement[Any]] = {
        "id": act.c.id,
        "kind": literal(kind.value),
        "recorded_at": act.c.recorded_at,
        "names": act.c.act_id if kind is ActKind.ANNULMENT else cast(null(), Uuid()),
        "counts": EVERYTHING.counts(act),
    }
    mine = (act.c.id if kind is ActKind.CYCLE_OPENING else act.c.cycle_id) == _given(cycle_id)
    return select(*(column.label(name) for name, column in shown.items())).where(mine)


def _given(cycle_id: UUID) -> BindParameter[UUID]:
    return bindparam("cycle_id", cycle_id, Uuid())
