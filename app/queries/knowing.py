"""Of which acts a caller may know: of all, but those on evidence that it may not read.

Whoever may not read an evidence does not learn that there is one, nor what became of it.
Source: docs/concepts.md, "Who may do what".
"""

from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, case, false, func, literal, or_, select, true, union_all

from app.database.builders import among
from app.database.statements import Statement
from app.domain.access import Caller
from app.domain.events import EventType
from app.models import Annulment
from app.models.base import table
from app.queries.evidence import contents, erasures, evidence, obligations, readable, withdrawals
from app.standing.moment import Moment, annulled
from app.standing.reach import attached_by, cleared

annulments = table(Annulment)
ON_EVIDENCE = {
    EventType.EVIDENCE_RECEIVED: contents,
    EventType.EVIDENCE_WITHDRAWN: withdrawals,
    EventType.EVIDENCE_ERASED: erasures,
}
"""What tells of an act on evidence that was there before."""


def known(caller: Caller, evidence_id: ColumnElement[UUID | None], moment: Moment) -> ColumnElement[bool]:
    """Keep what is on no evidence, or on one that the caller may read; `evidence_id` says on which."""
    if caller.reads_everything:
        return true()
    found = select(literal(1)).select_from(evidence.join(obligations, obligations.c.id == evidence.c.obligation_id))
    found = found.where(evidence.c.id == evidence_id, readable(caller, moment)).correlate(evidence_id.table)
    return or_(evidence_id.is_(None), found.exists())


def known_acts(caller: Caller, acts: list[UUID], moment: Moment) -> Statement:
    """Select those of some acts on evidence, and of some annulments, of which a caller may know.

    An annulment is known to whoever may know of an act that it changed.
    """
    attached = select(evidence.c.id).where(among(evidence.c.id, "acts", acts))
    others = (
        select(act.c.id).join(evidence, evidence.c.id == act.c.evidence_id).where(among(act.c.id, "acts", acts))
        for act in (contents, withdrawals, erasures)
    )
    mine = obligations.c.id == evidence.c.obligation_id
    on_evidence = (act.join(obligations, mine).where(readable(caller, moment)) for act in (attached, *others))
    words = select(annulled.c.annulment_id).where(among(annulled.c.annulment_id, "acts", acts))
    found = union_all(*on_evidence, words.where(known(caller, annulled.c.evidence_id, moment)))
    return select(found.subquery("acts").c.id)


def knows_of(caller: Caller, told: FromClause, reads_all: ColumnElement[bool]) -> ColumnElement[bool]:
    """Keep what is told of acts of which a caller may know; `reads_all` says whether it reads all evidence there.

    Each is looked up by its id, one value a row: of a condition the planner would make a table of all evidence.
    """
    if caller.reads_everything:
        return true()
    clear = or_(cleared(caller), attached_by(caller))
    this = (evidence.c.plan_id == told.c.plan_id, evidence.c.id == told.c.act_id)
    on_it = {
        type_: _said(told, act, clear).join(evidence, evidence.c.id == act.c.evidence_id)
        for type_, act in ON_EVIDENCE.items()
    }
    its = select(clear).where(evidence.c.id == annulments.c.evidence_id).correlate(annulments).scalar_subquery()
    taken_back = _said(told, annulments, case((annulments.c.evidence_id.is_(None), true()), else_=its))
    looked_up = {
        EventType.EVIDENCE_ATTACHED: select(clear).where(*this),
        **on_it,
        EventType.ANNULMENT_MADE: taken_back,
    }
    cases = ((told.c.type == type_, found.correlate(told).scalar_subquery()) for type_, found in looked_up.items())
    return or_(reads_all, func.coalesce(case(*cases, else_=true()), false()))


def _said(told: FromClause, act: FromClause, what: ColumnElement[bool]) -> Statement:
    return select(what).select_from(act).where(act.c.plan_id == told.c.plan_id, act.c.id == told.c.act_id)
