"""Acts of one table, or of several in order, spelled as the wire shows them: of obligations, or some by their ids."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    FromClause,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.database.builders import among
from app.database.statements import Statement, Values, split_arguments
from app.domain.access import Caller
from app.models import Measurement, Plan, Target, Update
from app.models.base import table
from app.models.update import FIELDS
from app.queries.evidence import evidence, fields, named, readable
from app.queries.wire import annulments, as_wire, counting, known_annulments, nothing, picked, taken
from app.standing.moment import Moment, order_of

updates, measurements, targets = (table(model) for model in (Update, Measurement, Target))


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

    @property
    def annulments(self) -> ColumnElement[bool]:
        """Keep the annulments on them, on their cycles, on papers and on the plan."""
        of_plan = annulments.c.plan_id == bindparam("plan_id", self.plan_id)
        return and_(
            of_plan, or_(among(annulments.c.obligation_id, "ids", self.ids), annulments.c.obligation_id.is_(None))
        )


@dataclass(frozen=True)
class Chosen:
    """Some acts by their ids, whatever they are on."""

    ids: list[UUID]

    def keeps(self, act: Table) -> ColumnElement[bool]:
        """Keep those of a table that are among them."""
        return among(act.c.id, "ids", self.ids)

    @property
    def annulments(self) -> ColumnElement[bool]:
        """Keep the annulments among them, and those that changed whether one of them counts."""
        # Each plan by itself, for the index of what was taken back begins with it; and all ids at once, for the
        # second gate, which is dear, is asked of what an index has found.
        of_each = (taken.c.plan_id.in_(select(table(Plan).c.id)), among(taken.c.act_id, "ids", self.ids))
        taken_by = func.array(select(taken.c.annulment_id).where(*of_each).scalar_subquery(), type_=ARRAY(Uuid()))
        return annulments.c.id == any_(func.array_cat(bindparam("ids", self.ids, ARRAY(Uuid())), taken_by))


@dataclass(frozen=True)
class Asked:
    """Who asks for which acts, and at which moment."""

    caller: Caller
    of: Obligations | Chosen
    moment: Moment

    @cached_property
    def annulments(self) -> CTE:
        """The annulments of them of which the caller may know."""
        return known_annulments(self.caller, self.moment, self.of.annulments)


@split_arguments.register
def _obligations(of: Obligations, _: str) -> tuple[Hashable, Values]:
    return (), {"plan_id": of.plan_id, "ids": of.ids}


@split_arguments.register
def _chosen(of: Chosen, _: str) -> tuple[Hashable, Values]:
    return ("chosen",), {"ids": of.ids}


def in_order(*acts: Statement) -> Statement:
    """Select the acts of several tables, in the order of a history."""
    found = union_all(*acts).subquery("acts")
    return select(found.c.act).order_by(*order_of(found))


def acts(asked: Asked, table_: Table, *, source: FromClause | None = None, **shown: Any) -> Statement:
    """Select the acts of one table."""
    act = literal(_NAMES.get(table_.name, str(table_.name)))
    spelled = as_wire(table_, act=act, **shown, **counting(table_, asked.moment, asked.annulments))
    found = select(*order_of(table_), spelled.label("act")).select_from(table_ if source is None else source)
    return found.where(asked.of.keeps(table_), asked.moment.reaches(table_))


def shown_of_updates(caller: Caller, moment: Moment) -> dict[str, Any]:
    """Name what is shown of an update, with its figures, and its evidence as far as the caller may read it."""
    said = {**picked(updates, ("id", *FIELDS)), "paper_report": updates.c.paper_report_id}
    return {**said, "measurements": _measured(), "evidence": _attached(caller, moment)}


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
    return func.coalesce(found.scalar_subquery(), nothing())


def _attached(caller: Caller, moment: Moment) -> ColumnElement[Any]:
    one = as_wire(evidence, **fields(caller, moment))
    found = (
        select(func.jsonb_agg(aggregate_order_by(one, *order_of(evidence))))
        .select_from(named(moment))
        .where(evidence.c.plan_id == updates.c.plan_id, evidence.c.obligation_id == updates.c.obligation_id)
        .where(evidence.c.update_id == updates.c.id, moment.reaches(evidence), readable(caller, moment))
        .correlate(updates)
    )
    return func.coalesce(found.scalar_subquery(), nothing())


_NAMES = {"progress_update": "update"}
"""An act is named like its table, but for the one whose name is a word of SQL."""
