"""What a coordinator reviews: the claim of one obligation, and what it lacks by itself."""

from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from app.database.statements import Statement
from app.models import Obligation
from app.models.base import table
from app.standing.history import HistoryQuery
from app.standing.moment import Moment

obligations = table(Obligation)


def claim_of(obligation_id: UUID, moment: Moment) -> Statement:
    """Select the claim of an obligation, whether it waits for a review, and what keeps it from complete.

    That a `once` duty was done in another cycle makes up for nothing here: a review is of this report.
    """
    facts = HistoryQuery(obligations, moment)
    shown = {
        "update_id": facts.reports.claim.c.id,
        "claim_state": facts.claim_state,
        "awaiting_review": facts.awaiting_review,
        "proven": facts.proof.since.is_not(None),
        "unmet_targets": facts.unmet_targets,
    }
    found = select(*(column.label(name) for name, column in shown.items())).select_from(facts.joined(obligations))
    return found.where(obligations.c.id == bindparam("obligation_id", obligation_id, Uuid()))
