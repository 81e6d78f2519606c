"""Evidence with its words, its bytes and its end; who may read it; how much is kept; who read it."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    and_,
    any_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)

from app.database.builders import among
from app.database.keyset import KeysetCursor
from app.database.statements import Statement
from app.domain.access import Caller, Permission, Role
from app.models import (
    Body,
    Cycle,
    Duty,
    Erasure,
    Evidence,
    EvidenceContent,
    EvidenceRead,
    EvidenceText,
    Obligation,
    Withdrawal,
)
from app.models.base import table
from app.models.evidence import OWN, WRITTEN
from app.models.redacted_views import CLIENT_NAMES, facts_of
from app.queries.plans import plan_id_of
from app.standing.moment import Moment
from app.standing.ownership import owner_of
from app.standing.reach import attached_by, bodies_of, cleared, reachable, reads_all_evidence

evidence, texts, contents, withdrawals, erasures, reads = (
    table(model) for model in (Evidence, EvidenceText, EvidenceContent, Withdrawal, Erasure, EvidenceRead)
)
bodies, obligations, duties, cycles = table(Body), table(Obligation), table(Duty), table(Cycle)
KEPT_AS = func.coalesce(contents.c.kept_as, contents.c.id)
"""The id under which the bytes of a content are kept."""
earlier = evidence.alias("earlier")
_ACT = ("plan_id", "body_id", "obligation_id", "client_id", "received_at", "recorded_at")


def one_evidence(evidence_id: UUID, moment: Moment) -> Statement:
    """Select one evidence, whoever may read it."""
    return _evidence(moment).where(evidence.c.id == bindparam("evidence_id", evidence_id))


def one_readable(caller: Caller, evidence_id: UUID, moment: Moment) -> Statement:
    """Select one evidence, if the caller may read it."""
    this = evidence.c.id == bindparam("evidence_id", evidence_id)
    return _evidence(moment, caller).where(this, readable(caller, moment))


def one_posted(caller: Caller, evidence_id: UUID, moment: Moment) -> Statement:
    """Select one evidence, if the caller posted it."""
    return one_evidence(evidence_id, moment).where(posted_by(caller))


def some_evidence(ids: Collection[UUID], moment: Moment) -> Statement:
    """Select evidence by its ids."""
    return _evidence(moment).where(among(evidence.c.id, "ids", ids))


def _evidence(moment: Moment, caller: Caller | None = None) -> Statement:
    shown = ((name, column) for name, column in fields(caller, moment).items() if name not in _ACT)
    columns = (*(evidence.c[name] for name in _ACT), *(column.label(name) for name, column in shown))
    return select(*columns, KEPT_AS.label("content_id")).select_from(named(moment)).where(moment.reaches(evidence))


def readable(caller: Caller, moment: Moment) -> ColumnElement[bool]:
    """Keep the evidence that a caller may read, by the obligation that it is on and by its classification."""
    owner = owner_of(obligations, moment)
    clear = or_(reads_all_evidence(caller, obligations, owner), cleared(caller))
    return or_(and_(reachable(caller, Permission.READ_EVIDENCE, obligations, owner), clear), attached_by(caller))


def posted_by(caller: Caller) -> ColumnElement[bool]:
    """Keep the evidence that a caller posted: a reporter for one of its bodies, a coordinator from a paper report."""
    if caller.role is Role.COORDINATOR:
        return evidence.c.document_number.is_not(None)
    mine = evidence.c.body_id == any_(bodies_of(caller)) if caller.body_ids else false()
    return and_(mine, evidence.c.document_number.is_(None))


def fields(caller: Caller | None, moment: Moment) -> Mapping[str, ColumnElement[Any]]:
    """Name what a caller sees of an evidence, over what `named` joins; without one, all of it."""
    content = func.jsonb_build_object(
        *(part for name in ("size", "sha256", "received_at", "recorded_at") for part in (name, contents.c[name]))
    )
    return {
        **{name: evidence.c[name] for name in ("id", *OWN)},
        "media_type": func.coalesce(evidence.c.media_type, contents.c.media_type),
        "paper_report": evidence.c.paper_report_id,
        **{name: texts.c[name] for name in WRITTEN},
        "body": bodies.c.code,
        "content": case((contents.c.id.is_not(None), content), else_=null()),
        "withdrawn_at": withdrawals.c.received_at,
        "erased_at": erasures.c.received_at,
        "supersedes": evidence.c.supersedes if caller is None else _superseded(caller, moment),
    }


def _superseded(caller: Caller, moment: Moment) -> ColumnElement[Any]:
    """Name the earlier evidence whose place one takes, if the caller may read that as well; both are of one body."""
    clear = (reads_all_evidence(caller, obligations, owner_of(obligations, moment)), cleared(caller, earlier))
    same = (earlier.c.plan_id == evidence.c.plan_id, earlier.c.id == evidence.c.supersedes)
    found = select(earlier.c.id).where(*same, or_(*clear, attached_by(caller, earlier)))
    return found.correlate(evidence, obligations).scalar_subquery()


def named(moment: Moment) -> FromClause:
    """Join evidence to its obligation, its body and its words, and to what had become of it by a moment."""
    owed = evidence.join(obligations, obligations.c.id == evidence.c.obligation_id)
    source = owed.join(bodies, bodies.c.id == evidence.c.body_id).outerjoin(texts, texts.c.id == evidence.c.id)
    for act in (contents, withdrawals, erasures):
        source = source.outerjoin(act, and_(_of_evidence(act), moment.sees(act)))
    return source


def _of_evidence(act: Table) -> ColumnElement[bool]:
    return and_(act.c.plan_id == evidence.c.plan_id, act.c.evidence_id == evidence.c.id)


def reads_of(evidence_id: UUID, limit: int, after: KeysetCursor | None) -> Statement:
    """Select a page of those who were given the bytes of an evidence, the latest first, and one row more."""
    return _latest_reads(_reads().where(reads.c.evidence_id == bindparam("evidence_id", evidence_id)), limit, after)


def reads_in(slug: str, limit: int, after: KeysetCursor | None) -> Statement:
    """Select a page of those who were given the bytes of any evidence of a plan, with what that is on."""
    found = (
        _reads()
        .add_columns(reads.c.obligation_id, texts.c.title, duties.c.code.label("duty"), cycles.c.code.label("cycle"))
        .join(obligations, obligations.c.id == reads.c.obligation_id)
        .join(duties, duties.c.id == obligations.c.duty_id)
        .join(cycles, cycles.c.id == obligations.c.cycle_id)
        .outerjoin(texts, texts.c.id == reads.c.evidence_id)
        .where(reads.c.plan_id == plan_id_of(slug))
    )
    return _latest_reads(found, limit, after)


def _reads() -> Statement:
    return (
        select(reads.c.id, CLIENT_NAMES.c.id.label("client"), CLIENT_NAMES.c.name, CLIENT_NAMES.c.role, reads.c.sha256)
        .add_columns(reads.c.received_at, reads.c.recorded_at, func.clock_timestamp().label("recorded_until"))
        .join(CLIENT_NAMES, CLIENT_NAMES.c.id == reads.c.client_id)
    )


def _latest_reads(found: Statement, limit: int, after: KeysetCursor | None) -> Statement:
    keys = [reads.c.recorded_at, reads.c.id]
    if after is not None:
        found = found.where(tuple_(*keys) < after.row(keys))
    return found.order_by(*(key.desc() for key in keys)).limit(bindparam("limit", limit) + 1)


def erased_content(evidence_id: UUID) -> Statement:
    """Select the content of an evidence that has been erased."""
    erased = and_(erasures.c.plan_id == contents.c.plan_id, erasures.c.evidence_id == contents.c.evidence_id)
    found = select(KEPT_AS.label("id"), contents.c.sha256).join(erasures, erased)
    return found.where(contents.c.evidence_id == bindparam("evidence_id", evidence_id))


def every_erasure() -> Statement:
    """Select what was erased, by whom and why, in the order in which it was."""
    said = select(erasures.c.evidence_id.label("evidence"), erasures.c.client_id.label("client"))
    return said.add_columns(erasures.c.reason, erasures.c.legal_basis).order_by(erasures.c.recorded_at, erasures.c.id)


def promised(content_ids: Collection[UUID]) -> Statement:
    """Keep the ids under which bytes must be in the store: those that a row knows, and no erasure has ended."""
    found = select(KEPT_AS.label("id")).where(among(KEPT_AS, "content_ids", content_ids), ~_erased().exists())
    return found.distinct()


def every_promised() -> Statement:
    """Select all contents whose bytes must be in the store; `id` is that under which they are kept, once for many."""
    names = (contents.c[name] for name in ("evidence_id", "size", "sha256"))
    found = select(KEPT_AS.label("id"), contents.c.id.label("content_id"), *names).where(~_erased().exists())
    return found.order_by(contents.c.id)


def _erased() -> Statement:
    return select(literal(1)).where(
        erasures.c.plan_id == contents.c.plan_id, erasures.c.evidence_id == contents.c.evidence_id
    )


def kept_bytes(obligation_id: UUID, client_id: UUID) -> Statement:
    """Add up the bytes that are kept for an obligation, whoever may read them, and those that a client has sent."""
    kept, ended = facts_of(EvidenceContent), facts_of(Erasure)
    erased = and_(ended.c.plan_id == kept.c.plan_id, ended.c.evidence_id == kept.c.evidence_id)
    of_obligation = kept.c.obligation_id == bindparam("obligation_id", obligation_id)
    of_client = kept.c.client_id == bindparam("client_id", client_id)

    def total(which: ColumnElement[bool]) -> ColumnElement[int]:
        # What is kept once for many counts once.
        return func.coalesce(func.sum(kept.c.size).filter(which, kept.c.kept_as.is_(None)), 0)

    return (
        select(total(of_obligation).label("obligation"), total(of_client).label("client"))
        .select_from(kept.outerjoin(ended, erased))
        .where(ended.c.id.is_(None), or_(of_obligation, of_client))
    )
