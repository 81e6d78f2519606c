"""The history of one obligation: its acts in order, each a whole wire shape; updates by their ids."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, FromClause, Table, and_, bindparam, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.statements import Row, Statement, Values, fetch_all, split_arguments
from app.domain.access import Caller
from app.models import (
    Body,
    ConditionDecision,
    Contribution,
    CycleDeadline,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Measurement,
    Review,
    Succession,
    Target,
    Transfer,
    Update,
)
from app.models.base import HistoryRow, table
from app.models.update import FIELDS
from app.queries.evidence import bodies, erasures, evidence, fields, named, obligations, readable, withdrawals
from app.queries.wire import annulments, as_object, as_wire, counting, known_annulments, nothing, picked
from app.standing.moment import Moment, order_of
from app.standing.ownership import owner_when

updates, reviews, transfers, successions = (table(model) for model in (Update, Review, Transfer, Succession))
predecessors = table(Body).alias("predecessor")
notes, deadlines = table(Contribution), table(CycleDeadline)
measurements, targets = table(Measurement), table(Target)

PLAIN: dict[type[HistoryRow], tuple[str, ...]] = {
    ExtensionRequest: ("id", "reason", "due_before", "document_number"),
    Extension: ("id", "reason", "due_before", "document_number", "decided_on"),
    ExtensionRefusal: ("id", "reason", "document_number"),
    ConditionDecision: ("id", "reason", "met", "document_number"),
}
"""Acts that the wire shows column by column."""


@dataclass(frozen=True)
class Obligations:
    """Some obligations of a plan, whose acts are asked for."""

    plan_id: UUID
    ids: list[UUID]

    def own(self, plan_id: ColumnElement[UUID], obligation_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        """Keep the acts on them."""
        return and_(plan_id == bindparam("plan_id", self.plan_id), among(obligation_id, "ids", self.ids))


@dataclass(frozen=True)
class _Asked:
    """Who asks for the acts on which obligations, and at which moment."""

    caller: Caller
    of: Obligations
    moment: Moment

    @cached_property
    def annulments(self) -> CTE:
        """The annulments on them, on their cycles, on papers and on the plan of which the caller may know."""
        of_plan = annulments.c.plan_id == bindparam("plan_id", self.of.plan_id)
        here = or_(among(annulments.c.obligation_id, "ids", self.of.ids), annulments.c.obligation_id.is_(None))
        return known_annulments(self.caller, self.moment, of_plan, here)


@split_arguments.register
def _obligations(of: Obligations, _: str) -> tuple[Hashable, Values]:
    return (), {"plan_id": of.plan_id, "ids": of.ids}


async def acts_on(
    connection: AsyncConnection, which: Callable[..., Statement], caller: Caller, obligation: Row, moment: Moment
) -> list[Any]:
    """Return the acts on an obligation, as the wire shows them: its `history`, or its `contributions`."""
    of = Obligations(obligation["plan_id"], [obligation["id"]])
    return [row["act"] for row in await fetch_all(connection, which, caller=caller, of=of, moment=moment)]


def history(caller: Caller, of: Obligations, moment: Moment) -> Statement:
    """Select every act on an obligation that the caller may read, in order."""
    asked = _Asked(caller, of, moment)
    acts = [
        _update_acts(asked),
        _evidence_acts(asked),
        _acts_on_evidence(asked, withdrawals),
        _acts_on_evidence(asked, erasures, "legal_basis"),
        _contribution_acts(asked),
        _deadline_acts(asked),
        _transfer_acts(asked),
        _review_acts(asked),
        _annulment_acts(asked),
        _annulments_of_papers(asked),
        *(_acts(asked, table(model), **picked(table(model), names)) for model, names in PLAIN.items()),
    ]
    return _in_order(*acts)


def contributions(caller: Caller, of: Obligations, moment: Moment) -> Statement:
    """Select the notes of partners, and the evidence of theirs that the caller may read, in order."""
    theirs, asked = evidence.c.body_id != owner_when(evidence, obligations, moment), _Asked(caller, of, moment)
    return _in_order(_contribution_acts(asked), _evidence_acts(asked).where(theirs))


def some_updates(caller: Caller, ids: Collection[UUID], moment: Moment) -> Statement:
    """Select updates by their ids, each a whole wire shape."""
    shown = as_wire(updates, **_shown_of_updates(caller, moment))
    return select(shown.label("update")).where(among(updates.c.id, "ids", ids))


def _update_acts(asked: _Asked) -> Statement:
    return _acts(asked, updates, **_shown_of_updates(asked.caller, asked.moment))


def _shown_of_updates(caller: Caller, moment: Moment) -> dict[str, Any]:
    said = {**picked(updates, ("id", *FIELDS)), "paper_report": updates.c.paper_report_id}
    return {**said, "measurements": _measured(), "evidence": _attached(caller, moment)}


def _in_order(*acts: Statement) -> Statement:
    found = union_all(*acts).subquery("acts")
    return select(found.c.act).order_by(*order_of(found))


def _contribution_acts(asked: _Asked) -> Statement:
    source = notes.join(bodies, bodies.c.id == notes.c.body_id)
    shown = {**picked(notes, ("id", "note")), "body": bodies.c.code, "evidence": nothing()}
    return _acts(asked, notes, source=source, **shown)


def _deadline_acts(asked: _Asked) -> Statement:
    """Select the acts on the deadline of the whole cycle, which are acts on each of its obligations."""
    shown = picked(deadlines, ("id", "due_before", "reason", "document_number", "decided_on"))
    told = {**shown, **counting(deadlines, asked.moment, asked.annulments), "obligation": obligations.c.id}
    spelled = as_wire(deadlines, act=literal("cycle_deadline"), **told)
    its_cycle = and_(obligations.c.plan_id == deadlines.c.plan_id, obligations.c.cycle_id == deadlines.c.cycle_id)
    found = select(*order_of(deadlines), spelled.label("act")).join(obligations, its_cycle)
    return found.where(asked.of.own(obligations.c.plan_id, obligations.c.id), asked.moment.reaches(deadlines))


def _transfer_acts(asked: _Asked) -> Statement:
    source = (
        transfers.join(successions, successions.c.id == transfers.c.succession_id)
        .join(bodies, bodies.c.id == transfers.c.owner_id)
        .join(predecessors, predecessors.c.id == successions.c.predecessor_id)
    )
    by = {field: successions.c[f"act_{field}"] for field in ("title", "number", "issued_on")}
    shown = {
        **picked(transfers, ("id", "ends")),
        "succession": transfers.c.succession_id,
        "predecessor": as_object(**picked(predecessors, ("code", "name"))),
        "owner": as_object(**picked(bodies, ("code", "name"))),
        "act_of_succession": as_object(**by),
    }
    return _acts(asked, transfers, source=source, **shown)


def _review_acts(asked: _Asked) -> Statement:
    shown = {**picked(reviews, ("id", "reason", "outcome", "waives")), "update": reviews.c.update_id}
    return _acts(asked, reviews, **shown)


def _annulment_acts(asked: _Asked) -> Statement:
    found = _acts(asked, annulments, **_shown_of_annulments())
    return found.where(annulments.c.id.in_(select(asked.annulments.c.id)))


def _annulments_of_papers(asked: _Asked) -> Statement:
    """Select what took whole papers back, or let them count again: an act on each obligation that they report on."""
    own = asked.of.own(updates.c.plan_id, updates.c.obligation_id)
    lines = select(updates.c.plan_id, updates.c.obligation_id, updates.c.paper_report_id).where(own).distinct()
    line = lines.subquery("line")
    told = counting(annulments, asked.moment, asked.annulments)
    shown = {**_shown_of_annulments(), **told, "obligation": line.c.obligation_id}
    spelled = as_wire(annulments, act=literal("annulment"), **shown)
    same = and_(line.c.plan_id == annulments.c.plan_id, line.c.paper_report_id == annulments.c.paper_report_id)
    found = select(*order_of(annulments), spelled.label("act")).join(line, same)
    return found.where(asked.moment.reaches(annulments))


def _shown_of_annulments() -> dict[str, Any]:
    return {**picked(annulments, ("id", "reason", "kind")), "annuls": annulments.c.act_id}


def _evidence_acts(asked: _Asked) -> Statement:
    found = _acts(asked, evidence, source=named(asked.moment), **fields(asked.caller, asked.moment))
    return found.where(readable(asked.caller, asked.moment))


def _acts_on_evidence(asked: _Asked, act: Table, *names: str) -> Statement:
    shown = {**picked(act, ("id", "reason", *names)), "evidence": act.c.evidence_id}
    found = _acts(asked, act, source=named(asked.moment), **shown)
    return found.where(readable(asked.caller, asked.moment))


def _acts(asked: _Asked, table_: Table, *, source: FromClause | None = None, **shown: Any) -> Statement:
    """Select the acts of one table, spelled as the wire shows them."""
    act = literal(_NAMES.get(table_.name, str(table_.name)))
    spelled = as_wire(table_, act=act, **shown, **counting(table_, asked.moment, asked.annulments))
    found = select(*order_of(table_), spelled.label("act")).select_from(table_ if source is None else source)
    return found.where(asked.of.own(table_.c.plan_id, table_.c.obligation_id), asked.moment.reaches(table_))


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
    """Spell the evidence that came with an update, as far as the caller may read it."""
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
