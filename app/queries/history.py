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
    Body,
    ConditionDecision,
    Contribution,
    CycleDeadline,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Instruction,
    Review,
    Succession,
    Transfer,
)
from app.models.base import HistoryRow, table
from app.queries.evidence import bodies, contents, erasures, evidence, fields, named, obligations, readable, withdrawals
from app.queries.reminder_letters import letters_on
from app.queries.spelled_acts import Asked, Chosen, Obligations, acts, in_order, shown_of_updates, updates
from app.queries.wire import annulments, as_object, as_wire, counting, nothing, picked
from app.standing.moment import Moment, order_of
from app.standing.ownership import owner_when

reviews, transfers, successions = (table(model) for model in (Review, Transfer, Succession))
predecessors = table(Body).alias("predecessor")
notes, deadlines = table(Contribution), table(CycleDeadline)

PLAIN: dict[type[HistoryRow], tuple[str, ...]] = {
    ExtensionRequest: ("id", "reason", "due_before", "document_number"),
    Extension: ("id", "reason", "due_before", "document_number", "decided_on"),
    ExtensionRefusal: ("id", "reason", "document_number"),
    ConditionDecision: ("id", "reason", "met", "document_number"),
    Instruction: ("id", "words", "leader", "given_on", "by_on", "document_number"),
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
    asked = Asked(caller, of, moment)
    return in_order(
        _update_acts(asked),
        _evidence_acts(asked),
        _acts_on_evidence(asked, withdrawals),
        _acts_on_evidence(asked, erasures, "legal_basis"),
        _deadline_acts(asked, of),
        _transfer_acts(asked),
        _annulments_of_papers(asked, of),
        letters_on(asked, of),
        *_acts_of_words(asked),
    )


def contributions(caller: Caller, of: Obligations, moment: Moment) -> Statement:
    """Select the notes of partners, and the evidence of theirs that the caller may read, in order."""
    theirs, asked = evidence.c.body_id != owner_when(evidence, obligations, moment), Asked(caller, of, moment)
    return in_order(_contribution_acts(asked), _evidence_acts(asked).where(theirs))


def chosen(caller: Caller, of: Chosen, moment: Moment) -> Statement:
    """Select some acts that an inbox shows, as far as the caller may read them; evidence whole, whatever the act."""
    asked, source, readably = Asked(caller, of, moment), named(moment), readable(caller, moment)
    shown = {"evidence": func.jsonb_build_array(as_wire(evidence, **fields(caller, moment)))}
    on_evidence = ((evidence, ("id",)), (contents, ("id",)), (withdrawals, ("id", "reason")))
    of_evidence = (acts(asked, act, source=source, **picked(act, names), **shown) for act, names in on_evidence)
    return in_order(
        _update_acts(asked),
        *(of_one.where(readably) for of_one in of_evidence),
        *_acts_of_words(asked),
    )


def some_updates(caller: Caller, ids: Collection[UUID], moment: Moment) -> Statement:
    """Select updates by their ids, each a whole wire shape."""
    shown = as_wire(updates, **shown_of_updates(caller, moment))
    return select(shown.label("update")).where(among(updates.c.id, "ids", ids))


def _acts_of_words(asked: Asked) -> list[Statement]:
    """Select the acts that need no more than their own row: what partners and coordinators say, and requests."""
    plain = (acts(asked, table(model), **picked(table(model), names)) for model, names in PLAIN.items())
    return [_contribution_acts(asked), _review_acts(asked), _annulment_acts(asked), *plain]


def _update_acts(asked: Asked) -> Statement:
    return acts(asked, updates, **shown_of_updates(asked.caller, asked.moment))


def _contribution_acts(asked: Asked) -> Statement:
    source = notes.join(bodies, bodies.c.id == notes.c.body_id)
    shown = {**picked(notes, ("id", "note")), "body": bodies.c.code, "evidence": nothing()}
    return acts(asked, notes, source=source, **shown)


def _deadline_acts(asked: Asked, of: Obligations) -> Statement:
    """Select the acts on the deadline of the whole cycle, which are acts on each of its obligations."""
    shown = picked(deadlines, ("id", "due_before", "reason", "document_number", "decided_on"))
    told = {**shown, **counting(deadlines, asked.moment, asked.annulments), "obligation": obligations.c.id}
    spelled = as_wire(deadlines, act=literal("cycle_deadline"), **told)
    its_cycle = and_(obligations.c.plan_id == deadlines.c.plan_id, obligations.c.cycle_id == deadlines.c.cycle_id)
    found = select(*order_of(deadlines), spelled.label("act")).join(obligations, its_cycle)
    return found.where(of.own(obligations.c.plan_id, obligations.c.id), asked.moment.reaches(deadlines))


def _transfer_acts(asked: Asked) -> Statement:
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
    return acts(asked, transfers, source=source, **shown)


def _review_acts(asked: Asked) -> Statement:
    shown = {**picked(reviews, ("id", "reason", "outcome", "waives")), "update": reviews.c.update_id}
    return acts(asked, reviews, **shown)


def _annulment_acts(asked: Asked) -> Statement:
    found = acts(asked, annulments, **_shown_of_annulments())
    return found.where(annulments.c.id.in_(select(asked.annulments.c.id)))


def _annulments_of_papers(asked: Asked, of: Obligations) -> Statement:
    """Select what took whole papers back, or let them count again: an act on each obligation that they report on."""
    own = of.own(updates.c.plan_id, updates.c.obligation_id)
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


def _evidence_acts(asked: Asked) -> Statement:
    found = acts(asked, evidence, source=named(asked.moment), **fields(asked.caller, asked.moment))
    return found.where(readable(asked.caller, asked.moment))


def _acts_on_evidence(asked: Asked, act: Table, *names: str) -> Statement:
    shown = {**picked(act, ("id", "reason", *names)), "evidence": act.c.evidence_id}
    found = acts(asked, act, source=named(asked.moment), **shown)
    return found.where(readable(asked.caller, asked.moment))
