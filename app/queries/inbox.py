"""What came in, by when it was recorded: a page of it, and where the obligation of each act stood before and after.

A page is found among the events of acts, by an index, before any history is read: those of whole plans, or those of
each of the obligations that are asked for.  What was recorded in one call belongs together: before all of it, and
after.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    String,
    Subquery,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.keyset import KeysetCursor
from app.database.statements import Row, Statement, Values, fetch_all, split_arguments
from app.domain.access import Caller, Permission
from app.domain.calendar import LAST_YEAR
from app.models.event import TOLD_ACT
from app.queries.done_by import done_by, touched_by
from app.queries.knowing import knows_of
from app.standing.filters import Filters, within
from app.standing.moment import INSTANT, Moment, MomentOfRow
from app.standing.reach import followed_by, owned_by, reachable, reads_all_evidence
from app.standing.rule import bodies, cycles, duties, named, obligations, owners, plans, standing_of

SORT_COLUMNS = ("recorded_at", "id")
EVERYTHING = Moment(datetime(LAST_YEAR, 12, 31, tzinfo=UTC))
"""Also what was decided to hold from a later day on is there once it is recorded."""
INSTANTS = ("as_of", "known_before", "known_after")
_TICK = literal(timedelta(microseconds=1))
_ASKED = "asked"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of all that came in is asked for: which kinds, recorded between when, and, if it says so, by which body."""

    filters: Filters
    types: list[str]
    since: datetime | None = None
    until: datetime | None = None
    by: str | None = None


@split_arguments.register
def _wanted(wanted: Wanted, _: str) -> tuple[Hashable, Values]:
    named = {name: value for name in ("since", "by") if (value := getattr(wanted, name)) is not None}
    return (wanted.filters.shape(), tuple(named)), {**wanted.filters.values(), **named, "types": wanted.types}


class Stand(NamedTuple):
    """Of which obligation it is asked where it stood, as of when, and as known when."""

    obligation_id: UUID
    as_of: datetime
    known: datetime


def before(row: Row) -> Stand:
    """Ask where the obligation of an act stood before it."""
    return Stand(row["obligation_id"], row["as_of"], row["known_before"])


def afterwards(row: Row) -> Stand:
    """Ask where it stood after it, and after all else of the same call."""
    return Stand(row["obligation_id"], row["as_of"], row["known_after"])


def page(caller: Caller, wanted: Wanted, moment: Moment, limit: int, after: KeysetCursor | None) -> Statement:
    """Select one page of acts, and one row more, which tells whether there is another page."""
    asked = _with_moments(_told(caller, wanted, moment, limit, after))
    names = {
        "plan": plans.c.slug, "cycle": cycles.c.code, "duty_code": duties.c.code, "title_vi": duties.c.title_vi,
        "title_en": duties.c.title_en, "body_no": bodies.c.no, "body_code": bodies.c.code,
        "owner_code": owners.c.code, "owner_name": owners.c.name,
    }  # fmt: skip
    source, _ = named(moment, asked.join(obligations, obligations.c.id == asked.c.obligation_id))
    found = select(
        *(asked.c[name] for name in ("id", "act_id", "obligation_id", "recorded_at", *INSTANTS)),
        *(column.label(name) for name, column in names.items()),
        func.clock_timestamp().label("recorded_until"),
    )
    return found.select_from(source).order_by(*(asked.c[name] for name in SORT_COLUMNS))


async def stood(connection: AsyncConnection, rows: Sequence[Row]) -> dict[Stand, str | None]:
    """Say where the obligations of acts stood, before each and after it, in one question."""
    asked = list({stand: None for row in rows for stand in (before(row), afterwards(row))})
    by_column = {name: [getattr(one, name) for one in asked] for name in Stand._fields}
    found = await fetch_all(connection, _stood, **by_column) if asked else []
    return {asked[row["place"] - 1]: row["status"] for row in found}


def _told(caller: Caller, wanted: Wanted, moment: Moment, limit: int, after: KeysetCursor | None) -> Subquery:
    """Select the first of what each plan, or each obligation, tells, and of these the first."""
    act = TOLD_ACT.c
    first = select(*act).where(among(act.type, "types", wanted.types), moment.knows(TOLD_ACT))
    if wanted.since is not None:
        first = first.where(act.recorded_at >= bindparam("since", wanted.since, INSTANT))
    keys = [act[name] for name in SORT_COLUMNS]
    if after is not None:
        first = first.where(tuple_(*keys) > after.row(keys))
    most = bindparam("limit", limit, Integer()) + 1
    first = first.order_by(*keys).limit(most)
    filters = wanted.filters
    if caller.sees_everything and not wanted.by and filters.owner is None and filters.body is None:
        of_each = first.where(act.plan_id == plans.c.id).correlate(plans).lateral("told")
        slug = true() if filters.plan is None else plans.c.slug == bindparam("plan", filters.plan, String())
        found = select(*of_each.c).select_from(plans.join(of_each, true())).where(slug)
    else:
        some = _obligations(caller, wanted, moment)
        of_each = (
            first.where(act.obligation_id == some.c.id, *_done_by(caller, wanted, some)).correlate(some).lateral("told")
        )
        found = select(*of_each.c).select_from(some.join(of_each, true()))
    return found.order_by(*(of_each.c[name] for name in SORT_COLUMNS)).limit(most).subquery("page")


def _obligations(caller: Caller, wanted: Wanted, moment: Moment) -> Subquery:
    """Select the obligations that are asked for; of a reporter its own, and those that it follows.

    There it reads all evidence.  What a body did itself, whoever may read the history of its obligation may know, but
    for what is on evidence that it may not read.
    """
    source, ownership = named(moment)
    mine: ColumnElement[bool] = true()
    if not caller.sees_everything:
        mine = or_(owned_by(caller, ownership.owner_id), followed_by(caller, obligations, ownership.owner_id))
    if wanted.by:
        mine = and_(
            reachable(caller, Permission.READ_HISTORY, obligations, ownership.owner_id),
            touched_by(wanted.by, obligations),
        )
    reads_all = reads_all_evidence(caller, obligations, ownership.owner_id).label("reads_all")
    shown = (obligations.c[name] for name in ("id", "plan_id", "owner_id"))
    return select(*shown, reads_all).select_from(source).where(within(wanted.filters), mine).subquery("some")


def _done_by(caller: Caller, wanted: Wanted, some: Subquery) -> list[ColumnElement[bool]]:
    if not wanted.by:
        return []
    return [done_by(wanted.by, TOLD_ACT, some), knows_of(caller, TOLD_ACT, some.c.reads_all)]


def _with_moments(page: Subquery) -> Subquery:
    """Say of each act between which instants it came to be known, with all else of the same call on its obligation."""
    same = TOLD_ACT.alias("same")
    together = (
        select(
            (func.min(same.c.recorded_at) - _TICK).label("known_before"),
            func.max(same.c.recorded_at).label("known_after"),
            func.max(func.greatest(same.c.recorded_at, same.c.occurred_at)).label("as_of"),
        )
        .where(same.c.obligation_id == page.c.obligation_id, same.c.xid == page.c.xid)
        .correlate(page)
        .lateral("together")
    )
    return select(*page.c, *together.c).select_from(page.join(together, true())).subquery(_ASKED)


def _stood(obligation_id: list[UUID], as_of: list[datetime], known: list[datetime]) -> Statement:
    """Select where obligations stood, each at a moment of its own; null where it was not owed."""
    given = (
        ("obligation_id", obligation_id, ARRAY(Uuid())),
        ("as_of", as_of, ARRAY(INSTANT)),
        ("known", known, ARRAY(INSTANT)),
    )
    arrays = (bindparam(name, values, kind) for name, values, kind in given)
    names = (name for name, *_ in given)
    asked = func.unnest(*arrays).table_valued(*names, with_ordinality="place").render_derived(name=_ASKED)
    standing = standing_of(literal_column(f"{_ASKED}.obligation_id", Uuid()), MomentOfRow(row=_ASKED))
    is_owed = and_(standing.c.owed, standing.c.ended_by.is_(None))
    status = select(case((is_owed, standing.c.status), else_=null()).label("status")).select_from(standing)
    then = status.lateral("then")
    return select(asked.c.place, then.c.status).select_from(asked.outerjoin(then, true()))
