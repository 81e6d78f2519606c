"""Obligations with their standing: the query of coordinators, one obligation, and who may see which."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Uuid,
    any_,
    bindparam,
    func,
    literal,
    select,
    tuple_,
    union_all,
)

from app.database.keyset import KeysetCursor
from app.domain.access import Caller, Permission
from app.domain.completion import Signal
from app.models import Obligation
from app.models.base import table
from app.standing.filters import Filters, matching, within
from app.standing.moment import Moment
from app.standing.reach import reachable
from app.standing.rule import arms, standing_of, standings, stored_standing_of, stored_standings


class Sort(StrEnum):
    """The orders in which obligations can be listed; ties follow the plan's order."""

    DUE_BEFORE = "due_before"
    DUE_LAST = "-due_before"
    DUTY = "duty"
    OWNER = "owner"
    UPDATED_AT = "updated_at"


SORT_COLUMNS: dict[Sort, tuple[str, ...]] = {
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
    *("inherited_from", "ended_by"),
    *("review_outcome", "review_received_at", "waived", "silent", "last_reported_at", "judged"),
)
"""The columns of a standing of which an answer is made."""


def page(
    caller: Caller, filters: Filters, moment: Moment, sort: Sort, limit: int, after: KeysetCursor | None
) -> Select[Any]:
    """Select one page and one row more, which tells whether there is another page.

    `after` holds the KEYS of the last row of the page before.
    """
    both = arms(moment, within(filters), ended=filters.ended)
    halves = [_first(half, caller, filters, sort, limit, after) for half in both]
    rows = union_all(*halves).subquery("rows")
    first = select(*rows.c, func.clock_timestamp().label("recorded_until"))
    return first.order_by(*_in_order(rows, sort)).limit(_more_than(limit))


def _first(
    standing: Subquery, caller: Caller, filters: Filters, sort: Sort, limit: int, after: KeysetCursor | None
) -> Select[Any]:
    """Select the first of one half of the standings, each half in order by itself, so that an index can give it.

    Nothing but what is shown, and what puts it in order: when an obligation was last touched is dear to find out.
    """
    shown = dict.fromkeys((*SHOWN, *SORT_COLUMNS[sort]))
    found = select(*(standing.c[name] for name in shown)).where(visible(caller, standing), *matching(standing, filters))
    if after is not None:
        keys = [standing.c[name] for name in SORT_COLUMNS[sort]]
        last = after.row(keys)
        found = found.where(tuple_(*keys) < last if sort is Sort.DUE_LAST else tuple_(*keys) > last)
    return found.order_by(*_in_order(standing, sort)).limit(_more_than(limit))


def _in_order(rows: Subquery, sort: Sort) -> list[ColumnElement[Any]]:
    keys = (rows.c[name] for name in SORT_COLUMNS[sort])
    return [key.desc() if sort is Sort.DUE_LAST else key for key in keys]


def _more_than(limit: int) -> ColumnElement[int]:
    return bindparam("limit", limit, Integer()) + 1


def total(caller: Caller, filters: Filters, moment: Moment) -> Select[Any]:
    """Count what all pages together hold; this reads every match, so it is asked for expressly."""
    standing = standings(moment, within(filters), ended=filters.ended)
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
    """Select those of a set of obligations that the caller may see and that are owed, with their standing."""
    standing = standings(moment, _these(obligation_ids))
    return select(*standing.c).where(visible(caller, standing))


def some_stored(caller: Caller, obligation_ids: Collection[UUID], moment: Moment) -> Select[Any]:
    """Select the same where their stored facts stand, which is nearly all; ask for the others by `some`."""
    standing = stored_standings(moment, _these(obligation_ids))
    return select(*standing.c).where(visible(caller, standing))


def _these(obligation_ids: Collection[UUID]) -> ColumnElement[bool]:
    return table(Obligation).c.id == any_(bindparam("obligation_ids", list(obligation_ids), ARRAY(Uuid())))


def among(column: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Keep rows by their ids: one parameter however many there are, so that the statement stays the same."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def visible(caller: Caller, row: Any) -> ColumnElement[bool]:
    """Keep what the caller may see: a reporter, what its bodies own or coordinate."""
    return reachable(caller, Permission.READ_STANDING, row)
