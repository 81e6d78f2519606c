"""The history of one obligation: its acts in order, each a whole wire shape; some acts, and updates, by their ids."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Table, and_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.statements import Row, Statement, fetch_all
from app.domain.access import Caller
from app.models import (
    Annulment,
    Body,
    ConditionDecision,
    Contribution,
    CycleDeadline,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Review,
    Succession,
    Transfer,
)
from app.models.base import HistoryRow, table
from app.queries.evidence import bodies, contents, erasures, evidence, fields, named, obligations, readable, withdrawals
from app.queries.reminder_letters import letters_on
from app.queries.spelled_acts import Chosen, Obligations, Which, acts, in_order, shown_of_updates, updates
from app.queries.wire import as_object, as_wire, counting, nothing, picked
from app.standing.moment import Moment, order_of
from app.standing.ownership import owner_when

reviews, transfers, successions = (table(model) for model in (Review, Transfer, Succession))
predecessors = table(Body).alias("predecessor")
notes, deadlines, annulments = (table(model) for model in (Contribution, CycleDeadline, Annulment))

PLAIN: dict[type[HistoryRow], tuple[str, ...]] = {
    ExtensionRequest: ("id", "reason", "due_before", "document_number"),
    Extension: ("id", "reason", "due_before", "document_number", "decided_on"),
    ExtensionRefusal: ("id", "reason", "document_number"),
    ConditionDecision: ("id", "reason", "met", "document_number"),
}
"""Acts that the wire shows column by column."""


async def acts_on(
    connection: AsyncConnection, which: Callable[..., Statement], caller: Caller, obligation: Row, moment: Moment
) -> list[Any]:
    """Return the acts on an obligation, as the wire shows them: its `history`, or its `contributions`."""
    of = Obligations(obligation["plan_id"], [obligation["id"]])
    return [row["act"] for row in await fetch_all(connection, which, caller=caller, of=of, moment=moment)]


def history(caller: Caller, of: Obligations, moment: Moment) -> Statement:
    """Select every act on an obligation that the caller may read, in order."""
    return in_order(
        _update_acts(caller, of, moment),
        _evidence_acts(of, moment).where(readable(caller, moment)),
        _acts_on_evidence(withdrawals, of, moment).where(readable(caller, moment)),
        _acts_on_evidence(erasures, of, moment, "legal_basis").where(readable(caller, moment)),
        _deadline_acts(of, moment),
        _transfer_acts(of, moment),
        _annulments_of_papers(of, moment),
        letters_on(of, moment),
        *_acts_of_words(of, moment),
    )


def contributions(caller: Caller, of: Obligations, moment: Moment) -> Statement:
    """Select the notes of partners, and the evidence of theirs that the caller may read, in order."""
    theirs = evidence.c.body_id != owner_when(evidence, obligations, moment)
    return in_order(
        _contribution_acts(of, moment),
        _evidence_acts(of, moment).where(readable(caller, moment), theirs),
    )


def chosen(caller: Caller, of: Chosen, moment: Moment) -> Statement:
    """Select some acts that an inbox shows, as far as the caller may read them; evidence whole, whatever the act."""
    source, readably = named(moment), readable(caller, moment)
    shown = {"evidence": func.jsonb_build_array(as_wire(evidence, **fields()))}
    on_evidence = ((evidence, ("id",)), (contents, ("id",)), (withdrawals, ("id", "reason")))
    of_evidence = (acts(act, of, moment, source=source, **picked(act, names), **shown) for act, names in on_evidence)
    return in_order(
        _update_acts(caller, of, moment),
        *(of_one.where(readably) for of_one in of_evidence),
        *_acts_of_words(of, moment),
    )


def some_updates(caller: Caller, ids: Collection[UUID], moment: Moment) -> Statement:
    """Select updates by their ids, each a whole wire shape."""
    shown = as_wire(updates, **shown_of_updates(caller, moment))
    return select(shown.label("update")).where(among(updates.c.id, "ids", ids))


def _acts_of_words(of: Which, moment: Moment) -> list[Statement]:
    """Select the acts that need no more than their own row: what partners and coordinators say, and requests."""
    plain = (acts(table(model), of, moment, **picked(table(model), names)) for model, names in PLAIN.items())
    return [_contribution_acts(of, moment), _review_acts(of, moment), _annulment_acts(of, moment), *plain]


def _update_acts(caller: Caller, of: Which, moment: Moment) -> Statement:
    return acts(updates, of, moment, **shown_of_updates(caller, moment))


def _contribution_acts(of: Which, moment: Moment) -> Statement:
    source = notes.join(bodies, bodies.c.id == notes.c.body_id)
    shown = {**picked(notes, ("id", "note")), "body": bodies.c.code, "evidence": nothing()}
    return acts(notes, of, moment, source=source, **shown)


def _deadline_acts(of: Obligations, moment: Moment) -> Statement:
    """Select the acts on the deadline of the whole cycle, which are acts on each of its obligations."""
    shown = picked(deadlines, ("id", "due_before", "reason", "document_number", "decided_on"))
    told = {**shown, **counting(deadlines, moment), "obligation": obligations.c.id}
    spelled = as_wire(deadlines, act=literal("cycle_deadline"), **told)
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
        **picked(transfers, ("id", "ends")),
        "succession": transfers.c.succession_id,
        "predecessor": as_object(**picked(predecessors, ("code", "name"))),
        "owner": as_object(**picked(bodies, ("code", "name"))),
        "act_of_succession": as_object(**by),
    }
    return acts(transfers, of, moment, source=source, **shown)


def _review_acts(of: Which, moment: Moment) -> Statement:
    shown = {**picked(reviews, ("id", "reason", "outcome", "waives")), "update": reviews.c.update_id}
    return acts(reviews, of, moment, **shown)


def _annulment_acts(of: Which, moment: Moment) -> Statement:
    return acts(annulments, of, moment, **_shown_of_annulments())


def _annulments_of_papers(of: Obligations, moment: Moment) -> Statement:
    """Select what took whole papers back, or let them count again: an act on each obligation that they report on."""
    own = of.own(updates.c.plan_id, updates.c.obligation_id)
    lines = select(updates.c.plan_id, updates.c.obligation_id, updates.c.paper_report_id).where(own).distinct()
    line = lines.subquery("line")
    shown = {**_shown_of_annulments(), **counting(annulments, moment), "obligation": line.c.obligation_id}
    spelled = as_wire(annulments, act=literal("annulment"), **shown)
    same = and_(line.c.plan_id == annulments.c.plan_id, line.c.paper_report_id == annulments.c.paper_report_id)
    return select(*order_of(annulments), spelled.label("act")).join(line, same).where(moment.reaches(annulments))


def _shown_of_annulments() -> dict[str, Any]:
    return {**picked(annulments, ("id", "reason", "kind")), "annuls": annulments.c.act_id}


def _evidence_acts(of: Which, moment: Moment) -> Statement:
    return acts(evidence, of, moment, source=named(moment), **fields())


def _acts_on_evidence(act: Table, of: Which, moment: Moment, *names: str) -> Statement:
    shown = {**picked(act, ("id", "reason", *names)), "evidence": act.c.evidence_id}
    return acts(act, of, moment, source=named(moment), **shown)
