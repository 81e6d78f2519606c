"""What an explanation shows beside the standing: when things were first said, and what moved the deadline."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, func, select, true

from app.database.statements import Statement
from app.domain.completion import ClaimState, ReviewOutcome
from app.models import Cycle, Duty, Extension, Obligation, Plan, Review, Update
from app.models.base import table
from app.models.redacted_views import facts_of
from app.standing.cycles import basis_of, deadline_of, due_in_cycle
from app.standing.moment import Moment, history_of, latest
from app.standing.ownership import transfers

obligations, plans, cycles, duties = (table(model) for model in (Obligation, Plan, Cycle, Duty))
updates, reviews, extensions = facts_of(Update), facts_of(Review), facts_of(Extension)
documents = table(Extension)


def more_facts(obligation_id: UUID, moment: Moment) -> Statement:
    """Select an obligation's submissions and reviews by instant, its legal basis, and what moved its deadline.

    The number of an extension's document shows to whoever may read the history; all else, to whoever sees the standing.
    """
    extended = latest(history_of(extensions, obligations, moment), extensions).lateral("extended")
    moved = deadline_of(obligations.c.plan_id, obligations.c.cycle_id, moment).correlate(obligations).lateral("moved")
    # The later of the two deadlines is in force; a null comparison says that there is no extension.
    longer = func.coalesce(extended.c.due_before >= due_in_cycle(obligations, moved), False)
    transferred = latest(history_of(transfers, obligations, moment), transfers).lateral("transferred")
    return (
        select(
            *_submissions(moment),
            transferred.c.received_at.label("owner_since"),
            case((longer, "extension"), (moved.c.id.is_not(None), "cycle_deadline")).label("moved_by"),
            # Not the first number that there is: an extension without one was not given by the cycle's document.
            case((longer, documents.c.document_number), else_=moved.c.document_number).label("document_number"),
            *(cycles.c[name] for name in ("starts_on", "ends_on")),
            *basis_of(moment),
            (cycles.c.confirmed | moved.c.id.is_not(None)).label("confirmed"),
            *(plans.c[name] for name in ("number", "issuer", "issued_on")),
            duties.c.text,
            duties.c.source_line,
            duties.c.condition_marker,
        )
        .select_from(obligations)
        .join(plans, plans.c.id == obligations.c.plan_id)
        .join(cycles, cycles.c.id == obligations.c.cycle_id)
        .join(duties, duties.c.id == obligations.c.duty_id)
        .outerjoin(extended, true())
        .outerjoin(documents, documents.c.id == extended.c.id)
        .outerjoin(moved, true())
        .outerjoin(transferred, true())
        .where(obligations.c.id == bindparam("obligation_id", obligation_id))
    )


def _submissions(moment: Moment) -> list[ColumnElement[Any]]:
    submitted = history_of(updates, obligations, moment, updates.c.state == ClaimState.COMPLETED)
    accepted = history_of(reviews, obligations, moment, reviews.c.outcome == ReviewOutcome.ACCEPTED)
    returned = history_of(reviews, obligations, moment, reviews.c.outcome == ReviewOutcome.RETURNED)
    return [
        _pick(submitted, func.min(updates.c.received_at), "first_submitted_at"),
        _pick(submitted, func.max(updates.c.received_at), "last_submitted_at"),
        _pick(accepted, func.max(reviews.c.received_at), "accepted_at"),
        _pick(returned, func.max(reviews.c.received_at), "returned_at"),
        _pick(returned, func.count(), "times_returned"),
    ]


def _pick(found: Statement, what: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    return found.with_only_columns(what).scalar_subquery().label(name)
