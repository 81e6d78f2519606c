"""What a seal covers: the standing of each obligation of a cycle at a moment, and every act behind it.

The columns are named here, apart from what the wire shows, because a seal must be worked out the same way for ever: a
change to any of this needs a new Form.  A kind of act that comes later needs none: no earlier moment sees one.
"""

from collections.abc import Hashable
from enum import IntEnum
from uuid import UUID

from sqlalchemy import Table, Uuid, and_, bindparam, func, literal, select, union_all

from app.database.statements import Statement, Values, split_arguments
from app.models import (
    ConditionDecision,
    Contribution,
    Cycle,
    CycleDeadline,
    Erasure,
    Evidence,
    EvidenceContent,
    EvidenceText,
    Extension,
    ExtensionRefusal,
    ExtensionRequest,
    Instruction,
    Measurement,
    Obligation,
    PaperReport,
    Plan,
    Review,
    Seal,
    SealedStanding,
    Target,
    Transfer,
    Update,
    Withdrawal,
)
from app.models.base import HistoryRow, table
from app.standing.moment import Moment, order_of
from app.standing.rule import standings_of_histories

obligations, updates, measurements, targets = (table(model) for model in (Obligation, Update, Measurement, Target))
seals, sealed, cycles, plans = (table(model) for model in (Seal, SealedStanding, Cycle, Plan))
deadlines, texts, papers = table(CycleDeadline), table(EvidenceText), table(PaperReport)


class Form(IntEnum):
    """What a seal covers, and how that is spelled: for ever the same way."""

    STANDINGS = 1
    """The standings and the acts behind them with the words of evidence, the moment and the cycle."""
    WORDS = 2
    """Also who closed the cycle and why, and every act that moved its deadline; no word that can be erased."""
    WHOLE = 3
    """Also which report a review answers and what it waives, when a letter was decided, and all else of each act."""
    PAPERS = 4
    """Also the papers that report on many duties, and what of each obligation came by one."""


@split_arguments.register
def _form(form: Form, name: str) -> tuple[Hashable, Values]:
    return (name, form), {}


FORM = max(Form)
FORMS = frozenset(Form)
WORDS = ("client_id", "reason", "document_number")
STANDING = (
    *("duty_code", "owner_code", "body_code", "force", "original_due_before", "due_before", "status"),
    *("claim_state", "claim_percent", "claim_received_at", "review_outcome", "review_received_at"),
    *("done_since", "proven_since", "unmet_targets", "completed_at", "evidence_count", "condition_met"),
)
_EVIDENCE = ("update_id", "body_id", "kind", "classification", "number", "issued_on", "document_number")
_OF_WORDS: dict[type[HistoryRow], tuple[str, ...]] = {
    Update: ("state", "percent", "summary", "occurred_on", "late_reason", "document_number"),
    Evidence: (*_EVIDENCE, "media_type", "size", "sha256", "supersedes"),
    EvidenceContent: ("evidence_id", "size", "sha256"),
    Withdrawal: ("evidence_id", "reason"),
    Erasure: ("evidence_id", "reason", "legal_basis"),
    Review: ("outcome", "reason"),
    ExtensionRequest: ("due_before", "reason", "document_number"),
    ExtensionRefusal: ("reason", "document_number"),
    Extension: ("due_before", "reason", "document_number"),
    ConditionDecision: ("met", "reason", "document_number"),
    Contribution: ("body_id", "note"),
    Transfer: ("owner_id", "body_id", "succession_id"),
    Instruction: ("words", "leader", "given_on", "by_on", "document_number"),
}
_SINCE: dict[type[HistoryRow], tuple[str, ...]] = {
    Evidence: ("of_owner",),
    Review: ("update_id", "waives"),
    Extension: ("decided_on",),
    Transfer: ("ends",),
}
_OF_PAPERS: dict[type[HistoryRow], tuple[str, ...]] = {
    Update: ("paper_report_id",),
    Evidence: ("paper_report_id",),
    EvidenceContent: ("media_type", "kept_as"),
}
_WHOLE = {model: (*names, *_SINCE.get(model, ())) for model, names in _OF_WORDS.items()}
ACTS = {
    Form.STANDINGS: _OF_WORDS | {Evidence: (*_EVIDENCE, "title", "url", "issuer")},
    Form.WORDS: _OF_WORDS,
    Form.WHOLE: _WHOLE,
    Form.PAPERS: {model: (*names, *_OF_PAPERS.get(model, ())) for model, names in _WHOLE.items()},
}
"""The columns of each kind of act that a form spells, beside those of every act."""
_DEADLINE = ("due_before", "reason", "document_number")
_DEADLINE_DECIDED = (*_DEADLINE, "decided_on", "working_days")
DEADLINES = {
    Form.STANDINGS: (),
    Form.WORDS: _DEADLINE,
    Form.WHOLE: _DEADLINE_DECIDED,
    Form.PAPERS: _DEADLINE_DECIDED,
}
PAPER = ("body_id", "number", "issued_on", "received_on", "classification")
"""What a seal spells of a paper that reports on many duties."""
OF_EVERY_ACT = ("id", "client_id", "received_at", "recorded_at")


def standings_of(cycle_id: UUID, moment: Moment) -> Statement:
    """Select the standing of every obligation that a cycle has at a moment, as a seal spells it."""
    standing = standings_of_histories(moment, obligations.c.cycle_id == bindparam("cycle_id", cycle_id, Uuid()))
    return select(standing.c.id, *(standing.c[name] for name in STANDING)).order_by(standing.c.id)


def acts_of(cycle_id: UUID, moment: Moment, form: Form) -> Statement:
    """Select every act on the obligations of a cycle that a moment sees, as a seal of a form spells it, in order."""
    spelled = [_spelled(table(model), names, cycle_id, moment) for model, names in ACTS[form].items()]
    papers_of = [_registered(cycle_id, moment)] if form >= Form.PAPERS else []
    found = union_all(*spelled, _measured(cycle_id, moment, form), *papers_of).subquery("acts")
    return select(found.c.obligation_id, found.c.act).order_by(*order_of(found), found.c.kind, found.c.target)


def deadlines_of(cycle_id: UUID, moment: Moment, form: Form) -> Statement:
    """Select every act that a moment sees on the deadline of a cycle, as a seal of a form spells it, in order."""
    found = select(*(deadlines.c[name] for name in (*OF_EVERY_ACT, *DEADLINES[form]))).where(
        deadlines.c.cycle_id == bindparam("cycle_id", cycle_id)
    )
    return found.where(moment.sees(deadlines)).order_by(*order_of(deadlines))


def erased_in(cycle_id: UUID) -> Statement:
    """Select the obligations of a cycle whose evidence was erased, whenever that was."""
    erasures = table(Erasure)
    owed = select(obligations.c.id).where(obligations.c.cycle_id == bindparam("cycle_id", cycle_id))
    return select(erasures.c.obligation_id).where(erasures.c.obligation_id.in_(owed))


def every_seal() -> Statement:
    """Select all seals with their plan and cycle."""
    names = (plans.c.slug, cycles.c.code, cycles.c.starts_on, cycles.c.ends_on)
    return (
        select(*seals.c, *names)
        .join(cycles, cycles.c.id == seals.c.cycle_id)
        .join(plans, plans.c.id == seals.c.plan_id)
        .order_by(plans.c.slug, cycles.c.ends_on, cycles.c.code)
    )


def under(seal_id: UUID) -> Statement:
    """Select what stands under a seal, in the order in which it was digested."""
    return (
        select(sealed.c.obligation_id, sealed.c.digest)
        .where(sealed.c.seal_id == bindparam("seal_id", seal_id))
        .order_by(sealed.c.obligation_id)
    )


def _spelled(history: Table, names: tuple[str, ...], cycle_id: UUID, moment: Moment) -> Statement:
    columns = {name: history.c[name] if name in history.c else texts.c[name] for name in (*OF_EVERY_ACT, *names)}
    act = func.jsonb_build_object(
        "act", literal(str(history.name)), *(part for pair in columns.items() for part in pair)
    )
    kind, target = literal(str(history.name)).label("kind"), literal("").label("target")
    found = select(history.c.obligation_id, *order_of(history), kind, target, act.label("act"))
    if "title" in names:
        found = found.outerjoin(texts, texts.c.id == history.c.id)
    return _within(found, history, cycle_id, moment)


def _measured(cycle_id: UUID, moment: Moment, form: Form) -> Statement:
    """Spell each figure as an act of its own, right after the update that reports it."""
    cases = ("cases", measurements.c.cases) if form >= Form.WHOLE else ()
    shown = ("figure", targets.c.code, "value", measurements.c.value, "update", updates.c.id, *cases)
    act = func.jsonb_build_object(*shown)
    kind = literal("progress_update_figure").label("kind")
    found = (
        select(updates.c.obligation_id, *order_of(updates), kind, targets.c.code.label("target"), act.label("act"))
        .join(measurements, measurements.c.update_id == updates.c.id)
        .join(targets, targets.c.id == measurements.c.target_id)
    )
    return _within(found, updates, cycle_id, moment)


def _registered(cycle_id: UUID, moment: Moment) -> Statement:
    """Spell the papers of which obligations are lines, as an act on each."""
    columns = {name: papers.c[name] for name in (*OF_EVERY_ACT, *PAPER)}
    kind = literal(str(papers.name)).label("kind")
    act = func.jsonb_build_object(
        "act", literal(str(papers.name)), *(part for pair in columns.items() for part in pair)
    )
    of_paper = and_(papers.c.plan_id == updates.c.plan_id, papers.c.id == updates.c.paper_report_id)
    shown = (updates.c.obligation_id, *order_of(papers), kind, literal("").label("target"), act.label("act"))
    found = select(*shown).join_from(updates, papers, of_paper).where(moment.sees(papers))
    return _within(found, updates, cycle_id, moment)


def _within(found: Statement, history: Table, cycle_id: UUID, moment: Moment) -> Statement:
    mine = select(obligations.c.id).where(obligations.c.cycle_id == bindparam("cycle_id", cycle_id))
    return found.where(history.c.obligation_id.in_(mine), moment.sees(history))
