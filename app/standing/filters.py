"""What of obligations is asked for: by what names them, and by how they stand."""

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, String, Subquery, and_, bindparam, func, or_, select, true

from app.database.builders import among
from app.database.statements import Values, split_arguments
from app.domain.completion import CLOSING_RULES, RULES, ClaimState, DutyKind, Force, Missing, Signal, Status
from app.domain.text import fold
from app.models import Cycle, Duty, Obligation, Plan
from app.models.base import table
from app.standing.moment import INSTANT
from app.standing.rule import bodies as numbered
from app.standing.rule import owners

NAMES = ("plan", "cycle", "body", "owner", "duty")
PARAMETERS = (*NAMES, "due_after", "due_before", "q")
"""The filters whose values travel as parameters; of the others there are few, and each has a text of its own."""
ONE_OF_FEW = ("past_due", "awaiting_review", "silent", "waived", "force", "kind", "ended")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What to list; empty filters keep everything that the caller may see."""

    plan: str | None = None
    cycle: str | None = None
    body: str | None = None
    owner: str | None = None
    duty: str | None = None
    cycles: Collection[str] = field(default=())
    """Any of several cycles."""
    status: Collection[Status] = field(default=())
    past_due: bool | None = None
    awaiting_review: bool | None = None
    silent: bool | None = None
    missing: Collection[Missing] = field(default=())
    claim: Collection[ClaimState] = field(default=())
    waived: bool | None = None
    due_after: datetime | None = None
    due_before: datetime | None = None
    force: Force | None = None
    kind: DutyKind | None = None
    q: str | None = None
    ended: bool = False

    @property
    def of_names(self) -> "Filters":
        """Return the part that names what to list, which can be known before any history is read."""
        return Filters(**{name: getattr(self, name) for name in (*NAMES, "cycles")})

    @property
    def of_standing(self) -> "Filters":
        """Return the part that depends on how an obligation stands, or on its words."""
        return replace(self, plan=None, cycle=None, cycles=(), body=None, owner=None, duty=None)

    @property
    def given(self) -> dict[str, Any]:
        """Return by name what narrows down what is listed."""
        asked = {one.name: (getattr(self, one.name), one.default) for one in fields(self)}
        return {name: value for name, (value, unasked) in asked.items() if value != unasked}

    def shape(self) -> Hashable:
        """Return what of the filters decides the text of the query."""
        given = tuple(name for name in PARAMETERS if getattr(self, name) is not None)
        named = (*given, *(("cycles",) if self.cycles else ()))
        several = tuple(frozenset(getattr(self, name)) for name in ("status", "missing", "claim"))
        return named, several, *(getattr(self, name) for name in ONE_OF_FEW)

    def values(self) -> dict[str, Any]:
        """Return what travels as parameters, by name."""
        given = {name: value for name in PARAMETERS if (value := getattr(self, name)) is not None}
        several = {"cycles": list(self.cycles)} if self.cycles else {}
        return given | several | ({"q": fold(given["q"])} if "q" in given else {})


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
    if filters.cycles:
        cycles = table(Cycle)
        several = select(cycles.c.id).where(among(cycles.c.code, "cycles", filters.cycles))
        chosen.append(obligations.c.cycle_id.in_(several))
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
        "silent": s.silent.is_,
        "missing": lambda some: lacking(s, some),
        "claim": lambda some: s.claim_state.in_(sorted(some)),
        "waived": (func.cardinality(s.waived) > 0).is_,
        "due_after": lambda instant: s.due_before > bindparam("due_after", instant, INSTANT),
        "due_before": lambda instant: s.due_before <= bindparam("due_before", instant, INSTANT),
        "force": lambda force: s.force == force,
        "kind": lambda kind: s.kind == kind,
        "q": lambda sought: says(fold(sought), s.search, s.owner_search),
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
    enough = next_ones == set(statuses) and needs[-1] == common
    return and_(*bare, s.is_open, true() if enough else s.status.in_(sorted(statuses)))


def lacking(s: Any, parts: Collection[Missing]) -> ColumnElement[bool]:
    """Keep what lacks one of some parts, as `completion.missing` lists them; what has ended lacks nothing."""
    lacks = {
        Missing.REPORT: ~s[Signal.DONE.value],
        Missing.EVIDENCE: ~s[Signal.PROVEN.value],
        Missing.TARGET: ~s[Signal.ON_TARGET.value],
    }
    return and_(~s[Signal.NOT_ARISING.value], s.ended_by.is_(None), or_(*(lacks[part] for part in sorted(parts))))


def says(folded: str, *texts: ColumnElement[str]) -> ColumnElement[bool]:
    """Keep what holds every word of some folded text in one or another of its own."""
    words = func.string_to_array(bindparam("q", folded, String()), " ")
    word = func.unnest(words).column_valued("word")
    said = or_(*(func.strpos(text, word) > 0 for text in texts))
    return func.coalesce(select(func.bool_and(said)).scalar_subquery(), True)


@split_arguments.register
def _filters(filters: Filters, _: str) -> tuple[Hashable, Values]:
    return filters.shape(), filters.values()
