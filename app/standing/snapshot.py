"""What is stored of obligations, where it stands at a moment, and which obligations have nothing stored that does."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, and_, not_, select, union_all
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from app.models import StandingSnapshot
from app.models.base import table
from app.standing.acts import ENDS
from app.standing.moment import EVER, NEVER, Moment
from app.standing.replay import bodies, cycles, duties, names, obligations, owners, planned, plans

stored = table(StandingSnapshot)
COPIED = {name: name for name in ("id", "plan_id", "cycle_id", "duty_id", "position", "force")}
COPIED["owner_id"] = "planned_owner_id"
"""What of an obligation is stored beside its facts, so that it can be narrowed down and put in order there."""
_KEPT = ("plan_id", "changed_at", *COPIED.values())
FACTS = ("id", *(column.name for column in stored.c if column.name not in _KEPT))
"""What the histories give, with the id of the obligation."""


def fresh(moment: Moment, *within: ColumnElement[bool]) -> Select[Any]:
    """Select what names obligations, and their stored facts, where these stand at a moment.

    What names them is joined so that the planner leaves out what nobody asks for.
    """
    named: list[ColumnElement[Any]] = [_of_stored(column) for column in names(stored.c.owner_id, stored.c.body_id)]
    known = {"is_open", *ENDS, *(column.name for column in named)}
    facts = [stored.c[name] for name in FACTS if name not in known]
    found = select(*named, *facts, stored.c.is_open).select_from(_named())
    return found.where(stands(moment), *map(_of_stored, within))


def stands(moment: Moment) -> ColumnElement[bool]:
    """Say whether stored facts are those of a moment.

    Nearly all are: `IS NOT TRUE` keeps the planner from taking this for a choice of few, and from looking it up first.
    """
    ended = [stored.c.settled_from > moment.as_of_bind, stored.c.settled_until <= moment.as_of_bind]
    if moment.known_at is not None:
        ended.append(stored.c.known_from > moment.known_at_bind)
    return and_(*(end.is_not(True) for end in ended))


def stale(moment: Moment, *within: ColumnElement[bool]) -> FromClause:
    """Return the obligations whose stored facts do not stand at a moment; what narrows them down narrows both sides.

    Nearly none are: with both ends named, the planner takes them for the few that they are.  Each reason is asked for
    by itself, since each has an index, and all of them together have none.
    """
    reasons = [
        and_(stored.c.settled_from > moment.as_of_bind, stored.c.settled_from <= NEVER),
        and_(stored.c.settled_until <= moment.as_of_bind, stored.c.settled_until >= EVER),
    ]
    if moment.known_at is not None:
        reasons.append(and_(stored.c.known_from > moment.known_at_bind, stored.c.known_from <= NEVER))
    among = [_of_stored(said) for said in within if _is_of_what_is_copied(said)]
    found = (_ended(reason, reasons[:n]).where(*among) for n, reason in enumerate(reasons))
    ended = union_all(*found).subquery("ended")
    return obligations.join(ended, and_(ended.c.id == obligations.c.id, ended.c.plan_id == obligations.c.plan_id))


def _ended(reason: ColumnElement[bool], named_before: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Select what has ended for a reason, and for none that was named before."""
    return select(stored.c.id, stored.c.plan_id).where(reason, *map(not_, named_before))


def _named() -> FromClause:
    source: FromClause = stored.outerjoin(plans, plans.c.id == stored.c.plan_id)
    for other, column in (
        (obligations, stored.c.id),
        (cycles, stored.c.cycle_id),
        (duties, stored.c.duty_id),
        (owners, stored.c.owner_id),
        (bodies, stored.c.body_id),
        (planned, stored.c.planned_owner_id),
    ):
        source = source.outerjoin(other, and_(other.c.id == column, other.c.plan_id == stored.c.plan_id))
    return source


def _is_of_what_is_copied(said: Any) -> bool:
    columns = {element for element in iterate(said) if isinstance(element, Column)}
    return bool(columns) and all(column.table is obligations and column.name in COPIED for column in columns)


def _of_stored(said: Any) -> Any:
    """Say of stored facts what is said of obligations, as far as they are copied there."""

    def instead(element: Any, **_: Any) -> Any:
        copied = getattr(element, "table", None) is obligations and element.name in COPIED
        return stored.c[COPIED[element.name]] if copied else None

    return replacement_traverse(said, {}, instead)
