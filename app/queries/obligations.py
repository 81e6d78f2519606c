"""Obligations with their standing: the query of coordinators, one obligation, and who may see which."""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Subquery, Uuid, bindparam, func, literal, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from app.database.builders import among
from app.database.keyset import KeysetCursor
from app.database.statements import Row, Statement, fetch_all, fetch_first, fetch_one
from app.domain.access import Caller, Permission
from app.domain.calendar import FIRST_YEAR, HOME_ZONE, start_of
from app.models import Obligation
from app.models.base import table
from app.standing.filters import Filters, matching, within
from app.standing.moment import INSTANT, Moment
from app.standing.reach import reachable
from app.standing.row import SHOWN, StandingRow
from app.standing.rule import arms, standing_of, standings, stored_standing_of, unsettled
from app.standing.told import NEEDED, counted, told, updated_at


class Sort(StrEnum):
    """The orders in which obligations can be listed; ties follow the plan's order."""

    DUE_BEFORE = "due_before"
    DUE_LAST = "-due_before"
    DUTY = "duty"
    OWNER = "owner"
    UPDATED_AT = "updated_at"
    LAST_REPORTED_AT = "last_reported_at"


SORT_COLUMNS: dict[Sort, tuple[str, ...]] = {
    Sort.DUE_BEFORE: ("due_before", "position", "id"),
    Sort.DUE_LAST: ("due_before", "position", "id"),
    Sort.DUTY: ("position", "due_before", "id"),
    Sort.OWNER: ("owner_position", "due_before", "position", "id"),
    Sort.UPDATED_AT: ("updated_at", "position", "id"),
    Sort.LAST_REPORTED_AT: ("reported_at", "position", "id"),
}
"""The columns of each order; the id makes it total, which keyset paging needs."""
BEFORE_ALL = start_of(date(FIRST_YEAR, 1, 1), HOME_ZONE)
"""Where in the order of reports those stand that have none: first, for they have been silent the longest."""


async def find_page(connection: AsyncConnection, **asked: Any) -> list[Row]:
    """Return what `page` selects: from the snapshot, where all that is stored stands, else with the history."""
    history = await needs_history(connection, asked["filters"], asked["moment"])
    return await fetch_all(connection, page, history=history, **asked)


async def needs_history(connection: AsyncConnection, filters: Filters, moment: Moment) -> bool:
    """Say whether what is stored does not tell how all that is asked for stands at a moment."""
    return await fetch_first(connection, unsettled_among, filters=filters, moment=moment) is not None


def unsettled_among(filters: Filters, moment: Moment) -> Statement:
    """Find an obligation that may be asked for and whose stored facts do not stand, if there is one."""
    return unsettled(moment, within(filters))


def page(
    caller: Caller, filters: Filters, moment: Moment, sort: Sort, limit: int, after: KeysetCursor | None, history: bool
) -> Statement:
    """Select one page and one row more, which tells whether there is another page.

    `after` holds the KEYS of the last row of the page before; without `history`, stored facts alone are asked.
    """
    parts = arms(moment, within(filters), ended=filters.ended, history=history)
    halves = [_first(part, caller, filters, moment, sort, limit, after) for part in parts]
    rows = union_all(*halves).subquery("rows")
    numbers, keys = counted(caller, rows, moment), SORT_COLUMNS[sort]
    shown = [numbers[name].label(name) if name in numbers else rows.c[name] for name in (*SHOWN, *keys)]
    first = select(*dict.fromkeys(shown), func.clock_timestamp().label("recorded_until"))
    return first.order_by(*_in_order([rows.c[name] for name in keys], sort)).limit(_more_than(limit))


def _first(
    standing: Subquery,
    caller: Caller,
    filters: Filters,
    moment: Moment,
    sort: Sort,
    limit: int,
    after: KeysetCursor | None,
) -> Statement:
    """Select the first of one half of the standings, each half in order by itself, so that an index can give it.

    Nothing but what is shown, and what puts it in order: when an obligation was last touched is dear to find out.
    """
    keys = {name: _key(caller, standing, moment, name) for name in SORT_COLUMNS[sort]}
    shown = {name: standing.c[name] for name in (*SHOWN, *NEEDED)} | keys
    found = select(*shown.values()).where(visible(caller, standing), *matching(standing, filters))
    if after is not None:
        last = after.row([*keys.values()])
        this = tuple_(*keys.values())
        found = found.where(this < last if sort is Sort.DUE_LAST else this > last)
    return found.order_by(*_in_order([*keys.values()], sort)).limit(_more_than(limit))


def _key(caller: Caller, standing: Subquery, moment: Moment, name: str) -> ColumnElement[Any]:
    if name == "reported_at":
        return func.coalesce(standing.c.last_reported_at, literal(BEFORE_ALL, INSTANT)).label(name)
    return updated_at(caller, standing, moment).label(name) if name == "updated_at" else standing.c[name]


def _in_order(keys: Sequence[ColumnElement[Any]], sort: Sort) -> list[ColumnElement[Any]]:
    return [key.desc() if sort is Sort.DUE_LAST else key for key in keys]


def _more_than(limit: int) -> ColumnElement[int]:
    return bindparam("limit", limit, Integer()) + 1


def total(caller: Caller, filters: Filters, moment: Moment) -> Statement:
    """Count what all pages together hold; this reads every match, so it is asked for expressly."""
    standing = standings(moment, within(filters), ended=filters.ended)
    conditions = (visible(caller, standing), *matching(standing, filters))
    return select(func.count().label("total")).select_from(standing).where(*conditions)


async def find_one(connection: AsyncConnection, caller: Caller, obligation_id: UUID, moment: Moment) -> StandingRow:
    """Return one obligation with its standing: from the snapshot where that stands, else from the history.

    Raises:
        NotFound: there is none that is owed, or the caller may not see it.
    """
    asked = {"caller": caller, "obligation_id": obligation_id, "moment": moment}
    row = await fetch_first(connection, one_stored, **asked) or await fetch_one(connection, one, **asked)
    return cast("StandingRow", row)


async def find_some(
    connection: AsyncConnection, caller: Caller, obligation_ids: Collection[UUID], moment: Moment
) -> dict[UUID, StandingRow]:
    """Return a set of obligations with their standing, likewise; what is not owed or not seen is left out."""
    found: dict[UUID, StandingRow] = {}
    for build in (some_stored, some):
        if missing := [one for one in obligation_ids if one not in found]:
            asked = {"caller": caller, "obligation_ids": missing, "moment": moment}
            found |= {row["id"]: cast("StandingRow", row) for row in await fetch_all(connection, build, **asked)}
    return found


def one(caller: Caller, obligation_id: UUID, moment: Moment) -> Statement:
    """Select one obligation with its standing, if the caller may see it."""
    standing = standing_of(bindparam("obligation_id", obligation_id, Uuid()), moment)
    return select(*told(caller, standing, moment)).where(visible(caller, standing))


def one_stored(caller: Caller, obligation_id: UUID, moment: Moment) -> Statement:
    """Select the same where its stored facts stand, which is nearly always."""
    standing = stored_standing_of(bindparam("obligation_id", obligation_id, Uuid()), moment)
    return select(*told(caller, standing, moment)).where(visible(caller, standing))


def some(caller: Caller, obligation_ids: Collection[UUID], moment: Moment) -> Statement:
    """Select those of a set of obligations that the caller may see and that are owed, with their standing."""
    standing = standings(moment, _these(obligation_ids))
    return select(*told(caller, standing, moment)).where(visible(caller, standing))


def some_stored(caller: Caller, obligation_ids: Collection[UUID], moment: Moment) -> Statement:
    """Select the same where their stored facts stand, which is nearly all."""
    standing = standings(moment, _these(obligation_ids), history=False)
    return select(*told(caller, standing, moment)).where(visible(caller, standing))


def _these(obligation_ids: Collection[UUID]) -> ColumnElement[bool]:
    return among(table(Obligation).c.id, "obligation_ids", obligation_ids)


def visible(caller: Caller, row: Any) -> ColumnElement[bool]:
    """Keep what the caller may see: a reporter, what its bodies own or coordinate."""
    return reachable(caller, Permission.READ_STANDING, row)
