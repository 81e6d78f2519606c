"""Reminder letters: what bodies should be urged about, and the letters that were recorded, with their numbers."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, Uuid, and_, bindparam, column, func, literal, select, true

from app.database.builders import among
from app.database.statements import Statement
from app.domain.access import Caller
from app.domain.completion import Status
from app.domain.letters import LetterKind
from app.models import Body, Cycle, Duty, Obligation, Plan, ReminderLetter, ReminderNumber
from app.models.base import table
from app.queries.obligations import visible
from app.queries.spelled_acts import Asked, Obligations
from app.queries.wire import as_object, as_wire, counting, picked
from app.standing.filters import Filters, matching, within
from app.standing.moment import Moment, order_of
from app.standing.rule import standings

letters, numbers = table(ReminderLetter), table(ReminderNumber)
plans, cycles, bodies, duties, obligations = (table(model) for model in (Plan, Cycle, Body, Duty, Obligation))
URGED = {
    LetterKind.DUE_SOON: frozenset({Status.IN_PROGRESS, Status.NOT_STARTED}),
    LetterKind.OVERDUE: frozenset({Status.OVERDUE, Status.AWAITED}),
}
"""Where what a letter of a kind is about stands."""


def urged_in(caller: Caller, filters: Filters, moment: Moment) -> Statement:
    """Select what stands where somebody is urged about it, with the words of its duty, by owner, then by deadline."""
    standing = standings(moment, within(filters))
    s = standing.c
    same = and_(duties.c.plan_id == s.plan_id, duties.c.id == s.duty_id)
    by = (s.owner_position, s.owner_code, s.due_before, s.position, s.id)
    return (
        select(*s, duties.c.text)
        .join_from(standing, duties, same)
        .where(visible(caller, standing), *matching(standing, filters))
        .order_by(*by)
    )


def letters_of(slug: str, cycle: str, moment: Moment) -> Statement:
    """Select the letters about a cycle, in the order in which they were recorded."""
    mine = (plans.c.slug == bindparam("slug", slug, String()), cycles.c.code == bindparam("cycle", cycle, String()))
    return _shown(moment).where(*mine).order_by(letters.c.recorded_at, letters.c.id)


def some_letters(ids: Collection[UUID], moment: Moment) -> Statement:
    """Select some letters by their ids, in the order in which they were recorded."""
    return _shown(moment).where(among(letters.c.id, "ids", ids)).order_by(letters.c.recorded_at, letters.c.id)


def contents_of(slug: str, ids: Collection[UUID]) -> Statement:
    """Select the documents of some letters of a plan, with what names them."""
    named = (letters.c.id, letters.c.content, letters.c.sha256, cycles.c.code.label("cycle"))
    found = select(*named, bodies.c.code.label("body"), letters.c.kind).select_from(_source())
    mine = (plans.c.slug == bindparam("slug", slug, String()), among(letters.c.id, "ids", ids))
    return found.where(*mine).order_by(bodies.c.position, bodies.c.code, letters.c.id)


def one_letter(slug: str, letter_id: UUID) -> Statement:
    """Select a letter of a plan, without its document."""
    shown = ("id", "plan_id", "cycle_id", "obligation_ids", "received_at")
    found = select(*(letters.c[name] for name in shown), plans.c.time_zone).select_from(_source())
    return found.where(
        plans.c.slug == bindparam("slug", slug), letters.c.id == bindparam("letter_id", letter_id, Uuid())
    )


def number_of(moment: Moment) -> ColumnElement[Any]:
    """Spell the number and the day that a letter was given last, if any."""
    spelled = as_object(number=numbers.c.number, issued_on=numbers.c.issued_on)
    mine = and_(numbers.c.plan_id == letters.c.plan_id, numbers.c.letter_id == letters.c.id, moment.reaches(numbers))
    last = select(spelled).where(mine).order_by(numbers.c.recorded_at.desc(), numbers.c.id.desc()).limit(1)
    return last.correlate(letters).scalar_subquery()


def letters_on(asked: Asked, of: Obligations) -> Statement:
    """Select the letters about some obligations: one is an act on each that it names."""
    each = (
        func.unnest(letters.c.obligation_ids).table_valued(column("id", Uuid()), name="each").render_derived().lateral()
    )
    source = _source().join(each, true())
    numbered = number_of(asked.moment)
    shown = {
        **picked(letters, ("id", "kind", "sha256")),
        **{name: numbered.op("->")(literal(name, String)) for name in ("number", "issued_on")},
        "body": bodies.c.code,
        "obligation": each.c.id,
    }
    spelled = as_wire(
        letters, act=literal("reminder_letter"), **shown, **counting(letters, asked.moment, asked.annulments)
    )
    found = select(*order_of(letters), spelled.label("act")).select_from(source)
    # By equality, since no index is asked for anything else before the second gate has let a row through.
    its_cycles = select(obligations.c.cycle_id).where(of.own(obligations.c.plan_id, obligations.c.id))
    about = letters.c.cycle_id.in_(its_cycles)
    return found.where(about, of.own(letters.c.plan_id, each.c.id), asked.moment.reaches(letters))


def _shown(moment: Moment) -> Statement:
    names = ("id", "kind", "sha256", "client_id", "received_at", "recorded_at")
    body = as_object(code=bodies.c.code, name=bodies.c.name)
    shown = (
        *(letters.c[name] for name in names),
        letters.c.obligation_ids.label("obligations"),
        cycles.c.code.label("cycle"),
        body.label("body"),
        number_of(moment).label("numbered"),
    )
    return select(*shown).select_from(_source()).where(moment.reaches(letters))


def _source() -> Any:
    of_cycle = and_(cycles.c.plan_id == letters.c.plan_id, cycles.c.id == letters.c.cycle_id)
    of_body = and_(bodies.c.plan_id == letters.c.plan_id, bodies.c.id == letters.c.body_id)
    return letters.join(plans, plans.c.id == letters.c.plan_id).join(cycles, of_cycle).join(bodies, of_body)
