"""The history of one obligation: its acts in order, each a whole wire shape; updates by their ids."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, and_, bindparam, case, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.statements import Row, Statement, Values, fetch_all, split_arguments
from app.domain.access import Caller
from app.models import (
    AnnulledAct,
    Annulment,
    Body,
    ConditionDecision,
    Contribution,
    CycleDeadline,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Measurement,
    Reopening,
    Review,
    Succession,
    Target,
    Transfer,
    Update,
)
from app.models.base import HistoryRow, table
from app.models.update import FIELDS
from app.queries.evidence import bodies, erasures, evidence, fields, named, obligations, readable, withdrawals
from app.schemas.history import Why
from app.standing.moment import Moment, order_of
from app.standing.ownership import owner_when

updates, reviews, transfers, successions = (table(model) for model in (Update, Review, Transfer, Succession))
predecessors = table(Body).alias("predecessor")
notes, deadlines, reopenings = (table(model) for model in (Contribution, CycleDeadline, Reopening))
annulments, taken = table(Annulment), table(AnnulledAct)
annulling = annulments.alias("annulling")
measurements, targets = table(Measurement), table(Target)

TIMES = ("received_at", "recorded_at")
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
    acts = [
        _update_acts(caller, of, moment),
        _evidence_acts(of, moment).where(readable(caller, moment)),
        _acts_on_evidence(withdrawals, of, moment).where(readable(caller, moment)),
        _acts_on_evidence(erasures, of, moment, "legal_basis").where(readable(caller, moment)),
        _contribution_acts(of, moment),
        _deadline_acts(of, moment),
        _transfer_acts(of, moment),
        _review_acts(of, moment),
        _annulment_acts(of, moment),
        *(_acts(table(model), of, moment, **_pick(table(model), names)) for model, names in PLAIN.items()),
    ]
    return _in_order(*acts)


def contributions(caller: Caller, of: Obligations, moment: Moment) -> Statement:
    """Select the notes of partners, and the evidence of theirs that the caller may read, in order."""
    theirs = evidence.c.body_id != owner_when(evidence, obligations, moment)
    return _in_order(
        _contribution_acts(of, moment),
        _evidence_acts(of, moment).where(readable(caller, moment), theirs),
    )


def some_updates(caller: Caller, ids: Collection[UUID], moment: Moment) -> Statement:
    """Select updates by their ids, each a whole wire shape."""
    shown = _spelled(updates, **_shown_of_updates(caller, moment))
    return select(shown.label("update")).where(among(updates.c.id, "ids", ids))


def _update_acts(caller: Caller, of: Obligations, moment: Moment) -> Statement:
    return _acts(updates, of, moment, **_shown_of_updates(caller, moment))


def _shown_of_updates(caller: Caller, moment: Moment) -> dict[str, Any]:
    shown = {"measurements": measured_of_updates(), "evidence": _attached(caller, moment)}
    return {**_pick(updates, ("id", *FIELDS)), **shown}


def _in_order(*acts: Statement) -> Statement:
    found = union_all(*acts).subquery("acts")
    return select(found.c.act).order_by(*order_of(found))


def _contribution_acts(of: Obligations, moment: Moment) -> Statement:
    source = notes.join(bodies, bodies.c.id == notes.c.body_id)
    shown = {**_pick(notes, ("id", "note")), "body": bodies.c.code, "evidence": _none()}
    return _acts(notes, of, moment, source=source, **shown)


def _deadline_acts(of: Obligations, moment: Moment) -> Statement:
    """Select the acts on the deadline of the whole cycle, which are acts on each of its obligations."""
    shown = _pick(deadlines, ("id", "due_before", "reason", "document_number", "decided_on"))
    told = {**shown, **_counting(deadlines, moment), "obligation": obligations.c.id}
    spelled = _spelled(deadlines, act=literal("cycle_deadline"), **told)
    its_cycle = and_(obligations.c.plan_id == deadlines.c.plan_id, obligations.c.cycle_id == deadlines.c.cycle_id)
    found = select(*order_of(deadlines), spelled.label("act")).join(obligations, its_cycle)
    return found.where(of.own(obligations.c.plan_id, obligations.c.id), moment.reaches(deadlines))


def _transfer_acts(of: Obligations, moment: Moment) -> Statement:
    source = (
        transfers.join(successions, successions.c.id == transfers.c.succession_id)
        .join(bodies, bodies.c.id == transfers.c.owner_id)
        .join(predecessors, predecessors.c.id == successions.c.predecessor_id)
    )
    by = {field: successions.c[f"act_{field}"] for field in ("title", "number", "issued_on")}
    shown = {
        **_pick(transfers, ("id", "ends")),
        "succession": transfers.c.succession_id,
        "predecessor": _object(**_pick(predecessors, ("code", "name"))),
        "owner": _object(**_pick(bodies, ("code", "name"))),
        "act_of_succession": _object(**by),
    }
    return _acts(transfers, of, moment, source=source, **shown)


def _review_acts(of: Obligations, moment: Moment) -> Statement:
    shown = {**_pick(reviews, ("id", "reason", "outcome", "waives")), "update": reviews.c.update_id}
    return _acts(reviews, of, moment, **shown)


def _annulment_acts(of: Obligations, moment: Moment) -> Statement:
    shown = {**_pick(annulments, ("id", "reason", "kind")), "annuls": annulments.c.act_id}
    return _acts(annulments, of, moment, **shown)


def _evidence_acts(of: Obligations, moment: Moment) -> Statement:
    return _acts(evidence, of, moment, source=named(moment), **fields())


def _acts_on_evidence(act: Table, of: Obligations, moment: Moment, *names: str) -> Statement:
    shown = {**_pick(act, ("id", "reason", *names)), "evidence": act.c.evidence_id}
    return _acts(act, of, moment, source=named(moment), **shown)


def _acts(
    table_: Table, of: Obligations, moment: Moment, *, source: FromClause | None = None, **shown: Any
) -> Statement:
    """Select the acts of one table, spelled as the wire shows them."""
    act = literal(_NAMES.get(table_.name, str(table_.name)))
    spelled = _spelled(table_, act=act, **shown, **_counting(table_, moment))
    found = select(*order_of(table_), spelled.label("act")).select_from(table_ if source is None else source)
    return found.where(of.own(table_.c.plan_id, table_.c.obligation_id), moment.reaches(table_))


def _counting(act: Table, moment: Moment) -> dict[str, Any]:
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
        "annulled": of(_object(**{name: annulling.c[column] for name, column in by.items()})),
        "counts": moment.counts(act),
        "why": of(why),
        "reopened_by": _letter(act),
    }


def _letter(act: Table) -> ColumnElement[Any]:
    """Find the number of the letter that reopened closed cycles for an act."""
    mine = (reopenings.c.plan_id == act.c.plan_id, reopenings.c.act_id == act.c.id)
    return select(reopenings.c.document_number).where(*mine).limit(1).correlate(act).scalar_subquery()


def _spelled(table_: Table, **shown: Any) -> ColumnElement[Any]:
    common = {"obligation": "obligation_id", "client": "client_id", **{name: name for name in TIMES}}
    every = {name: table_.c[column] for name, column in common.items() if column in table_.c} | shown
    return _object(**every)


def _object(**shown: Any) -> ColumnElement[Any]:
    return func.jsonb_build_object(*(part for pair in shown.items() for part in pair))


def _pick(table_: FromClause, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: table_.c[name] for name in names}


def measured_of_updates() -> ColumnElement[Any]:
    """Spell the figures of the update around as a list, in the order of the targets."""
    one = func.jsonb_build_object(
        "target", targets.c.code, "value", measurements.c.value, "cases", measurements.c.cases
    )
    found = (
        select(func.jsonb_agg(aggregate_order_by(one, targets.c.position)))
        .join(targets, targets.c.id == measurements.c.target_id)
        .where(measurements.c.plan_id == updates.c.plan_id, measurements.c.update_id == updates.c.id)
        .correlate(updates)
    )
    return func.coalesce(found.scalar_subquery(), _none())


def _attached(caller: Caller, moment: Moment) -> ColumnElement[Any]:
    """Spell the evidence that came with an update, as far as the caller may read it."""
    one = _spelled(evidence, **fields())
    found = (
        select(func.jsonb_agg(aggregate_order_by(one, *order_of(evidence))))
        .select_from(named(moment))
        .where(evidence.c.plan_id == updates.c.plan_id, evidence.c.obligation_id == updates.c.obligation_id)
        .where(evidence.c.update_id == updates.c.id, moment.reaches(evidence), readable(caller, moment))
        .correlate(updates)
    )
    return func.coalesce(found.scalar_subquery(), _none())


def _none() -> ColumnElement[Any]:
    return func.jsonb_build_array()


_NAMES = {"progress_update": "update"}
"""An act is named like its table, but for the one whose name is a word of SQL."""
