"""Every act on an obligation that can be taken back, with what an annulment must know of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    String,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
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
from app.standing.cycles import deadlines, due_in_cycle
from app.standing.moment import INSTANT, Moment, latest
from app.standing.ownership import owner_when
from app.standing.refresh import line_of
from app.standing.reports import meeting, targets
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
NAMES = ARRAY(String())
OF_ACCEPTANCE: dict[str, Any] = {
    "state": String(),
    "unmet": NAMES,
    "outcome": String(),
    "asks_proof": Boolean(),
    "waives": NAMES,
    "due_before": INSTANT,
    **{f"proves_{name}": kind for name, kind in PLACE.items()},
}
"""What of acts decides whether an acceptance still has what it did not waive; each kind tells some of it."""
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
        **_of_acceptance(kind, act, moment),
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
        **_of_acceptance(kind, act, moment),
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


def _of_acceptance(kind: ActKind, act: Table, moment: Moment) -> dict[str, ColumnElement[Any]]:
    told: dict[str, ColumnElement[Any]] = {name: null() for name in OF_ACCEPTANCE}
    match kind:
        case ActKind.UPDATE:
            told |= {"state": act.c.state, "unmet": _unmet(act)}
        case ActKind.REVIEW:
            told |= {"outcome": act.c.outcome, "waives": act.c.waives, "asks_proof": ~_is_statement(act)}
            told["due_before"] = _due_in_cycle(act, moment)
        case ActKind.EXTENSION:
            told["due_before"] = act.c.due_before
        case ActKind.EVIDENCE:
            proving = and_(act.c.of_owner, or_(act.c.kind != EvidenceKind.FILE, contents.c.id.is_not(None)))
            # The bytes of a file prove; those of a paper report only show what has proved before they came.
            is_file = act.c.kind == EvidenceKind.FILE
            since = {name: case((is_file, contents.c[name]), else_=act.c[name]) for name in PLACE}
            told |= {f"proves_{name}": case((proving, since[name]), else_=null()) for name in PLACE}
    return {name: cast(told[name], kind_) for name, kind_ in OF_ACCEPTANCE.items()}


def _unmet(update: Table) -> ColumnElement[Any]:
    """List the targets that an update does not meet, by the names under which they are waived."""
    of_duty = (targets.c.plan_id == obligations.c.plan_id, targets.c.duty_id == obligations.c.duty_id)
    found = select(func.array_agg(func.concat("target:", targets.c.code))).where(*of_duty, ~meeting(update).exists())
    return found.correlate(update, obligations).scalar_subquery()


def _due_in_cycle(review: Table, moment: Moment) -> ColumnElement[Any]:
    """Say when its obligation was due by the deadline of its cycle when a review came, as it was known then."""
    by_then = (deadlines.c[name] <= review.c[name] for name in ("received_at", "recorded_at"))
    of_cycle = (deadlines.c.plan_id == obligations.c.plan_id, deadlines.c.cycle_id == obligations.c.cycle_id)
    moved = select(due_in_cycle(obligations, deadlines)).where(*of_cycle, *by_then, moment.counts(deadlines))
    due_before = latest(moved, deadlines).correlate(obligations, review).scalar_subquery()
    return func.coalesce(due_before, obligations.c.due_before)


def _is_statement(review: Table) -> ColumnElement[bool]:
    """Say whether a review is on a duty whose report proves itself."""
    asked = obligations.alias("asked")
    of_it = (asked.c.plan_id == review.c.plan_id, asked.c.id == review.c.obligation_id)
    its_duty = (duties.c.plan_id == asked.c.plan_id, duties.c.id == asked.c.duty_id)
    return exists().where(*of_it, *its_duty, duties.c.kind == DutyKind.LIABILITY).correlate(review)


def act_of(row: Row) -> Act:
    """Read one act."""
    ids = ("id", "received_at", "recorded_at", "falls_with", "names", "obligation_id", "paper_report_id", "evidence_id")
    proves = row["proves_received_at"], row["proves_recorded_at"], row["proves_id"]
    return Act(
        kind=ActKind(row["kind"]),
        state=ClaimState(row["state"]) if row["state"] else None,
        unmet=frozenset(row["unmet"] or ()),
        outcome=ReviewOutcome(row["outcome"]) if row["outcome"] else None,
        asks_proof=bool(row["asks_proof"]),
        waives=frozenset(row["waives"] or ()),
        proves_from=None if None in proves else proves,
        **{name: row[name] for name in (*ids, "counts", "on_paper", "due_before")},
    )


def line_standings(ids: list[UUID], moment: Moment) -> Statement:
    """Select where obligations stand and, of duties owed once, those of the other cycles, owed or not."""
    standing = standings_owed_or_not(moment, obligations.c.id.in_(line_of(ids)))
    return select(*standing.c)


def closed_among(ids: list[UUID], moment: Moment) -> Statement:
    """Select those of some cycles whose figures are sealed."""
    closed = seals.c.cycle_id == any_(bindparam("ids", ids, ARRAY(Uuid())))
    return select(seals.c.cycle_id).where(closed, moment.sees(seals))
