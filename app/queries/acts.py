"""Every act on an obligation that can be taken back, with what an annulment must know of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    false,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from app.database.builders import among
from app.database.statements import Row, Statement
from app.domain.acts import Act, ActKind
from app.domain.completion import ClaimState, DutyKind, ReviewOutcome
from app.models import (
    Annulment,
    ConditionDecision,
    Contribution,
    Duty,
    Evidence,
    EvidenceContent,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Instruction,
    Obligation,
    PaperReport,
    Review,
    Seal,
    Update,
    Withdrawal,
)
from app.models.base import table
from app.models.evidence import EvidenceKind
from app.standing.moment import INSTANT, Moment
from app.standing.ownership import owner_when
from app.standing.refresh import line_of
from app.standing.rule import standings_owed_or_not

obligations, duties, seals = table(Obligation), table(Duty), table(Seal)
updates, contents = table(Update), table(EvidenceContent)
TABLES = {
    ActKind.UPDATE: table(Update),
    ActKind.EVIDENCE: table(Evidence),
    ActKind.WITHDRAWAL: table(Withdrawal),
    ActKind.CONTRIBUTION: table(Contribution),
    ActKind.REVIEW: table(Review),
    ActKind.EXTENSION: table(Extension),
    ActKind.EXTENSION_REQUEST: table(ExtensionRequest),
    ActKind.EXTENSION_REFUSAL: table(ExtensionRefusal),
    ActKind.CONDITION_DECISION: table(ConditionDecision),
    ActKind.INSTRUCTION: table(Instruction),
    ActKind.ANNULMENT: table(Annulment),
}
FALLS_WITH = {
    ActKind.UPDATE: "paper_report_id",
    ActKind.EVIDENCE: "update_id",
    ActKind.WITHDRAWAL: "evidence_id",
    ActKind.REVIEW: "update_id",
}
"""The column that names what an act belongs to, with which it is taken back."""
OF_PAPERS: dict[ActKind, ColumnElement[UUID]] = {
    ActKind.PAPER_REPORT: table(PaperReport).c.id,
    ActKind.ANNULMENT: table(Annulment).c.paper_report_id,
}
"""What is of a whole paper, by the column that names the paper."""
NONE = cast(null(), Uuid())
PLACE: dict[str, Any] = {"received_at": INSTANT, "recorded_at": INSTANT, "id": Uuid()}
"""What puts an act in its place in a history."""
ON_PAPER = {ActKind.UPDATE, ActKind.EVIDENCE}
"""What a coordinator may enter for an owner; then it has the number of the paper."""


def acts_on(ids: list[UUID], moment: Moment) -> Statement:
    """Select every act on obligations that can be taken back, recorded so far, whether it counts or not.

    `on_id` is the obligation.  Among them are the papers that they were reported on together with others, and what took
    such a paper back as a whole: what was reported falls with it.
    """
    each = (_acts(kind, act, ids, moment) for kind, act in TABLES.items())
    whole = (_of_papers(kind, of, ids, moment) for kind, of in OF_PAPERS.items())
    acts = union_all(*each, *whole).subquery("acts")
    return select(*acts.c)


def _acts(kind: ActKind, act: Table, ids: list[UUID], moment: Moment) -> Statement:
    shown: dict[str, ColumnElement[Any]] = {
        **_of_any(kind, act, moment),
        "falls_with": act.c[FALLS_WITH[kind]] if kind in FALLS_WITH else NONE,
        "evidence_id": _evidence_of(kind, act),
        "obligation_id": act.c.obligation_id,
        "on_id": act.c.obligation_id,
        "paper_report_id": NONE,
        "posted_for": act.c.body_id if "body_id" in act.c else owner_when(act, obligations, moment),
        "on_paper": act.c.document_number.is_not(None) if kind in ON_PAPER else false(),
        **_of_proof(kind, act),
    }
    mine = among(act.c.obligation_id, "ids", ids)
    source: FromClause = act.join(
        obligations, and_(obligations.c.id == act.c.obligation_id, obligations.c.plan_id == act.c.plan_id)
    )
    if kind is ActKind.EVIDENCE:
        source = source.outerjoin(
            contents, and_(contents.c.plan_id == act.c.plan_id, contents.c.evidence_id == act.c.id)
        )
    return _selected(shown).select_from(source).where(mine)


def _of_papers(kind: ActKind, paper: ColumnElement[UUID], ids: list[UUID], moment: Moment) -> Statement:
    """Select the papers of which obligations are lines, or what took them back, by the column that names the paper."""
    of = (updates.c.plan_id, updates.c.obligation_id, updates.c.paper_report_id)
    lines = select(*of).where(among(updates.c.obligation_id, "ids", ids)).distinct().subquery("lines")
    act: Any = paper.table
    shown: dict[str, ColumnElement[Any]] = {
        **_of_any(kind, act, moment),
        "falls_with": NONE,
        "evidence_id": NONE,
        "obligation_id": NONE,
        "on_id": lines.c.obligation_id,
        "paper_report_id": paper,
        "posted_for": NONE,
        "on_paper": true(),
        **_of_proof(kind, act),
    }
    its_lines = and_(lines.c.plan_id == act.c.plan_id, lines.c.paper_report_id == paper)
    return _selected(shown).select_from(act.join(lines, its_lines))


def _of_any(kind: ActKind, act: Table, moment: Moment) -> dict[str, ColumnElement[Any]]:
    return {
        **{name: act.c[name] for name in ("id", "received_at", "recorded_at", "client_id")},
        "kind": literal(kind.value),
        "names": act.c.act_id if kind is ActKind.ANNULMENT else NONE,
        "counts": moment.counts(act),
    }


def _selected(shown: Mapping[str, ColumnElement[Any]]) -> Statement:
    """Select columns in one order, in which they can be put together with those of other acts."""
    return select(*(shown[name].label(name) for name in sorted(shown)))


def _evidence_of(kind: ActKind, act: Table) -> ColumnElement[Any]:
    """Name the evidence that an act is on; an annulment is on that of the act which it takes back."""
    if kind is ActKind.EVIDENCE:
        return act.c.id
    return act.c.evidence_id if "evidence_id" in act.c else NONE


def _of_proof(kind: ActKind, act: Table) -> dict[str, ColumnElement[Any]]:
    """Tell what of an act decides whether an acceptance still has the proof that it did not waive."""
    told: dict[str, ColumnElement[Any]] = {
        **{name: false() for name in ("needs_proof", "waives_proof", "breaks")},
        **{f"proves_{name}": cast(null(), kind_) for name, kind_ in PLACE.items()},
    }
    match kind:
        case ActKind.UPDATE:
            told["breaks"] = act.c.state != ClaimState.COMPLETED
        case ActKind.REVIEW:
            accepts = and_(act.c.outcome == ReviewOutcome.ACCEPTED, _is_of_completion(act))
            waives = literal("evidence") == any_(act.c.waives)
            told |= {"needs_proof": and_(accepts, ~waives, ~_is_statement(act)), "waives_proof": and_(accepts, waives)}
        case ActKind.EVIDENCE:
            proving = and_(act.c.of_owner, or_(act.c.kind != EvidenceKind.FILE, contents.c.id.is_not(None)))
            # The bytes of a file prove; those of a paper report only show what has proved before they came.
            is_file = act.c.kind == EvidenceKind.FILE
            since = {name: case((is_file, contents.c[name]), else_=act.c[name]) for name in PLACE}
            told |= {f"proves_{name}": case((proving, since[name]), else_=null()) for name in PLACE}
    return told


def _is_of_completion(review: Table) -> ColumnElement[bool]:
    of_it = (updates.c.plan_id == review.c.plan_id, updates.c.id == review.c.update_id)
    return exists().where(*of_it, updates.c.state == ClaimState.COMPLETED).correlate(review)


def _is_statement(review: Table) -> ColumnElement[bool]:
    """Say whether a review is on a duty whose report proves itself."""
    asked = obligations.alias("asked")
    of_it = (asked.c.plan_id == review.c.plan_id, asked.c.id == review.c.obligation_id)
    its_duty = (duties.c.plan_id == asked.c.plan_id, duties.c.id == asked.c.duty_id)
    return exists().where(*of_it, *its_duty, duties.c.kind == DutyKind.LIABILITY).correlate(review)


def act_of(row: Row) -> Act:
    """Read one act."""
    names = ("id", "received_at", "recorded_at", "falls_with", "names", "counts")
    on = ("obligation_id", "paper_report_id", "evidence_id")
    told = {name: row[name] for name in (*names, *on, "needs_proof", "waives_proof", "breaks")}
    proves = row["proves_received_at"], row["proves_recorded_at"], row["proves_id"]
    return Act(kind=ActKind(row["kind"]), proves_from=None if None in proves else proves, **told)


def line_standings(ids: list[UUID], moment: Moment) -> Statement:
    """Select where obligations stand and, of duties owed once, those of the other cycles, owed or not."""
    standing = standings_owed_or_not(moment, obligations.c.id.in_(line_of(ids)))
    return select(*standing.c)


def closed_among(ids: list[UUID], moment: Moment) -> Statement:
    """Select those of some cycles whose figures are sealed."""
    closed = seals.c.cycle_id == any_(bindparam("ids", ids, ARRAY(Uuid())))
    return select(seals.c.cycle_id).where(closed, moment.sees(seals))
