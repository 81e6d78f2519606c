"""Whether an act counts, as the history says it beside the act: by which annulment not, and which letter it names."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Table, and_, case, null, select

from app.database.builders import json_object
from app.domain.access import Caller
from app.models import AnnulledAct, Annulment, Reopening
from app.models.base import table
from app.queries.evidence import known
from app.schemas.history import Why
from app.standing.moment import Moment

taken, reopenings, annulments = table(AnnulledAct), table(Reopening), table(Annulment)


def known_annulments(caller: Caller, moment: Moment, *these: ColumnElement[bool]) -> CTE:
    """Select some annulments of which a caller may know: once for all acts that they may be of."""
    return select(*annulments.c).where(*these, known(caller, annulments.c.evidence_id, moment)).cte("known_annulment")


def counting(act: Table, moment: Moment, annulling: CTE) -> dict[str, Any]:
    """Tell whether an act counts, as far as a moment knows; if not, why, and by which annulment, if that is known."""
    by = {"id": "id", "by": "client_id", "at": "recorded_at", "reason": "reason"}
    told = json_object(**{name: annulling.c[column] for name, column in by.items()})
    why = case((annulling.c.act_id == act.c.id, Why.ANNULLED.value), else_=Why.ANNULLED_TOGETHER.value)
    its_words = and_(taken.c.plan_id == act.c.plan_id, taken.c.act_id == act.c.id, moment.knows(taken))

    def of(shown: ColumnElement[Any]) -> ColumnElement[Any]:
        same = and_(annulling.c.plan_id == taken.c.plan_id, annulling.c.id == taken.c.annulment_id)
        words = select(case((~taken.c.counts, shown), else_=null())).select_from(taken.outerjoin(annulling, same))
        last = words.where(its_words).order_by(taken.c.recorded_at.desc(), taken.c.id.desc()).limit(1)
        return last.correlate(act).scalar_subquery()

    return {
        "annulled": of(case((annulling.c.id.is_not(None), told), else_=null())),
        "counts": moment.counts(act),
        "why": of(why),
        "reopened_by": _letter(act),
    }


def _letter(act: Table) -> ColumnElement[Any]:
    """Find the number of the letter that reopened closed cycles for an act."""
    mine = (reopenings.c.plan_id == act.c.plan_id, reopenings.c.act_id == act.c.id)
    return select(reopenings.c.document_number).where(*mine).limit(1).correlate(act).scalar_subquery()
