"""How an act is spelled as the wire shows it, by the database itself: one object of JSON, with whether it counts."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Table, and_, case, func, null, select

from app.domain.access import Caller
from app.models import AnnulledAct, Annulment, Assurance, Reopening
from app.models.base import table
from app.models.redacted_views import CLIENT_NAMES
from app.queries.knowing import known
from app.schemas.history import Why
from app.standing.moment import Moment

taken, annulments, reopenings, assurances = (table(model) for model in (AnnulledAct, Annulment, Reopening, Assurance))
ON_PLAN = annulments.alias("annulling")
"""The annulments of what is on a whole plan, which everybody may know of."""
TIMES = ("received_at", "recorded_at")


def as_wire(table_: Table, **shown: Any) -> ColumnElement[Any]:
    """Spell an act as the wire does: what every act says, and what is shown of this kind."""
    common = {"obligation": "obligation_id", "client": "client_id", **{name: name for name in TIMES}}
    every = {name: table_.c[column] for name, column in common.items() if column in table_.c} | shown
    return as_object(**every)


def as_object(**shown: Any) -> ColumnElement[Any]:
    """Spell columns as one object of JSON."""
    return func.jsonb_build_object(*(part for pair in shown.items() for part in pair))


def picked(table_: FromClause, names: tuple[str, ...]) -> dict[str, Any]:
    """Name columns that are shown under their own names."""
    return {name: table_.c[name] for name in names}


def nothing() -> ColumnElement[Any]:
    """Spell an empty list."""
    return func.jsonb_build_array()


def known_annulments(caller: Caller, moment: Moment, *these: ColumnElement[bool]) -> CTE:
    """Select some annulments of which a caller may know: once for all acts that they may be of."""
    return select(*annulments.c).where(*these, known(caller, annulments.c.evidence_id, moment)).cte("known_annulment")


def counting(act: Table, moment: Moment, annulling: FromClause) -> dict[str, Any]:
    """Tell whose act it is, and whether it counts, as far as a moment knows; if not, why, and by which annulment.

    The annulment is one of those that the caller may know of.
    """
    by = {"id": "id", "by": "client_id", "at": "recorded_at", "reason": "reason"}
    told = as_object(**{name: annulling.c[column] for name, column in by.items()})
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
        "not_personal_reason": _assurance(act),
        "client_name": _name_of_client(act),
    }


def _letter(act: Table) -> ColumnElement[Any]:
    """Find the number of the letter that reopened closed cycles for an act."""
    mine = (reopenings.c.plan_id == act.c.plan_id, reopenings.c.act_id == act.c.id)
    return select(reopenings.c.document_number).where(*mine).limit(1).correlate(act).scalar_subquery()


def _assurance(act: Table) -> ColumnElement[Any]:
    """Find why a coordinator was sure that no name in the words of an act is a child's."""
    mine = (assurances.c.plan_id == act.c.plan_id, assurances.c.act_id == act.c.id)
    return select(assurances.c.reason).where(*mine).limit(1).correlate(act).scalar_subquery()


def _name_of_client(act: Table) -> ColumnElement[Any]:
    """Find what the client is called that acted: for whoever may know."""
    its = select(CLIENT_NAMES.c.name).where(CLIENT_NAMES.c.id == act.c.client_id)
    return its.correlate(act).scalar_subquery()
