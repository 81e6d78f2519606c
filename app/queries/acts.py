"""Every act on an obligation that can be taken back, with what an annulment must know of it."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, Uuid, any_, bindparam, cast, false, literal, null, select, union_all

from app.database.statements import Statement
from app.domain.acts import ActKind
from app.models import (
    Annulment,
    ConditionDecision,
    Contribution,
    Evidence,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Obligation,
    Review,
    Seal,
    Update,
    Withdrawal,
)
from app.models.base import table
from app.standing.moment import Moment
from app.standing.ownership import owner_when
from app.standing.refresh import line_of
from app.standing.rule import standings_owed_or_not

obligations, seals = table(Obligation), table(Seal)
TABLES = {
    ActKind.UPDATE: table(Update),
    ActKind.EVIDENCE: table(Evidence),
    ActKind.WITHDRAWAL: table(Withdrawal),
    ActKind.CONTRIBUTION: table(Contribution),
    ActKind.REVIEW: table(Review),
    ActKind.EXTENSION: table(Extension),
    ActKind.EXTENSION_REQUEST: table(ExtensionRequest),
    ActKind.EXTENSION_REFUSAL: table(ExtensionRefusal),
    ActKind.CONDITION_DECISION: table(ConditionDecision),
    ActKind.ANNULMENT: table(Annulment),
}
FALLS_WITH = {ActKind.EVIDENCE: "update_id", ActKind.WITHDRAWAL: "evidence_id", ActKind.REVIEW: "update_id"}
"""The column that names what an act belongs to, with which it is taken back."""
ON_PAPER = {ActKind.UPDATE, ActKind.EVIDENCE}
"""What a coordinator may enter for an owner; then it has the number of the paper."""


def acts_on(obligation_id: UUID, moment: Moment) -> Statement:
    """Select every act on an obligation that can be taken back, recorded so far, whether it counts or not."""
    acts = union_all(*(_acts(kind, act, obligation_id, moment) for kind, act in TABLES.items())).subquery("acts")
    return select(*acts.c)


def _acts(kind: ActKind, act: Table, obligation_id: UUID, moment: Moment) -> Statement:
    owner = act.c.body_id if "body_id" in act.c else owner_when(act, obligations, moment)
    shown: dict[str, ColumnElement[Any]] = {
        "id": act.c.id,
        "kind": literal(kind.value),
        "recorded_at": act.c.recorded_at,
        "falls_with": act.c[FALLS_WITH[kind]] if kind in FALLS_WITH else cast(null(), Uuid()),
        "names": act.c.act_id if kind is ActKind.ANNULMENT else cast(null(), Uuid()),
        "obligation_id": act.c.obligation_id,
        "counts": moment.counts(act),
        "client_id": act.c.client_id,
        "posted_for": owner,
        "on_paper": act.c.document_number.is_not(None) if kind in ON_PAPER else false(),
    }
    mine = act.c.obligation_id == bindparam("obligation_id", obligation_id, Uuid())
    source = act.join(obligations, (obligations.c.id == act.c.obligation_id) & (obligations.c.plan_id == act.c.plan_id))
    return select(*(column.label(name) for name, column in shown.items())).select_from(source).where(mine)


def line_standings(ids: list[UUID], moment: Moment) -> Statement:
    """Select where obligations stand and, of duties owed once, those of the other cycles, owed or not."""
    standing = standings_owed_or_not(moment, obligations.c.id.in_(line_of(ids)))
    return select(*standing.c)


def closed_among(ids: list[UUID], moment: Moment) -> Statement:
    """Select those of some cycles whose figures are sealed."""
    closed = seals.c.cycle_id == any_(bindparam("ids", ids, ARRAY(Uuid())))
    return select(seals.c.cycle_id).where(closed, moment.sees(seals))
