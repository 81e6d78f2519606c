"""How an act is spelled as the wire shows it, by the database itself: one object of JSON, with whether it counts."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, case, func, null, select

from app.models import AnnulledAct, Annulment, Reopening
from app.models.base import table
from app.models.redacted_views import CLIENT_NAMES
from app.schemas.history import Why
from app.standing.moment import Moment

taken, reopenings = table(AnnulledAct), table(Reopening)
annulling = table(Annulment).alias("annulling")
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


def counting(act: Table, moment: Moment) -> dict[str, Any]:
    """Tell whose act it is, and whether it counts, as far as a moment knows; if not, by which annulment and why."""
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
        "annulled": of(as_object(**{name: annulling.c[column] for name, column in by.items()})),
        "counts": moment.counts(act),
        "why": of(why),
        "reopened_by": _letter(act),
        "client_name": _name_of_client(act),
    }


def _letter(act: Table) -> ColumnElement[Any]:
    """Find the number of the letter that reopened closed cycles for an act."""
    mine = (reopenings.c.plan_id == act.c.plan_id, reopenings.c.act_id == act.c.id)
    return select(reopenings.c.document_number).where(*mine).limit(1).correlate(act).scalar_subquery()


def _name_of_client(act: Table) -> ColumnElement[Any]:
    """Find what the client is called that acted: for whoever may know."""
    its = select(CLIENT_NAMES.c.name).where(CLIENT_NAMES.c.id == act.c.client_id)
    return its.correlate(act).scalar_subquery()
