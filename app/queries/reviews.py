"""What a coordinator reviews: the claims of obligations, and what each lacks by itself."""

from uuid import UUID

from sqlalchemy import select

from app.database.builders import among
from app.database.statements import Statement
from app.models import Obligation
from app.models.base import table
from app.standing.history import HistoryQuery
from app.standing.moment import Moment

obligations = table(Obligation)


def claims_of(ids: list[UUID], moment: Moment) -> Statement:
    """Select the claims of obligations, whether each waits for a review, and what keeps it from complete.

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
    columns = (obligations.c.id, *(column.label(name) for name, column in shown.items()))
    return select(*columns).select_from(facts.joined(obligations)).where(among(obligations.c.id, "ids", ids))
