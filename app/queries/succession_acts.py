"""What was done by a confirmed succession, what has taken it back, and whether anybody has acted under it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Uuid, and_, bindparam, cast, literal, null, or_, select, true, union_all

from app.database.statements import Statement
from app.domain.acts import ActKind
from app.models import Annulment, Obligation, SuccessionDecision, Transfer
from app.models.base import HistoryRow, table
from app.standing.moment import EVERYTHING, INSTANT

decisions, transfers, annulments = table(SuccessionDecision), table(Transfer), table(Annulment)
obligations = table(Obligation)
NOTHING = cast(null(), Uuid())


def acts_on_succession(plan_id: UUID, succession_id: UUID) -> Statement:
    """Select the decision on a succession, what passed or ended by it, and every annulment of that."""
    of_it = _of(plan_id, succession_id)
    decided = select(decisions.c.id).where(*of_it(decisions))
    taken = select(annulments.c.id).where(annulments.c.act_id.in_(decided)).cte("taken", recursive=True)
    taken = taken.union(select(annulments.c.id).join(taken, annulments.c.act_id == taken.c.id))
    decision = _acts(decisions, ActKind.SUCCESSION).where(*of_it(decisions))
    same = and_(decisions.c.plan_id == transfers.c.plan_id, decisions.c.succession_id == transfers.c.succession_id)
    passed = _acts(transfers, ActKind.TRANSFER, falls_with=decisions.c.id, obligation_id=transfers.c.obligation_id)
    back = _acts(annulments, ActKind.ANNULMENT, names=annulments.c.act_id)
    every = union_all(
        decision,
        passed.join_from(transfers, decisions, same).where(*of_it(transfers)),
        back.where(annulments.c.id.in_(select(taken.c.id))),
    ).subquery("acts")
    return select(*every.c).order_by(every.c.obligation_id, every.c.recorded_at, every.c.id)


def acted_under(plan_id: UUID, succession_id: UUID, since: datetime) -> Statement:
    """Find an act that rests on a succession as it was decided, or taken back: on what passed, or a cycle's opening."""
    of_it, later = _of(plan_id, succession_id), bindparam("since", since, INSTANT)
    plan, mine = bindparam("plan_id", plan_id, Uuid()), bindparam("succession_id", succession_id, Uuid())
    passed = select(transfers.c.obligation_id).where(*of_it(transfers))
    acts = (
        select(act.c.id)
        .where(act.c.plan_id == plan, act.c.obligation_id.in_(passed), act.c.recorded_at > later)
        .where(act.c.succession_id != mine if act is transfers else true())
        for act in map(table, HistoryRow.__subclasses__())
    )
    opened = select(obligations.c.id).where(obligations.c.plan_id == plan, obligations.c.recorded_at > later)
    return select(literal(1).label("acted")).where(or_(*(found.exists() for found in (*acts, opened))))


def _of(plan_id: UUID, succession_id: UUID) -> Any:
    given = {"plan_id": plan_id, "succession_id": succession_id}
    return lambda act: [act.c[name] == bindparam(name, value, Uuid()) for name, value in given.items()]


def _acts(act: Table, kind: ActKind, **more: ColumnElement[Any]) -> Statement:
    shown: dict[str, ColumnElement[Any]] = {
        "id": act.c.id,
        "kind": literal(kind.value),
        "recorded_at": act.c.recorded_at,
        "counts": EVERYTHING.counts(act),
        **dict.fromkeys(("falls_with", "names", "obligation_id"), NOTHING),
        **more,
    }
    return select(*(column.label(name) for name, column in shown.items()))
