"""Acts on an obligation → how many there were, when the last was recorded, and between which of them facts stand.

Acts on evidence are counted apart: whoever may see where an obligation stands need not know of them (see `told.py`).
Evidence that came with an update is a part of that act, and no act of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, any_, false, func, select, true, union_all
from sqlalchemy.sql.selectable import LateralFromClause

from app.database.statements import Statement
from app.models import Cycle, Erasure, Evidence, EvidenceContent, Obligation, Withdrawal
from app.models.base import HistoryRow, table
from app.models.duty import Recurrence
from app.models.redacted_views import facts_of
from app.standing.cycles import deadlines
from app.standing.moment import EVER, NEVER, Moment, Source, annulled
from app.standing.once import same_line

ON_EVIDENCE: tuple[type[HistoryRow], ...] = (Evidence, EvidenceContent, Withdrawal, Erasure)
"""The acts that tell that there is an evidence; of all others whoever sees the standing may know."""
ENDS = ("settled_from", "settled_until", "known_from")
"""Since when and until when facts stand, and since when all of it is known."""
cycles, evidence = table(Cycle), facts_of(Evidence)


@dataclass(frozen=True)
class Numbers:
    """How many acts everybody may know of, and when the last was recorded; the same of those on evidence."""

    acts: ColumnElement[int]
    acted_at: ColumnElement[Any]
    evidence_acts: ColumnElement[int]
    evidence_acted_at: ColumnElement[Any]


def numbers_of(obligation: Source, moment: Moment) -> Numbers:
    """Count the acts on an obligation of the query around it: each number by itself, so that no other is waited for."""

    def number(what: ColumnElement[Any], acts: Subquery) -> ColumnElement[Any]:
        found = select(what).select_from(acts).where(moment.reaches(acts), acts.c.counts)
        return found.correlate(obligation).scalar_subquery()

    known = union_all(*_known_to_all(obligation)).subquery("known_to_all")
    more = union_all(*_on_evidence(obligation)).subquery("on_evidence")
    last, last_more = func.max(known.c.recorded_at), func.max(more.c.recorded_at)
    return Numbers(
        number(func.count(), known), number(last, known), number(func.count(), more), number(last_more, more)
    )


def ends_of(obligation: Source, duty: Source, moment: Moment) -> LateralFromClause:
    """Find since when the facts at a moment stand, until when, since when all is known, and the same numbers.

    The acts of its siblings are among those of a `once` duty, and those on its cycle's deadline among those of each.
    """
    line = _line(obligation, duty)
    every = (*_known_to_all(obligation, line), *_on_evidence(obligation, line), _opening(obligation))
    acts = union_all(*every).lateral("acts")
    seen, number, last = acts.c.received_at <= moment.as_of_bind, func.count(), func.max(acts.c.recorded_at)
    mine = and_(seen, acts.c.own, acts.c.counts)
    known, more = and_(mine, ~acts.c.of_evidence), and_(mine, acts.c.of_evidence)
    ends = {
        "settled_from": func.coalesce(func.max(acts.c.received_at).filter(seen), EVER),
        "settled_until": func.coalesce(func.min(acts.c.received_at).filter(~seen), NEVER),
        "known_from": func.coalesce(last, EVER),
        "acts": number.filter(known),
        "acted_at": last.filter(known),
        "evidence_acts": number.filter(more),
        "evidence_acted_at": last.filter(more),
    }
    shown = (column.label(name) for name, column in ends.items())
    return select(*shown).select_from(line.join(acts, true())).lateral("ends")


def _line(obligation: Source, duty: Source) -> LateralFromClause:
    """Select the ids of an obligation and of its siblings.

    One value: looked up by index, where the planner would read the histories of the whole plan for a set.
    """
    kin = table(Obligation).alias("kin")
    of_line = (duty.c.recurrence == Recurrence.ONCE, same_line(obligation, kin))
    others = select(func.array_agg(kin.c.id)).where(*of_line).correlate(obligation, duty).scalar_subquery()
    return select(func.array_append(others, obligation.c.id).label("ids")).correlate(obligation, duty).lateral("line")


def _known_to_all(obligation: Source, line: Source | None = None) -> Iterator[Statement]:
    for kind in HistoryRow.__subclasses__():
        if kind not in ON_EVIDENCE:
            yield _acts(facts_of(kind), obligation, line)
    yield _rows(deadlines, obligation, deadlines.c.cycle_id == obligation.c.cycle_id)
    yield _acts(annulled, obligation, line).where(annulled.c.evidence_id.is_(None))
    yield _rows(annulled, obligation, annulled.c.cycle_id == obligation.c.cycle_id)


def _on_evidence(obligation: Source, line: Source | None = None) -> Iterator[Statement]:
    for history in map(facts_of, ON_EVIDENCE):
        counts = history.c.update_id.is_(None) if history is evidence else true()
        yield _acts(history, obligation, line, of_evidence=true(), counts=counts)
    of_evidence = annulled.c.evidence_id.is_not(None)
    yield _acts(annulled, obligation, line, of_evidence=true()).where(of_evidence)


def _opening(obligation: Source) -> Statement:
    """Select when the cycle was recorded, which is no act on what is owed in it."""
    return _rows(cycles, obligation, cycles.c.id == obligation.c.cycle_id, counts=false())


def _acts(history: Source, obligation: Source, line: Source | None, **said: ColumnElement[Any]) -> Statement:
    """Select the acts of one kind on an obligation, or on all of its line."""
    own = history.c.obligation_id == obligation.c.id
    if line is None:
        return _rows(history, obligation, own, **said)
    return _rows(history, obligation, history.c.obligation_id == any_(line.c.ids), own=own, **said).correlate(
        obligation, line
    )


def _rows(acts: Source, obligation: Source, on: ColumnElement[bool], **said: ColumnElement[Any]) -> Statement:
    """Select acts as the union of all has them; what is not received is there at every instant."""
    shown: dict[str, ColumnElement[Any]] = {
        "received_at": acts.c.get("received_at", EVER),
        "recorded_at": acts.c.recorded_at,
        "own": true(),
        "of_evidence": false(),
        "counts": true(),
    }
    found = select(*(column.label(name) for name, column in (shown | said).items()))
    return found.where(acts.c.plan_id == obligation.c.plan_id, on).correlate(obligation)
