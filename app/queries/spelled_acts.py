"""How an act is spelled as the wire shows it, out of the row of its table: by whoever asks for acts.

An act says whether it counts, as far as a moment knows, and if not, by which annulment and why.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, and_, bindparam, case, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.database.builders import among
from app.database.statements import Statement, Values, split_arguments
from app.domain.access import Caller
from app.models import AnnulledAct, Annulment, Measurement, Reopening, Target, Update
from app.models.base import table
from app.models.update import FIELDS
from app.queries.evidence import evidence, fields, named, readable
from app.schemas.history import Why
from app.standing.moment import Moment, order_of

updates, measurements, targets = (table(model) for model in (Update, Measurement, Target))
annulments, taken, reopenings = table(Annulment), table(AnnulledAct), table(Reopening)
annulling = annulments.alias("annulling")
TIMES = ("received_at", "recorded_at")


@dataclass(frozen=True)
class Obligations:
    """Some obligations of a plan, whose acts are asked for."""

    plan_id: UUID
    ids: list[UUID]

    def own(self, plan_id: ColumnElement[UUID], obligation_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        """Keep the acts on them."""
        return and_(plan_id == bindparam("plan_id", self.plan_id), among(obligation_id, "ids", self.ids))

    def keeps(self, act: Table) -> ColumnElement[bool]:
        """Keep the acts of a table that are on them."""
        return self.own(act.c.plan_id, act.c.obligation_id)


@dataclass(frozen=True)
class Chosen:
    """Some acts by their ids, whatever they are on."""

    ids: list[UUID]

    def keeps(self, act: Table) -> ColumnElement[bool]:
        """Keep those of a table that are among them."""
        return among(act.c.id, "ids", self.ids)


Which = Obligations | Chosen


@split_arguments.register
def _obligations(of: Obligations, _: str) -> tuple[Hashable, Values]:
    return (), {"plan_id": of.plan_id, "ids": of.ids}


@split_arguments.register
def _chosen(of: Chosen, _: str) -> tuple[Hashable, Values]:
    return ("chosen",), {"ids": of.ids}


def shown_of_updates(caller: Caller, moment: Moment) -> dict[str, Any]:
    return {**pick(updates, ("id", *FIELDS)), "measurements": _measured(), "evidence": _attached(caller, moment)}


def in_order(*acts: Statement) -> Statement:
    found = union_all(*acts).subquery("acts")
    return select(found.c.act).order_by(*order_of(found))


def acts(table_: Table, of: Which, moment: Moment, *, source: FromClause | None = None, **shown: Any) -> Statement:
    """Select the acts of one table, spelled as the wire shows them."""
    act = literal(_NAMES.get(table_.name, str(table_.name)))
    shape = spelled(table_, act=act, **shown, **counting(table_, moment))
    found = select(*order_of(table_), shape.label("act")).select_from(table_ if source is None else source)
    return found.where(of.keeps(table_), moment.reaches(table_))


def counting(act: Table, moment: Moment) -> dict[str, Any]:
    """Tell whether an act counts, as far as a moment knows; if not, by which annulment and why."""
    by = {"id": "id", "by": "client_id", "at": "recorded_at", "reason": "reason"}
    named = annulling.c.act_id == act.c.id
    why = case((named, Why.ANNULLED.value), else_=Why.ANNULLED_TOGETHER.value)
    its_words = and_(taken.c.plan_id == act.c.plan_id, taken.c.act_id == act.c.id, moment.knows(taken))

    def of(shown: ColumnElement[Any]) -> ColumnElement[Any]:
        same = and_(annulling.c.plan_id == taken.c.plan_id, annulling.c.id == taken.c.annulment_id)
        words = select(case((~taken.c.counts, shown), else_=null())).join_from(taken, annulling, same).where(its_words)
        last = words.order_by(taken.c.recorded_at.desc(), taken.c.id.desc()).limit(1)
        return last.correlate(act).scalar_subquery()

    return {
        "annulled": of(object_of(**{name: annulling.c[column] for name, column in by.items()})),
        "counts": moment.counts(act),
        "why": of(why),
        "reopened_by": _letter(act),
    }


def _letter(act: Table) -> ColumnElement[Any]:
    """Find the number of the letter that reopened closed cycles for an act."""
    mine = (reopenings.c.plan_id == act.c.plan_id, reopenings.c.act_id == act.c.id)
    return select(reopenings.c.document_number).where(*mine).limit(1).correlate(act).scalar_subquery()


def spelled(table_: Table, **shown: Any) -> ColumnElement[Any]:
    common = {"obligation": "obligation_id", "client": "client_id", **{name: name for name in TIMES}}
    every = {name: table_.c[column] for name, column in common.items() if column in table_.c} | shown
    return object_of(**every)


def object_of(**shown: Any) -> ColumnElement[Any]:
    return func.jsonb_build_object(*(part for pair in shown.items() for part in pair))


def pick(table_: FromClause, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: table_.c[name] for name in names}


def _measured() -> ColumnElement[Any]:
    one = func.jsonb_build_object(
        "target", targets.c.code, "value", measurements.c.value, "cases", measurements.c.cases
    )
    found = (
        select(func.jsonb_agg(aggregate_order_by(one, targets.c.position)))
        .join(targets, targets.c.id == measurements.c.target_id)
        .where(measurements.c.plan_id == updates.c.plan_id, measurements.c.update_id == updates.c.id)
        .correlate(updates)
    )
    return func.coalesce(found.scalar_subquery(), none())


def _attached(caller: Caller, moment: Moment) -> ColumnElement[Any]:
    """Spell the evidence that came with an update, as far as the caller may read it."""
    one = spelled(evidence, **fields())
    found = (
        select(func.jsonb_agg(aggregate_order_by(one, *order_of(evidence))))
        .select_from(named(moment))
        .where(evidence.c.plan_id == updates.c.plan_id, evidence.c.obligation_id == updates.c.obligation_id)
        .where(evidence.c.update_id == updates.c.id, moment.reaches(evidence), readable(caller, moment))
        .correlate(updates)
    )
    return func.coalesce(found.scalar_subquery(), none())


def none() -> ColumnElement[Any]:
    return func.jsonb_build_array()


_NAMES = {"progress_update": "update"}
"""An act is named like its table, but for the one whose name is a word of SQL."""
