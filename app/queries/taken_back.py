"""What was taken back in a plan, by whom and why, the latest first."""

from sqlalchemy import Integer, bindparam, cast, func, select, tuple_

from app.database.keyset import KeysetCursor
from app.database.statements import Statement
from app.models import AnnulledAct, Annulment, Body, Cycle, Duty, Obligation, PaperReport
from app.models.base import table
from app.models.redacted_views import CLIENT_NAMES
from app.queries.plans import plan_id_of
from app.standing.moment import Moment

annulments, acts, papers = table(Annulment), table(AnnulledAct), table(PaperReport)
obligations, duties, owners, cycles = table(Obligation), table(Duty), table(Body), table(Cycle)
SORT_COLUMNS = ("recorded_at", "id")


def taken_back(slug: str, moment: Moment, limit: int, after: KeysetCursor | None) -> Statement:
    """Select a page of the annulments in a plan that reach a moment, and one row more, with what each is on.

    Whether one counts says whether it was taken back itself; `also` are the acts that fell with the one it names.
    """
    keys = [annulments.c[name] for name in SORT_COLUMNS]
    fell = select(func.count() - 1).where(
        acts.c.plan_id == annulments.c.plan_id, acts.c.annulment_id == annulments.c.id
    )
    found = (
        select(
            *(annulments.c[name] for name in ("id", "kind", "reason", "act_id", "received_at", "recorded_at")),
            annulments.c.obligation_id,
            duties.c.code.label("duty"),
            *(duties.c[name] for name in ("title_vi", "title_en")),
            owners.c.name.label("owner"),
            cycles.c.code.label("cycle"),
            papers.c.number.label("paper"),
            CLIENT_NAMES.c.name.label("by"),
            moment.counts(annulments).label("counts"),
            cast(fell.scalar_subquery(), Integer()).label("also"),
            func.clock_timestamp().label("recorded_until"),
        )
        .outerjoin(obligations, obligations.c.id == annulments.c.obligation_id)
        .outerjoin(duties, duties.c.id == obligations.c.duty_id)
        .outerjoin(owners, owners.c.id == obligations.c.owner_id)
        .outerjoin(cycles, cycles.c.id == func.coalesce(obligations.c.cycle_id, annulments.c.cycle_id))
        .outerjoin(papers, papers.c.id == annulments.c.paper_report_id)
        .outerjoin(CLIENT_NAMES, CLIENT_NAMES.c.id == annulments.c.client_id)
        .where(annulments.c.plan_id == plan_id_of(slug), moment.reaches(annulments))
    )
    if after is not None:
        found = found.where(tuple_(*keys) < after.row(keys))
    return found.order_by(*(key.desc() for key in keys)).limit(bindparam("limit", limit, Integer()) + 1)
