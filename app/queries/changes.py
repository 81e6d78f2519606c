"""What changed between two instants: the one expression twice, compared, and the acts in between."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    String,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    true,
    tuple_,
    union_all,
)

from app.database.keyset import KeysetCursor
from app.database.statements import Statement
from app.domain.access import Caller
from app.domain.completion import ReviewOutcome
from app.models import (
    ConditionDecision,
    CycleDeadline,
    Duty,
    Evidence,
    EvidenceContent,
    Extension,
    Obligation,
    Review,
    Transfer,
    Update,
    Withdrawal,
)
from app.models.base import HistoryRow, table
from app.models.duty import Recurrence
from app.models.redacted_views import facts_of
from app.queries.obligations import visible
from app.standing.filters import Filters, within
from app.standing.moment import Moment, order_of
from app.standing.once import first_completion, same_line
from app.standing.rule import standings

obligations, duties, deadlines = table(Obligation), table(Duty), table(CycleDeadline)
SORT_COLUMNS = ("position", "due_before", "id")
SHOWN = (
    *("plan", "cycle", "duty_code", "title_vi", "title_en", "body_no", "body_code", "owner_id", "owner_code"),
    *("owner_name", "duty_id", "position", "due_before", "id"),
)
SAID: dict[type[HistoryRow], str | None] = {
    Update: "state",
    Evidence: None,
    EvidenceContent: None,
    Withdrawal: None,
    Review: "outcome",
    Extension: None,
    ConditionDecision: None,
    Transfer: None,
}
"""The acts that can change a status, each with the column that says in a word what it was."""


_UNDOING = (
    (facts_of(Update), true()),
    (facts_of(Withdrawal), true()),
    (facts_of(Review), facts_of(Review).c.outcome == ReviewOutcome.RETURNED),
)


def changed(
    caller: Caller, filters: Filters, before: Moment, after: Moment, limit: int, page_after: KeysetCursor | None
) -> Statement:
    """Select one page and one row more of the obligations whose status differs between two moments.

    What is not owed at one of them has no status there.  The caller sees what is its own at the later one.
    """
    then, now = (standings(moment, within(filters)).alias(name) for moment, name in ((before, "then"), (after, "now")))
    both = then.join(now, now.c.id == then.c.id, full=True)
    columns = {name: func.coalesce(now.c[name], then.c[name]).label(name) for name in SHOWN}
    found = (
        select(
            *columns.values(),
            then.c.status.label("status_before"),
            now.c.status.label("status_after"),
            func.clock_timestamp().label("recorded_until"),
        )
        .select_from(both)
        .where(then.c.status.is_distinct_from(now.c.status))
        .subquery("changed")
    )
    keys = [found.c[name] for name in SORT_COLUMNS]
    page = select(*found.c).where(visible(caller, found))
    if page_after is not None:
        page = page.where(tuple_(*keys) > page_after.row(keys))
    return _with_deeds(page.order_by(*keys).limit(bindparam("limit", limit, Integer()) + 1), before, after)


def _with_deeds(page: Statement, before: Moment, after: Moment) -> Statement:
    """Add when a `once` duty was done, also in another cycle, as the moments see it, and by when that was undone."""
    row = page.subquery("page")
    deeds = {
        "elsewhere_before": _deed(before, "elsewhere_at"),
        "elsewhere_after": _deed(after, "elsewhere_at"),
        "deed_after": _deed(after, "completed_at"),
        "undone_at": func.greatest(*(_undone(history, also, before, after) for history, also in _UNDOING)),
    }
    return (
        select(*row.c, *(deed.label(name) for name, deed in deeds.items()))
        .join_from(row, obligations, obligations.c.id == row.c.id)
        .join(duties, duties.c.id == row.c.duty_id)
        .order_by(*(row.c[name] for name in SORT_COLUMNS))
    )


def _deed(moment: Moment, column: str) -> ColumnElement[Any]:
    deed = first_completion(obligations, duties, moment)
    return select(deed.c[column]).correlate(obligations, duties).scalar_subquery()


def _undone(history: Table, also: ColumnElement[bool], before: Moment, after: Moment) -> ColumnElement[Any]:
    """Return the last act of a kind, on a `once` duty in another cycle, after which a deed may stand no more."""
    sibling = table(Obligation).alias("sibling")
    found = (
        select(func.max(history.c.received_at))
        .join_from(sibling, history, history.c.obligation_id == sibling.c.id)
        .where(
            duties.c.recurrence == Recurrence.ONCE,
            same_line(obligations, sibling),
            sibling.c.id != obligations.c.id,
            also,
            _between(history, before, after),
        )
    )
    return found.correlate(obligations, duties).scalar_subquery()


def acts_between(ids: list[UUID], before: Moment, after: Moment) -> Statement:
    """Select the acts on some obligations that the later moment sees and the earlier one does not, in order.

    No narrative, and no id by which one could be found.
    """
    of = [_acts(facts_of(model), said, ids, before, after) for model, said in SAID.items()]
    found = union_all(*of, _deadlines(ids, before, after)).subquery("acts")
    return select(found.c.obligation_id, found.c.act, found.c.said, found.c.received_at).order_by(*order_of(found))


def _acts(history: Table, said: str | None, ids: Collection[UUID], before: Moment, after: Moment) -> Statement:
    what = cast(history.c[said], String) if said else cast(null(), String)
    found = select(history.c.obligation_id, *_named(history), what.label("said"))
    return found.where(_among(history.c.obligation_id, ids), _between(history, before, after))


def _deadlines(ids: Collection[UUID], before: Moment, after: Moment) -> Statement:
    mine = and_(obligations.c.cycle_id == deadlines.c.cycle_id, _among(obligations.c.id, ids))
    found = select(obligations.c.id.label("obligation_id"), *_named(deadlines), cast(null(), String).label("said"))
    return found.join(deadlines, mine).where(_between(deadlines, before, after))


def _named(history: Table) -> list[ColumnElement[Any]]:
    return [*order_of(history), literal(str(history.name).removesuffix("_fact")).label("act")]


def _between(history: FromClause, before: Moment, after: Moment) -> ColumnElement[bool]:
    return and_(after.sees(history), history.c.received_at > before.as_of_bind)


def _among(column: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    return column == any_(bindparam("ids", list(ids), ARRAY(Uuid())))
