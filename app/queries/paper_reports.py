"""Paper reports: one with its body and its scan, what it says, and which other one has its number."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Integer, Uuid, and_, bindparam, extract, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from app.database.builders import equal
from app.database.statements import Statement
from app.domain.access import Caller, Permission
from app.models import Body, Erasure, Evidence, EvidenceContent, Obligation, PaperReport, Plan, Update
from app.models.base import table
from app.queries.wire import annulments, as_object, counting
from app.standing.moment import Moment
from app.standing.ownership import owner_of
from app.standing.reach import reachable

papers, plans, bodies, updates, obligations = (table(model) for model in (PaperReport, Plan, Body, Update, Obligation))
evidence, contents, erasures = (table(model) for model in (Evidence, EvidenceContent, Erasure))
OF_CONTENT = ("size", "sha256", "received_at", "recorded_at")


def one_paper(paper_report_id: UUID, moment: Moment) -> Statement:
    """Select a paper, annulled or not, with what names its plan and its body, and its scan if that is there."""
    named = bindparam("paper_report_id", paper_report_id, Uuid())
    annulling = select(*annulments.c).where(annulments.c.paper_report_id == named).cte("annulling")
    shown = {
        "plan": plans.c.slug,
        "body": as_object(code=bodies.c.code, name=bodies.c.name),
        "annulled": counting(papers, moment, annulling)["annulled"],
        "content": _content(),
        "counts": moment.counts(papers),
    }
    return (
        select(*papers.c, *(column.label(name) for name, column in shown.items()))
        .join(plans, plans.c.id == papers.c.plan_id)
        .join(bodies, and_(bodies.c.plan_id == papers.c.plan_id, bodies.c.id == papers.c.body_id))
        .where(papers.c.id == named)
    )


def _content() -> ColumnElement[Any]:
    """Spell the scan of a paper by the first row that says that it is there, unless it was erased."""
    erased = and_(erasures.c.plan_id == evidence.c.plan_id, erasures.c.evidence_id == evidence.c.id)
    scan = as_object(**{name: contents.c[name] for name in OF_CONTENT})
    first = func.array_agg(aggregate_order_by(scan, contents.c.recorded_at, contents.c.id))[1]
    same = and_(contents.c.plan_id == evidence.c.plan_id, contents.c.evidence_id == evidence.c.id)
    found = select(first).select_from(evidence.join(contents, same))
    mine = (evidence.c.plan_id == papers.c.plan_id, evidence.c.paper_report_id == papers.c.id)
    return found.where(*mine, ~select(erasures.c.id).where(erased).exists()).correlate(papers).scalar_subquery()


def lines_of(caller: Caller, paper_report_id: UUID, moment: Moment) -> Statement:
    """Select the updates of a paper that the caller may read, in the order of the paper, and whether each counts."""
    on = and_(obligations.c.plan_id == updates.c.plan_id, obligations.c.id == updates.c.obligation_id)
    found = select(updates.c.id, updates.c.obligation_id, moment.counts(updates).label("counts")).join(obligations, on)
    mine = updates.c.paper_report_id == bindparam("paper_report_id", paper_report_id, Uuid())
    theirs = reachable(caller, Permission.READ_HISTORY, obligations, owner_of(obligations, moment))
    return found.where(mine, theirs).order_by(updates.c.recorded_at, updates.c.id)


def evidence_of(paper_report_id: UUID) -> Statement:
    """Select the evidence that a paper is, and of each the scan and whether it was erased."""
    source: FromClause = evidence
    for act in (contents, erasures):
        source = source.outerjoin(act, and_(act.c.plan_id == evidence.c.plan_id, act.c.evidence_id == evidence.c.id))
    shown = (evidence.c.id, evidence.c.obligation_id, contents.c.sha256, erasures.c.id.is_not(None).label("erased"))
    mine = evidence.c.paper_report_id == bindparam("paper_report_id", paper_report_id, Uuid())
    return select(*shown).select_from(source).where(mine).order_by(evidence.c.recorded_at, evidence.c.id)


def same_paper(plan_id: UUID, body_id: UUID, number: str, year: int, moment: Moment) -> Statement:
    """Select the papers of a body that count and have a number of a year: numbers begin anew with each."""
    named = equal(papers, plan_id=plan_id, body_id=body_id, number=number)
    given = extract("year", papers.c.issued_on) == bindparam("year", year, Integer())
    return select(papers.c.id).where(named, given, moment.counts(papers))
