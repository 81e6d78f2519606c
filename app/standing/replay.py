"""What the histories of obligations say at a moment: their facts, and for how long they say so.

This fills what is stored (`standing/refresh.py`) and answers where nothing that is stored stands (`standing.py`).
"""

from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    FromClause,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from app.domain.completion import Judgement
from app.models import Body, Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.standing.acts import ENDS, Numbers, ends_of, numbers_of
from app.standing.history import HistoryQuery
from app.standing.moment import Moment, Source
from app.standing.once import first_completion, line_reported
from app.standing.ownership import Ownership

plans, cycles, duties, obligations = (table(model) for model in (Plan, Cycle, Duty, Obligation))
owners, bodies, planned = (table(Body).alias(name) for name in ("owner", "numbered", "planned"))


def named(moment: Moment, some: FromClause = obligations) -> tuple[FromClause, Ownership]:
    """Return obligations joined with what names them, and whose they are at a moment; filters speak of these.

    `some` are the obligations, joined with what picks a few of them out: at the beginning, for the planner looks no
    further than a few joins.

    On ids alone: they are unique over all plans, and a second condition on `plan_id` would tell the planner that
    everything of one plan joins with everything else of it.
    """
    ownership = Ownership(obligations, moment)
    source = ownership.joined(some)
    for other, named_by in (
        (plans, obligations.c.plan_id),
        (cycles, obligations.c.cycle_id),
        (duties, obligations.c.duty_id),
        (owners, ownership.owner_id),
        (bodies, ownership.body_id),
        (planned, obligations.c.owner_id),
    ):
        source = source.join(other, other.c.id == named_by)
    return source, ownership


def names(owner_id: ColumnElement[UUID], body_id: ColumnElement[UUID]) -> list[ColumnElement[Any]]:
    """Return what names an obligation, and whose it is, as columns to select."""
    return [
        *(obligations.c[name] for name in ("id", "plan_id", "cycle_id", "duty_id")),
        owner_id.label("owner_id"),
        body_id.label("body_id"),
        *(obligations.c[name] for name in ("position", "force")),
        obligations.c.due_before.label("original_due_before"),
        plans.c.slug.label("plan"),
        plans.c.time_zone,
        cycles.c.code.label("cycle"),
        cycles.c.starts_on,
        duties.c.code.label("duty_code"),
        duties.c.title_vi,
        duties.c.title_en,
        duties.c.kind,
        duties.c.search,
        bodies.c.no.label("body_no"),
        bodies.c.code.label("body_code"),
        owners.c.code.label("owner_code"),
        owners.c.name.label("owner_name"),
        owners.c.search.label("owner_search"),
        owners.c.position.label("owner_position"),
        case((planned.c.id != owner_id, planned.c.code), else_=null()).label("inherited_from"),
    ]


def replayed(moment: Moment, some: FromClause, *within: ColumnElement[bool]) -> Select[Any]:
    """Select what names some obligations (see `named`), and the facts that their histories give."""
    return _replayed(moment, some, numbers_of(obligations, moment)).where(*within)


def replayed_with_ends(moment: Moment, some: FromClause) -> Subquery:
    """Select the same, and since when and until when the facts stand, and since when all of it is known."""
    ends = ends_of(obligations, duties, moment)
    numbers = Numbers(*(ends.c[one.name] for one in fields(Numbers)))
    with_ends = _replayed(moment, some, numbers).add_columns(*(ends.c[name] for name in ENDS))
    return with_ends.join(ends, true()).subquery("replayed")


def _replayed(moment: Moment, some: FromClause, numbers: Numbers) -> Select[Any]:
    facts, (source, ownership) = HistoryQuery(obligations, moment), named(moment, some)
    deed = first_completion(obligations, duties, moment)
    silent = and_(facts.reports.last.c.id.is_(None), ~line_reported(obligations, duties, moment))
    told = _facts(facts, ownership, deed, silent, numbers)
    found = select(*names(ownership.owner_id, ownership.body_id), *told)
    return found.select_from(facts.joined(source).outerjoin(deed, true()))


def _facts(
    facts: HistoryQuery, ownership: Ownership, deed: Source, silent: ColumnElement[bool], numbers: Numbers
) -> list[ColumnElement[Any]]:
    done_at, reports = deed.c.completed_at, facts.reports
    return [
        facts.due_before.label("due_before"),
        reports.counted.c.state.label("latest_state"),
        facts.claim_state.label("claim_state"),
        facts.awaiting_review.label("awaiting_review"),
        facts.condition_met.label("condition_met"),
        reports.claim.c.percent.label("claim_percent"),
        reports.claim.c.received_at.label("claim_received_at"),
        facts.review.c.outcome.label("review_outcome"),
        facts.review.c.received_at.label("review_received_at"),
        *_counted(numbers),
        facts.proof.count.label("evidence_count"),
        func.coalesce(done_at, facts.done_since).label("done_since"),
        func.coalesce(done_at, facts.proof.since).label("proven_since"),
        case((done_at.is_(None), facts.unmet_targets), else_=null()).label("unmet_targets"),
        func.coalesce(done_at, facts.completed_alone_at).label("completed_at"),
        facts.nothing_arises.label("nothing_arises"),
        or_(facts.claims_completion, done_at.is_not(None)).label("claims_completion"),
        func.coalesce(reports.waivers.c.waived, cast([], ARRAY(String))).label("waived"),
        silent.label("silent"),
        reports.last.c.received_at.label("last_reported_at"),
        _judged(facts, deed, silent).label("judged"),
        and_(_owed(done_at), opened(facts.moment), ownership.ended_by.is_(None)).label("owed"),
        ownership.ended_by.label("ended_by"),
    ]


def _counted(numbers: Numbers) -> list[ColumnElement[Any]]:
    """Say how often an obligation was acted on, and when last: as everybody knows, and beside that on its evidence."""
    return [
        (numbers.acts + 1).label("version"),
        func.coalesce(numbers.acted_at, cycles.c.opened_at).label("updated_at"),
        numbers.evidence_acts.label("evidence_acts"),
        numbers.evidence_acted_at.label("evidence_acted_at"),
    ]


def _judged(facts: HistoryQuery, deed: Source, silent: ColumnElement[bool]) -> ColumnElement[str]:
    """Judge an obligation by its own reports; without any, as the one that holds the deed."""
    elsewhere = func.coalesce(deed.c.judged, literal(Judgement.IN_WORK.value))
    own = facts.reports.last.c.id.is_not(None)
    return case((silent, literal(Judgement.SILENT.value)), (own, facts.judged), else_=elsewhere)


def _owed(deed_at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Say whether it is owed: a `once` duty is not in the cycles that began after the deed was done."""
    begins = func.timezone(plans.c.time_zone, cast(cycles.c.starts_on, DateTime()))
    return or_(deed_at.is_(None), deed_at >= begins)


def opened(moment: Moment) -> ColumnElement[bool]:
    """Say whether its cycle is open: recorded by then, and its opening not annulled."""
    return and_(moment.knows(cycles), moment.counts(cycles))
