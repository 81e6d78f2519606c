"""What a body did itself, or what was entered for it: told apart from what others did on the same obligations.

Evidence and contributions name their body.  All else an owner does, and who that was is what was known when it was
told: so what a body did before another took over stays its own.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, String, Subquery, bindparam, func, or_, select, tuple_, union

from app.models import (
    Body,
    Contribution,
    DutyPartner,
    Evidence,
    EvidenceContent,
    PartnerNaming,
    Transfer,
    Withdrawal,
)
from app.models.base import table
from app.models.redacted_views import facts_of
from app.standing.moment import Source
from app.standing.ownership import owner_told

bodies, evidence, contributions = table(Body), table(Evidence), table(Contribution)
partners, transfers = (table(DutyPartner), table(PartnerNaming)), facts_of(Transfer)


def touched_by(code: str, obligations: Source) -> ColumnElement[bool]:
    """Keep the obligations that a body has ever owed, or coordinates."""
    here = obligations.c
    passed = select(transfers.c.plan_id, transfers.c.obligation_id).where(transfers.c.owner_id.in_(_named(code)))
    places = select(func.unnest(func.dondoc_places(func.array(_named(code).scalar_subquery()))))
    duties = union(*(select(one.c.duty_id).where(one.c.body_id.in_(places)) for one in partners))
    return or_(here.owner_id.in_(_named(code)), tuple_(here.plan_id, here.id).in_(passed), here.duty_id.in_(duties))


def done_by(code: str, event: FromClause, obligation: Subquery) -> ColumnElement[bool]:
    """Keep what a body did of what is told of an obligation."""
    act = event.c.act_id
    on_evidence = (
        select(evidence.c.body_id)
        .join(of, (of.c.plan_id == evidence.c.plan_id) & (of.c.evidence_id == evidence.c.id))
        .where(of.c.id == act)
        for of in (table(EvidenceContent), table(Withdrawal))
    )
    own = (select(of.c.body_id).where(of.c.id == act) for of in (evidence, contributions))
    named = (found.correlate(event).scalar_subquery() for found in (*own, *on_evidence))
    return func.coalesce(*named, owner_told(event, obligation)).in_(_named(code))


def _named(code: str) -> Select[tuple[UUID]]:
    return select(bodies.c.id).where(bodies.c.code == bindparam("by", code, String()))
