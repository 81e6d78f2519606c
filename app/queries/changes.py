"""What changed between two instants: the one expression twice, compared, and the acts in between."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from app.database.builders import among
from app.database.keyset import KeysetCursor
from app.database.statements import Statement
from app.domain.access import Caller
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
from app.queries.knowing import known
from app.queries.obligations import visible
from app.standing.filters import Filters, within
from app.standing.moment import Moment, Source, annulled
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


ON_EVIDENCE = {Evidence: "id", EvidenceContent: "evidence_id", Withdrawal: "evidence_id"}
"""Of these, the column that names the evidence, of which not everybody may know."""


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
    return _with_deeds(page.order_by(*keys).limit(bindparam("limit", limit, Integer()) + 1), caller, before, after)


def _with_deeds(page: Statement, caller: Caller, before: Moment, after: Moment) -> Statement:
    """Add when a `once` duty was done, also in another cycle, as the moments see it, and by when that was undone."""
    row = page.subquery("page")
    deeds = {
        "elsewhere_before": _deed(before, "elsewhere_at"),
        "elsewhere_after": _deed(after, "elsewhere_at"),
        "deed_after": _deed(after, "completed_at"),
        "acted_at": func.greatest(
            *(_acted(kind, caller, before, after) for kind in SAID), _taken_back(caller, before, after)
        ),
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


def _acted(kind: type[HistoryRow], caller: Caller, before: Moment, after: Moment) -> ColumnElement[Any]:
    """Return when the last act of a kind that the caller may know of came to be on a `once` duty in another cycle."""
    sibling, history = table(Obligation).alias("sibling"), facts_of(kind)
    found = select(func.max(_at(history, before))).join_from(sibling, history, history.c.obligation_id == sibling.c.id)
    return _on_line(found.where(_between(history, before, after), _known(kind, caller, after)), sibling)


def _taken_back(caller: Caller, before: Moment, after: Moment) -> ColumnElement[Any]:
    sibling = table(Obligation).alias("sibling")
    on = annulled.c.obligation_id == sibling.c.id
    found = select(func.max(annulled.c.recorded_at)).join_from(sibling, annulled, on)
    return _on_line(found.where(_said_between(caller, before, after)), sibling)


def _on_line(found: Statement, sibling: Source) -> ColumnElement[Any]:
    other = (duties.c.recurrence == Recurrence.ONCE, same_line(obligations, sibling), sibling.c.id != obligations.c.id)
    return found.where(*other).correlate(obligations, duties).scalar_subquery()


def acts_between(caller: Caller, ids: list[UUID], before: Moment, after: Moment) -> Statement:
    """Select the acts on some obligations that the later moment sees and the earlier one does not, in order.

    Of those, the ones that the caller may know of; an annulment between the two is among them.  No narrative, and no id
    by which one could be found.
    """
    of = [_acts(kind, caller, ids, before, after) for kind in SAID]
    found = union_all(*of, _deadlines(ids, before, after), _annulments(caller, ids, before, after)).subquery("acts")
    return select(found.c.obligation_id, found.c.act, found.c.said, found.c.at).order_by(found.c.at, found.c.id)


def _acts(kind: type[HistoryRow], caller: Caller, ids: Collection[UUID], before: Moment, after: Moment) -> Statement:
    history, said = facts_of(kind), SAID[kind]
    what = cast(history.c[said], String) if said else cast(null(), String)
    found = select(history.c.obligation_id, *_named(history, before), what.label("said"))
    of_these = among(history.c.obligation_id, "ids", ids)
    return found.where(of_these, _between(history, before, after), _known(kind, caller, after))


def _known(kind: type[HistoryRow], caller: Caller, moment: Moment) -> ColumnElement[bool]:
    """Keep the acts of a kind that a caller may know of: all, but those on evidence that it may not read."""
    return known(caller, facts_of(kind).c[ON_EVIDENCE[kind]], moment) if kind in ON_EVIDENCE else true()


def _deadlines(ids: Collection[UUID], before: Moment, after: Moment) -> Statement:
    mine = and_(obligations.c.cycle_id == deadlines.c.cycle_id, among(obligations.c.id, "ids", ids))
    shown = (obligations.c.id.label("obligation_id"), *_named(deadlines, before), cast(null(), String).label("said"))
    return select(*shown).join_from(obligations, deadlines, mine).where(_between(deadlines, before, after))


def _annulments(caller: Caller, ids: Collection[UUID], before: Moment, after: Moment) -> Statement:
    """Select what was taken back, or came back, on some obligations or their cycles: one row an annulment."""
    mine = and_(
        annulled.c.plan_id == obligations.c.plan_id,
        or_(annulled.c.obligation_id == obligations.c.id, annulled.c.cycle_id == obligations.c.cycle_id),
    )
    shown = (obligations.c.id, annulled.c.annulment_id, literal("annulment"), func.min(annulled.c.recorded_at))
    found = select(*shown, cast(null(), String)).join_from(obligations, annulled, mine)
    found = found.where(among(obligations.c.id, "ids", ids), _said_between(caller, before, after))
    return found.group_by(obligations.c.id, annulled.c.annulment_id)


def _named(history: Table, before: Moment) -> list[ColumnElement[Any]]:
    kind = literal(str(history.name).removesuffix("_fact"))
    return [history.c.id, kind.label("act"), _at(history, before).label("at")]


def _at(history: Table, before: Moment) -> ColumnElement[Any]:
    """Return when an act came to be there: when it was received, or recorded, if that was later.

    Asked as known at one instant, both moments know the same, and what counts is when it was received.
    """
    received, recorded = history.c.received_at, history.c.recorded_at
    at_once = and_(recorded - received < literal_column("interval '1 minute'"), received > before.as_of_bind)
    both_know = before.known_at_bind != before.as_of_bind
    return case((or_(both_know, at_once), received), else_=func.greatest(received, recorded))


def _between(history: Table, before: Moment, after: Moment) -> ColumnElement[bool]:
    """Keep the acts that the later moment sees and the earlier one did not: not received by then, or not recorded."""
    later = or_(history.c.received_at > before.as_of_bind, history.c.recorded_at > before.known_at_bind)
    return and_(after.sees(history), later)


def _said_between(caller: Caller, before: Moment, after: Moment) -> ColumnElement[bool]:
    """Keep what was taken back between the two, as far as the caller may know of it."""
    taken = and_(annulled.c.recorded_at > before.known_at_bind, after.knows(annulled))
    return and_(taken, known(caller, annulled.c.evidence_id, after))
