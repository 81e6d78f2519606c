"""Plans with their bodies, duties and cycles: each row is a whole wire shape, its parts nested as JSON."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    String,
    bindparam,
    case,
    exists,
    false,
    func,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.statements import Row, Statement, fetch_all
from app.domain.completion import DutyKind, Force
from app.domain.text import fold
from app.models import (
    Body,
    Cycle,
    Duty,
    DutyOwner,
    DutyPartner,
    PartnerNaming,
    Plan,
    Succession,
    SuccessionDecision,
    SuccessionPart,
    Target,
)
from app.models.base import table
from app.models.duty import Recurrence
from app.models.redacted_views import PLAN_SIZES
from app.models.succession import Decision
from app.queries.arrivals import is_there, joined_on
from app.queries.members import last_membership
from app.standing.filters import says
from app.standing.moment import Moment

plans, bodies, cycles, duties = table(Plan), table(Body), table(Cycle), table(Duty)
owners, partners, targets = table(DutyOwner), table(DutyPartner), table(Target)
successions, decisions, parts = table(Succession), table(SuccessionDecision), table(SuccessionPart)
namings = table(PartnerNaming)
groups, named = bodies.alias("numbered"), bodies.alias("named")

SUMMARY = ("slug", "number", "title_vi", "title_en", "issuer", "issued_on", "time_zone")


def every_plan() -> Statement:
    """Select all plans by slug."""
    return select(*(plans.c[name] for name in SUMMARY)).order_by(plans.c.slug)


def plan(slug: str) -> Statement:
    """Select one plan with its counts and legal bases."""
    counts = _object(
        bodies=_number(bodies, bodies.c.no.is_not(None)),
        members=_number(bodies, bodies.c.group_id.is_not(None), bodies.c.joined_on.is_(None)),
        duties=_number(duties),
        owners=_number(owners, counted=owners.c.body_id.distinct()),
        obligations=_size(),
    )
    shown = (plans.c[name] for name in (*SUMMARY, "legal_bases"))
    return select(*shown, counts.label("counts")).where(plans.c.slug == bindparam("slug", slug))


def all_bodies(slug: str, moment: Moment) -> Statement:
    """Select the numbered bodies in the plan's order and those that came later, their members nested."""
    return _bodies(moment).where(bodies.c.group_id.is_(None), bodies.c.plan_id == plan_id_of(slug))


def one_body(slug: str, code: str, moment: Moment) -> Statement:
    """Select one body, numbered or a member."""
    return _bodies(moment).where(
        bodies.c.code == bindparam("code", code, String()), bodies.c.plan_id == plan_id_of(slug)
    )


def some_bodies(slug: str, ids: list[UUID]) -> Statement:
    """Select the codes and names of some bodies of a plan."""
    mine = (bodies.c.plan_id == plan_id_of(slug), among(bodies.c.id, "ids", ids))
    return select(bodies.c.code, bodies.c.name).where(*mine).order_by(bodies.c.code)


async def find_duties(
    connection: AsyncConnection,
    slug: str,
    *,
    body: str | None,
    kind: DutyKind | None,
    force: Force | None,
    q: str | None,
) -> list[Row]:
    """Return a plan's duties in order; `body` finds those of a heading and those that a body or its members own."""
    words = None if q is None else fold(q)
    return await fetch_all(connection, duties_of, slug=slug, body=body, kind=kind, force=force, q=words)


def duties_of(
    slug: str,
    *,
    code: str | None = None,
    body: str | None = None,
    kind: DutyKind | None = None,
    force: Force | None = None,
    q: str | None = None,
) -> Statement:
    """Select a plan's duties in order; see `find_duties`, which folds the words."""
    wanted = [
        (code, duties.c.code == bindparam("code", code, String())),
        (body, _concerns(slug, body)),
        (kind, duties.c.kind == kind),
        (force, duties.c.force == force),
        (q, says(q or "", duties.c.search)),
    ]
    return (
        _duties()
        .where(duties.c.plan_id == plan_id_of(slug), *(condition for value, condition in wanted if value is not None))
        .order_by(duties.c.position)
    )


def plan_id_of(slug: str) -> Any:
    """Select a plan's id, to be compared with."""
    return select(plans.c.id).where(plans.c.slug == bindparam("slug", slug, String())).scalar_subquery()


def _bodies(moment: Moment) -> Statement:
    letter = last_membership(bodies, named, moment).lateral("letter")
    dates = {"joined_on": _joined_on(named, moment), "succeeded_on": _succeeded_on(named, moment)}
    by_letter = {"from_on": letter.c.from_on, "until_on": letter.c.until_on}
    member = _object(code=named.c.code, name=named.c.name, **dates, **by_letter)
    belonging = or_(named.c.group_id == bodies.c.id, letter.c.from_on.is_not(None))
    members = _list(member, named.outerjoin(letter, true()), belonging, is_there(named, moment))
    duty_count = select(func.count()).where(duties.c.body_id == bodies.c.id).scalar_subquery()
    shown = ("no", "code", "name", "heading", "force", "open_class", "source_line", "note")
    return (
        select(
            _joined_on(bodies, moment).label("joined_on"),
            _succeeded_on(bodies, moment).label("succeeded_on"),
            *(bodies.c[name] for name in shown),
            _unless_null(groups.c.id, _object(no=groups.c.no, code=groups.c.code)).label("group"),
            members.label("members"),
            duty_count.label("duty_count"),
        )
        .outerjoin(groups, groups.c.id == bodies.c.group_id)
        .where(is_there(bodies, moment))
        .order_by(bodies.c.position)
    )


def _joined_on(body: FromClause, moment: Moment) -> ColumnElement[Any]:
    return _unless_null(body.c.joined_on, joined_on(body, moment))


def _succeeded_on(body: FromClause, moment: Moment) -> ColumnElement[Any]:
    """Find from which day on others owe everything that a body owed."""
    return (
        select(func.min(successions.c.effective_on))
        .join(decisions, decisions.c.succession_id == successions.c.id)
        .join(parts, parts.c.succession_id == successions.c.id)
        .where(successions.c.predecessor_id == body.c.id, parts.c.whole)
        .where(decisions.c.outcome == Decision.CONFIRMED, moment.knows(decisions), moment.counts(decisions))
        .correlate(body)
        .scalar_subquery()
    )


def _duties() -> Statement:
    d = duties.c
    condition = _object(type=d.condition_type, scope=d.condition_scope, marker=d.condition_marker)
    basis = _object(type=d.basis_type, marker=d.basis_marker)
    cycle = func.concat("cycle:", d.recurrence_cycle)
    shown = ("code", "title_vi", "title_en", "text", "source_line", "kind", "force", "lead", "mirrors", "note")
    return select(
        *(d[name] for name in shown),
        case((d.recurrence == Recurrence.CYCLE, cycle), else_=d.recurrence.concat("")).label("recurrence"),
        _unless_null(groups.c.id, _object(no=groups.c.no, code=groups.c.code)).label("body"),
        _owners().label("owners"),
        _partners().label("partners"),
        _unless_null(d.condition_type, condition).label("condition"),
        _unless_null(d.basis_type, basis).label("basis"),
        _targets().label("targets"),
    ).outerjoin(groups, groups.c.id == d.body_id)


def _owners() -> ColumnElement[Any]:
    shown = _object(code=named.c.code, name=named.c.name, force=owners.c.force)
    source = owners.join(named, named.c.id == owners.c.body_id)
    return _list(shown, source, owners.c.duty_id == duties.c.id, order=owners.c.position)


def _partners() -> ColumnElement[Any]:
    body = _unless_null(named.c.id, _object(code=named.c.code, name=named.c.name))
    source = partners.outerjoin(named, named.c.id == partners.c.body_id)
    shown = _object(body=body, named_as=partners.c.named_as, open=partners.c.open)
    by_plan = _list(shown, source, partners.c.duty_id == duties.c.id, order=partners.c.position)
    by_letter = _object(body=_object(code=named.c.code, name=named.c.name), named_as=null(), open=false())
    source = namings.join(named, named.c.id == namings.c.body_id)
    later = _list(by_letter, source, namings.c.duty_id == duties.c.id, order=namings.c.recorded_at)
    return by_plan.op("||")(later)


def _targets() -> ColumnElement[Any]:
    shown = ("code", "metric", "comparator", "value", "unit", "direction", "marker", "aim")
    columns = _object(**{name: targets.c[name] for name in shown})
    return _list(columns, targets, targets.c.duty_id == duties.c.id, order=targets.c.position)


def _concerns(slug: str, code: str | None) -> ColumnElement[bool]:
    sought = select(named.c.id).where(
        named.c.plan_id == plan_id_of(slug), named.c.code == bindparam("body", code, String())
    )
    owning = exists().where(
        owners.c.duty_id == duties.c.id,
        owners.c.body_id == bodies.c.id,
        or_(bodies.c.id.in_(sought), bodies.c.group_id.in_(sought)),
    )
    return or_(duties.c.body_id.in_(sought), owning)


def _object(**columns: Any) -> ColumnElement[Any]:
    return func.jsonb_build_object(*(part for pair in columns.items() for part in pair))


def _unless_null(column: ColumnElement[Any], shown: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((column.is_not(None), shown), else_=null())


def _list(shown: ColumnElement[Any], source: FromClause, *conditions: Any, order: Any = None) -> ColumnElement[Any]:
    ordered = aggregate_order_by(shown, named.c.position if order is None else order)
    found = select(func.jsonb_agg(ordered)).select_from(source).where(*conditions).scalar_subquery()
    return func.coalesce(found, func.jsonb_build_array())


def _number(source: FromClause, *conditions: ColumnElement[bool], counted: Any = None) -> Any:
    number = func.count() if counted is None else func.count(counted)
    return select(number).select_from(source).where(source.c.plan_id == plans.c.id, *conditions).scalar_subquery()


def _size() -> Any:
    found = select(PLAN_SIZES.c.obligations).where(PLAN_SIZES.c.plan_id == plans.c.id).correlate(plans)
    return func.coalesce(found.scalar_subquery(), 0)
