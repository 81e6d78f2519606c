"""Seed → rows: what should stand in the database once the seed is applied."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from types import MappingProxyType
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.database.statements import Row
from app.commands.cycles import cycle_row, obligation_rows
from app.commands.owners import resolved
from app.domain.calendar import WorkingDays, day_of
from app.domain.completion import Force
from app.domain.owners import Changes
from app.domain.text import fold
from app.models.base import stable_id
from app.schemas.seed import BodySeed, DutySeed, HolidaySeed, Seed, SuccessionSeed, SuccessorSeed

UNMARKED: Mapping[date, bool] = MappingProxyType({})
Rows = dict[str, list[Row]]
"""Rows by table, in the order in which they can be inserted."""


@dataclass(frozen=True)
class Since:
    """What has become of a plan's bodies since it was issued, and those that came after it."""

    changes: Changes = field(default_factory=Changes)
    bodies: Sequence[Row] = ()


AS_ISSUED = Since()


def plan_id_of(seed: Seed) -> UUID:
    """Return the id that this plan has everywhere."""
    return stable_id(seed.plan.plan.slug)


def rows_of(
    seed: Seed,
    now: datetime,
    opened: Iterable[Row] = (),
    marked: Mapping[date, bool] = UNMARKED,
    since: Since = AS_ISSUED,
) -> Rows:
    """Work out every row of the plan: its fixed cycles and the annual ones up to today, and those already opened.

    A day that the calendar of the database has marked is off or not as it says there, and not as the seed says; an
    annual cycle that is open, or one of its own kind, keeps the terms with which it was opened.  In a cycle that is
    opened now the duties are owed by those who owe them by now; in one that is open they are those of the plan's
    owners, as if nobody had come since.
    """
    ids = _Ids(seed.plan.plan.slug)
    rows: Rows = {"plan": [_plan(seed, ids)]}
    rows["body"] = list(_bodies(seed, ids))
    rows["duty"] = [_duty(duty, position, ids) for position, duty in enumerate(seed.duties, 1)]
    rows["duty_owner"] = list(_owners(seed, ids))
    rows["duty_partner"] = list(_partners(seed, ids))
    rows["target"] = list(_targets(seed, ids))
    rows["succession"] = [_succession(succession, seed, ids) for succession in seed.successions]
    rows["letterhead"] = list(_letterhead(seed, ids))
    rows["holiday"] = [_holiday(day, ids) for day in seed.holidays if day.on not in marked]
    off = {row["observed_on"] for row in rows["holiday"]} | {day for day, observed in marked.items() if observed}
    known = {row["code"]: row for row in opened}
    rows["cycle"] = _cycles(seed, rows["plan"][0], now, known, off)
    days = WorkingDays(off, ZoneInfo(seed.plan.plan.time_zone))
    today = {"duty_owner": resolved(rows["duty_owner"], since.changes), "body": [*rows["body"], *since.bodies]}
    rows["obligation"] = [
        obligation
        for cycle in rows["cycle"]
        for obligation in obligation_rows(ids.slug, cycle, rows if cycle["code"] in known else rows | today, days, now)
    ]
    return rows


class _Ids:
    """The ids of one plan: a kind of thing and its code have the same id on every installation."""

    def __init__(self, slug: str) -> None:
        self.slug, self.plan = slug, stable_id(slug)

    def of(self, kind: str, *codes: str) -> UUID:
        return stable_id(self.slug, kind, *codes)

    def row(self, kind: str, *codes: str) -> Row:
        return {"id": self.of(kind, *codes), "plan_id": self.plan}


def _plan(seed: Seed, ids: _Ids) -> Row:
    plan = seed.plan.plan
    return {
        "id": ids.plan,
        **plan.model_dump(exclude={"legal_bases"}),
        "source": "source.txt",
        "legal_bases": [basis.model_dump(mode="json") for basis in plan.legal_bases],
        "cycle_rules": seed.plan.cycle_rules.model_dump(mode="json"),
        "report_rules": seed.reports.model_dump(mode="json", by_alias=True, exclude={"letterhead"}),
    }


def _bodies(seed: Seed, ids: _Ids) -> Iterator[Row]:
    position = count(1)
    for body in seed.bodies:
        columns = body.model_dump(include={"code", "no", "name", "heading", "force", "open_class", "others", "source_line", "note"})
        yield {**ids.row("body", body.code), **columns, "search": fold(body.name), "group_id": None, "joined_on": None, "position": next(position)}
        yield from _members(body, position, ids)


def _members(body: BodySeed, position: Iterator[int], ids: _Ids) -> Iterator[Row]:
    for member in body.members:
        yield {
            **ids.row("body", member.code),
            **dict.fromkeys(("no", "heading", "source_line", "note", "joined_on")),
            "code": member.code,
            "name": member.name,
            "search": fold(member.name),
            "force": body.force,
            "open_class": False,
            "others": False,
            "group_id": ids.of("body", body.code),
            "position": next(position),
        }


def _duty(duty: DutySeed, position: int, ids: _Ids) -> Row:
    recurrence, _, named = duty.recurrence.partition(":")
    condition, basis = duty.condition, duty.basis
    columns = ("code", "title_vi", "title_en", "text", "source_line", "kind", "force", "lead", "mirrors", "note")
    return {
        **ids.row("duty", duty.code),
        **duty.model_dump(include={*columns, "due_after_others_days"}),
        "body_id": ids.of("body", duty.body) if duty.body else None,
        "position": position,
        "search": fold(" ".join((duty.code, duty.title_vi, duty.title_en, duty.text))),
        "recurrence": recurrence,
        "recurrence_cycle": named or None,
        "condition_type": condition.type if condition else None,
        "condition_scope": condition.scope if condition else None,
        "condition_marker": condition.marker if condition else None,
        "basis_type": basis.type if basis else None,
        "basis_marker": basis.marker if basis else None,
    }


def _owners(seed: Seed, ids: _Ids) -> Iterator[Row]:
    for duty in seed.duties:
        for position, owner in enumerate(duty.owners, 1):
            yield {
                **ids.row("duty_owner", duty.code, owner),
                "duty_id": ids.of("duty", duty.code),
                "body_id": ids.of("body", owner),
                "position": position,
                "force": Force.REQUESTED if owner in duty.requested_owners else duty.force,
            }


def _partners(seed: Seed, ids: _Ids) -> Iterator[Row]:
    for duty in seed.duties:
        named = [(partner, body) for partner in duty.partners for body in partner.named]
        for position, (partner, body) in enumerate(named, 1):
            yield {
                **ids.row("duty_partner", duty.code, str(position)),
                "duty_id": ids.of("duty", duty.code),
                "position": position,
                "body_id": ids.of("body", body) if body else None,
                "named_as": partner.named_as,
                "open": partner.open,
            }


def _targets(seed: Seed, ids: _Ids) -> Iterator[Row]:
    for duty in seed.duties:
        for position, target in enumerate(duty.targets, 1):
            yield {
                **ids.row("target", duty.code, target.code),
                **target.model_dump(),
                "duty_id": ids.of("duty", duty.code),
                "position": position,
            }


def _succession(succession: SuccessionSeed, seed: Seed, ids: _Ids) -> Row:
    names = {body.code: body.name for body in seed.bodies}
    names |= {member.code: member.name for body in seed.bodies for member in body.members}
    successor, duties = succession.successor, succession.duties
    named = (succession.predecessor, succession.effective_on.isoformat(), *(duties or ()))
    return {
        **ids.row("succession", *named),
        **succession.model_dump(include={"kind", "duties", "effective_on", "note"}),
        **{f"act_{field}": value for field, value in succession.act.model_dump().items()},
        "predecessor_id": ids.of("body", succession.predecessor),
        "successors": [_successor(successor, names)] if successor else [],
        "ends": False,
        "client_id": None,
    }


def _successor(successor: SuccessorSeed, names: Mapping[str, str]) -> Row:
    return {"code": successor.code, "name": names.get(successor.code) or successor.name, "duties": None}


def _letterhead(seed: Seed, ids: _Ids) -> Iterator[Row]:
    if letterhead := seed.reports.letterhead:
        yield {**ids.row("letterhead", "seed"), **letterhead.model_dump(), "client_id": None}


def _holiday(day: HolidaySeed, ids: _Ids) -> Row:
    named = {"observed_on": day.on, "observed": True, "name": day.name, "client_id": None}
    return {**ids.row("holiday", day.on.isoformat()), **named}


def _cycles(seed: Seed, plan: Row, now: datetime, opened: Mapping[str, Row], holidays: Collection[date]) -> list[Row]:
    zone, rules = ZoneInfo(plan["time_zone"]), seed.plan.cycle_rules
    kept = {code: row for code, row in opened.items() if row["title_vi"] or (row["annual"] and rules.annual)}
    codes = opened.keys() | rules.codes_until(day_of(now, zone))
    terms = (rules.terms(code, holidays, zone) for code in sorted(codes - kept.keys()))
    return [*kept.values(), *(cycle_row(plan["slug"], each, now) for each in terms if each)]
