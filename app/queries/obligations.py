"""Obligations with their standing: the query of coordinators, one obligation, and who may see which."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from app.domain.access import Act, Caller
from app.domain.completion import CLOSING_RULES, RULES, Force, Signal, Status
from app.domain.text import fold
from app.models import Body, Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.models.duty import DutyKind
from app.queries.moment import INSTANT, Moment
from app.queries.places import After
from app.queries.reach import reachable
from app.queries.standing import arms, owners, standing_of, standings, stored_standing_of
from app.queries.standing import bodies as numbered

bodies = table(Body)


class Sort(StrEnum):
    """The orders in which obligations can be listed; ties follow the plan's order."""

    DUE_BEFORE = "due_before"
    DUE_LAST = "-due_before"
    DUTY = "duty"
    OWNER = "owner"
    UPDATED_AT = "updated_at"


KEYS: dict[Sort, tuple[str, ...]] = {
    Sort.DUE_BEFORE: ("due_before", "position", "id"),
    Sort.DUE_LAST: ("due_before", "position", "id"),
    Sort.DUTY: ("position", "due_before", "id"),
    Sort.OWNER: ("owner_position", "due_before", "position", "id"),
    Sort.UPDATED_AT: ("updated_at", "position", "id"),
}
"""The columns of each order; the id makes it total, which keyset paging needs."""


SHOWN = (
    *("id", "plan", "time_zone", "cycle", "duty_code", "title_vi", "title_en", "kind", "force", "version"),
    *("body_no", "body_code", "owner_code", "owner_name", "due_before", "original_due_before", "status"),
    *(signal.value for signal in Signal),
    *("unmet_targets", "claim_state", "claim_percent", "claim_received_at", "evidence_count", "completed_at"),
    *("review_outcome", "review_received_at"),
)
"""The columns of a standing of which an answer is made."""
NAMES = ("plan", "cycle", "body", "owner", "duty")
PARAMETERS = (*NAMES, "due_after", "due_before", "q")
"""The filters whose values travel as parameters; of the others there are few, and each has a text of its own."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What to list; empty filters keep everything that the caller may see."""

    plan: str | None = None
    cycle: str | None = None
    body: str | None = None
    owner: str | None = None
    duty: str | None = None
    status: Collection[Status] = field(default=())
    past_due: bool | None = None
    awaiting_review: bool | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None
    force: Force | None = None
    kind: DutyKind | None = None
    q: str | None = None

    @property
    def of_names(self) -> "Filters":
        """Return the part that names what to list, which can be known before any history is read."""
        return Filters(**{name: getattr(self, name) for name in NAMES})

    @property
    def of_standing(self) -> "Filters":
        """Return the part that depends on how an obligation stands, or on its words."""
        return replace(self, plan=None, cycle=None, body=None, owner=None, duty=None)

    def shape(self) -> Hashable:
        """Return what of the filters decides the text of the query."""
        given = tuple(name for name in PARAMETERS if getattr(self, name) is not None)
        return given, frozenset(self.status), self.past_due, self.awaiting_review, self.force, self.kind

    def values(self) -> dict[str, Any]:
        """Return what travels as parameters, by name."""
        given = {name: value for name in PARAMETERS if (value := getattr(self, name)) is not None}
        return given | {"q": fold(given["q"])} if "q" in given else given


def page(caller: Caller, filters: Filters, moment: Moment, sort: Sort, limit: int, after: After | None) -> Select[Any]:
    """Select one page and one row more, which tells whether there is another page.

    `after` holds the KEYS of the last row of the page before.
    """
    halves = [_first(half, caller, filters, sort, limit, after) for half in arms(moment, within(filters))]
    rows = union_all(*halves).subquery("rows")
    first = select(*rows.c, func.clock_timestamp().label("recorded_until"))
    return first.order_by(*_in_order(rows, sort)).limit(_more_than(limit))


def _first(
    standing: Subquery, caller: Caller, filters: Filters, sort: Sort, limit: int, after: After | None
) -> Select[Any]:
    """Select the first of one half of the standings, each half in order by itself, so that an index can give it.

    Nothing but what is shown, and what puts it in order: when an obligation was last touched is dear to find out.
    """
    shown = dict.fromkeys((*SHOWN, *KEYS[sort]))
    found = select(*(standing.c[name] for name in shown)).where(visible(caller, standing), *matching(standing, filters))
    if after is not None:
        keys = [standing.c[name] for name in KEYS[sort]]
        last = after.row(keys)
        found = found.where(tuple_(*keys) < last if sort is Sort.DUE_LAST else tuple_(*keys) > last)
    return found.order_by(*_in_order(standing, sort)).limit(_more_than(limit))


def _in_order(rows: Subquery, sort: Sort) -> list[ColumnElement[Any]]:
    keys = (rows.c[name] for name in KEYS[sort])
    return [key.desc() if sort is Sort.DUE_LAST else key for key in keys]


def _more_than(limit: int) -> ColumnElement[int]:
    return bindparam("limit", limit, Integer()) + 1


def total(caller: Caller, filters: Filters, moment: Moment) -> Select[Any]:
    """Count what all pages together hold; this reads every match, so it is asked for expressly."""
    standing = standings(moment, within(filters))
    conditions = (visible(caller, standing), *matching(standing, filters))
    return select(func.count().label("total")).select_from(standing).where(*conditions)


def one(caller: Caller, obligation_id: UUID, moment: Moment) -> Select[Any]:
    """Select one obligation with its standing, if the caller may see it."""
    standing = standing_of(bindparam("obligation_id", obligation_id, Uuid()), moment)
    return select(*standing.c).where(visible(caller, standing))


def one_stored(caller: Caller, obligation_id: UUID, moment: Moment) -> Select[Any]:
    """Select the same where its stored facts stand, which is nearly always; if it finds nothing, ask for `one`."""
    standing = stored_standing_of(bindparam("obligation_id", obligation_id, Uuid()), moment)
    return select(*standing.c).where(visible(caller, standing))


def some(caller: Caller, obligation_ids: Collection[UUID], moment: Moment) -> Select[Any]:
    """Select those of a set of obligations that the caller may see, with their standing."""
    ids = bindparam("obligation_ids", list(obligation_ids), ARRAY(Uuid()))
    standing = standings(moment, table(Obligation).c.id == any_(ids))
    return select(*standing.c).where(visible(caller, standing))


def among(column: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Keep rows by their ids: one parameter however many there are, so that the statement stays the same."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def visible(caller: Caller, row: Any) -> ColumnElement[bool]:
    """Keep what the caller may see: a reporter, what its bodies own or coordinate."""
    return reachable(caller, Act.READ_STANDING, row)


def within(filters: Filters) -> ColumnElement[bool]:
    """Narrow the obligations down before their histories are read, by codes that name ids."""
    obligations = table(Obligation)
    named = {
        "cycle": (obligations.c.cycle_id, table(Cycle).c.code),
        "duty": (obligations.c.duty_id, table(Duty).c.code),
    }
    chosen: list[ColumnElement[bool]] = [
        column.in_(_ids(code, name, given))
        for name, (column, code) in named.items()
        if (given := getattr(filters, name)) is not None
    ]
    if filters.plan is not None:
        # One value, not a set of one: then an index that begins with the plan gives its obligations in order.
        chosen.append(obligations.c.plan_id == _ids(table(Plan).c.slug, "plan", filters.plan).scalar_subquery())
    if filters.owner:
        chosen.append(owners.c.code == bindparam("owner", filters.owner, String()))
    if filters.body:
        code = bindparam("body", filters.body, String())
        chosen.append(or_(numbered.c.code == code, owners.c.code == code))
    return and_(true(), *chosen)


def _ids(column: Column[str], name: str, code: str) -> Select[Any]:
    return select(column.table.c.id).where(column == bindparam(name, code, String()))


def matching(standing: Subquery, filters: Filters) -> list[ColumnElement[bool]]:
    """Keep what the filters ask of a standing."""
    s = standing.c
    tests: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "status": lambda some: standing_at(s, some),
        "past_due": s.past_due.is_,
        "awaiting_review": s.awaiting_review.is_,
        "due_after": lambda instant: s.due_before > bindparam("due_after", instant, INSTANT),
        "due_before": lambda instant: s.due_before < bindparam("due_before", instant, INSTANT),
        "force": lambda force: s.force == force,
        "kind": lambda kind: s.kind == kind,
        "q": lambda sought: _says(s, sought),
    }
    asked = ((test, getattr(filters, name)) for name, test in tests.items())
    return [test(value) for test, value in asked if value not in (None, ())]


def standing_at(s: Any, statuses: Collection[Status]) -> ColumnElement[bool]:
    """Keep some statuses: by bare conditions as far as they have them in common, since an index can answer those.

    Those that come right after the closing rules, up to one that needs no more than all of them, need nothing else.
    """
    needs = [needed for status, needed in RULES if status in statuses]
    common = frozenset.intersection(*needs)
    bare = [s[signal.value] for signal in sorted(common)]
    closing = {status for status, _ in CLOSING_RULES}
    if not closing.isdisjoint(statuses):
        return and_(*bare, s.status.in_(sorted(statuses)))
    next_ones = {status for status, _ in RULES[len(closing) : len(closing) + len(needs)]}
    told_apart = next_ones == set(statuses) and needs[-1] == common
    return and_(*bare, s.is_open, true() if told_apart else s.status.in_(sorted(statuses)))


def _says(s: Any, sought: str) -> ColumnElement[bool]:
    """Keep duties or owners whose folded text holds every word."""
    words = func.string_to_array(bindparam("q", fold(sought), String()), " ")
    word = func.unnest(words).column_valued("word")
    said = or_(func.strpos(s.search, word) > 0, func.strpos(s.owner_search, word) > 0)
    return func.coalesce(select(func.bool_and(said)).scalar_subquery(), True)
